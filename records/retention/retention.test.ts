import { beforeAll, describe, expect, it } from 'vitest'
import { OPERATION, openTestHouse, PEOPLE, POSTS, UNITS } from '#apps/server/testing-house.ts'
import { Refusal } from '#platform/http/problem.ts'
import { writeSpan } from '#records/duty/testing-spans.ts'
import { publishPack, putInForce } from '#records/policies/server/packs.ts'
import { shippedFiles } from '#records/policies/testing-packs.ts'
import { lookAtRetention } from './server/look.ts'

const { account, ask, look, database, clock } = await openTestHouse()
const officer = await account('health-one', 'health_officer', UNITS.city)
const second = await account('health-two', 'health_officer', UNITS.city)
const clerk = await account('clerk', 'hr_clerk', UNITS.city)
const otherClerk = await account('clerk-two', 'hr_clerk', UNITS.city)
const URL_OF = `/api/operations/${OPERATION}/retention`

/** A county that sets terms, as an office would write them; made up. */
const COUNTY = `
pack:
  id: made-up-county
  version: "1"
  title: { zh: 虚构县留存期, en: made-up county terms }
  level: city
  area: "9900"
  extends: national-2020
  published: 2020-02-01
sources:
  made-up-rule:
    title: 虚构市个人信息留存办法
    issued_by: [虚构市]
    published: 2020-02-01
    grade: U
sets:
  retention-health-flags:
    values:
      - { from: 2020-02-01, value: 30 days, source: made-up-rule }
  retention-volunteer-identifiers:
    values:
      - { from: 2020-02-01, value: 10 days, source: made-up-rule }
`

async function putInForceFor(files: readonly { path: string; text: string }[]): Promise<void> {
  await look(async (tx) => {
    const published = await publishPack(tx, files, clock.now())
    if (published instanceof Refusal) throw new Error(JSON.stringify(published.facts))
    const body = { area_unit_id: UNITS.city, pack_hash: published.hash, known_from: '2020-01-20T00:00:00+08:00' }
    expect(await putInForce(tx, OPERATION, body, clock.now())).toEqual({ put_in_force: true })
  })
}

const items = () =>
  look((tx) =>
    tx
      .selectFrom('worklist_items')
      .select(['kind', 'subject_id', 'facts', 'role'])
      .where('kind', 'like', 'retention.%')
      .where('settled_at', 'is', null)
      .orderBy('kind')
      .orderBy('subject_id')
      .execute(),
  )

beforeAll(async () => {
  await putInForceFor(shippedFiles('national-2020'))
  const flag = { flag: '孕期', from_on: '2020-02-10' }
  expect((await ask(officer, 'POST', `/api/people/${PEOPLE.nurse}/health-flags`, { body: flag })).status).toBe(200)
  await look(async (tx) => {
    await tx.updateTable('operations').set({ ended_on: '2020-03-01' }).where('operation_id', '=', OPERATION).execute()
  })
})

describe('the term of a class', () => {
  it('is open where no layer has set it: nothing is due, and the worklist says what has to be settled', async () => {
    clock.set('2021-01-01T08:00:00+08:00')
    const { body } = await ask(officer, 'GET', `${URL_OF}/health-flags`)
    expect(body.terms[0]).toMatchObject({ area_unit_id: UNITS.city, term_days: null, due_on: null, source: null })
    expect(body.due).toEqual([])
    await lookAtRetention(database, clock.now())
    expect((await items()).map(({ kind, subject_id }) => [kind, subject_id])).toEqual([
      ['retention.term_open', 'health_flags'],
      ['retention.term_open', 'volunteer_identifiers'],
    ])
  })

  it('counts from the end of the response, with its source and grade', async () => {
    await putInForceFor([{ path: 'pack.yaml', text: COUNTY }])
    clock.set('2020-03-31T08:00:00+08:00')
    const before = await ask(officer, 'GET', `${URL_OF}/health-flags`)
    expect(before.body.terms[0]).toMatchObject({ term_days: 30, due_on: '2020-04-01', grade: 'U' })
    expect(before.body.due).toEqual([])
    clock.set('2020-04-01T08:00:00+08:00')
    const after = await ask(officer, 'GET', `${URL_OF}/health-flags`)
    expect(after.body.due).toMatchObject([{ person_id: PEOPLE.nurse, due_on: '2020-04-01', proposal: null }])
    await lookAtRetention(database, clock.now())
    expect(await items()).toMatchObject([
      { kind: 'retention.due', subject_id: 'health_flags', role: 'command', facts: { count: 1 } },
    ])
  })
})

describe('erasing', () => {
  it('shows only the circle whose health facts are due', async () => {
    expect((await ask(clerk, 'GET', `${URL_OF}/health-flags`)).status).toBe(403)
  })

  it('needs two people; the key goes with the decision, the rows that remain say nothing', async () => {
    const proposed = await ask(officer, 'POST', `${URL_OF}/health-flags/proposals`, {
      body: { person_ids: [PEOPLE.nurse], reason: '响应结束满 30 天' },
    })
    expect(proposed.body).toEqual({ proposed_count: 1 })
    const read = () => ask(officer, 'GET', `/api/people/${PEOPLE.nurse}/health-flags?purpose=retention`)
    expect((await read()).body.flags[0].flag).toBe('孕期')
    const marks = () => look((tx) => tx.selectFrom('protected_conditions').select('person_id').execute())
    expect(await marks()).toEqual([{ person_id: PEOPLE.nurse }])
    const again = await ask(officer, 'POST', `${URL_OF}/health-flags/proposals`, {
      body: { person_ids: [PEOPLE.nurse], reason: '再提一次' },
    })
    expect(again.body.code).toBe('retention.not_due')

    const [{ proposal }] = (await ask(second, 'GET', `${URL_OF}/health-flags`)).body.due
    const decision = {
      proposals: [{ person_id: PEOPLE.nurse, proposal_id: proposal.proposal_id }],
      outcome: 'erased',
      reason: '同意',
    }
    const alone = await ask(officer, 'POST', `${URL_OF}/health-flags/decisions`, { body: decision })
    expect(alone.body.code).toBe('retention.second_person')
    const wrongClass = await ask(otherClerk, 'POST', `${URL_OF}/volunteer-identifiers/decisions`, { body: decision })
    expect(wrongClass.body.code).toBe('retention.unknown_proposal')
    const decided = await ask(second, 'POST', `${URL_OF}/health-flags/decisions`, { body: decision })
    expect(decided.body).toEqual({ decided_count: 1 })

    expect((await read()).body.flags[0].flag).toBe('已删除')
    expect(await marks()).toEqual([])
    expect((await ask(second, 'GET', `${URL_OF}/health-flags`)).body.due).toEqual([])
    const audit = await look((tx) =>
      tx
        .selectFrom('audit_rows')
        .select(['action', 'facts'])
        .where('action', 'like', 'retention.%')
        .orderBy('audit_id')
        .execute(),
    )
    expect(audit.map(({ action }) => action)).toEqual(['retention.proposed', 'retention.erased'])
    expect(JSON.stringify(audit)).not.toContain('孕期')
    await lookAtRetention(database, clock.now())
    expect(await items()).toEqual([])
  })

  it('takes numbers and telephones of volunteers where they stand', async () => {
    await look(async (tx) => {
      await tx
        .updateTable('people')
        .set({ phone: Buffer.from('sealed'), phone_hash: Buffer.from('hash') })
        .where('person_id', '=', PEOPLE.guard)
        .execute()
      await writeSpan(tx, {
        person_id: PEOPLE.guard,
        operation_id: OPERATION,
        unit_id: UNITS.checkpoint,
        post_id: POSTS.gate,
        starts_at: '2020-02-05T08:00:00+08:00',
        ends_at: '2020-02-05T16:00:00+08:00',
      })
    })
    const url = `${URL_OF}/volunteer-identifiers`
    const body = { person_ids: [PEOPLE.guard], reason: '响应结束满 10 天' }
    expect((await ask(clerk, 'POST', `${url}/proposals`, { body })).body).toEqual({ proposed_count: 1 })
    const [{ proposal }] = (await ask(otherClerk, 'GET', url)).body.due
    const proposals = [{ person_id: PEOPLE.guard, proposal_id: proposal.proposal_id }]
    const decided = await ask(otherClerk, 'POST', `${url}/decisions`, {
      body: { proposals, outcome: 'erased', reason: '同意' },
    })
    expect(decided.body).toEqual({ decided_count: 1 })
    const row = await look((tx) =>
      tx
        .selectFrom('people')
        .select(['id_number', 'phone', 'phone_hash'])
        .where('person_id', '=', PEOPLE.guard)
        .executeTakeFirstOrThrow(),
    )
    expect(row).toEqual({ id_number: null, phone: null, phone_hash: null })
  })
})
