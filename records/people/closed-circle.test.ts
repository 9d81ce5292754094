import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { OPERATION, openTestHouse, PEOPLE, UNITS } from '#apps/server/testing-house.ts'
import { jobContext } from '#platform/db/context.ts'

/** Health facts stay in their circle; an emergency opens them for one person, with a reason, for a while, and never in secret. */

const house = await openTestHouse()
const officer = await house.account('officer', 'health_officer', UNITS.county)
const command = await house.account('command', 'command', UNITS.county)
const elsewhere = await house.account('command-elsewhere', 'command', UNITS.otherCounty)
const auditor = await house.account('auditor', 'auditor', UNITS.city)
const nurse = await house.account('nurse', 'worker', UNITS.hospital, PEOPLE.nurse)
const administrator = await house.account('admin', 'administrator', UNITS.city)

const person = `/api/people/${PEOPLE.nurse}`
const FLAG = '妊娠二十周，不得安排夜班'
const REASON = '当事人在病区晕倒，急救需要了解禁忌'
const ask = (body: object = {}) => ({
  body: { circle: 'health', operation_id: OPERATION, reason: REASON, minutes: 30, ...body },
})
const openFor = (session: string, body: object = {}) =>
  house.ask(session, 'POST', `${person}/circle-openings`, ask(body))
const lookInto = (session: string) => house.ask(session, 'GET', `${person}/opened-health-flags`)

it('shows nothing to command or administrators without an opening', async () => {
  const said = await house.ask(officer, 'POST', `${person}/health-flags`, {
    body: { flag: FLAG, from_on: '2020-01-10' },
  })
  expect(said.body).toMatchObject({ flags: [{ flag: FLAG }] })
  expect((await lookInto(command)).body.code).toBe('circles.not_open')
  for (const session of [command, administrator])
    expect((await house.ask(session, 'GET', `${person}/health-flags?purpose=care`)).status).toBe(403)
  expect((await openFor(administrator)).status).toBe(403)
})

it('asks for a reason, a time limit, a running response and a person in scope', async () => {
  expect((await openFor(command, { reason: '看看' })).status).toBe(400)
  expect((await openFor(command, { minutes: 600 })).status).toBe(400)
  expect((await openFor(command, { operation_id: 999 })).body.code).toBe('circles.not_running')
  expect((await openFor(elsewhere)).body.code).toBe('circles.unknown_person')
})

let openingId = ''

it('opens the facts to that account alone, and puts a review on the auditor’s list', async () => {
  const opened = await openFor(command)
  expect(opened.status).toBe(200)
  openingId = opened.body.opening_id
  expect((await openFor(command)).body.code).toBe('circles.open_already')
  expect((await lookInto(command)).body.flags).toEqual([expect.objectContaining({ flag: FLAG })])
  expect((await lookInto(elsewhere)).status).toBe(404)
  const { body } = await house.ask(auditor, 'GET', '/api/worklist')
  expect(body.items).toEqual([expect.objectContaining({ kind: 'access.circle_review', subject_id: openingId })])
})

it('tells the person who looked, when and why', async () => {
  const { body } = await house.ask(nurse, 'GET', '/api/me/circle-views')
  expect(body.openings).toEqual([
    expect.objectContaining({ reason: REASON, opened_by: expect.objectContaining({ display_name: 'command' }) }),
  ])
  expect(body.views).toEqual([
    expect.objectContaining({
      opening_id: openingId,
      viewed_by: expect.objectContaining({ display_name: 'command' }),
    }),
  ])
  expect((await house.ask(officer, 'GET', `${person}/health-flags`)).status).toBe(400)
  await house.ask(officer, 'GET', `${person}/health-flags?purpose=arrange_duty`)
  const again = await house.ask(nurse, 'GET', '/api/me/circle-views')
  expect(again.body.views[0]).toMatchObject({
    opening_id: null,
    viewed_by: { display_name: 'officer' },
    purpose: 'arrange_duty',
  })
  expect((await house.ask(command, 'GET', '/api/me/circle-views')).body).toEqual({ openings: [], views: [] })
})

it('keeps the reason and the facts sealed in the database and out of the audit', async () => {
  const kept = await house.look(async (tx) => ({
    openings: await tx.selectFrom('circle_openings').select('reason').execute(),
    flags: await tx.selectFrom('health_flags').select('flag').execute(),
    audit: await tx.selectFrom('audit_rows').select(['action', 'facts']).execute(),
  }))
  expect(kept.openings.length).toBe(1)
  expect(kept.openings[0].reason.includes(Buffer.from('晕倒'))).toBe(false)
  // Not even a job with the whole tree in scope sees the rows of the circle.
  expect(kept.flags).toEqual([])
  expect(kept.audit.map(({ action }) => action)).toContain('circles.opened')
  expect(JSON.stringify(kept.audit)).not.toContain('晕倒')
})

it('is reviewed once, by somebody else', async () => {
  const review = (session: string) =>
    house.ask(session, 'POST', `/api/circle-openings/${openingId}/reviews`, {
      body: { outcome: 'justified', words: '与急救记录相符' },
    })
  expect((await review(command)).status).toBe(403)
  const waiting = async (query: string) =>
    (await house.ask(auditor, 'GET', `/api/circle-openings?waiting=true${query}`)).body.openings
  // The whole tree, the person's own unit and a place beside it, as the page asks for them.
  for (const query of ['', `&unit_id=${UNITS.city}`, `&unit_id=${UNITS.hospital}`])
    expect(await waiting(query)).toEqual([expect.objectContaining({ person_name: '护士丙' })])
  expect(await waiting(`&unit_id=${UNITS.checkpoint}`)).toEqual([])
  const { body } = await review(auditor)
  expect(body.review).toMatchObject({ outcome: 'justified', reviewed_by: { display_name: 'auditor' } })
  expect((await review(auditor)).body.code).toBe('circles.reviewed')
  expect((await house.ask(auditor, 'GET', '/api/worklist')).body.items).toEqual([])
  const own = await house.ask(nurse, 'GET', '/api/me/circle-views')
  expect(own.body.openings[0].review).toMatchObject({ outcome: 'justified', words: '与急救记录相符' })
})

it('is over when it is closed or its time has run out', async () => {
  expect((await house.ask(elsewhere, 'POST', `/api/circle-openings/${openingId}/closings`)).status).toBe(404)
  expect((await house.ask(command, 'POST', `/api/circle-openings/${openingId}/closings`)).status).toBe(200)
  expect((await lookInto(command)).body.code).toBe('circles.not_open')
  const second = (await openFor(command, { minutes: 5 })).body.opening_id
  expect((await lookInto(command)).status).toBe(200)
  await house.look((tx) =>
    sql`update circle_openings set opened_at = opened_at - interval '1 hour', until_at = until_at - interval '1 hour'
        where opening_id = ${second}`.execute(tx),
  )
  expect((await lookInto(command)).body.code).toBe('circles.not_open')
})

it('binds each fact to its row: one that was moved to another row does not open', async () => {
  await house.ask(officer, 'POST', `${person}/health-flags`, { body: { flag: '其他事实', from_on: '2020-01-11' } })
  const circle = { ...jobContext('test'), circles: ['health'] }
  await house.database.transact(circle, (tx) =>
    sql`update health_flags set flag = other.flag from health_flags other
        where other.person_id = health_flags.person_id and other.flag_id <> health_flags.flag_id`.execute(tx),
  )
  expect((await house.ask(officer, 'GET', `${person}/health-flags?purpose=care`)).status).toBe(500)
})
