import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { OPERATION, openTestHouse, PEOPLE, POSTS, UNITS } from '#apps/server/testing-house.ts'
import { Refusal } from '#platform/http/problem.ts'
import { recordedBy } from '#records/duty/server/known-times.ts'
import { evaluate } from './server/evaluate.ts'
import { publishPack, putInForce } from './server/packs.ts'
import { agrees, evaluateTraced, explainTraced, openEvaluation, traceFacts } from './server/regenerate.ts'
import { walkRest } from './server/rest-walk.ts'
import { whatIf } from './server/what-if.ts'
import { shippedFiles } from './testing-packs.ts'

const { look, database, clock } = await openTestHouse()

/** An entry as it was recorded on a day of February, at noon. */
async function say(entry: {
  person_id: number
  span_id: string
  act: 'confirmed' | 'corrected' | 'withdrawn'
  day: string
  hours: number
  recorded_on: string
}): Promise<void> {
  const { person_id, span_id, act, day, hours, recorded_on } = entry
  const starts_at = new Date(`2020-02-${day}T08:00:00+08:00`)
  const recorded_at = new Date(`2020-02-${recorded_on}T12:00:00+08:00`)
  const row = {
    person_id,
    span_id,
    operation_id: OPERATION,
    unit_id: UNITS.hospital,
    home_unit_id: UNITS.hospital,
    post_id: POSTS.ward,
    starts_at,
    ends_at: new Date(starts_at.getTime() + hours * 3_600_000),
    starts_on: `2020-02-${day}`,
    said_by_user_id: 1,
  }
  await look(async (tx) => {
    const { entry_id } = await tx
      .insertInto('duty_entries')
      .values({ ...row, act, reason: act === 'confirmed' ? null : '记错了', said_at: row.ends_at, recorded_at })
      .returning('entry_id')
      .executeTakeFirstOrThrow()
    await tx.deleteFrom('duty_current').where('span_id', '=', span_id).execute()
    if (act !== 'withdrawn')
      await tx
        .insertInto('duty_current')
        .values({ ...row, entry_id })
        .execute()
  })
}

async function run(known: string, becomes_current = false) {
  const known_at = new Date(known)
  const order = { operation_id: OPERATION, on_date: '2020-02-20', known_at, becomes_current }
  const outcome = await evaluate(database, order, { now: clock.now(), progress: async () => true, people_per_part: 2 })
  if (typeof outcome === 'string' || !('evaluation_id' in outcome)) throw new Error(JSON.stringify(outcome))
  return outcome
}

const fenOf = (evaluationId: number, personId: number) =>
  look((tx) =>
    tx
      .selectFrom('entitlement_results')
      .select(['amount_fen', 'entitlement'])
      .where('evaluation_id', '=', evaluationId)
      .where('person_id', '=', personId)
      .execute(),
  )

beforeAll(async () => {
  await look(async (tx) => {
    for (const pack of ['national-2020', 'zhejiang-2020', 'shaoxing-2020']) {
      const published = await publishPack(tx, shippedFiles(pack), clock.now())
      if (published instanceof Refusal) throw new Error(JSON.stringify(published.facts))
      const body = { area_unit_id: UNITS.city, pack_hash: published.hash, known_from: '2020-01-20T00:00:00+08:00' }
      expect(await putInForce(tx, OPERATION, body, clock.now())).toEqual({ put_in_force: true })
    }
  })
  const [kept, withdrawn, late] = [randomUUID(), randomUUID(), randomUUID()]
  await say({ person_id: PEOPLE.nurse, span_id: kept, act: 'confirmed', day: '03', hours: 8, recorded_on: '03' })
  await say({ person_id: PEOPLE.nurse, span_id: withdrawn, act: 'confirmed', day: '04', hours: 8, recorded_on: '04' })
  await say({ person_id: PEOPLE.nurse, span_id: withdrawn, act: 'withdrawn', day: '04', hours: 8, recorded_on: '12' })
  // Said on the telephone without a network on the 9th, received on the 12th.
  await say({ person_id: PEOPLE.doctor, span_id: late, act: 'confirmed', day: '09', hours: 8, recorded_on: '12' })
  await say({
    person_id: PEOPLE.guard,
    span_id: randomUUID(),
    act: 'confirmed',
    day: '05',
    hours: 8,
    recorded_on: '05',
  })
})

describe('an evaluation with what was known at a time', () => {
  it('counts a span until its withdrawal was known, and one said offline from when it was received', async () => {
    const before = await run('2020-02-11T12:00:00+08:00')
    const after = await run('2020-02-13T12:00:00+08:00')
    const now = await run(clock.now().toISOString())
    expect([before.span_count, after.span_count, now.span_count]).toEqual([3, 3, 3])
    expect([before.people_count, after.people_count]).toEqual([2, 3])
    const subsidy = async (id: number, person: number) =>
      (await fenOf(id, person)).filter(({ amount_fen }) => (amount_fen ?? 0) > 0).map((row) => Number(row.amount_fen))
    const [nurseBefore] = await subsidy(before.evaluation_id, PEOPLE.nurse)
    const [nurseAfter] = await subsidy(after.evaluation_id, PEOPLE.nurse)
    expect(nurseBefore).toBeGreaterThan(0)
    expect(nurseBefore).toBe(2 * nurseAfter)
    expect(await fenOf(before.evaluation_id, PEOPLE.doctor)).toEqual([])
    expect(await fenOf(after.evaluation_id, PEOPLE.doctor)).toEqual(await fenOf(now.evaluation_id, PEOPLE.doctor))
  })

  it('is explained from the same entries that it counted', async () => {
    const before = await run('2020-02-11T12:00:00+08:00')
    const stored = await look((tx) =>
      tx
        .selectFrom('entitlement_results')
        .selectAll()
        .where('evaluation_id', '=', before.evaluation_id)
        .where('person_id', '=', PEOPLE.nurse)
        .execute(),
    )
    const traced = await look(async (tx) => {
      const evaluation = await openEvaluation(tx, before.evaluation_id)
      return evaluation && (await traceFacts(tx, evaluation, [PEOPLE.nurse])).get(PEOPLE.nurse)
    })
    if (!traced) throw new Error('the nurse was evaluated')
    expect(traced.facts.spans).toHaveLength(2)
    expect(evaluateTraced(traced).program).toBe(traced.program)
    for (const row of stored) {
      const { result } = explainTraced(traced, row.entitlement, 'zh')
      expect([row.entitlement, agrees(result, row)]).toEqual([row.entitlement, true])
    }
  })

  it('takes a post, its end and a party standing from when they were recorded', async () => {
    await look(async (tx) => {
      const post = { person_id: PEOPLE.guard, unit_id: UNITS.checkpoint, title: '' }
      const at = (day: string) => new Date(`2020-02-${day}T12:00:00+08:00`)
      await tx
        .insertInto('appointments')
        .values([
          {
            ...post,
            employment: 'volunteer',
            from_on: '2019-01-01',
            to_on: '2020-01-31',
            recorded_at: at('01'),
            end_recorded_at: at('12'),
          },
          { ...post, employment: 'civil_servant', from_on: '2020-02-01', recorded_at: at('12') },
        ])
        .execute()
      const standing = { person_id: PEOPLE.guard, from_on: '2020-01-01' }
      await tx
        .insertInto('party_standings')
        .values([
          { ...standing, party: 'activist', recorded_at: at('01') },
          { ...standing, party: 'probationary', recorded_at: at('12') },
        ])
        .execute()
    })
    const facts = async (known: string) => {
      const { evaluation_id } = await run(known)
      const row = await look((tx) =>
        tx
          .selectFrom('evaluation_inputs')
          .select('facts')
          .where('evaluation_id', '=', evaluation_id)
          .where('person_id', '=', PEOPLE.guard)
          .executeTakeFirstOrThrow(),
      )
      return row.facts
    }
    expect(await facts('2020-02-11T12:00:00+08:00')).toMatchObject({ employment: 'volunteer', party: 'activist' })
    expect(await facts('2020-02-13T12:00:00+08:00')).toMatchObject({
      employment: 'civil_servant',
      party: 'probationary',
    })
    expect(await facts(clock.now().toISOString())).toMatchObject({ employment: 'civil_servant', party: 'probationary' })
  })

  it('takes the unit somebody belongs to, and a tie, from when they were recorded', async () => {
    await look(async (tx) => {
      const at = (day: string) => new Date(`2020-02-${day}T12:00:00+08:00`)
      const post = { person_id: PEOPLE.nurse, title: '', employment: 'medical' }
      await tx
        .insertInto('appointments')
        .values([
          {
            ...post,
            unit_id: UNITS.checkpoint,
            from_on: '2019-01-01',
            to_on: '2020-01-31',
            recorded_at: at('01'),
            end_recorded_at: at('12'),
          },
          { ...post, unit_id: UNITS.hospital, from_on: '2020-02-01', recorded_at: at('12') },
        ])
        .execute()
      await tx
        .insertInto('family_ties')
        .values({
          person_id: PEOPLE.nurse,
          other_person_id: PEOPLE.guard,
          tie: 'spouse',
          recorded_at: at('12'),
        })
        .execute()
    })
    const inputs = async (known: string) => {
      const { evaluation_id } = await run(known)
      const own = (table: 'evaluation_inputs' | 'entitlement_results') =>
        look((tx) =>
          tx
            .selectFrom(table)
            .select('home_unit_id')
            .distinct()
            .where('evaluation_id', '=', evaluation_id)
            .where('person_id', '=', PEOPLE.nurse)
            .execute(),
        )
      const { facts } = await look((tx) =>
        tx
          .selectFrom('evaluation_inputs')
          .select('facts')
          .where('evaluation_id', '=', evaluation_id)
          .where('person_id', '=', PEOPLE.nurse)
          .executeTakeFirstOrThrow(),
      )
      return { units: [await own('evaluation_inputs'), await own('entitlement_results')], facts }
    }
    const before = await inputs('2020-02-11T12:00:00+08:00')
    const after = await inputs('2020-02-13T12:00:00+08:00')
    const at = (home_unit_id: number) => [[{ home_unit_id }], [{ home_unit_id }]]
    expect(before.units).toEqual(at(UNITS.checkpoint))
    expect(after.units).toEqual(at(UNITS.hospital))
    expect(before.facts).not.toHaveProperty('spouse_on_front_line')
    expect(after.facts).toMatchObject({ spouse_on_front_line: true })
  })

  it('holds the look at rest back too: the unit, the spouse and the duty that were known', async () => {
    const lookAt = async (known: string) => {
      let found: { home_unit_id: number; spouse_on_front_line: boolean | null; spans: number } | undefined
      const people = { first: PEOPLE.nurse, last: PEOPLE.nurse }
      const order = { operation_id: OPERATION, on_date: '2020-02-20', known_at: new Date(known), now: clock.now() }
      await walkRest(database, { ...order, people }, async ({ people: [person], batch }) => {
        if (person) found = { ...person, spans: batch.span_start_minute.length }
      })
      return found
    }
    const before = await lookAt('2020-02-11T12:00:00+08:00')
    const after = await lookAt('2020-02-13T12:00:00+08:00')
    expect(before).toMatchObject({ home_unit_id: UNITS.checkpoint, spouse_on_front_line: null })
    expect(after).toMatchObject({ home_unit_id: UNITS.hospital, spouse_on_front_line: true })
    expect((await lookAt('2020-01-01T12:00:00+08:00'))?.spans ?? 0).toBe(0)
    expect(after?.spans).toBeGreaterThan(0)
  })

  it('holds a trial back too', async () => {
    const trial = async (known_at: string | null) => {
      const order = {
        operation_id: OPERATION,
        area_unit_id: UNITS.city,
        on_date: '2020-02-20',
        known_at,
        files: shippedFiles('shaoxing-2020'),
      }
      const outcome = await whatIf(database, order, { now: clock.now(), progress: async () => true })
      if (outcome === 'cancelled' || outcome instanceof Refusal) throw new Error(JSON.stringify(outcome))
      return outcome.result.total.before_fen
    }
    const paid = async (known: string) => {
      const { evaluation_id } = await run(known)
      const { rows } = await look((tx) =>
        sql<{ fen: number }>`select coalesce(sum(amount_fen), 0)::int as fen from entitlement_results
          where evaluation_id = ${evaluation_id} and state = 'settled'`.execute(tx),
      )
      return rows[0].fen
    }
    const early = '2020-02-11T12:00:00+08:00'
    expect(await trial(early)).toBe(await paid(early))
    expect(await trial(null)).toBe(await paid(clock.now().toISOString()))
    expect(await trial(early)).not.toBe(await trial(null))
  })

  it('of this moment equals the fold of all entries', async () => {
    const read = (recorded: string | undefined) =>
      look((tx) =>
        sql<{
          count: number
        }>`select count(*)::int as count from duty_entries where recorded_at <@ ${recorded ?? '{(,)}'}::tstzmultirange`.execute(
          tx,
        ),
      )
    expect((await read(recordedBy(clock.now(), { now: clock.now(), real: new Date() }))).rows[0].count).toBe(5)
  })
})

describe('times of recording', () => {
  const now = new Date('2020-02-24T00:00:00Z')

  it('hold back nothing at this moment, and end at the moment asked for before it', () => {
    expect(recordedBy(now, { now, real: now })).toBeUndefined()
    expect(recordedBy(new Date('2020-02-11T00:00:00Z'), { now, real: now })).toBe('{(,"2020-02-11T00:00:00.000Z"]}')
  })

  it('in a demo also take what was entered by the world’s clock up to the same moment of the demo', () => {
    const real = new Date('2026-05-01T10:00:00Z')
    const anHourAgo = new Date(now.getTime() - 3_600_000)
    expect(recordedBy(anHourAgo, { now, real })).toBe(
      '{(,"2020-02-23T23:00:00.000Z"],("2020-02-24T00:00:00.000Z","2026-05-01T09:00:00.000Z"]}',
    )
  })
})
