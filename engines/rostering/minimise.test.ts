import { describe, expect, it } from 'vitest'
import { buildAutomaton } from './automaton.ts'
import { maxRun, restAfterRun } from './machines.ts'
import { minimise } from './minimise.ts'
import { Random } from './random.ts'

describe('an automaton of rules side by side', () => {
  const work = [false, true, true]
  const nights = [false, false, true]
  const machines = [
    maxRun(work, 6, Number.POSITIVE_INFINITY),
    maxRun(nights, 3, 5),
    restAfterRun(nights, 2, 2, Number.POSITIVE_INFINITY),
  ]
  const { automaton, starts } = buildAutomaton(machines, 3, new Int32Array(28), [[], [1, 1, 2]])

  it('has fewer situations when those are merged that nothing tells apart, and every row costs the same', () => {
    const small = minimise(automaton)
    expect(small.automaton.states).toBeLessThan(automaton.states)
    const random = new Random(3)
    for (let round = 0; round < 500; round++) {
      let old = starts[round % 2] ?? 0
      let merged = small.stateOf[old] ?? -1
      for (let day = 0; day < 28 && old >= 0; day++) {
        const group = random.below(automaton.classes)
        const from = old * automaton.classes + group
        const to = merged * automaton.classes + group
        expect(small.automaton.cost[to]).toBe(automaton.cost[from])
        expect(small.automaton.emits[to]).toBe(automaton.emits[from])
        old = automaton.next[from] ?? -1
        merged = small.automaton.next[to] ?? -1
        expect(merged).toBe(old < 0 ? -1 : small.stateOf[old])
      }
    }
  })

  it('that has none to merge comes back as it was', () => {
    const once = minimise(automaton).automaton
    expect(minimise(once).automaton).toBe(once)
  })
})
