import { sql } from 'kysely'
import type { z } from 'zod'
import type { Tx } from '#platform/db/database.ts'
import type { listSubstitutes } from '../contract.ts'
import { WHY_NOT } from '../offer-contract.ts'
import { type Asking, findSubstitutes } from './substitutes.ts'
import { engineWords } from './takers-engine.ts'
import { findTakers, type Looking, type ShiftRow } from './takers-read.ts'

const SHIFTS_MAX = 14

async function shiftsInside(tx: Tx, { personId, operationId, starts_at, ends_at, now }: Asking): Promise<ShiftRow[]> {
  const { rows } = await sql<ShiftRow>`
    select planned.person_id, planned.shift_id, planned.operation_id, planned.unit_id, planned.post_id, posts.name as post_name,
      planned.starts_at, planned.ends_at
    from planned_shifts planned
    join posts using (post_id)
    where planned.person_id = ${personId} and planned.operation_id = ${operationId} and planned.withdrawn_at is null
      and planned.starts_at < ${ends_at} and planned.ends_at > ${starts_at} and planned.starts_at > ${now}
    order by planned.starts_at
    limit ${SHIFTS_MAX}`.execute(tx)
  return rows
}

interface Tally {
  readonly name: string
  takes: number
  penalty: number
  readonly reasons: Map<string, { zh: string; en: string }>
}

/** Of people of sister units, whom the unit's own rules do not judge: how many of the shifts leave their own plan alone. */
async function countFitting(
  tx: Tx,
  shifts: readonly ShiftRow[],
  people: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (shifts.length === 0 || people.length === 0) return new Map()
  const { rows } = await sql<{ person_id: number; fits: number }>`
    select person_id, count(*)::int as fits
    from unnest(${[...people]}::int[]) as person (person_id)
    cross join unnest(
      ${shifts.map(({ starts_at }) => starts_at)}::timestamptz[],
      ${shifts.map(({ ends_at }) => ends_at)}::timestamptz[]
    ) as shift (starts_at, ends_at)
    where not exists (
      select from planned_shifts planned
      where planned.person_id = person.person_id and planned.withdrawn_at is null
        and planned.starts_at < shift.ends_at and planned.ends_at > shift.starts_at
    )
    group by person_id`.execute(tx)
  return new Map(people.map((id) => [id, rows.find(({ person_id }) => person_id === id)?.fits ?? 0]))
}

/**
 * Who could stand in for somebody's rest, judged shift by shift: by the records (rest, orders, own words, leave) and by the rostering engine
 * (the unit's and the packs' rules, fairness). Whoever can take most of them stands first, among those whom it costs the roster least.
 */
export async function findSubstitutesForShifts(
  tx: Tx,
  looking: Looking,
  asking: Asking,
): Promise<z.input<typeof listSubstitutes.output>> {
  const shifts = await shiftsInside(tx, asking)
  const tallies = new Map<number, Tally>()
  for (const shift of shifts) {
    const words = await engineWords(tx, looking.operation, shift)
    for (const taker of await findTakers(tx, looking, shift, { words })) {
      const tally = tallies.get(taker.person_id) ?? { name: taker.name, takes: 0, penalty: 0, reasons: new Map() }
      tallies.set(taker.person_id, tally)
      tally.penalty += taker.penalty ?? 0
      if (taker.why_not.length === 0) tally.takes++
      const said = [...taker.why_not.filter((why) => why !== 'rules').map((why) => WHY_NOT[why]), ...taker.rules]
      for (const reason of said) tally.reasons.set(reason.zh, reason)
    }
  }
  const free = await findSubstitutes(tx, asking)
  const fits = await countFitting(
    tx,
    shifts,
    free.map(({ person_id }) => person_id),
  )
  const candidates = free
    .map((one) => ({ ...one, takes_count: tallies.get(one.person_id)?.takes ?? fits.get(one.person_id) ?? null }))
    .filter(({ takes_count }) => shifts.length === 0 || takes_count !== 0)
  const cost = (id: number) => tallies.get(id)?.penalty ?? 0
  if (shifts.length > 0) {
    candidates.sort(
      (left, right) =>
        (right.takes_count ?? 0) - (left.takes_count ?? 0) || cost(left.person_id) - cost(right.person_id),
    )
  }
  const kept = [...tallies]
    .filter(([, { takes, reasons }]) => takes === 0 && reasons.size > 0)
    .map(([person_id, { name, reasons }]) => ({ person_id, name, reasons: [...reasons.values()] }))
    .sort((left, right) => left.reasons.length - right.reasons.length)
  return { candidates, shifts_count: shifts.length, kept }
}
