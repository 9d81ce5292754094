import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { putShippedPacksInForce } from '#apps/server/shipped-packs.ts'
import { becomeShaoxing, OPERATION, openTestHouse, PEOPLE, POSTS, UNITS } from '#apps/server/testing-house.ts'
import { writeSpan } from '#records/duty/testing-spans.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import { lookAtRest } from './server/look.ts'

/** Who stands in; what is closed stays closed; what is planned is looked at. */

const NOW = '2020-02-24T08:00:00+08:00'
const { account, ask, look, database, clock } = await openTestHouse(NOW, { working: true })
const head = await account('head', 'unit_manager', UNITS.checkpoint, PEOPLE.guardHead)
const guard = await account('guard', 'worker', UNITS.checkpoint, PEOPLE.guard)
const officer = await account('officer', 'health_officer', UNITS.city)
const organiser = await account('organiser', 'organisation_clerk', UNITS.city)

const url = (path: string) => `/api/operations/${OPERATION}${path}`
const board = async () => (await ask(head, 'GET', url(`/rest/units/${UNITS.checkpoint}`))).body
const own = async (session: string) => (await ask(session, 'GET', `/api/me/rest?operation_id=${OPERATION}`)).body

/** Duty of twelve hours on some days of February. */
async function work(personId: number, days: readonly number[]): Promise<void> {
  await look(async (tx) => {
    for (const day of days) {
      const date = `2020-02-${String(day).padStart(2, '0')}`
      await writeSpan(tx, {
        person_id: personId,
        operation_id: OPERATION,
        unit_id: UNITS.checkpoint,
        post_id: POSTS.gate,
        starts_at: `${date}T08:00:00+08:00`,
        ends_at: `${date}T20:00:00+08:00`,
      })
    }
  })
}

async function plan(personId: number, days: readonly number[], month = '2020-02'): Promise<void> {
  const dates = days.map((day) => `${month}-${String(day).padStart(2, '0')}`)
  await look((tx) =>
    tx
      .insertInto('planned_shifts')
      .values(
        dates.map((date) => ({
          person_id: personId,
          operation_id: OPERATION,
          unit_id: UNITS.checkpoint,
          post_id: POSTS.gate,
          starts_at: new Date(`${date}T08:00:00+08:00`),
          ends_at: new Date(`${date}T20:00:00+08:00`),
          starts_on: date,
        })),
      )
      .execute(),
  )
}

async function lookNow() {
  const operation = await look((tx) => findOperation(tx, OPERATION))
  if (!operation) throw new Error('no operation')
  return lookAtRest(database, operation, clock.now())
}

await look(async (tx) => {
  await becomeShaoxing(tx)
})
await putShippedPacksInForce(look, OPERATION, clock.now())

const days = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

describe('soon', () => {
  const soonOf = (body: { soon: { person_id: number; rule: string; soon_days: number }[] }) =>
    body.soon.filter(({ person_id, rule }) => person_id === PEOPLE.guard && rule === 'overload-rest')

  it('goes on as on the last day while nothing is planned, and reads the plan where there is one', async () => {
    // Fourteen days in a row up to yesterday: one more and it is fifteen.
    await work(PEOPLE.guard, days(10, 23))
    await lookNow()
    expect(soonOf(await board())).toMatchObject([{ soon_days: 1 }])
    // The unit has planned up to the 25th, and him only after a whole day of rest: nothing comes of it.
    await plan(PEOPLE.guard, [25])
    await lookNow()
    expect(soonOf(await board())).toEqual([])
    await plan(PEOPLE.guard, [24])
    await lookNow()
    expect(soonOf(await board())).toMatchObject([{ soon_days: 1 }])
    const why = await ask(head, 'GET', url(`/rest/people/${PEOPLE.guard}/rules/overload-rest`))
    expect(why.body.lines[0].text).toContain('照已排的班，1 天后达到')
  })
})

describe('whoever is to stand in', () => {
  const order_id = randomUUID()
  const order = (substitute: number | null) => ({
    order_id,
    unit_id: UNITS.checkpoint,
    person_id: PEOPLE.guardHead,
    basis: 'judgement',
    rule: null,
    starts_at: '2020-02-26T00:00:00+08:00',
    ends_at: '2020-02-28T00:00:00+08:00',
    substitute_person_id: substitute,
    reason: '连续带班',
  })

  it('is asked, may decline, and with a yes takes the shifts over', async () => {
    await plan(PEOPLE.guardHead, [26, 27])
    expect((await ask(organiser, 'POST', url('/rest/orders'), { body: order(PEOPLE.guard) })).body).toEqual({
      order_id,
    })
    const [first] = (await own(guard)).asks
    expect(first).toMatchObject({ shifts: [{}, {}] })
    const answer = (session: string, ask_id: string, word: string) =>
      ask(session, 'POST', `/api/me/cover-asks/${ask_id}/answer`, { body: { answer: word } })
    expect((await answer(head, first.ask_id, 'accepted')).body.code).toBe('rest.unknown_ask')
    expect((await answer(guard, first.ask_id, 'declined')).body).toEqual({ shifts_count: 0 })
    expect((await board()).orders).toMatchObject([{ substitute: { state: 'declined' } }])
    const again = await ask(organiser, 'POST', `/api/rest/people/${PEOPLE.guardHead}/orders/${order_id}/substitutes`, {
      body: { substitute_person_id: PEOPLE.guard },
    })
    expect(again.body).toEqual({ asked: true })
    const [second] = (await own(guard)).asks
    expect((await answer(guard, second.ask_id, 'accepted')).body).toEqual({ shifts_count: 2 })
    expect((await answer(guard, second.ask_id, 'accepted')).body.code).toBe('rest.answered')
    expect((await own(guard)).asks).toEqual([])
    expect((await board()).orders).toMatchObject([
      { against_count: 0, substitute: { person_id: PEOPLE.guard, state: 'accepted', shifts_count: 2 } },
    ])
    const standing = await look((tx) =>
      tx.selectFrom('planned_shifts').select(['person_id', 'starts_on']).where('withdrawn_at', 'is', null).execute(),
    )
    expect(standing.filter(({ starts_on }) => starts_on >= '2020-02-26').map(({ person_id }) => person_id)).toEqual([
      PEOPLE.guard,
      PEOPLE.guard,
    ])
    const items = await ask(head, 'GET', `/api/worklist?operation_id=${OPERATION}&kind=rosters.cover`)
    expect(items.body.items).toEqual([])
  })

  it('takes the shifts that they can take, and the unit goes on looking for the others', async () => {
    const of = (id: string) => `/api/rest/people/${PEOPLE.guardHead}/orders/${id}`
    const end = { ends_at: '2020-02-24T08:00:00+08:00', reason: '情况变了' }
    await ask(organiser, 'POST', `${of(order_id)}/changes`, { body: end })
    await plan(PEOPLE.guardHead, [4, 5], '2020-03')
    await plan(PEOPLE.guard, [5], '2020-03')
    const partly = {
      ...order(PEOPLE.guard),
      order_id: randomUUID(),
      starts_at: '2020-03-04T00:00:00+08:00',
      ends_at: '2020-03-06T00:00:00+08:00',
    }
    expect((await ask(organiser, 'POST', url('/rest/orders'), { body: partly })).status).toBe(200)
    const yes = await ask(organiser, 'POST', `${of(partly.order_id)}/cover-answers`, { body: { answer: 'accepted' } })
    expect(yes.body).toEqual({ shifts_count: 1 })
    const shown = (await board()).orders.find(({ order_id: id }: { order_id: string }) => id === partly.order_id)
    expect(shown).toMatchObject({ against_count: 1, substitute: { state: 'accepted', shifts_count: 1 } })
    const items = await ask(head, 'GET', `/api/worklist?operation_id=${OPERATION}&kind=rosters.cover`)
    expect(items.body.items).toHaveLength(1)
    const again = await ask(organiser, 'POST', `${of(partly.order_id)}/substitutes`, {
      body: { substitute_person_id: PEOPLE.nurse },
    })
    expect(again.status).toBe(200)
    await ask(organiser, 'POST', `${of(partly.order_id)}/changes`, { body: end })
  })

  it('may say yes on the telephone: a named person writes it down, and nobody for themselves', async () => {
    const of = (id: string) => `/api/rest/people/${PEOPLE.guardHead}/orders/${id}`
    const end = { ends_at: '2020-02-24T08:00:00+08:00', reason: '情况变了' }
    await ask(organiser, 'POST', `${of(order_id)}/changes`, { body: end })
    await plan(PEOPLE.guardHead, [29])
    const next = {
      ...order(PEOPLE.guard),
      order_id: randomUUID(),
      starts_at: '2020-02-29T00:00:00+08:00',
      ends_at: '2020-03-01T00:00:00+08:00',
    }
    expect((await ask(organiser, 'POST', url('/rest/orders'), { body: next })).status).toBe(200)
    const said = (session: string) =>
      ask(session, 'POST', `${of(next.order_id)}/cover-answers`, { body: { answer: 'accepted' } })
    expect((await said(head)).body.code).toBe('rest.own')
    expect((await said(guard)).status).toBe(403)
    expect((await said(organiser)).body).toEqual({ shifts_count: 1 })
    expect((await said(organiser)).body.code).toBe('rest.unknown_ask')
    const shown = (await board()).orders.find(({ order_id: id }: { order_id: string }) => id === next.order_id)
    expect(shown).toMatchObject({ against_count: 0, substitute: { state: 'accepted', recorded_by: 'organiser' } })
    expect((await own(guard)).asks).toEqual([])
    const audit = await look((tx) =>
      tx.selectFrom('audit_rows').select('facts').where('action', '=', 'rosters.cover_accepted').execute(),
    )
    expect(audit.map(({ facts }) => facts)).toContainEqual(expect.objectContaining({ by_word_of_mouth: true }))
  })
})

describe('an order that answers a word of one’s own', () => {
  it('rests on that word and settles it', async () => {
    const report_id = randomUUID()
    const said = { report_id, operation_id: OPERATION, word: 'at_limit', words: '撑不住了', said_at: NOW }
    await ask(guard, 'POST', '/api/me/self-reports', { body: said })
    const body = {
      order_id: randomUUID(),
      unit_id: UNITS.checkpoint,
      person_id: PEOPLE.guard,
      basis: 'own_word',
      rule: null,
      starts_at: '2020-02-28T00:00:00+08:00',
      ends_at: '2020-02-29T00:00:00+08:00',
      substitute_person_id: null,
      report_id,
      reason: '28 日休一天',
    }
    expect(
      (await ask(head, 'POST', url('/rest/orders'), { body: { ...body, report_id: randomUUID() } })).body.code,
    ).toBe('rest.unknown_report')
    expect((await ask(head, 'POST', url('/rest/orders'), { body })).body).toEqual({ order_id: body.order_id })
    expect((await board()).reports).toEqual([])
    expect((await own(guard)).report).toMatchObject({ answer: { words: '28 日休一天' } })
  })
})

describe('a protected condition', () => {
  const body = () => ({
    order_id: randomUUID(),
    unit_id: UNITS.hospital,
    person_id: PEOPLE.nurse,
    basis: 'protected',
    rule: null,
    starts_at: '2020-02-24T20:00:00+08:00',
    ends_at: '2020-02-26T20:00:00+08:00',
    substitute_person_id: null,
    reason: '按规定安排休息',
  })

  it('reaches the rules as a yes; the unit is told no more than that', async () => {
    expect((await ask(organiser, 'POST', url('/rest/orders'), { body: body() })).body.code).toBe('rest.not_recorded')
    await work(PEOPLE.nurse, [22])
    const flag = { flag: '妊娠二十周', from_on: '2020-02-01' }
    await ask(officer, 'POST', `/api/people/${PEOPLE.nurse}/health-flags`, { body: flag })
    await lookNow()
    const shown = await ask(organiser, 'GET', url(`/rest/units/${UNITS.hospital}`))
    expect(shown.body.must).toMatchObject([{ person_id: PEOPLE.nurse, title: { zh: '已确认的受保护情形' } }])
    const why = await ask(organiser, 'GET', url(`/rest/people/${PEOPLE.nurse}/rules/overload-rest`))
    const text = JSON.stringify(why.body) + JSON.stringify(shown.body)
    expect(text).toContain('已确认的受保护情形')
    for (const closed of ['妊娠', '孕期', '带病']) expect(text).not.toContain(closed)
    expect((await ask(organiser, 'POST', url('/rest/orders'), { body: body() })).status).toBe(200)
    const audit = await look((tx) => tx.selectFrom('audit_rows').select('facts').execute())
    expect(JSON.stringify(audit)).not.toContain('妊娠')
  })

  it('that the officer does not mark reaches nobody', async () => {
    const flag = { flag: '轻微近视', from_on: '2020-02-01', protects: false }
    await ask(officer, 'POST', `/api/people/${PEOPLE.head}/health-flags`, { body: flag })
    const rows = await look((tx) => tx.selectFrom('protected_conditions').select('person_id').execute())
    expect(rows).toEqual([{ person_id: PEOPLE.nurse }])
  })
})
