import type { Automaton } from './model.ts'

/**
 * The allowed steps of an automaton as lists, for loops that run through all of them: what a step costs is looked up by its label, of
 * which there are few, so that prices of a day are added up once a label and not once a step.
 */
export interface Edges {
  /** Steps of (kind, state): places `start[kind * states + state]` … the next start - 1. */
  readonly start: Int32Array
  readonly to: Int32Array
  readonly label: Int32Array
  /** Per label: the class of options, the cost of the step and its marks. */
  readonly labelClass: Int32Array
  readonly labelCost: Int32Array
  readonly labelMarks: Uint8Array
}

const known = new WeakMap<Automaton, Edges>()

/** The steps of an automaton; made at the first call. */
export function edgesOf(automaton: Automaton): Edges {
  const found = known.get(automaton)
  if (found !== undefined) return found
  const made = listEdges(automaton)
  known.set(automaton, made)
  return made
}

function listEdges({ states, kinds, classes, next, cost, emits }: Automaton): Edges {
  const start = new Int32Array(kinds * states + 1)
  const to: number[] = []
  const label: number[] = []
  const labels = new Map<string, number>()
  const labelClass: number[] = []
  const labelCost: number[] = []
  const labelMarks: number[] = []
  for (let row = 0; row < kinds * states; row++) {
    for (let group = 0; group < classes; group++) {
      const at = row * classes + group
      const after = next[at] as number
      if (after < 0) continue
      const key = `${group} ${cost[at]} ${emits[at]}`
      let found = labels.get(key)
      if (found === undefined) {
        found = labels.size
        labels.set(key, found)
        labelClass.push(group)
        labelCost.push(cost[at] as number)
        labelMarks.push(emits[at] as number)
      }
      to.push(after)
      label.push(found)
    }
    start[row + 1] = to.length
  }
  return {
    start,
    to: Int32Array.from(to),
    label: Int32Array.from(label),
    labelClass: Int32Array.from(labelClass),
    labelCost: Int32Array.from(labelCost),
    labelMarks: Uint8Array.from(labelMarks),
  }
}
