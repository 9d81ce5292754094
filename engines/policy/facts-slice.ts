import type { FactBatch } from './facts.ts'

/**
 * Rows `first … end - 1` of a batch: every column that is about people is cut, spans are shared and their offsets stay what they
 * are. For people who share a stack, or a part that is worked out at once.
 *
 * @example sliceOf(batch, 0, 2).people // 2
 */
export function sliceOf(batch: FactBatch, first: number, end: number): FactBatch {
  const cut = <Column extends { subarray(first: number, end: number): Column }>(column: Column) =>
    column.subarray(first, end)
  const cutEach = <Column extends { subarray(first: number, end: number): Column }>(
    columns: ReadonlyMap<string, Column>,
  ) => new Map([...columns].map(([name, column]) => [name, cut(column)]))
  const { home_unit, home_unit_kind, family, numbers, children, events, uses } = batch
  return {
    ...batch,
    people: end - first,
    person: cut(batch.person),
    employment: cut(batch.employment),
    established: cut(batch.established),
    party: cut(batch.party),
    area: cut(batch.area),
    findings: cutEach(batch.findings),
    span_offset: batch.span_offset.subarray(first, end + 1),
    ...(home_unit ? { home_unit: cut(home_unit) } : {}),
    ...(home_unit_kind ? { home_unit_kind: cut(home_unit_kind) } : {}),
    ...(family ? { family: cutEach(family) } : {}),
    ...(numbers ? { numbers: cutEach(numbers) } : {}),
    ...(children ? { children: children.slice(first, end) } : {}),
    ...(events ? { events: events.slice(first, end) } : {}),
    ...(uses ? { uses: uses.slice(first, end) } : {}),
  }
}
