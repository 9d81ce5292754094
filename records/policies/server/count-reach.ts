import { sql } from 'kysely'
import type { Tx } from '#platform/db/database.ts'
import type { UnitFacts } from './evaluation-facts.ts'
import type { EvaluatedPeople } from './write-results.ts'

/** One row of `entitlement_reach`. */
interface ReachRow {
  readonly home_unit_id: number
  readonly county_unit_id: number | null
  readonly reached: readonly string[]
  readonly waiting: readonly string[]
  people_count: number
}

const REACHED = 1
const WAITING = 2

/**
 * Counts people by exactly which entitlements reached them and for which they wait, unit by unit. There are few such
 * combinations, and from them the people of any clause are told without counting anybody twice.
 *
 * @example three people with subsidy and meals, one with meals alone: two rows; meals reached four, either of them four
 */
export class Reach {
  private readonly byUnit = new Map<number, Map<string, ReachRow>>()

  add({ program, people, columns }: EvaluatedPeople, units: ReadonlyMap<number, UnitFacts>): void {
    const codes = program.entitlements.map(({ code }) => code)
    for (const [row, { home_unit_id }] of people.entries()) {
      const combination = combinationOf(columns, row * codes.length, codes.length)
      if (!combination) continue
      const rows = this.byUnit.get(home_unit_id) ?? new Map<string, ReachRow>()
      this.byUnit.set(home_unit_id, rows)
      const known = rows.get(combination)
      if (known) known.people_count += 1
      else {
        const named = (flag: number) =>
          codes.filter((_, position) => (combination.charCodeAt(position) & flag) !== 0).sort()
        rows.set(combination, {
          home_unit_id,
          county_unit_id: units.get(home_unit_id)?.county_unit_id ?? null,
          reached: named(REACHED),
          waiting: named(WAITING),
          people_count: 1,
        })
      }
    }
  }

  async insert(tx: Tx, evaluationId: number): Promise<void> {
    const rows = [...this.byUnit.values()].flatMap((combinations) => [...combinations.values()])
    for (let first = 0; first < rows.length; first += 2_000) {
      await tx
        .insertInto('entitlement_reach')
        .values(
          rows.slice(first, first + 2_000).map((row) => ({
            ...row,
            reached: [...row.reached],
            waiting: [...row.waiting],
            evaluation_id: evaluationId,
          })),
        )
        .execute()
    }
  }
}

/** One letter an entitlement; empty for whom nothing is settled and nothing waits. All people of a unit share one program. */
function combinationOf({ quantity, open_days }: EvaluatedPeople['columns'], first: number, count: number): string {
  let combination = ''
  let isEmpty = true
  for (let cell = first; cell < first + count; cell++) {
    const flags = ((quantity[cell] ?? 0) > 0 ? REACHED : 0) | ((open_days[cell] ?? 0) > 0 ? WAITING : 0)
    if (flags !== 0) isEmpty = false
    combination += String.fromCharCode(flags)
  }
  return isEmpty ? '' : combination
}

/** How many people are reached by at least one of some entitlements, for each list of them, as far as the reader may see. */
export async function countReached(
  tx: Tx,
  evaluationId: number,
  lists: readonly (readonly string[])[],
): Promise<readonly number[]> {
  const { rows } = await sql<{ reached: string[]; people_count: number }>`
    select reached, sum(people_count)::int as people_count
    from entitlement_reach
    where evaluation_id = ${evaluationId}
    group by reached`.execute(tx)
  return lists.map((codes) => {
    const wanted = new Set(codes)
    return rows
      .filter(({ reached }) => reached.some((code) => wanted.has(code)))
      .reduce((sum, { people_count }) => sum + people_count, 0)
  })
}
