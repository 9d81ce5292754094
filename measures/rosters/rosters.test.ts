import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { putShippedPacksInForce } from '#apps/server/shipped-packs.ts'
import { becomeShaoxing, OPERATION, openTestHouse, PEOPLE, POSTS, UNITS } from '#apps/server/testing-house.ts'
import { writeSpan } from '#records/duty/testing-spans.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import { lookAtRest } from './server/look.ts'

const NOW = '2020-02-24T08:00:00+08:00'
const { account, ask, look, database, clock } = await openTestHouse(NOW, { working: true })
const head = await account('head', 'unit_manager', UNITS.checkpoint, PEOPLE.guardHead)
const guard = await account('guard', 'worker', UNITS.checkpoint, PEOPLE.guard)
const clerk = await account('clerk', 'hr_clerk', UNITS.city)
const organiser = await account('organiser', 'organisation_clerk', UNITS.city)
const elsewhere = await account('elsewhere', 'unit_manager', UNITS.hospital, PEOPLE.head)

const url = (path: string) => `/api/operations/${OPERATION}${path}`
const board = (session: string, unit: number) => ask(session, 'GET', url(`/rest/units/${unit}`))

await look(async (tx) => {
  await becomeShaoxing(tx)
  // Twenty days of twelve hours up to yesterday, and two easy days of a colleague.
  const spans = [
    ...Array.from({ length: 20 }, (_, day) => ({ person_id: PEOPLE.guard, day: 4 + day })),
    ...[20, 22].map((day) => ({ person_id: PEOPLE.guardHead, day })),
  ]
  for (const { person_id, day } of spans) {
    const date = `2020-02-${String(day).padStart(2, '0')}`
    await writeSpan(tx, {
      person_id,
      operation_id: OPERATION,
      unit_id: UNITS.checkpoint,
      post_id: POSTS.gate,
      starts_at: `${date}T08:00:00+08:00`,
      ends_at: `${date}T20:00:00+08:00`,
    })
  }
})

await putShippedPacksInForce(look, OPERATION, clock.now())

async function lookNow() {
  const operation = await look((tx) => findOperation(tx, OPERATION))
  if (!operation) throw new Error('no operation')
  return lookAtRest(database, operation, clock.now())
}

const FROM = '2020-02-24T20:00:00+08:00'
const TO = '2020-02-27T20:00:00+08:00'
const order_id = randomUUID()
const ordering = {
  order_id,
  unit_id: UNITS.checkpoint,
  person_id: PEOPLE.guard,
  basis: 'rule',
  rule: 'overload-rest',
  starts_at: FROM,
  ends_at: TO,
  substitute_person_id: PEOPLE.guardHead,
  reason: '连续值守二十天',
}
const change = (session: string, body: object) =>
  ask(session, 'POST', `/api/rest/people/${PEOPLE.guard}/orders/${order_id}/changes`, { body })

describe('rest', () => {
  it('finds who must rest by the county’s rule, tells the unit, and says why with figures', async () => {
    expect(await lookNow()).toMatchObject({ on_date: '2020-02-23', must_count: 1 })
    const { body } = await board(head, UNITS.checkpoint)
    expect(body.must).toMatchObject([
      {
        name: '值守员己',
        rule: 'overload-rest',
        run_days: 20,
        mean_minutes: 720,
        length_minutes: 3 * 1440,
        example: true,
      },
    ])
    const items = await ask(head, 'GET', `/api/worklist?operation_id=${OPERATION}&kind=rosters.must_rest`)
    expect(items.body.items).toMatchObject([{ unit_id: UNITS.checkpoint, facts: { people_count: 1 } }])
    const why = await ask(head, 'GET', url(`/rest/people/${PEOPLE.guard}/rules/overload-rest`))
    const text = why.body.lines.map((line: { text: string }) => line.text).join('\n')
    expect(text).toContain('连续值守 20 天（界限：不少于 15 天）：符合')
    expect(text).toContain('示例，不是事实')
  })

  it('another unit sees nothing of it', async () => {
    expect((await board(elsewhere, UNITS.checkpoint)).status).toBe(404)
    const why = await ask(elsewhere, 'GET', url(`/rest/people/${PEOPLE.guard}/rules/overload-rest`))
    expect(why.body.code).toBe('rest.unknown_person')
  })

  it('offers a rested colleague and takes the order, once', async () => {
    const found = await ask(
      head,
      'GET',
      `${url(`/rest/people/${PEOPLE.guard}/substitutes`)}?from=${encodeURIComponent(FROM)}&to=${encodeURIComponent(TO)}`,
    )
    expect(found.body.candidates[0]).toMatchObject({ person_id: PEOPLE.guardHead, same_post: true })
    expect((await ask(guard, 'POST', url('/rest/orders'), { body: ordering })).status).toBe(403)
    const first = await ask(head, 'POST', url('/rest/orders'), { body: ordering })
    expect(first.body).toEqual({ order_id })
    expect((await ask(head, 'POST', url('/rest/orders'), { body: ordering })).body).toEqual({ order_id })
    const other = { ...ordering, order_id: randomUUID() }
    expect((await ask(head, 'POST', url('/rest/orders'), { body: other })).body.code).toBe('rest.open_already')
    const { body } = await board(head, UNITS.checkpoint)
    expect(body.must).toEqual([])
    expect(body.orders).toMatchObject([
      { state: 'ordered', substitute: { person_id: PEOPLE.guardHead, state: 'asked', shifts_count: null } },
    ])
    const items = await ask(head, 'GET', `/api/worklist?operation_id=${OPERATION}&kind=rosters.cover`)
    expect(items.body.items).toMatchObject([{ unit_id: UNITS.checkpoint, facts: { state: 'asked' } }])
    const own = await ask(guard, 'GET', `/api/me/rest?operation_id=${OPERATION}`)
    expect(own.body.orders).toMatchObject([{ state: 'ordered', title: { zh: '超负荷强制休息（照浦江样例）【示例】' } }])
  })

  it('duty against the rest shows until a named person approves it with a reason', async () => {
    await look((tx) =>
      tx
        .insertInto('planned_shifts')
        .values({
          person_id: PEOPLE.guard,
          operation_id: OPERATION,
          unit_id: UNITS.checkpoint,
          post_id: POSTS.gate,
          starts_at: new Date('2020-02-25T08:00:00+08:00'),
          ends_at: new Date('2020-02-25T16:00:00+08:00'),
          starts_on: '2020-02-25',
        })
        .execute(),
    )
    expect((await board(head, UNITS.checkpoint)).body.orders).toMatchObject([{ against_count: 1 }])
    const shift = {
      person_id: PEOPLE.guard,
      post_id: POSTS.gate,
      starts_at: '2020-02-26T08:00:00+08:00',
      ends_at: '2020-02-26T16:00:00+08:00',
    }
    const planned = await ask(head, 'POST', url(`/units/${UNITS.checkpoint}/planned-shifts`), {
      body: { shifts: [shift], withdraw: [] },
    })
    expect(planned.body.code).toBe('duty.resting')
    const path = `/api/rest/people/${PEOPLE.guard}/orders/${order_id}/overrides`
    const body = {
      starts_at: '2020-02-25T08:00:00+08:00',
      ends_at: '2020-02-25T16:00:00+08:00',
      reason: '突发，无人可替',
    }
    expect((await ask(head, 'POST', path, { body })).status).toBe(403)
    expect((await ask(organiser, 'POST', path, { body })).body).toEqual({ approved_by: 'organiser' })
    const after = await board(head, UNITS.checkpoint)
    expect(after.body.orders).toMatchObject([
      { against_count: 0, overrides: [{ by: 'organiser', reason: '突发，无人可替' }] },
    ])
  })

  it('counts what was done once it is confirmed: a short duty within what was approved is no conflict', async () => {
    const day = { starts_at: new Date('2020-02-26T08:00:00+08:00'), starts_on: '2020-02-26' }
    const shift = {
      person_id: PEOPLE.guard,
      operation_id: OPERATION,
      unit_id: UNITS.checkpoint,
      post_id: POSTS.gate,
      ...day,
      ends_at: new Date('2020-02-26T20:00:00+08:00'),
    }
    await look((tx) => tx.insertInto('planned_shifts').values(shift).execute())
    const approved = {
      starts_at: '2020-02-26T08:00:00+08:00',
      ends_at: '2020-02-26T12:00:00+08:00',
      reason: '接送物资',
    }
    const path = `/api/rest/people/${PEOPLE.guard}/orders/${order_id}/overrides`
    expect((await ask(organiser, 'POST', path, { body: approved })).status).toBe(200)
    expect((await board(head, UNITS.checkpoint)).body.orders).toMatchObject([{ against_count: 1 }])
    await look(async (tx) => {
      const done = {
        ...shift,
        span_id: randomUUID(),
        home_unit_id: UNITS.checkpoint,
        ends_at: new Date('2020-02-26T11:00:00+08:00'),
        said_by_user_id: 1,
      }
      const { entry_id } = await tx
        .insertInto('duty_entries')
        .values({ ...done, act: 'confirmed', said_at: done.ends_at })
        .returning('entry_id')
        .executeTakeFirstOrThrow()
      await tx
        .insertInto('duty_current')
        .values({ ...done, entry_id })
        .execute()
    })
    expect((await board(head, UNITS.checkpoint)).body.orders).toMatchObject([{ against_count: 0 }])
  })

  it('is extended and ended by adding to it', async () => {
    expect((await change(head, { ends_at: '2020-02-28T20:00:00+08:00', reason: '未恢复' })).body).toEqual({
      act: 'extended',
    })
    expect((await change(head, { ends_at: '2020-02-24T20:00:00+08:00', reason: '误下' })).body).toEqual({
      act: 'ended',
    })
    expect((await change(head, { ends_at: TO, reason: '再延' })).body.code).toBe('rest.ended')
    const events = await look((tx) => tx.selectFrom('rest_order_events').select('act').orderBy('event_id').execute())
    expect(events.map(({ act }) => act)).toEqual(['ordered', 'overridden', 'overridden', 'extended', 'ended'])
  })

  it('an emergency extends a limit with an end; counting goes on and the debt stays in view', async () => {
    const body = {
      unit_id: UNITS.checkpoint,
      rule: 'overload-rest',
      from_on: '2020-02-24',
      to_on: '2020-02-26',
      reason: '抢险',
    }
    expect((await ask(head, 'POST', url('/rest/limit-extensions'), { body })).status).toBe(403)
    expect((await ask(organiser, 'POST', url('/rest/limit-extensions'), { body })).status).toBe(200)
    await lookNow()
    const during = await board(head, UNITS.checkpoint)
    expect(during.body.must).toEqual([])
    expect(during.body.debts).toMatchObject([{ run_days: 20, extended_until: '2020-02-26' }])
    const items = await ask(head, 'GET', `/api/worklist?operation_id=${OPERATION}&kind=rosters.must_rest`)
    expect(items.body.items).toEqual([])
  })
})

describe('the leave account', () => {
  it('is earned from the evaluation, planned and taken in minutes, and never goes below nothing', async () => {
    const asked = await ask(clerk, 'POST', url('/evaluations'), { body: {} })
    expect(asked.status).toBe(200)
    await expect
      .poll(async () => (await ask(clerk, 'GET', `/api/jobs/${asked.body.job_id}`)).body.state, { timeout: 20_000 })
      .toBe('done')
    await lookNow()
    await lookNow()
    const { body } = await ask(head, 'GET', url(`/leave/units/${UNITS.checkpoint}`))
    const [most] = body.accounts
    // Twelve hours on a Thursday leave four over the day's eight, twelve on a Saturday count whole; looking twice credits once.
    expect(most).toMatchObject({ person_id: PEOPLE.guardHead, earned_minutes: 240 + 720, owed_minutes: 960 })
    const entries = await look((tx) =>
      tx
        .selectFrom('leave_entries')
        .select(['kind', 'minutes', 'on_date', 'entitlement'])
        .where('person_id', '=', most.person_id)
        .execute(),
    )
    const earned = { kind: 'earned', entitlement: 'compensatory-leave' }
    expect(entries).toEqual([
      { ...earned, minutes: 240, on_date: '2020-02-20' },
      { ...earned, minutes: 720, on_date: '2020-02-22' },
    ])
    const entry = { unit_id: UNITS.checkpoint, person_id: most.person_id, on_date: '2020-03-02' }
    const add = (kind: string, minutes: number) =>
      ask(organiser, 'POST', url('/leave/entries'), { body: { ...entry, kind, minutes } })
    expect((await add('planned', most.owed_minutes + 1)).body.code).toBe('rest.not_enough_leave')
    expect((await add('planned', 60)).body).toMatchObject({ owed_minutes: most.owed_minutes, planned_minutes: 60 })
    expect((await add('taken', 60)).body).toMatchObject({ owed_minutes: most.owed_minutes - 60, planned_minutes: 0 })
    // 900 minutes are left: the 29th and the 1st are a weekend, on the 2nd leave stands in the account already.
    const plan = await ask(organiser, 'GET', url(`/leave/units/${UNITS.checkpoint}/plan?from_on=2020-02-28&days=5`))
    expect(
      plan.body.proposed.filter(({ person_id }: { person_id: number }) => person_id === most.person_id),
    ).toMatchObject([
      { on_date: '2020-02-28', minutes: 480, why: 'off_shift' },
      { on_date: '2020-03-03', minutes: 420, why: 'off_shift' },
    ])
  }, 40_000)

  it('says until when leave can be taken, by what document or decision, and what is running out', async () => {
    const accounts = async () => (await ask(head, 'GET', url(`/leave/units/${UNITS.checkpoint}`))).body
    const before = await accounts()
    expect(before.terms).toMatchObject([{ entitlement: 'compensatory-leave', is_settled: false, last_on: null }])
    expect(before.accounts[0]).toMatchObject({ expiring_minutes: 0, overdue_minutes: 0 })
    const subject = { kind: 'area', id: UNITS.county }
    const decision = { unit_id: UNITS.county, point: 'leave-term', subject, from_on: '2020-02-01', to_on: null }
    const decided = await ask(clerk, 'POST', url('/decisions'), {
      body: { ...decision, value: { kind: 'amount', amount: 700 }, reason: '区里定七天内休完' },
    })
    expect(decided.body).toMatchObject({ decision_id: expect.any(Number) })
    const after = await accounts()
    expect(after.terms).toMatchObject([{ is_settled: true, last_on: '2020-03-02', afterwards: 'decided' }])
    const why = after.terms[0].why.map(({ zh }: { zh: string }) => zh).join()
    expect(why).toContain('补休应在多少天内安排完')
    // Earned on the 20th and the 22nd, whenever it was credited; nothing is struck off by itself.
    expect(after.accounts[0]).toMatchObject({ expiring_minutes: 900, overdue_minutes: 0, owed_minutes: 900 })
    const { body } = await ask(head, 'GET', url(`/leave/people/${PEOPLE.guardHead}/entries`))
    expect(body.entries.map(({ kind, last_on }: { kind: string; last_on: string | null }) => [kind, last_on])).toEqual([
      ['taken', null],
      ['planned', null],
      ['earned', '2020-02-29'],
      ['earned', '2020-02-27'],
    ])
    const own = await ask(head, 'GET', `/api/me/rest?operation_id=${OPERATION}`)
    expect(own.body.leave).toMatchObject({
      owed_minutes: 900,
      ends: [
        { last_on: '2020-02-27', minutes: 180 },
        { last_on: '2020-02-29', minutes: 720 },
      ],
      end_is_open: false,
    })
  })
})

describe('what people say of themselves', () => {
  it('reaches the manager, is answered once, and is then out of view', async () => {
    const report_id = randomUUID()
    const said = { report_id, operation_id: OPERATION, word: 'at_limit', words: '腰疼得站不住', said_at: NOW }
    const post = () => ask(guard, 'POST', '/api/me/self-reports', { body: said })
    expect((await post()).body).toEqual({ report_id })
    expect((await board(head, UNITS.checkpoint)).body.reports).toMatchObject([{ report_id, words: '腰疼得站不住' }])
    const path = `/api/rest/people/${PEOPLE.guard}/reports/${report_id}/answer`
    expect((await ask(head, 'POST', path, { body: { words: '明天起换下来' } })).body).toEqual({ answered: true })
    expect((await board(head, UNITS.checkpoint)).body.reports).toEqual([])
    const own = await ask(guard, 'GET', `/api/me/rest?operation_id=${OPERATION}`)
    expect(own.body.report).toMatchObject({ word: 'at_limit', answer: { words: '明天起换下来' } })
  })
})
