import type { AreaChange, Comparison, EntitlementChange, FundChange } from './compare-stacks.ts'
import { type Change, joinChanges } from './compare-tally.ts'

/**
 * Several comparisons as one: of areas that have stacks of their own, where everybody was compared in exactly one of them.
 * Every sum of the whole is the sum of its parts.
 *
 * @example joinComparisons([ofOneCounty, ofTheOther]).total.difference_fen
 */
export function joinComparisons(parts: readonly Comparison[]): Comparison {
  const sum = (what: (part: Comparison) => number) => parts.reduce((whole, part) => whole + what(part), 0)
  return {
    people: sum(({ people }) => people),
    people_changed: sum(({ people_changed }) => people_changed),
    total: joinChanges(parts.map(({ total }) => total)),
    by_entitlement: joined(
      parts.flatMap(({ by_entitlement }) => by_entitlement),
      ({ entitlement }) => entitlement,
      joinEntitlements,
    ),
    by_fund: joined(
      parts.flatMap(({ by_fund }) => by_fund),
      ({ fund }) => fund,
      (rows: readonly FundChange[], first) => ({ ...first, ...joinChanges(rows) }),
    ),
    by_area: joined(
      parts.flatMap(({ by_area }) => by_area),
      ({ area }) => area,
      (rows: readonly AreaChange[], first) => ({ ...first, ...joinChanges(rows) }),
    ),
  }
}

function joined<Row extends Change, Key>(
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
  join: (rows: readonly Row[], first: Row) => Row,
): readonly Row[] {
  return groupsOf(rows, keyOf).flatMap((group) => (group[0] ? [join(group, group[0])] : []))
}

function groupsOf<Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): readonly (readonly Row[])[] {
  const groups = new Map<Key, Row[]>()
  for (const row of rows) {
    const group = groups.get(keyOf(row))
    if (group) group.push(row)
    else groups.set(keyOf(row), [row])
  }
  return [...groups.values()]
}

function joinEntitlements(rows: readonly EntitlementChange[], first: EntitlementChange): EntitlementChange {
  const sum = (what: (row: EntitlementChange) => number) => rows.reduce((whole, row) => whole + what(row), 0)
  const moved = groupsOf(
    rows.flatMap(({ states }) => states),
    ({ before, after }) => `${before} ${after}`,
  )
  const [only] = new Set(rows.map((row) => row.only))
  return {
    ...first,
    ...joinChanges(rows),
    only: rows.every((row) => row.only === only) ? (only ?? null) : null,
    quantity_before: sum((row) => row.quantity_before),
    quantity_after: sum((row) => row.quantity_after),
    open_days_before: sum((row) => row.open_days_before),
    open_days_after: sum((row) => row.open_days_after),
    states: moved.flatMap((group) =>
      group[0] ? [{ ...group[0], people: group.reduce((people, one) => people + one.people, 0) }] : [],
    ),
  }
}
