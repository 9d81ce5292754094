import type { FactSort } from './contract.ts'

/** One entry of a fact, as both tables hold it. */
export interface StoredEntry {
  readonly fact_id: string
  readonly entry_id: number
  readonly act: 'stated' | 'corrected' | 'confirmed' | 'withdrawn'
  readonly sort: FactSort
  readonly name: string
  readonly from_on: string
  readonly to_on: string | null
  readonly amount: number
  readonly consented: boolean
  readonly operation_id: number | null
  readonly reason: string
  readonly said_by_user_id: number
  readonly said_by: string
  readonly said_at: Date
}

export type FactState = 'waits' | 'counts' | 'change_waits' | 'withdrawn'

/**
 * How a fact stands by its entries in order: what was confirmed last counts, and a newer statement changes nothing before
 * somebody else has confirmed it.
 *
 * @example stateOf(['stated', 'confirmed', 'corrected']) // 'change_waits'
 */
export function stateOf(acts: readonly string[]): FactState {
  const last = acts.at(-1)
  if (last === 'withdrawn') return 'withdrawn'
  if (last === 'confirmed') return 'counts'
  return acts.findLast((act) => act === 'confirmed' || act === 'withdrawn') === 'confirmed' ? 'change_waits' : 'waits'
}

/** Short enough to read out over the telephone, long enough to find the record among one person's. */
export function factRef(factId: string): string {
  return factId.slice(0, 8)
}
