import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { becomeShaoxing, OPERATION, openTestHouse, PEOPLE, POSTS, UNITS } from '#apps/server/testing-house.ts'
import { readWorkbook } from '#platform/files/workbook.ts'
import { Refusal } from '#platform/http/problem.ts'
import { writeSpan } from '#records/duty/testing-spans.ts'
import { evaluateAndRaise } from '#records/policies/server/evaluation-job.ts'
import { publishPack, putInForce } from '#records/policies/server/packs.ts'

const { account, ask, look, database, clock } = await openTestHouse('2020-02-21T08:00:00+08:00', { working: true })

await look(async (tx) => {
  await becomeShaoxing(tx)
  await tx
    .insertInto('posts')
    .values({
      post_id: 5,
      unit_id: UNITS.hospital,
      name: '援鄂医疗队',
      kind: 'isolation_ward',
      exposure: 'direct',
      away_division_code: '420100',
      operation_id: OPERATION,
      opened_on: '2020-01-20',
    })
    .execute()
})

const head = await account('head', 'unit_manager', UNITS.hospital, PEOPLE.head)
const guardHead = await account('guard-head', 'unit_manager', UNITS.checkpoint, PEOPLE.guardHead)
const nurse = await account('nurse', 'worker', UNITS.hospital, PEOPLE.nurse)
const clerk = await account('clerk', 'hr_clerk', UNITS.city)
const officer = await account('officer', 'unit_manager', UNITS.station, PEOPLE.officer)

const url = (path: string) => `/api/operations/${OPERATION}${path}`
const at = (text: string) => `2020-02-${text.replace(' ', 'T')}:00+08:00`

function filesOf(pack: string) {
  const folder = new URL(`../../policies/${pack}/`, import.meta.url)
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((path) => ({ path, text: readFileSync(new URL(path, folder), 'utf8') }))
}

/** As two signatures on a draft do in the end; how packs are signed is tested with the drafts. */
async function publish(pack: string, areaUnitId: number) {
  await look(async (tx) => {
    const published = await publishPack(tx, filesOf(pack), clock.now())
    if (published instanceof Refusal) throw new Error(JSON.stringify(published.facts))
    const body = { area_unit_id: areaUnitId, pack_hash: published.hash, known_from: '2020-01-20T00:00:00+08:00' }
    expect(await putInForce(tx, OPERATION, body, clock.now())).toEqual({ put_in_force: true })
  })
}

/** Confirmed through the house by the head of the unit, who is somebody else. */
async function confirm(session: string, unitId: number, person_id: number, post_id: number, from: string, to: string) {
  const answer = await ask(session, 'POST', url('/duty-confirmations'), {
    body: {
      unit_id: unitId,
      duty_date: `2020-02-${from.slice(0, 2)}`,
      said_at: at(to),
      lines: [{ span_id: randomUUID(), person_id, post_id, starts_at: at(from), ends_at: at(to) }],
    },
  })
  expect(answer.body).toMatchObject({ recorded_count: 1 })
}

/** A day at another unit, as that unit recorded it. */
async function lend(person_id: number, unit_id: number, post_id: number, from: string, to: string) {
  const place = { operation_id: OPERATION, unit_id, home_unit_id: UNITS.hospital, post_id }
  await look((tx) => writeSpan(tx, { person_id, ...place, starts_at: at(from), ends_at: at(to) }))
}

async function evaluate(known: string): Promise<number> {
  const input = { operation_id: OPERATION, on_date: '2020-02-20', known_at: known, becomes_current: true }
  const outcome = await evaluateAndRaise(database, input, {
    now: clock.now(),
    progress: async () => true,
    people_per_part: 2,
  })
  if (typeof outcome === 'string' || !('evaluation_id' in outcome)) throw new Error(JSON.stringify(outcome))
  return outcome.evaluation_id
}

for (const [pack, unit] of [
  ['national-2020', UNITS.city],
  ['zhejiang-2020', UNITS.city],
  ['shaoxing-2020', UNITS.city],
  ['shaoxing-keqiao-example-2020', UNITS.county],
] as const)
  await publish(pack, unit)

// Sat 1 Feb is a day off: the holiday was extended to 2 Feb.
await confirm(head, UNITS.hospital, PEOPLE.nurse, POSTS.ward, '01 20:00', '02 08:00')
await confirm(head, UNITS.hospital, PEOPLE.nurse, POSTS.ward, '03 08:00', '03 12:00')
await confirm(head, UNITS.hospital, PEOPLE.nurse, POSTS.triage, '04 08:00', '04 12:01')
await confirm(head, UNITS.hospital, PEOPLE.nurse, POSTS.ward, '05 00:00', '05 10:00')
await confirm(head, UNITS.hospital, PEOPLE.nurse, POSTS.ward, '06 08:00', '06 11:00')
await confirm(head, UNITS.hospital, PEOPLE.nurse, POSTS.triage, '06 11:00', '06 14:00')
await confirm(head, UNITS.hospital, PEOPLE.doctor, 5, '10 08:00', '10 18:00')
await confirm(guardHead, UNITS.checkpoint, PEOPLE.guard, POSTS.gate, '03 08:00', '03 16:00')
await lend(PEOPLE.nurse, UNITS.checkpoint, POSTS.gate, '07 08:00', '07 16:00')
const before = await evaluate('2020-02-21T08:00:00+08:00')

// biome-ignore lint/suspicious/noExplicitAny: what came over the wire
const resultOf = (body: any, entitlement: string) => body.results.find((one: any) => one.entitlement === entitlement)

describe('what a nurse is owed, worked out by hand', () => {
  it('half a day for exactly 4 hours, a whole one beyond, nights split at midnight, the higher tier of a mixed day', async () => {
    const { body } = await ask(nurse, 'GET', `/api/me/statement?operation_id=${OPERATION}`)
    // 1 Feb 4 h: 150; 2 Feb 8 h: 300; 3 Feb 4 h: 150; 4 Feb 4 h 1 min at triage: 200; 5 Feb: 300; 6 Feb both posts, 6 h: 300.
    expect(resultOf(body, 'work-subsidy')).toMatchObject({ state: 'settled', amount_fen: 140_000, quantity: 500 })
    // Seven days with any duty at the example rate of 40 yuan, the checkpoint's among them.
    expect(resultOf(body, 'meal-allowance')).toMatchObject({ amount_fen: 28_000, quantity: 700 })
    // Days off: 240 + 480 minutes; working days beyond eight hours: 5 Feb 120.
    expect(resultOf(body, 'compensatory-leave')).toMatchObject({ state: 'settled', quantity: 840 })
    // 7 Feb at the checkpoint, no medical post: the county's own allowance, 100 yuan.
    expect(resultOf(body, 'front-line-allowance')).toMatchObject({ amount_fen: 10_000, quantity: 100 })
    expect(resultOf(body, 'accident-insurance')).toMatchObject({ state: 'needs_decision', quantity: null })
    const meal = body.entitlements.find((one: { entitlement: string }) => one.entitlement === 'meal-allowance')
    expect(meal).toMatchObject({ clause: '6', example: true, unverified: true })
  })

  it('explains each figure in both languages, and every amount re-adds from its days', async () => {
    for (const language of ['zh', 'en']) {
      const path = `/api/me/statement/work-subsidy/explanation?operation_id=${OPERATION}&language=${language}`
      const { status, body } = await ask(nurse, 'GET', path)
      expect(status).toBe(200)
      const days = body.lines.filter((line: { kind: string }) => line.kind === 'day')
      const sum = days.reduce((total: number, day: { amount_fen?: number }) => total + (day.amount_fen ?? 0), 0)
      expect(sum).toBe(body.result.amount_fen)
      expect(JSON.stringify(body.lines)).toContain('财社〔2020〕2号')
    }
  })

  it('shows another unit’s post to the head of the hospital as a time and the unit to ask', async () => {
    const path = url(`/statements/people/${PEOPLE.nurse}/entitlements/front-line-allowance/explanation`)
    const { body } = await ask(head, 'GET', path)
    const text = JSON.stringify(body.lines)
    expect(text).toContain('2020-02-07 08:00 至 2020-02-07 16:00 由甲县卡口记录')
    expect(text).not.toContain('卡口值守')
    expect(body.result.amount_fen).toBe(10_000)
  })

  it('is nobody’s business outside the scope', async () => {
    expect((await ask(officer, 'GET', url(`/statements/people/${PEOPLE.nurse}`))).status).toBe(404)
    expect((await ask(officer, 'GET', url(`/statements/units/${UNITS.hospital}`))).status).toBe(404)
    const path = url(`/statements/people/${PEOPLE.nurse}/entitlements/work-subsidy/explanation`)
    expect((await ask(officer, 'GET', path)).status).toBe(404)
  })
})

describe('statements of units', () => {
  it('add up to the fen from people over units to the county', async () => {
    const county = await ask(clerk, 'GET', url(`/statements/units/${UNITS.county}`))
    const people = await ask(clerk, 'GET', url(`/statements/units/${UNITS.county}/people`))
    expect(county.body.people_count).toBe(3)
    for (const { entitlement, amount_fen } of county.body.totals) {
      // biome-ignore lint/suspicious/noExplicitAny: what came over the wire
      const ofPeople = people.body.people.map((one: any) => resultOf(one, entitlement).amount_fen ?? 0)
      // biome-ignore lint/suspicious/noExplicitAny: what came over the wire
      const totalOf = (child: any) => child.totals.find((one: any) => one.entitlement === entitlement)
      const ofChildren = county.body.children.map((child: unknown) => totalOf(child).amount_fen ?? 0)
      const add = (numbers: number[]) => numbers.reduce((sum, one) => sum + one, 0)
      expect(add(ofPeople)).toBe(amount_fen ?? 0)
      expect(add(ofChildren)).toBe(amount_fen ?? 0)
    }
  })

  it('page by fifty at most and can be narrowed to those who wait', async () => {
    const waiting = url(
      `/statements/units/${UNITS.city}/people?entitlement=accident-insurance&state=needs_decision&limit=1`,
    )
    const first = await ask(clerk, 'GET', waiting)
    expect(first.body.people).toHaveLength(1)
    const second = await ask(clerk, 'GET', `${waiting}&after=${encodeURIComponent(first.body.next)}`)
    expect(second.body.people[0].person_id).not.toBe(first.body.people[0].person_id)
    expect((await ask(clerk, 'GET', url(`/statements/units/${UNITS.city}/people?limit=51`))).status).toBe(400)
  })

  it('leave the house as a workbook with amounts, arithmetic and what is open, and leave a trace in the audit', async () => {
    const answer = await ask(clerk, 'POST', url(`/statements/units/${UNITS.hospital}/exports`), {
      body: { purpose: '报财政审核' },
    })
    expect(answer.status).toBe(200)
    const reading = readWorkbook({ bytes: answer.bytes })
    if (!reading.ok) throw new Error('the export cannot be read')
    const [table, arithmetic, units, open] = reading.workbook.sheets
    const cells = (table?.rows ?? []).flatMap((row) => row.cells.map(({ text }) => text))
    expect(cells).toContain('甲县医院一线人员待遇明细表')
    expect(cells).toContain('300元×4天、200元×1天')
    expect(cells.some((text) => text.includes('【示例】'))).toBe(true)
    expect(arithmetic?.rows.length).toBeGreaterThan(50)
    expect(open?.name).toBe('待确认')
    const ofUnits = (units?.rows ?? []).flatMap((row) => row.cells.map(({ text }) => text))
    expect(ofUnits).toContain('甲县医院')
    expect(ofUnits).toContain('一次性核增当年绩效工资总量待定：是否为该单位一次性核增当年绩效工资总量')
    expect(cells.some((text) => text.startsWith('【一次性核增当年绩效工资总量】甲县医院：'))).toBe(true)
    const audited = await look((tx) =>
      tx.selectFrom('audit_rows').select(['unit_id', 'facts']).where('action', '=', 'exports.issued').execute(),
    )
    expect(audited).toHaveLength(1)
    const mark = cells.find((text) => text.includes('导出编号'))
    expect(mark).toContain('用途：报财政审核')
    const number = /TP-\d{6}-\d/.exec(mark ?? '')?.[0] ?? ''
    const auditor = await account('auditor', 'auditor', UNITS.county)
    const found = await ask(auditor, 'GET', `/api/exports?number=${encodeURIComponent(number.replaceAll('-', ' '))}`)
    expect(found.body.exports).toEqual([
      expect.objectContaining({ number, purpose: '报财政审核', kind: 'benefits.statement', unit_id: UNITS.hospital }),
    ])
    expect((await ask(auditor, 'GET', '/api/exports?number=TP-000001-0')).body.exports).toEqual([])
    const elsewhere = await account('auditor-elsewhere', 'auditor', UNITS.otherCounty)
    expect((await ask(elsewhere, 'GET', `/api/exports?number=${number}`)).body.exports).toEqual([])
  })
})

describe('what is known later', () => {
  it('doubles days in Hubei once the document of 22 February is known, for the days before it too', async () => {
    clock.set('2020-02-24T08:00:00+08:00')
    const after = await evaluate('2020-02-24T08:00:00+08:00')
    const { body } = await ask(clerk, 'GET', url(`/evaluations/${after}/differences?against=${before}`))
    expect(body).toMatchObject({ more: { people_count: 1, amount_fen: 30_000 }, less: { people_count: 0 } })
    expect(body.differences).toHaveLength(1)
    expect(body.differences[0]).toMatchObject({
      person_id: PEOPLE.doctor,
      entitlement: 'work-subsidy',
      amount_fen_before: 30_000,
      amount_fen_after: 60_000,
    })
  })

  it('explains an earlier evaluation as it was, although a record has been withdrawn since', async () => {
    const duty = await look((tx) =>
      tx
        .selectFrom('duty_current')
        .select(['span_id', 'entry_id'])
        .where('person_id', '=', PEOPLE.nurse)
        .where('starts_on', '=', '2020-02-05')
        .executeTakeFirstOrThrow(),
    )
    const withdrawn = await ask(head, 'POST', url(`/people/${PEOPLE.nurse}/spans/${duty.span_id}/withdrawals`), {
      body: { unit_id: UNITS.hospital, reason: '当日请假', replaces_entry_id: duty.entry_id },
    })
    expect(withdrawn.body).toEqual({ withdrawn: true })
    const path = url(`/statements/people/${PEOPLE.nurse}/entitlements/work-subsidy/explanation?evaluation_id=${before}`)
    expect((await ask(clerk, 'GET', path)).body.result.amount_fen).toBe(140_000)
    await evaluate('2020-02-24T08:00:00+08:00')
    const own = await ask(nurse, 'GET', `/api/me/statement?operation_id=${OPERATION}`)
    expect(resultOf(own.body, 'work-subsidy').amount_fen).toBe(110_000)
    // Nothing is taken back by itself: somebody has to look at what is less than before.
    const items = await look((tx) =>
      tx
        .selectFrom('worklist_items')
        .select(['kind', 'unit_id', 'facts'])
        .where('kind', '=', 'policies.less_than_before')
        .execute(),
    )
    expect(items).toContainEqual(
      expect.objectContaining({ unit_id: UNITS.county, facts: expect.objectContaining({ difference_fen: -30_000 }) }),
    )
  })
})

describe('what a clause only permits', () => {
  const decision = (choice: string, more: object = {}) => ({
    unit_id: UNITS.county,
    point: 'accident-insurance',
    subject: { kind: 'area', id: UNITS.county },
    value: { kind: 'choice', choice },
    from_on: '2020-02-03',
    reason: '区政府常务会议研究',
    ...more,
  })

  it('waits on the worklist and on the list of the undecided until somebody decides', async () => {
    const open = await ask(clerk, 'GET', url('/open-decisions'))
    const point = open.body.open.find((one: { point: string }) => one.point === 'accident-insurance')
    expect(point).toMatchObject({ people_count: 3, subject: { kind: 'area', id: UNITS.county }, waiting_days: 3 })
    expect(point.item_id).toBeGreaterThan(0)
    expect(open.body.next).toBe(null)
    const first = await ask(clerk, 'GET', url('/open-decisions?limit=1'))
    const second = await ask(clerk, 'GET', url(`/open-decisions?limit=1&after=${first.body.next}`))
    expect([...first.body.open, ...second.body.open]).toEqual(open.body.open.slice(0, 2))
    const list = await ask(clerk, 'GET', url(`/insurance?unit_id=${UNITS.county}&list=undecided`))
    expect(list.body.counts).toEqual({ undecided: 3, not_covered: 0, covered: 0 })
  })

  it('is refused outside the range, about the wrong subject, and outside the scope', async () => {
    const post = (session: string, body: object) => ask(session, 'POST', url('/decisions'), { body })
    expect((await post(clerk, decision('maybe'))).body.code).toBe('policies.outside_range')
    const person = { subject: { kind: 'person', id: PEOPLE.nurse } }
    expect((await post(clerk, decision('insure', person))).body.code).toBe('policies.wrong_subject')
    expect((await post(head, decision('insure'))).status).toBe(403)
    expect((await post(clerk, decision('insure', { point: 'nothing' }))).body.code).toBe('policies.unknown_point')
  })

  it('once decided against, shows as decided and not covered', async () => {
    const taken = await ask(clerk, 'POST', url('/decisions'), { body: decision('not-insure') })
    expect(taken.body).toMatchObject({ settled_item_count: 1 })
    await evaluate('2020-02-24T09:00:00+08:00')
    const list = await ask(clerk, 'GET', url(`/insurance?unit_id=${UNITS.county}&list=not_covered`))
    expect(list.body.counts).toEqual({ undecided: 0, not_covered: 3, covered: 0 })
    const doctor = list.body.people.find((one: { person_id: number }) => one.person_id === PEOPLE.doctor)
    expect(doctor).toMatchObject({ decision_point: 'accident-insurance', direct_days: 1, last_on: '2020-02-10' })
    const decided = await ask(clerk, 'GET', url('/decisions'))
    expect(decided.body.decisions[0]).toMatchObject({ holds: true, value_text: { zh: '不购买' }, clause: '6' })
  })
})

describe('the clause board', () => {
  it('shows the twelve clauses with what reached whom, and says plainly what is not built', async () => {
    const { body } = await ask(clerk, 'GET', url('/clauses'))
    expect(body.notice.code).toBe('shaoxing-2020')
    expect(body.clauses).toHaveLength(12)
    const clause = (number: string) => body.clauses.find((one: { number: string }) => one.number === number)
    expect(clause('6')).toMatchObject({ measure: 'benefits', measure_state: 'partly', people_reached: 3 })
    expect(clause('6').entitlements.map((one: { entitlement: string }) => one.entitlement)).toContain('work-subsidy')
    expect(clause('3').people_reached).toBe(2)
    expect(clause('10')).toMatchObject({ measure_state: 'not_built', entitlements: [] })
  })

  it('puts a clause beside its rules, figures and people', async () => {
    const { body } = await ask(clerk, 'GET', url('/clauses/6'))
    expect(body.county_name).toBe('甲县')
    const meal = body.parameters.find((one: { code: string }) => one.code === 'meal-allowance-rate')
    expect(meal.values[0]).toMatchObject({ example: true, unverified: true, text: { zh: '40.00 元/天' } })
    expect(body.rules.map((one: { code: string }) => one.code)).toContain('work-subsidy')
    expect(body.counties).toEqual([expect.objectContaining({ county_name: '甲县', people_reached: 3 })])
  })

  it('refuses a pack with a mistake and says where, what is wrong and what would be right', async () => {
    const files = filesOf('shaoxing-2020').map(({ path, text }) => ({
      path,
      text: text.replace('gives: money_per_day', 'gives: money_per_dya'),
    }))
    const refused = await look((tx) => publishPack(tx, files, clock.now()))
    expect(refused).toMatchObject({ problem: { status: 422 } })
    const facts = refused instanceof Refusal ? JSON.stringify(refused.facts) : ''
    expect(facts).toContain('"file":"benefits.yaml"')
    expect(facts).toContain('"value":"money_per_dya"')
    expect(facts).toContain('是否想写“money_per_day”？')
  })
})

describe('asking for an evaluation', () => {
  it('runs as a job that whoever asked can follow, and leaves the new one in force', async () => {
    clock.set('2020-02-24T10:00:00+08:00')
    const asked = await ask(clerk, 'POST', url('/evaluations'), { body: {} })
    expect(asked.status).toBe(200)
    let job = await ask(clerk, 'GET', `/api/jobs/${asked.body.job_id}`)
    while (job.body.state === 'waiting' || job.body.state === 'running') {
      await new Promise((resolve) => setTimeout(resolve, 100))
      job = await ask(clerk, 'GET', `/api/jobs/${asked.body.job_id}`)
    }
    expect(job.body).toMatchObject({ state: 'done', result: { people_count: 3 } })
    const { body } = await ask(clerk, 'GET', url('/evaluations'))
    expect(body.evaluations[0]).toMatchObject({ is_current: true, on_date: '2020-02-24', people_count: 3 })
    expect(body.evaluations.filter((one: { is_current: boolean }) => one.is_current)).toHaveLength(1)
    // A unit manager sees statements and does not run evaluations.
    expect((await ask(head, 'POST', url('/evaluations'), { body: {} })).status).toBe(403)
  })
})

describe('an amount that is a unit’s', () => {
  const amounts = url(`/statements/units/${UNITS.county}/amounts`)
  const explained = url(`/statements/units/${UNITS.hospital}/entitlements/performance-pay-increase/explanation`)

  it('waits for a decision about this unit, per unit and per county, and opens into its explanation', async () => {
    const list = await ask(clerk, 'GET', amounts)
    expect(list.body.units).toMatchObject([
      {
        unit_id: UNITS.hospital,
        county_name: '甲县',
        results: [{ state: 'needs_decision', decision_point: 'performance-pay' }],
      },
    ])
    const county = await ask(clerk, 'GET', url(`/statements/units/${UNITS.county}`))
    expect(county.body.unit_totals).toMatchObject([
      { entitlement: 'performance-pay-increase', people_waiting_decision: 1 },
    ])
    const open = await ask(clerk, 'GET', url('/open-decisions'))
    const point = open.body.open.find((one: { point: string }) => one.point === 'performance-pay')
    expect(point).toMatchObject({ subject: { kind: 'unit', id: UNITS.hospital }, people_count: 0, unit_count: 1 })
    expect((await ask(clerk, 'GET', explained)).body.result).toMatchObject({ state: 'needs_decision' })
    expect((await ask(guardHead, 'GET', explained)).status).toBe(404)
  })

  it('is settled by the decision that a named person takes, from the next evaluation on', async () => {
    const decided = await ask(clerk, 'POST', url('/decisions'), {
      body: {
        unit_id: UNITS.hospital,
        point: 'performance-pay',
        subject: { kind: 'unit', id: UNITS.hospital },
        value: { kind: 'words', words: '核增百分之十', outcome: 'entitled' },
        from_on: '2020-02-03',
        reason: '会商纪要',
      },
    })
    expect(decided.status).toBe(200)
    await evaluate('2020-02-24T11:00:00+08:00')
    const list = await ask(clerk, 'GET', amounts)
    expect(list.body.units[0].results).toMatchObject([{ state: 'settled' }])
    expect(JSON.stringify((await ask(clerk, 'GET', explained)).body.lines)).toContain('核增百分之十')
    const board = await ask(clerk, 'GET', url('/clauses'))
    const clause = board.body.clauses.find(({ number }: { number: string }) => number === '6')
    expect(clause.units_reached).toBe(1)
  })
})
