import { randomUUID } from 'node:crypto'
import type { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { OPERATION, openTestHouse, PEOPLE, POSTS, UNITS } from '#apps/server/testing-house.ts'
import { findConflicts } from '#engines/rostering/conflicts.ts'
import { readWorkbook } from '#platform/files/workbook.ts'

const NOW = '2020-02-24T08:00:00+08:00'
const { account, ask, look } = await openTestHouse(NOW, { working: true })

const NURSES = Array.from({ length: 10 }, (_, index) => 201 + index)
await look(async (tx) => {
  await tx
    .insertInto('people')
    .values(
      NURSES.map((person_id) => ({
        person_id,
        home_unit_id: UNITS.hospital,
        name: `护士${person_id}`,
        name_sort: `hushi${person_id}`,
        employment: 'medical',
        made_up: true,
      })),
    )
    .execute()
  await tx
    .insertInto('skills')
    .values(NURSES.slice(0, 6).map((person_id) => ({ person_id, skill: '重症护理' })))
    .execute()
})
const head = await account('head', 'unit_manager', UNITS.hospital, PEOPLE.head)
const nurse = await account('nurse', 'worker', UNITS.hospital, 201)
const other = await account('other', 'worker', UNITS.hospital, 202)
const stranger = await account('stranger', 'unit_manager', UNITS.checkpoint, PEOPLE.guardHead)

const sessions = new Map<number, string>([
  [201, nurse],
  [202, other],
])
/** One account a person. */
async function sessionOf(personId: number): Promise<string> {
  const session = sessions.get(personId) ?? (await account(`nurse${personId}`, 'worker', UNITS.hospital, personId))
  sessions.set(personId, session)
  return session
}

const of = (path: string) => `/api/operations/${OPERATION}/units/${UNITS.hospital}${path}`
const needs = {
  person_ids: NURSES,
  shifts: [
    {
      code: 'A',
      name: '白班',
      post_id: POSTS.ward,
      start_minute: 480,
      minutes: 600,
      on_working_days: 3,
      on_rest_days: 2,
      minimum: 1,
      skill: '重症护理',
      skilled: 1,
    },
    {
      code: 'N',
      name: '夜班',
      post_id: POSTS.ward,
      start_minute: 1200,
      minutes: 720,
      on_working_days: 2,
      on_rest_days: 2,
      minimum: 1,
      skill: null,
      skilled: 0,
    },
  ],
  limits: {
    rest_minutes: 660,
    run_days_max: 6,
    night_run_max: 2,
    days_off_after_nights: 1,
    nights_max: 8,
    week_minutes_max: null,
    couples_apart: true,
  },
}
/**
 * What is published: a day, two nights, two days off, everybody a day further on; 201 is free while they cannot come. A solve ends by the clock, so that its roster differs from
 * run to run; who may take whose shift must not.
 */
const ROUND = ['A', 'N', 'N', null, null]
const publishedCells = Object.fromEntries(
  NURSES.map((person_id, at) => [
    person_id,
    Array.from({ length: 14 }, (_, day) =>
      person_id === 201 && day >= 1 && day <= 4 ? null : (ROUND[(day + at) % ROUND.length] ?? null),
    ),
  ]),
)
const state: { roster_id: number; draft_id: number; version: number } = { roster_id: 0, draft_id: 0, version: 0 }
const draft = () => `/roster-drafts/${state.draft_id}`
const readDraft = async () => (await ask(head, 'GET', of(draft()))).body

async function solve(seconds: number): Promise<{ solve_id: number; job_id: string }> {
  const { status, body } = await ask(head, 'POST', of(`${draft()}/solves`), { body: { seconds } })
  expect(status).toBe(200)
  return body
}

async function planned(from = '2020-03-01', to = '2020-03-31') {
  const { body } = await ask(head, 'GET', `${of('/planned-shifts')}?from=${from}&to=${to}`)
  return body.shifts
}

describe('a month is rostered', () => {
  it('is what the unit says it needs: a skill that nobody has is named at once', async () => {
    const [first, ...rest] = needs.shifts
    const wrong = { ...needs, shifts: [{ ...first, skill: '潜水' }, ...rest] }
    const refused = await ask(head, 'POST', of('/rosters'), {
      body: { roster_id: null, name: '隔离病区', needs: wrong },
    })
    expect(refused.body).toMatchObject({ code: 'rosters.wrong_needs', facts: { what: '没有人会“潜水”（白班）' } })
    const saved = await ask(head, 'POST', of('/rosters'), { body: { roster_id: null, name: '隔离病区', needs } })
    expect(saved.status).toBe(200)
    state.roster_id = saved.body.roster_id
    expect((await ask(stranger, 'GET', of('/rosters'))).status).toBe(404)
  })

  it('heeds what people said: one cannot come for three days', async () => {
    const body = {
      time_id: randomUUID(),
      operation_id: OPERATION,
      kind: 'cannot',
      from_on: '2020-03-04',
      to_on: '2020-03-06',
      words: null,
    }
    expect((await ask(nurse, 'POST', '/api/me/unavailable-times', { body })).status).toBe(200)
    const opened = await ask(head, 'POST', of(`/rosters/${state.roster_id}/drafts`), {
      body: { from_on: '2020-03-02', days: 14 },
    })
    expect(opened.status).toBe(200)
    state.draft_id = opened.body.draft_id
    const view = await readDraft()
    expect(view.notes).toContainEqual({ person_id: 201, day: 2, kind: 'cannot' })
    expect(findConflicts(view.problem, [])).toEqual([])
    expect(view.version).toBeNull()
  })

  it('is solved by a job with a falling curve, without a hard violation', async () => {
    const { solve_id } = await solve(3)
    const again = await ask(head, 'POST', of(`${draft()}/solves`), { body: { seconds: 1 } })
    expect(again.body.code).toBe('rosters.solving')
    const read = async () => (await ask(head, 'GET', of(`${draft()}/solves/${solve_id}`))).body
    await expect.poll(async () => (await read()).state, { timeout: 20_000 }).toBe('ended')
    const { curve } = await read()
    expect(curve.length).toBeGreaterThan(1)
    expect(curve.at(-1).hard).toBe(0)
    const view = await readDraft()
    state.version = view.version
    expect(view.cells['201'].slice(2, 5)).toEqual([null, null, null])
  }, 30_000)

  it('is changed by hand, stored, scored; a stale change is refused', async () => {
    const { cells } = await readDraft()
    const changed = { ...cells, 201: cells['201'].map((cell: string | null, day: number) => (day === 3 ? 'A' : cell)) }
    const body = { base_version: state.version, cells: changed, pinned: { 202: [0] } }
    const saved = await ask(head, 'POST', of(`${draft()}/versions`), { body })
    expect(saved.body.hard).toBeGreaterThan(0)
    const stale = await ask(head, 'POST', of(`${draft()}/versions`), { body })
    expect(stale.body.code).toBe('rosters.changed_meanwhile')
    const refused = await ask(head, 'POST', of(`${draft()}/publications`), {
      body: { version: saved.body.version, reason: null },
    })
    expect(refused.body.code).toBe('rosters.hard_broken')
    const back = await ask(head, 'POST', of(`${draft()}/versions`), {
      body: { base_version: saved.body.version, cells: publishedCells, pinned: {} },
    })
    expect(back.body.hard).toBe(0)
    state.version = back.body.version
  })

  it('is published: the plan says what the roster says, people are told, and publishing again changes nothing', async () => {
    expect(await planned()).toEqual([])
    const body = { version: state.version, reason: null }
    const first = await ask(head, 'POST', of(`${draft()}/publications`), { body })
    expect(first.status).toBe(200)
    const { cells } = await readDraft()
    const worked = Object.values<(string | null)[]>(cells).flat().filter(Boolean).length
    expect(first.body).toMatchObject({ planned_count: worked, withdrawn_count: 0 })
    expect((await planned()).length).toBe(worked)
    const again = await ask(head, 'POST', of(`${draft()}/publications`), { body })
    expect(again.body).toEqual({ planned_count: 0, withdrawn_count: 0, told_count: 0 })
    const own = await ask(nurse, 'GET', `/api/me/roster?operation_id=${OPERATION}`)
    expect(own.body.notices).toMatchObject([{ kind: 'published', facts: { from_on: '2020-03-02' } }])
    expect(own.body.shifts.length).toBeGreaterThan(0)
  })

  it('a stopped solve keeps the best so far and leaves the plan alone', async () => {
    const before = await planned()
    const { solve_id, job_id } = await solve(60)
    const read = async () => (await ask(head, 'GET', of(`${draft()}/solves/${solve_id}`))).body
    await expect.poll(async () => (await read()).state, { timeout: 10_000 }).toBe('running')
    expect((await ask(head, 'POST', `/api/jobs/${job_id}/cancellations`)).status).toBe(200)
    await expect.poll(async () => (await read()).state, { timeout: 15_000 }).toBe('stopped')
    expect((await read()).version).toBeGreaterThan(state.version)
    expect(await planned()).toEqual(before)
  }, 40_000)

  it('a solve whose threads crash says so, keeps the best so far, leaves the plan alone and is taken up again', async () => {
    const before = await planned()
    const { version } = await readDraft()
    const threads: Worker[] = []
    const remember = (worker: Worker) => threads.push(worker)
    process.on('worker', remember)
    const { solve_id, job_id } = await solve(60)
    const read = async () => (await ask(head, 'GET', of(`${draft()}/solves/${solve_id}`))).body
    await expect.poll(async () => (await read()).curve.length, { timeout: 15_000 }).toBeGreaterThan(0)
    process.off('worker', remember)
    for (const thread of threads) await thread.terminate()
    await expect.poll(async () => (await read()).state, { timeout: 15_000 }).toBe('crashed')
    expect(await read()).toMatchObject({ crashed_threads: 2, version: version + 1 })
    expect(await planned()).toEqual(before)
    await expect.poll(async () => (await ask(head, 'GET', `/api/jobs/${job_id}`)).body.state).toBe('failed')
    const again = await solve(1)
    const readAgain = async () => (await ask(head, 'GET', of(`${draft()}/solves/${again.solve_id}`))).body
    await expect.poll(async () => (await readAgain()).state, { timeout: 15_000 }).toBe('ended')
    expect((await readAgain()).curve.at(-1).penalty).toBeLessThanOrEqual((await read()).curve.at(-1).penalty)
  }, 60_000)

  it('a solve that was lost with its worker does not hold the roster: what it had found is gone on from', async () => {
    const { version, cells } = await readDraft()
    const lost = await solve(60)
    const read = async () => (await ask(head, 'GET', of(`${draft()}/solves/${lost.solve_id}`))).body
    await expect.poll(async () => (await read()).state, { timeout: 10_000 }).toBe('running')
    await look(async (tx) => {
      // What is left behind when every worker that took it up has died.
      await tx.updateTable('job_runs').set({ state: 'failed' }).where('job_id', '=', lost.job_id).execute()
      const kept = {
        best: JSON.stringify(cells),
        curve: JSON.stringify([{ seconds: 7, hard: 0, penalty: 1, bound: null }]),
      }
      await tx.updateTable('roster_solves').set(kept).where('solve_id', '=', lost.solve_id).execute()
    })
    expect(await read()).toMatchObject({ state: 'crashed', can_resume: true, version: null })
    const saved = await ask(head, 'POST', of(`${draft()}/solves`), { body: { seconds: 1 } })
    expect(saved.status).toBe(200)
    const resumed = async () => (await ask(head, 'GET', of(`${draft()}/solves/${saved.body.solve_id}`))).body
    await expect.poll(async () => (await resumed()).state, { timeout: 15_000 }).toBe('ended')
    expect((await resumed()).curve[0].seconds).toBe(7)
    expect((await readDraft()).version).toBe(version + 1)
  }, 60_000)

  it('is taken out as a sheet to hang up, and as a calendar', async () => {
    const sheet = await ask(head, 'POST', of(`${draft()}/exports`))
    const read = readWorkbook({ bytes: sheet.bytes, name: '班表.xlsx' })
    const texts = read.ok
      ? read.workbook.sheets.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells.map(({ text }) => text)))
      : []
    expect(texts).toContain('护士201')
    expect(texts.join('')).toContain('A 白班 08:00–18:00')
    const calendar = await ask(nurse, 'GET', `/api/me/shifts.ics?operation_id=${OPERATION}`)
    expect(calendar.bytes.toString()).toContain('BEGIN:VEVENT')
  })
})

describe('a drop-out', () => {
  it('is covered in three steps: dropped, asked, accepted', async () => {
    const own = await ask(nurse, 'GET', `/api/me/roster?operation_id=${OPERATION}`)
    const [shift] = own.body.shifts
    const opened = await ask(head, 'POST', of('/shift-offers'), {
      body: { offer_id: randomUUID(), person_id: 201, shift_id: shift.shift_id },
    })
    expect(opened.status).toBe(200)
    const { offer_id, takers } = opened.body
    const free = takers.filter(({ why_not }: { why_not: string[] }) => why_not.length === 0)
    expect(free.length).toBeGreaterThan(0)
    const engaged = takers.find(({ why_not }: { why_not: string[] }) => why_not.includes('overlap'))
    if (engaged) {
      const refused = await ask(head, 'POST', of(`/shift-offers/${offer_id}/asks`), {
        body: { person_id: engaged.person_id, agreed: false },
      })
      expect(refused.body.code).toBe('offers.cannot_take')
    }
    const target = free.find(({ person_id }: { person_id: number }) => person_id === 202) ?? free[0]
    const asked = await ask(head, 'POST', of(`/shift-offers/${offer_id}/asks`), {
      body: { person_id: target.person_id, agreed: false },
    })
    expect(asked.body).toEqual({ state: 'asked' })
    const taker = await sessionOf(target.person_id)
    const waiting = await ask(taker, 'GET', `/api/me/roster?operation_id=${OPERATION}`)
    expect(waiting.body.asked).toMatchObject([{ offer_id, from_name: '护士201' }])
    const url = `/api/me/shift-offers/${offer_id}/answers`
    const taken = await ask(taker, 'POST', url, { body: { unit_id: UNITS.hospital, answer: 'accepted' } })
    expect(taken.body).toEqual({ state: 'replaced' })
    const late = await ask(other, 'POST', url, { body: { unit_id: UNITS.hospital, answer: 'accepted' } })
    expect(late.body.code).toBe('offers.ended')
    const plan = await planned()
    const day = plan.filter(({ starts_at }: { starts_at: string }) => starts_at === shift.starts_at)
    expect(day.map(({ person_id }: { person_id: number }) => person_id)).toContain(target.person_id)
    expect(day.map(({ person_id }: { person_id: number }) => person_id)).not.toContain(201)
  })

  it('nobody takes what they were not asked for; offers are open to colleagues; swaps are checked on both sides', async () => {
    const own = await ask(nurse, 'GET', `/api/me/roster?operation_id=${OPERATION}`)
    const [shift, later] = own.body.shifts
    const offer = {
      offer_id: randomUUID(),
      operation_id: OPERATION,
      shift_id: shift.shift_id,
      kind: 'drop_out',
      swap: null,
    }
    expect((await ask(nurse, 'POST', '/api/me/shift-offers', { body: offer })).body).toEqual({
      offer_id: offer.offer_id,
    })
    const items = await ask(head, 'GET', `/api/worklist?operation_id=${OPERATION}&kind=rosters.drop_out`)
    expect(items.body.items).toHaveLength(1)
    const url = `/api/me/shift-offers/${offer.offer_id}`
    const uninvited = await ask(other, 'POST', `${url}/answers`, {
      body: { unit_id: UNITS.hospital, answer: 'accepted' },
    })
    expect(uninvited.body.code).toBe('offers.unknown_offer')
    expect((await ask(nurse, 'POST', `${url}/withdrawals`)).body).toEqual({ withdrawn: true })
    const swaps = await ask(nurse, 'GET', `/api/me/shifts/${later.shift_id}/swaps?operation_id=${OPERATION}`)
    const [swap] = swaps.body.swaps
    if (!swap) return
    const asked = {
      offer_id: randomUUID(),
      operation_id: OPERATION,
      shift_id: later.shift_id,
      kind: 'swap',
      swap: { person_id: swap.person_id, shift_id: swap.shift_id },
    }
    expect((await ask(nurse, 'POST', '/api/me/shift-offers', { body: asked })).status).toBe(200)
    const partner = await sessionOf(swap.person_id)
    const answered = await ask(partner, 'POST', `/api/me/shift-offers/${asked.offer_id}/answers`, {
      body: { unit_id: UNITS.hospital, answer: 'accepted' },
    })
    expect(answered.body).toEqual({ state: 'replaced' })
    const after = await ask(nurse, 'GET', `/api/me/roster?operation_id=${OPERATION}`)
    expect(after.body.shifts.map(({ starts_at }: { starts_at: string }) => starts_at)).toContain(swap.starts_at)
  })
})

describe('planned compensatory leave', () => {
  const person_id = 204
  const leave = (kind: string, on_date: string) =>
    ask(head, 'POST', `/api/operations/${OPERATION}/leave/entries`, {
      body: { unit_id: UNITS.hospital, person_id, kind, minutes: 480, on_date, reason: '' },
    })
  const shiftsOf = async (id: number) =>
    (await planned()).filter((shift: { person_id: number }) => shift.person_id === id)
  const dateOf = ({ starts_at }: { starts_at: string }) => starts_at.slice(0, 10)
  const dayOfDraft = (date: string) => Math.round((Date.parse(date) - Date.parse('2020-03-02')) / 86_400_000)
  const searches = async () =>
    (await ask(head, 'GET', of('/shift-offers'))).body.offers.filter(({ kind }: { kind: string }) => kind === 'leave')

  it('takes the shift of that day out of the roster, shows the gap and seeks a substitute, who takes it over', async () => {
    await look((tx) =>
      tx
        .insertInto('leave_entries')
        .values({
          person_id,
          operation_id: OPERATION,
          unit_id: UNITS.hospital,
          kind: 'earned',
          minutes: 2400,
          on_date: '2020-02-20',
          happened_at: new Date(NOW),
        })
        .execute(),
    )
    const [shift] = await shiftsOf(person_id)
    const date = dateOf(shift)
    const version = (await readDraft()).version
    expect((await leave('planned', date)).body).toMatchObject({ withdrawn_count: 1, restored_count: 0 })
    expect((await shiftsOf(person_id)).map(dateOf)).not.toContain(date)
    const view = await readDraft()
    expect(view.notes).toContainEqual({ person_id, day: dayOfDraft(date), kind: 'leave' })
    expect(view.published[person_id][dayOfDraft(date)]).toBeNull()
    expect(view.version).toBeGreaterThanOrEqual(version)
    const [search] = await searches()
    expect(search).toMatchObject({ person_id, shift_id: shift.shift_id })
    const { takers } = (await ask(head, 'GET', of(`/shift-offers/${search.offer_id}/takers`))).body
    expect(takers.some(({ person_id: id }: { person_id: number }) => id === person_id)).toBe(false)
    const free = takers.find(({ why_not }: { why_not: string[] }) => why_not.length === 0)
    expect(free.penalty).not.toBeNull()
    expect(free.fairness.length).toBeGreaterThan(0)
    const taken = await ask(head, 'POST', of(`/shift-offers/${search.offer_id}/asks`), {
      body: { person_id: free.person_id, agreed: true },
    })
    expect(taken.body).toEqual({ state: 'replaced' })
    expect((await shiftsOf(free.person_id)).map(dateOf)).toContain(date)
    expect(await searches()).toEqual([])
  })

  it('that is cancelled brings the shift back', async () => {
    const [shift] = await shiftsOf(person_id)
    const date = dateOf(shift)
    expect((await leave('planned', date)).body).toMatchObject({ withdrawn_count: 1 })
    expect((await leave('unplanned', date)).body).toMatchObject({ withdrawn_count: 0, restored_count: 1 })
    expect((await shiftsOf(person_id)).map(dateOf)).toContain(date)
    expect(await searches()).toEqual([])
    expect((await readDraft()).notes.filter(({ kind }: { kind: string }) => kind === 'leave')).toHaveLength(1)
  })
})

describe('a rule of the roster', () => {
  it('keeps somebody from a shift, unless somebody says why it is passed over', async () => {
    const all = await planned()
    for (const shift of all) {
      const opened = await ask(head, 'POST', of('/shift-offers'), {
        body: { offer_id: randomUUID(), person_id: shift.person_id, shift_id: shift.shift_id },
      })
      const kept = opened.body.takers.find(
        ({ why_not }: { why_not: string[] }) => why_not.length === 1 && why_not[0] === 'rules',
      )
      if (!kept) continue
      expect(kept.rules.length).toBeGreaterThan(0)
      const url = of(`/shift-offers/${opened.body.offer_id}/asks`)
      const refused = await ask(head, 'POST', url, { body: { person_id: kept.person_id, agreed: true } })
      expect(refused.body.code).toBe('offers.cannot_take')
      const despite = { person_id: kept.person_id, agreed: true, despite: '别无他人' }
      expect((await ask(head, 'POST', url, { body: despite })).body).toEqual({ state: 'replaced' })
      return
    }
    throw new Error('nobody was kept by a rule of the roster')
  })
})
