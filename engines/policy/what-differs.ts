import type { EntitlementResult, State } from './results.ts'

/**
 * What a later state of knowledge changes for one person and one entitlement. A positive difference may be paid; a negative one is
 * listed and never taken back without somebody's decision.
 */
export interface Difference {
  readonly person: number
  readonly entitlement: string
  /** `quantity` is in the entitlement's own unit: hundredths of a day, minutes, rights. */
  readonly amount_fen: number
  readonly quantity: number
  readonly before: State | 'absent'
  readonly after: State | 'absent'
  readonly needs_decision: boolean
}

function keyOf({ person, entitlement }: EntitlementResult): string {
  return `${person} ${entitlement}`
}

function differenceOf(before: EntitlementResult | undefined, after: EntitlementResult | undefined): Difference | null {
  const either = after ?? before
  if (!either) return null
  const amount_fen = (after?.amount_fen ?? 0) - (before?.amount_fen ?? 0)
  const quantity = (after?.quantity ?? 0) - (before?.quantity ?? 0)
  const states = { before: before?.state ?? 'absent', after: after?.state ?? 'absent' } as const
  if (amount_fen === 0 && quantity === 0 && states.before === states.after) return null
  const { person, entitlement } = either
  return { person, entitlement, amount_fen, quantity, ...states, needs_decision: amount_fen < 0 || quantity < 0 }
}

/**
 * Compares two evaluations of the same days: what was known or in force before, and after. Differences come in the order of
 * `after`, then what only `before` had; equal results are left out. The differences over a chain of versions add up to the
 * difference of its ends.
 *
 * @example whatDiffers(knownOn21February, knownOn22February)[0]?.amount_fen // 30000: a doctor in Hubei, one day doubled
 */
export function whatDiffers(
  before: readonly EntitlementResult[],
  after: readonly EntitlementResult[],
): readonly Difference[] {
  const earlier = new Map(before.map((result) => [keyOf(result), result]))
  const differences: Difference[] = []
  for (const result of after) {
    const key = keyOf(result)
    const difference = differenceOf(earlier.get(key), result)
    earlier.delete(key)
    if (difference) differences.push(difference)
  }
  for (const gone of earlier.values()) {
    const difference = differenceOf(gone, undefined)
    if (difference) differences.push(difference)
  }
  return differences
}
