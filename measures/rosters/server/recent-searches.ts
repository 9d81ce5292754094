import { SubstituteSearch } from '#engines/rostering/substitute.ts'
import type { DraftRow } from './roster-store.ts'

/** As many rosters as a node keeps ready: a hospital's wards on a bad evening. */
const KEPT_MAX = 32

/**
 * Searches for substitutes that were compiled lately. Compiling takes longer than searching, and who covers a drop-out asks again and again
 * about the same roster. A draft whose problem has changed since, by whatever, is compiled anew.
 */
export class RecentSearches {
  readonly #kept = new Map<string, { readonly version: string; readonly search: SubstituteSearch }>()
  readonly #max: number

  constructor(max = KEPT_MAX) {
    this.#max = max
  }

  of({ unit_id, draft_id, problem, problem_version }: SearchedDraft): SubstituteSearch {
    const key = `${unit_id} ${draft_id}`
    const kept = this.#kept.get(key)
    this.#kept.delete(key)
    const search = kept?.version === problem_version ? kept.search : new SubstituteSearch(problem)
    this.#kept.set(key, { version: problem_version, search })
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > this.#max && oldest !== undefined) this.#kept.delete(oldest)
    return search
  }
}

export type SearchedDraft = Pick<DraftRow, 'unit_id' | 'draft_id' | 'problem' | 'problem_version'>
