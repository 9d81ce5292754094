import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Answer, OPERATION, openTestHouse, PEOPLE, POSTS, UNITS } from '#apps/server/testing-house.ts'
import { Refusal } from '#platform/http/problem.ts'
import { writeSpan } from '#records/duty/testing-spans.ts'
import { evaluateAndRaise } from '#records/policies/server/evaluation-job.ts'
import { publishPack, putInForce } from '#records/policies/server/packs.ts'
import { FACTS_PACK } from '#records/policies/testing-facts-pack.ts'

const { ask, look, account, database, clock } = await openTestHouse()
const head = await account('head', 'unit_manager', UNITS.hospital, PEOPLE.head)
const deputy = await account('deputy', 'unit_manager', UNITS.hospital, PEOPLE.deputy)
const guardHead = await account('guard-head', 'unit_manager', UNITS.checkpoint, PEOPLE.guardHead)
const hr = await account('hr', 'hr_clerk', UNITS.city, undefined)
const otherHr = await account('other-hr', 'hr_clerk', UNITS.city, undefined)
const finance = await account('finance', 'finance_clerk', UNITS.city, undefined)
const nurse = await account('nurse', 'worker', UNITS.hospital, PEOPLE.nurse)

const ofPerson = (person: number) => `/api/operations/${OPERATION}/people/${person}/facts`
const closedOf = (person: number) => `/api/operations/${OPERATION}/people/${person}/closed-facts`
const ofUnit = (unit: number) => `/api/operations/${OPERATION}/units/${unit}/facts`
const day = { from_on: '2020-02-05', amount: 1 }

const state = (session: string, url: string, body: object) =>
  ask(session, 'POST', url, { body: { fact_id: randomUUID(), ...day, ...body } })
const act = (session: string, url: string, { body: fact }: Answer, body: object) =>
  ask(session, 'POST', `${url}/${fact.fact_id}/acts`, {
    body: { after_entry_id: fact.entries.at(-1).entry_id, ...body },
  })

async function evaluated(known = clock.now().toISOString(), becomes_current = true): Promise<number> {
  const input = { operation_id: OPERATION, on_date: '2020-02-20', known_at: known, becomes_current }
  const outcome = await evaluateAndRaise(database, input, {
    now: clock.now(),
    progress: async () => true,
    people_per_part: 2,
  })
  if (outcome === 'cancelled' || outcome instanceof Refusal) throw new Error(JSON.stringify(outcome))
  return outcome.evaluation_id
}

const resultOf = async (person: number, entitlement: string, evaluation: number) =>
  look((tx) =>
    tx
      .selectFrom('entitlement_results')
      .select(['state', 'amount_fen', 'missing', 'quantity'])
      .where('evaluation_id', '=', evaluation)
      .where('person_id', '=', person)
      .where('entitlement', '=', entitlement)
      .executeTakeFirst(),
  )

const explanation = (session: string, person: number, entitlement: string) =>
  ask(
    session,
    'GET',
    `/api/operations/${OPERATION}/statements/people/${person}/entitlements/${entitlement}/explanation`,
  )

beforeAll(async () => {
  await look(async (tx) => {
    const published = await publishPack(tx, [{ path: 'pack.yaml', text: FACTS_PACK }], clock.now())
    if (published instanceof Refusal) throw new Error(JSON.stringify(published.facts))
    const body = { area_unit_id: UNITS.city, pack_hash: published.hash, known_from: '2020-01-20T00:00:00+08:00' }
    expect(await putInForce(tx, OPERATION, body, clock.now())).toEqual({ put_in_force: true })
    for (const person_id of [PEOPLE.nurse, PEOPLE.doctor]) {
      const hours = { starts_at: '2020-02-03T08:00:00+08:00', ends_at: '2020-02-03T16:00:00+08:00' }
      const place = { operation_id: OPERATION, unit_id: UNITS.hospital, post_id: POSTS.ward }
      await writeSpan(tx, { person_id, ...place, ...hours, recorded_at: new Date(hours.ends_at) })
    }
  })
})

describe('an event of a person', () => {
  it('is named by the packs in force, never about oneself, never in the future', async () => {
    const list = await ask(head, 'GET', ofPerson(PEOPLE.nurse))
    expect(list.body.asked).toEqual([
      { sort: 'event', name: 'rescue', title: { zh: '转移群众', en: 'rescue of residents' } },
    ])
    const unknown = await state(head, ofPerson(PEOPLE.nurse), { sort: 'event', name: 'parade' })
    expect([unknown.status, unknown.body.code]).toEqual([422, 'facts.unknown_name'])
    const own = await state(head, ofPerson(PEOPLE.head), { sort: 'event', name: 'rescue' })
    expect(own.body.code).toBe('facts.own_fact')
    const early = await state(head, ofPerson(PEOPLE.nurse), { sort: 'event', name: 'rescue', from_on: '2020-03-01' })
    expect(early.body.code).toBe('facts.in_the_future')
    expect((await state(guardHead, ofPerson(PEOPLE.nurse), { sort: 'event', name: 'rescue' })).status).toBe(404)
  })

  it('counts once another person has confirmed it, with an explanation that names the record', async () => {
    const stated = await state(head, ofPerson(PEOPLE.nurse), { sort: 'event', name: 'rescue', amount: 2 })
    expect(stated.body.state).toBe('waits')
    expect((await act(head, ofPerson(PEOPLE.nurse), stated, { act: 'confirmed' })).body.code).toBe(
      'facts.own_statement',
    )
    expect(await resultOf(PEOPLE.nurse, 'rescue-pay', await evaluated())).toMatchObject({
      state: 'missing_fact',
      missing: 'events',
    })
    const waiting = await ask(deputy, 'GET', ofUnit(UNITS.hospital))
    expect(waiting.body.waiting).toMatchObject([{ person_id: PEOPLE.nurse, fact: { name: 'rescue' } }])
    const confirmed = await act(deputy, ofPerson(PEOPLE.nurse), stated, { act: 'confirmed' })
    expect(confirmed.body.state).toBe('counts')
    expect(await resultOf(PEOPLE.nurse, 'rescue-pay', await evaluated())).toMatchObject({
      state: 'settled',
      amount_fen: 16_000,
    })
    const told = await explanation(finance, PEOPLE.nurse, 'rescue-pay')
    expect(JSON.stringify(told.body.lines)).toContain(confirmed.body.ref)
  })

  it('is corrected by adding; the confirmed one holds until somebody else confirms the correction', async () => {
    const [fact] = (await ask(head, 'GET', ofPerson(PEOPLE.nurse))).body.facts
    const corrected = await act(deputy, ofPerson(PEOPLE.nurse), { body: fact } as Answer, {
      ...{ act: 'corrected', reason: '只有一次', from_on: '2020-02-06', amount: 1 },
    })
    expect(corrected.body.state).toBe('change_waits')
    expect(await resultOf(PEOPLE.nurse, 'rescue-pay', await evaluated())).toMatchObject({ amount_fen: 16_000 })
    const late = await act(head, ofPerson(PEOPLE.nurse), { body: fact } as Answer, { act: 'confirmed' })
    expect(late.body.code).toBe('facts.changed_meanwhile')
    expect((await act(head, ofPerson(PEOPLE.nurse), corrected, { act: 'confirmed' })).body.state).toBe('counts')
    expect(await resultOf(PEOPLE.nurse, 'rescue-pay', await evaluated())).toMatchObject({ amount_fen: 8_000 })
  })

  it('of somebody without any duty gives what the event gives', async () => {
    const stated = await state(deputy, ofPerson(PEOPLE.head), { sort: 'event', name: 'rescue' })
    await act(hr, ofPerson(PEOPLE.head), stated, { act: 'confirmed' })
    expect(await resultOf(PEOPLE.head, 'rescue-pay', await evaluated())).toMatchObject({
      state: 'settled',
      amount_fen: 8_000,
    })
  })

  it('recorded later is not counted as known earlier, and the trace of the earlier run stays what it was', async () => {
    const before = await evaluated()
    const stated = await state(head, ofPerson(PEOPLE.doctor), { sort: 'event', name: 'rescue' })
    await act(deputy, ofPerson(PEOPLE.doctor), stated, { act: 'confirmed' })
    const after = await evaluated()
    expect(await resultOf(PEOPLE.doctor, 'rescue-pay', before)).toMatchObject({ state: 'missing_fact' })
    expect(await resultOf(PEOPLE.doctor, 'rescue-pay', after)).toMatchObject({ amount_fen: 8_000 })
    const earlier = await evaluated('2020-02-22T08:00:00+08:00', false)
    expect(await resultOf(PEOPLE.doctor, 'rescue-pay', earlier)).toMatchObject({ state: 'missing_fact' })
    const url = `/api/operations/${OPERATION}/statements/people/${PEOPLE.doctor}/entitlements/rescue-pay/explanation`
    expect((await ask(finance, 'GET', `${url}?evaluation_id=${before}`)).status).toBe(200)
    expect((await ask(finance, 'GET', `${url}?evaluation_id=${after}`)).status).toBe(200)
  })

  it('that is withdrawn is missing again, and did not happen once the unit keeps a register', async () => {
    const [fact] = (await ask(head, 'GET', ofPerson(PEOPLE.doctor))).body.facts
    await act(head, ofPerson(PEOPLE.doctor), { body: fact } as Answer, { act: 'withdrawn', reason: '记错了人' })
    expect(await resultOf(PEOPLE.doctor, 'rescue-pay', await evaluated())).toMatchObject({ state: 'missing_fact' })
    const register = await state(head, ofUnit(UNITS.hospital), {
      sort: 'register',
      name: 'events',
      from_on: '2020-01-20',
    })
    await act(deputy, ofUnit(UNITS.hospital), register, { act: 'confirmed' })
    expect(await resultOf(PEOPLE.doctor, 'rescue-pay', await evaluated())).toMatchObject({ state: 'not_covered' })
    expect((await explanation(finance, PEOPLE.doctor, 'rescue-pay')).status).toBe(200)
  })
})

describe('the closed circle of family and personal facts', () => {
  it('is stated by the person, confirmed by somebody of the circle, and read by nobody else', async () => {
    const body = { operation_id: OPERATION, sort: 'family', name: 'elder_care' }
    expect((await state(nurse, '/api/me/facts', body)).body.code).toBe('facts.needs_consent')
    const stated = await state(nurse, '/api/me/facts', { ...body, consented: true })
    expect(stated.body.state).toBe('waits')
    for (const session of [head, finance]) expect((await ask(session, 'GET', closedOf(PEOPLE.nurse))).status).toBe(403)
    expect(
      (await ask(head, 'GET', ofPerson(PEOPLE.nurse))).body.facts.map(({ sort }: { sort: string }) => sort),
    ).toEqual(['event'])
    expect((await act(hr, closedOf(PEOPLE.nurse), stated, { act: 'confirmed' })).body.state).toBe('counts')
    const id = await evaluated()
    expect(await resultOf(PEOPLE.nurse, 'elder-care', id)).toMatchObject({ state: 'settled', amount_fen: 50_000 })
    expect(await resultOf(PEOPLE.doctor, 'elder-care', id)).toMatchObject({
      state: 'missing_fact',
      missing: 'family:elder_care',
    })
  })

  it('is named to the person in the explanation, and to others as a closed fact', async () => {
    const others = JSON.stringify((await explanation(finance, PEOPLE.nurse, 'elder-care')).body.lines)
    expect(others).toContain('保密')
    expect(others).not.toContain('需照护老人')
    const own = await ask(nurse, 'GET', `/api/me/statement/elder-care/explanation?operation_id=${OPERATION}`)
    expect(JSON.stringify(own.body.lines)).toContain('需照护老人：是（记录 ')
  })

  it('is taken back by the person and no longer counts', async () => {
    const { facts } = (await ask(nurse, 'GET', `/api/me/facts?operation_id=${OPERATION}`)).body
    const fact = facts.find(({ name }: { name: string }) => name === 'elder_care')
    const taken = await ask(nurse, 'POST', `/api/me/facts/${fact.fact_id}/withdrawals`, {
      body: { operation_id: OPERATION, after_entry_id: fact.entries.at(-1).entry_id, reason: '不再需要' },
    })
    expect(taken.body.state).toBe('withdrawn')
    expect(await resultOf(PEOPLE.nurse, 'elder-care', await evaluated())).toMatchObject({ state: 'missing_fact' })
  })

  it('where several are missing they are asked for at once, of the person and of the office', async () => {
    await evaluated()
    const both = { zh: '认定工伤、需照护老人', en: 'a recognised work injury, cares for elders' }
    const { body } = await explanation(finance, PEOPLE.nurse, 'recovery-pay')
    expect(body.result).toMatchObject({ missing: 'finding:work-injury', missing_text: both })
    const own = await ask(nurse, 'GET', `/api/me/statement?operation_id=${OPERATION}`)
    const office = await ask(finance, 'GET', `/api/operations/${OPERATION}/statements/people/${PEOPLE.nurse}`)
    for (const { results } of [own.body, office.body])
      expect(results).toContainEqual(expect.objectContaining({ entitlement: 'recovery-pay', missing_text: both }))
  })

  it('holds findings, which take two of the circle', async () => {
    const stated = await state(hr, closedOf(PEOPLE.doctor), { sort: 'finding', name: 'work-injury', consented: true })
    expect((await act(hr, closedOf(PEOPLE.doctor), stated, { act: 'confirmed' })).body.code).toBe('facts.own_statement')
    await act(otherHr, closedOf(PEOPLE.doctor), stated, { act: 'confirmed' })
    expect(await resultOf(PEOPLE.doctor, 'injury-pay', await evaluated())).toMatchObject({
      state: 'settled',
      amount_fen: 100_000,
    })
  })

  it('stays closed in the database, whatever the house asks', async () => {
    const seen = (scope: object) =>
      database.read({ purpose: 'request', principal: 'test', user_id: 1, ...scope }, (tx) =>
        tx.selectFrom('person_fact_entries').select('sort').distinct().orderBy('sort').execute(),
      )
    const everywhere = { everywhere: true, units: new Set<number>() }
    expect(await seen({ scope: everywhere })).toEqual([{ sort: 'event' }])
    expect(await seen({ scope: everywhere, circles: ['facts'] })).toHaveLength(3)
    expect(await seen({ person_id: PEOPLE.nurse })).toEqual([{ sort: 'event' }, { sort: 'family' }])
    expect(await seen({})).toEqual([])
  })
})

describe('amounts that are a unit’s', () => {
  const resultsOf = async (unit: number, evaluation: number) =>
    look((tx) =>
      tx
        .selectFrom('unit_results')
        .select(['entitlement', 'state', 'amount_fen', 'missing', 'decision_point'])
        .where('evaluation_id', '=', evaluation)
        .where('unit_id', '=', unit)
        .orderBy('entitlement')
        .execute(),
    )

  it('rest on recorded facts of the unit and on people counted from duty', async () => {
    const before = await resultsOf(UNITS.hospital, await evaluated())
    expect(before).toMatchObject([
      { entitlement: 'unit-allotment', state: 'settled', amount_fen: 15_000 },
      { entitlement: 'unit-increase', state: 'missing_fact', missing: 'finding:key-duty' },
    ])
    const url = `/api/operations/${OPERATION}/statements/units/${UNITS.hospital}/entitlements/unit-increase/explanation`
    const { missing_text } = (await ask(finance, 'GET', url)).body.result
    expect(missing_text.zh).toMatch(/^承担重要职能、.*绩效工资/)
    const counted = await state(head, ofUnit(UNITS.hospital), {
      sort: 'number',
      name: 'front_line_people',
      amount: 900,
    })
    expect(counted.body.code).toBe('facts.counted_from_duty')
    for (const body of [
      { sort: 'finding', name: 'key-duty' },
      { sort: 'number', name: 'performance_pay_total', amount: 100_000_000, from_on: '2020-01-01' },
    ]) {
      const stated = await state(head, ofUnit(UNITS.hospital), body)
      expect((await act(deputy, ofUnit(UNITS.hospital), stated, { act: 'confirmed' })).status).toBe(200)
    }
    const after = await resultsOf(UNITS.hospital, await evaluated())
    expect(after[1]).toMatchObject({ state: 'settled', amount_fen: 15_000_000 })
  })

  it('wait for a decision in the worklist', async () => {
    const id = await evaluated()
    expect(await resultsOf(UNITS.checkpoint, id)).toMatchObject([
      { entitlement: 'unit-allotment', state: 'needs_decision', decision_point: 'extra-share' },
      { state: 'not_covered' },
    ])
    const items = await look((tx) =>
      tx
        .selectFrom('worklist_items')
        .selectAll()
        .where('kind', '=', 'policies.decision')
        .where('settled_at', 'is', null)
        .execute(),
    )
    expect(items).toMatchObject([
      { unit_id: UNITS.county, facts: { point: 'extra-share', people_count: 0, unit_count: 1 } },
    ])
    // Nobody else of the county waits: the decision about the one unit settles its item at once.
    const subject = { kind: 'unit', id: UNITS.checkpoint }
    const decided = await ask(finance, 'POST', `/api/operations/${OPERATION}/decisions`, {
      body: {
        ...{ unit_id: UNITS.county, point: 'extra-share', subject, from_on: '2020-01-23', to_on: null },
        value: { kind: 'choice', choice: 'give' },
        reason: '已会商',
      },
    })
    expect(decided.body).toMatchObject({ settled_item_count: 1 })
  })
})
