import { type Conflict, clauseKey, type Entitlement, type Exception, LEVELS, type Stack } from './pack.ts'

/**
 * How one exception stands to another of the same entitlement where both apply. `over`/`under`: one goes over the other, `by`
 * says why. `together`: both hold (factors are multiplied). `highest`: only the higher factor holds. `conflict`: the pack does
 * not say, and is refused when it is loaded.
 */
export type Standing =
  | { readonly kind: 'over' | 'under'; readonly by: 'named' | Conflict }
  | { readonly kind: 'together' | 'highest' | 'conflict' }

function names(one: Exception, other: Exception, key: 'over' | 'multiplies_with' | 'highest_with'): boolean {
  return one[key].includes(other.code)
}

/** @example standing(stack, subsidy, cityDoubling, countyDoubling) // { kind: 'under', by: 'lower_wins' } */
export function standing(stack: Stack, entitlement: Entitlement, own: Exception, other: Exception): Standing {
  if (names(own, other, 'over')) return { kind: 'over', by: 'named' }
  if (names(other, own, 'over')) return { kind: 'under', by: 'named' }
  if (names(own, other, 'multiplies_with') || names(other, own, 'multiplies_with')) return { kind: 'together' }
  if (names(own, other, 'highest_with') || names(other, own, 'highest_with')) return { kind: 'highest' }
  const multiplying = [own, other].filter(({ effect }) => effect.kind === 'multiply').length
  // A factor and a replaced rate, or a factor and a refusal, do not contradict one another.
  if (multiplying === 1) return { kind: 'together' }
  const conflict = conflictRule(stack, entitlement, own, other)
  const order = conflict === null ? 0 : compare(conflict, own, other)
  if (conflict === null || order === 0) return { kind: 'conflict' }
  return { kind: order > 0 ? 'over' : 'under', by: conflict }
}

/** The rule of the clause of either exception, else of the entitlement. */
function conflictRule(stack: Stack, entitlement: Entitlement, own: Exception, other: Exception): Conflict | null {
  const ofClause = ({ pack, clause }: Exception) => stack.clauses.get(clauseKey(pack, clause))?.conflict ?? null
  const [left, right] = [ofClause(own), ofClause(other)]
  if (left !== null && right !== null && left !== right) return null
  return left ?? right ?? entitlement.conflict
}

function compare(conflict: Conflict, own: Exception, other: Exception): number {
  const depth = LEVELS.indexOf(own.level) - LEVELS.indexOf(other.level)
  if (conflict === 'lower_wins') return depth
  if (conflict === 'higher_wins') return -depth
  return own.known - other.known
}
