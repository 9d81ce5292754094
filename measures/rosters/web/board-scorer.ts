/** A thread of the browser that scores the roster while somebody changes it, so that the board never waits. */
import type { Roster, RosterProblem } from '#engines/rostering/problem.ts'
import { scoreRoster } from '#engines/rostering/score.ts'
import { withPins } from '../roster-problem.ts'

export interface Asked {
  readonly problem?: RosterProblem
  readonly cells: Roster
  readonly pinned: Readonly<Record<string, readonly number[]>>
}

let problem: RosterProblem | undefined

self.addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  problem = data.problem ?? problem
  if (problem === undefined) return
  const began = performance.now()
  const scored = scoreRoster(withPins(problem, data.cells, data.pinned), data.cells)
  self.postMessage({ ...scored, took_ms: performance.now() - began })
})
