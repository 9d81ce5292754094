import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { OPERATION, openTestHouse, UNITS } from '#apps/server/testing-house.ts'

/** A county with six small stations besides the house's own units: each with a post, six people and three weeks of duty. */

const NOW = '2020-02-24T08:00:00+08:00'
const { account, addNode, ask, look, spawnNode } = await openTestHouse(NOW, { working: 'later' })
const STATIONS = Array.from({ length: 6 }, (_, at) => 41 + at)
const PEOPLE_EACH = 6
const peopleOf = (unit: number) => Array.from({ length: PEOPLE_EACH }, (_, at) => unit * 100 + at)

await look(async (tx) => {
  for (const unit_id of STATIONS) {
    const head = { unit_id, parent_id: UNITS.county, kind: 'checkpoint', name: `卡点${unit_id}`, division_code: null }
    await tx
      .insertInto('units')
      .values({ ...head, opened_on: '2019-01-01', made_up: true })
      .execute()
    const above = [unit_id, UNITS.county, UNITS.city]
    await tx
      .insertInto('unit_ancestors')
      .values(above.map((ancestor_id, distance) => ({ ancestor_id, unit_id, distance })))
      .execute()
    await tx
      .insertInto('people')
      .values(
        peopleOf(unit_id).map((person_id) => ({
          person_id,
          home_unit_id: unit_id,
          name: `值守员${person_id}`,
          name_sort: String(person_id),
          employment: 'civil_servant',
          made_up: true,
        })),
      )
      .execute()
    await tx
      .insertInto('posts')
      .values({
        post_id: unit_id,
        operation_id: OPERATION,
        unit_id,
        name: '测温登记',
        kind: 'checkpoint',
        exposure: 'indirect',
        opened_on: '2020-01-20',
      })
      .execute()
  }
})

const command = await account('command', 'command', UNITS.county)
const other = await account('other-command', 'command', UNITS.otherCounty)
const city = await account('city-command', 'command', UNITS.city)
const manager = await account('head-41', 'unit_manager', 41, 4100)

/** Two of the six are on duty by day, every day of the last three weeks. */
await look((tx) =>
  sql`
    with said as (
      insert into duty_entries (person_id, span_id, act, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on, said_by_user_id, said_at)
      select person_id, gen_random_uuid(), 'imported', ${OPERATION}, home_unit_id, home_unit_id, home_unit_id,
        (day + time '08:00') at time zone 'Asia/Shanghai', (day + time '18:00') at time zone 'Asia/Shanghai', day, 1, now()
      from generate_series(date '2020-02-02', date '2020-02-22', '1 day') as series (at), date(at) as day, people
      where home_unit_id = any (${STATIONS}) and (person_id + extract(day from day)::int) % 3 = 0
      returning *
    )
    insert into duty_current (person_id, span_id, entry_id, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on, said_by_user_id)
    select person_id, span_id, entry_id, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on, said_by_user_id
    from said`.execute(tx),
)

const at = (unit: number) => `/api/operations/${OPERATION}/units/${unit}`
const ASKS = `${at(UNITS.county)}/roster-asks`
const askFor = (from_on: string, session = command, unit: number = UNITS.county) =>
  ask(session, 'POST', `${at(unit)}/roster-asks`, { body: { from_on, days: 14, propose: true } })
const readAsk = async (ask_id: number) => (await ask(command, 'GET', `${ASKS}/${ask_id}`)).body
const readParts = async (ask_id: number, which = 'all') =>
  (await ask(command, 'GET', `${ASKS}/${ask_id}/parts?which=${which}`)).body.parts
const whenEnded = (ask_id: number, timeout: number) =>
  expect.poll(async () => (await readAsk(ask_id)).ended_at, { timeout, interval: 200 }).not.toBeNull()
const countDrafts = () =>
  look((tx) =>
    tx
      .selectFrom('roster_drafts')
      .select(({ fn }) => ['unit_id', fn.countAll<number>().as('count')])
      .groupBy('unit_id')
      .orderBy('unit_id')
      .execute(),
  )

describe('a wide ask', () => {
  it('is for whoever plans above the units, and only at their own place', async () => {
    expect((await askFor('2020-03-02', manager, 41)).status).toBe(403)
    expect((await askFor('2020-03-02', other)).status).toBe(404)
    expect((await askFor('2020-02-01')).body.code).toBe('rosters.closed_period')
    const empty = await ask(command, 'POST', ASKS, { body: { from_on: '2020-03-02', days: 14, propose: false } })
    expect(empty.body.code).toBe('roster_asks.nothing')
  })

  it('asked twice is one; two nodes share it, each unit is answered by one draft', async () => {
    const first = await askFor('2020-03-02')
    // The hospital and the checkpoint of the house have posts and no duty: nothing can be proposed there.
    expect(first.body).toMatchObject({ parts_count: STATIONS.length + 2, is_new: true })
    const { ask_id } = first.body
    expect((await askFor('2020-03-02')).body).toEqual({ ask_id, parts_count: STATIONS.length + 2, is_new: false })
    const taken: [string[], string[]] = [[], []]
    const nodes = [await addNode((id) => taken[0].push(id)), await addNode((id) => taken[1].push(id))]
    await whenEnded(ask_id, 60_000)
    for (const node of nodes) await node.stop()
    expect(taken[0].length).toBeGreaterThan(0)
    expect(taken[1].length).toBeGreaterThan(0)
    expect(new Set(taken.flat()).size).toBe(STATIONS.length + 2)
    const parts = await readParts(ask_id)
    const solved = parts.filter(({ state }: { state: string }) => state === 'solved')
    expect(solved.map(({ unit_id }: { unit_id: number }) => unit_id)).toEqual(STATIONS)
    for (const part of solved) expect(part).toMatchObject({ hard: 0, roster_name: part.unit_name })
    expect(await readAsk(ask_id)).toMatchObject({ done_count: 8, drafts_count: 6, failed_count: 2 })
    expect((await readParts(ask_id, 'failed')).map(({ state }: { state: string }) => state)).toEqual([
      'no_needs',
      'no_needs',
    ])
    expect(await countDrafts()).toEqual(STATIONS.map((unit_id) => ({ unit_id, count: 1 })))
  }, 90_000)

  it('leaves a draft that the unit may change and publish, and touches nothing that is published', async () => {
    const planned = async () =>
      (await ask(manager, 'GET', `${at(41)}/planned-shifts?from=2020-03-01&to=2020-03-31`)).body.shifts
    expect(await planned()).toEqual([])
    const { rosters } = (await ask(manager, 'GET', `${at(41)}/rosters`)).body
    const [draft] = rosters[0].drafts
    expect(draft.asked_by).toBe('command')
    const url = `${at(41)}/roster-drafts/${draft.draft_id}`
    const view = (await ask(manager, 'GET', url)).body
    const saved = await ask(manager, 'POST', `${url}/versions`, {
      body: { base_version: view.version, cells: view.cells, pinned: {} },
    })
    const published = await ask(manager, 'POST', `${url}/publications`, {
      body: { version: saved.body.version, reason: null },
    })
    expect(published.body.planned_count).toBeGreaterThan(0)
    const before = await planned()
    const again = (await askFor('2020-03-02')).body
    expect(again.is_new).toBe(true)
    const node = await addNode(() => undefined)
    await whenEnded(again.ask_id, 60_000)
    await node.stop()
    expect(await planned()).toEqual(before)
    // What the unit has changed stays, beside a new draft; what nobody touched is made anew in its place.
    expect(await countDrafts()).toEqual(STATIONS.map((unit_id) => ({ unit_id, count: unit_id === 41 ? 2 : 1 })))
    expect((await ask(manager, 'GET', url)).body.version).toBe(saved.body.version)
  }, 90_000)

  it('loses nothing when a node is killed in the middle: another goes on with what was begun', async () => {
    const { ask_id } = (await askFor('2020-03-16')).body
    const doomed = await spawnNode()
    const job_id = await doomed.taken
    await doomed.kill()
    const left = await look((tx) =>
      tx.selectFrom('job_runs').select('state').where('job_id', '=', job_id).executeTakeFirstOrThrow(),
    )
    expect(left.state).toBe('running')
    const again: string[] = []
    await addNode((id) => again.push(id))
    await whenEnded(ask_id, 100_000)
    expect(again).toContain(job_id)
    expect(await readAsk(ask_id)).toMatchObject({ done_count: 8, drafts_count: 6, failed_count: 2 })
    const drafts = await look((tx) =>
      tx.selectFrom('roster_drafts').select('unit_id').where('from_on', '=', '2020-03-16').orderBy('unit_id').execute(),
    )
    expect(drafts.map(({ unit_id }) => unit_id)).toEqual(STATIONS)
  }, 120_000)

  it('that finds too few people says where and when; it is cancelled, and what is done stays', async () => {
    const { rosters } = (await ask(manager, 'GET', `${at(41)}/rosters`)).body
    const [{ roster_id, name, needs }] = rosters
    const [shift] = needs.shifts
    const more = { ...needs, shifts: [{ ...shift, on_working_days: 20, on_rest_days: 20, minimum: 20 }] }
    expect((await ask(manager, 'POST', `${at(41)}/rosters`, { body: { roster_id, name, needs: more } })).status).toBe(
      200,
    )
    const { ask_id } = (await askFor('2020-03-30')).body
    await expect
      .poll(async () => (await readAsk(ask_id)).unmet_count, { timeout: 60_000, interval: 100 })
      .toBeGreaterThan(0)
    const [part] = await readParts(ask_id, 'unmet')
    expect(part).toMatchObject({ unit_id: 41, unmet_count: 14 })
    expect(part.unmet[0]).toMatchObject({ day_on: '2020-03-30', shifts: [shift.name], needed: 20, hard: true })
    const cancelled = await ask(command, 'POST', `${ASKS}/${ask_id}/cancellations`)
    expect(cancelled.status === 200 || cancelled.body.code === 'roster_asks.ended').toBe(true)
    await whenEnded(ask_id, 30_000)
    const late = await ask(command, 'POST', `${ASKS}/${ask_id}/cancellations`)
    expect(late.body.code).toBe('roster_asks.ended')
  }, 90_000)

  it('that is cancelled before it begins drops everything', async () => {
    const key = randomUUID()
    const { ask_id } = (
      await ask(command, 'POST', ASKS, { key, body: { from_on: '2020-04-13', days: 7, propose: true } })
    ).body
    const cancelled = await ask(command, 'POST', `${ASKS}/${ask_id}/cancellations`)
    expect(cancelled.body.cancelled_at).not.toBeNull()
    await whenEnded(ask_id, 30_000)
    const { asks } = (await ask(command, 'GET', ASKS)).body
    expect(asks[0]).toMatchObject({ ask_id, asked_by: 'command', days: 7 })
  }, 60_000)

  it('of a place above or below that makes the same rosters is refused with who makes them, until it is over', async () => {
    const above = await askFor('2020-05-04', city, UNITS.city)
    expect(above.body.is_new).toBe(true)
    const cityAsk = `${at(UNITS.city)}/roster-asks/${above.body.ask_id}`
    const below = await askFor('2020-05-11')
    expect([below.status, below.body.code]).toEqual([409, 'roster_asks.under_way'])
    expect(below.body.facts).toMatchObject({ from_on: '2020-05-04', days: 14 })
    expect(below.body.title.zh).toContain('虚构市正在统一排班（2020-05-04 起 14 天）')
    // Other days are other rosters.
    const later = await askFor('2020-05-18')
    expect(later.status).toBe(200)
    expect((await ask(city, 'POST', `${cityAsk}/cancellations`)).status).toBe(200)
    const again = await askFor('2020-05-04', city, UNITS.city)
    expect(again.status).toBe(200)
    const across = await askFor('2020-05-25', city, UNITS.city)
    expect(across.body.code).toBe('roster_asks.under_way')
    expect((await ask(command, 'POST', `${ASKS}/${later.body.ask_id}/cancellations`)).status).toBe(200)
    expect((await askFor('2020-05-25', city, UNITS.city)).status).toBe(200)
  }, 60_000)
})
