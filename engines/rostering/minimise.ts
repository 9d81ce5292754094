import type { Automaton } from './model.ts'

/**
 * The same automaton with situations merged that no further day can tell apart: the same costs and marks whatever follows. Rules side by
 * side remember much that no longer matters, and every search over rows takes time by the number of situations.
 * Partition refinement (Moore 1956); a state's place among the merged ones is that of its first member, so that an automaton with nothing
 * to merge comes back as it was.
 *
 * @returns the automaton, and for each state of the old one its state in the new one
 */
export function minimise(automaton: Automaton): { automaton: Automaton; stateOf: Int32Array } {
  const { states, kinds, classes, next, cost, emits } = automaton
  const width = kinds * classes
  let blockOf = new Int32Array(states)
  let count = 1
  for (;;) {
    const refined = refine(automaton, blockOf, count === 1)
    if (refined.count === count) break
    blockOf = refined.blockOf
    count = refined.count
  }
  if (count === states) return { automaton, stateOf: blockOf }
  const merged = { next: new Int32Array(count * width), cost: new Int32Array(count * width) }
  const marks = new Uint8Array(count * width)
  for (let kind = 0; kind < kinds; kind++) {
    for (let state = states - 1; state >= 0; state--) {
      const from = (kind * states + state) * classes
      const to = (kind * count + (blockOf[state] as number)) * classes
      for (let group = 0; group < classes; group++) {
        const follower = next[from + group] as number
        merged.next[to + group] = follower < 0 ? -1 : (blockOf[follower] as number)
        merged.cost[to + group] = cost[from + group] as number
        marks[to + group] = emits[from + group] as number
      }
    }
  }
  return { automaton: { ...automaton, ...merged, emits: marks, states: count }, stateOf: blockOf }
}

/** Splits blocks whose states lead to different blocks; the first time also by what the steps cost and mark. */
function refine(
  { states, kinds, classes, next, cost, emits }: Automaton,
  blockOf: Int32Array,
  isFirst: boolean,
): { blockOf: Int32Array<ArrayBuffer>; count: number } {
  const width = kinds * classes
  const signatures = new Int32Array(states * (width + 1))
  const refined = new Int32Array(states)
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(states * 2 + 2))).fill(-1)
  let count = 0
  for (let state = 0; state < states; state++) {
    const own = state * (width + 1)
    let hash = blockOf[state] as number
    signatures[own] = hash
    for (let at = 0; at < width; at++) {
      const step = (Math.floor(at / classes) * states + state) * classes + (at % classes)
      const follower = next[step] as number
      const leads = follower < 0 ? -1 : (blockOf[follower] as number)
      // The second and later times, costs and marks are told by the block already.
      const part = isFirst
        ? Math.imul(cost[step] as number, 521) + (emits[step] as number) * 2 + (leads < 0 ? 1 : 0)
        : leads
      signatures[own + 1 + at] = part
      hash = Math.imul(hash ^ part, 0x9e3779b1)
      hash ^= hash >>> 15
    }
    refined[state] = place(state, hash)
  }
  return { blockOf: refined, count }

  function place(state: number, hash: number): number {
    for (let slot = hash & (slots.length - 1); ; slot = (slot + 1) & (slots.length - 1)) {
      const first = slots[slot] as number
      if (first < 0) {
        slots[slot] = state
        return count++
      }
      if (isSame(first, state)) return refined[first] as number
    }
  }

  function isSame(first: number, second: number): boolean {
    for (let at = 0; at <= width; at++) {
      if (signatures[first * (width + 1) + at] !== signatures[second * (width + 1) + at]) return false
    }
    return true
  }
}
