/** A thread of the browser that says why a roster is as it is, and who could take a shift: slower than scoring, so it has a thread of its own. */
import type { Conflict } from '#engines/rostering/conflict.ts'
import { findConflicts } from '#engines/rostering/conflicts.ts'
import { type Explanation, explainRoster } from '#engines/rostering/explain.ts'
import type { Roster, RosterProblem } from '#engines/rostering/problem.ts'
import { type Gap, SubstituteSearch, type Substitutes } from '#engines/rostering/substitute.ts'
import { withPins } from '../roster-problem.ts'

export type Question =
  /** What no roster can meet. */
  { readonly kind: 'conflicts' } | { readonly kind: 'explanation' } | { readonly kind: 'takers'; readonly gap: Gap }

export interface ExplainerAsked {
  readonly id: number
  readonly question: Question
  readonly problem: RosterProblem
  readonly cells: Roster
  readonly pinned: Readonly<Record<string, readonly number[]>>
}

export interface Explained {
  readonly id: number
  readonly conflicts?: readonly Conflict[]
  readonly explanation?: Explanation
  readonly substitutes?: Substitutes
}

/** Everybody who can, and as many of those who cannot: rosters have some hundred people at most. */
const SHOWN = 300

self.addEventListener('message', ({ data }: MessageEvent<ExplainerAsked>) => {
  self.postMessage({ id: data.id, ...answer(data) } satisfies Explained)
})

function answer({ question, problem, cells, pinned }: ExplainerAsked): Omit<Explained, 'id'> {
  if (question.kind === 'conflicts') return { conflicts: findConflicts(problem, []) }
  const asItStands = withPins(problem, cells, pinned)
  if (question.kind === 'explanation') return { explanation: explainRoster(asItStands, cells) }
  return { substitutes: new SubstituteSearch(asItStands).find(cells, question.gap, SHOWN) }
}
