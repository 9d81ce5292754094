import { MONEY_FACTS } from '#engines/policy/vocabulary.ts'
import type { Fact } from './contract.ts'

/** How the amount of a fact is read. Apart from the contract, so that the phone can have it. */
export type ValueKind = 'times' | 'yes_no' | 'people' | 'yuan' | 'none'

export function valueKindOf({ sort, name }: Pick<Fact, 'sort' | 'name'>): ValueKind {
  if (sort === 'event' || sort === 'use') return 'times'
  if (sort === 'finding' || sort === 'family') return 'yes_no'
  if (sort === 'number') return Object.hasOwn(MONEY_FACTS, name) ? 'yuan' : 'people'
  return 'none'
}
