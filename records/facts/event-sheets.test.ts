import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { OPERATION, openTestHouse, PEOPLE, UNITS } from '#apps/server/testing-house.ts'
import { readWorkbook } from '#platform/files/workbook.ts'
import { Refusal } from '#platform/http/problem.ts'
import { sheetOf } from '#records/duty/testing-imports.ts'
import { publishPack, putInForce } from '#records/policies/server/packs.ts'
import { FACTS_PACK } from '#records/policies/testing-facts-pack.ts'
import { understandEvents } from './sheet/understand-events.ts'

const { ask, look, account, clock } = await openTestHouse()
const head = await account('head', 'unit_manager', UNITS.hospital, PEOPLE.head)
const deputy = await account('deputy', 'unit_manager', UNITS.hospital, PEOPLE.deputy)

const SHEETS = `/api/operations/${OPERATION}/units/${UNITS.hospital}/event-sheets`
const HEADER = ['姓名', '日期', '事项', '次数']

async function hand(session: string, what: string, rows: Parameters<typeof sheetOf>[0], query: object = {}) {
  const text = new URLSearchParams({ file_name: '事项.xlsx', ...query })
  return ask(session, 'POST', `${SHEETS}/${what}?${text}`, {
    payload: await sheetOf(rows, { name: '2020年2月' }),
    headers: { 'content-type': 'application/octet-stream' },
  })
}

const factsOf = async (person: number) =>
  (await ask(head, 'GET', `/api/operations/${OPERATION}/people/${person}/facts`)).body.facts

beforeAll(async () => {
  await look(async (tx) => {
    const published = await publishPack(tx, [{ path: 'pack.yaml', text: FACTS_PACK }], clock.now())
    if (published instanceof Refusal) throw new Error(JSON.stringify(published.facts))
    const body = { area_unit_id: UNITS.city, pack_hash: published.hash, known_from: '2020-01-20T00:00:00+08:00' }
    expect(await putInForce(tx, OPERATION, body, clock.now())).toEqual({ put_in_force: true })
  })
})

describe('a sheet of events', () => {
  const ROWS = [
    ['甲县医院2020年2月转移群众登记表', null, null, null],
    HEADER,
    ['护 士 丙', '2月5日、7日', '转移群众', 2],
    ['医师丁', '２月６日', '同上', 1],
    ['合计', null, null, 5],
    ['制表人：院长甲', null, null, '审核：副院长乙'],
  ]

  it('is shown before anything is recorded, and recorded as it was shown: each waits for a second person', async () => {
    const shown = await hand(head, 'checks', ROWS)
    expect(shown.body.counts).toEqual({ ready: 3, already: 0, differs: 0, refused: 0, waiting: 0 })
    expect(shown.body.columns.map(({ field }: { field: string }) => field)).toEqual(['name', 'date', 'event', 'count'])
    expect(await factsOf(PEOPLE.nurse)).toEqual([])

    const stated = await hand(head, 'statements', ROWS, { stated_count: 3 })
    expect(stated.body).toEqual({ stated_count: 3, already_count: 0 })
    const facts = await factsOf(PEOPLE.nurse)
    expect(
      facts.map(({ name, state, entries }: (typeof facts)[0]) => [name, state, entries[0].from_on, entries[0].amount]),
    ).toEqual([
      ['rescue', 'waits', '2020-02-07', 2],
      ['rescue', 'waits', '2020-02-05', 2],
    ])
    const waiting = await ask(deputy, 'GET', `/api/operations/${OPERATION}/units/${UNITS.hospital}/facts`)
    expect(waiting.body.waiting_count).toBe(3)
    const audit = await look((tx) =>
      tx.selectFrom('audit_rows').select('subject_id').where('action', '=', 'facts.stated').execute(),
    )
    expect(audit.map(({ subject_id }) => Number(subject_id)).sort()).toEqual(
      [PEOPLE.nurse, PEOPLE.nurse, PEOPLE.doctor].sort(),
    )
  })

  it('handed in again doubles nothing, also after a confirmation and beside what was stated by hand', async () => {
    const [fact] = await factsOf(PEOPLE.nurse)
    const confirmed = { act: 'confirmed', after_entry_id: fact.entries[0].entry_id }
    const acts = `/api/operations/${OPERATION}/people/${PEOPLE.nurse}/facts/${fact.fact_id}/acts`
    expect((await ask(deputy, 'POST', acts, { body: confirmed })).body.state).toBe('counts')
    const again = await hand(head, 'checks', ROWS)
    expect(again.body.counts).toMatchObject({ ready: 0, already: 3 })
    const repeated = await hand(head, 'statements', ROWS, { stated_count: 3 })
    expect(repeated.body).toEqual({ stated_count: 0, already_count: 3 })
    const byHand = { fact_id: randomUUID(), sort: 'event', name: 'rescue', from_on: '2020-02-08', amount: 1 }
    await ask(head, 'POST', `/api/operations/${OPERATION}/people/${PEOPLE.nurse}/facts`, { body: byHand })
    const beside = await hand(head, 'checks', [
      HEADER,
      ['护士丙', '2020-02-08', '转移群众', 1],
      ['护士丙', '2020-02-07', '转移群众', 3],
    ])
    expect(beside.body.counts).toMatchObject({ ready: 0, already: 1, differs: 1 })
    expect(beside.body.rows[0]).toMatchObject({ kind: 'differs', reason: { zh: '已登记为 2 次' } })
  })

  it('says of every row that is not taken why, and what would be right', async () => {
    const answer = await hand(head, 'checks', [
      HEADER,
      ['院长甲', '2020-02-05', '转移群众', 1],
      ['护士丙', '2020-02-25', '转移群众', 1],
      ['查无此人', '2020-02-05', '转移群众', 1],
      ['护士丙', '2月9日-11日', '转移群众', 1],
      ['护士丙', '2020-02-12', '转移群众', null],
      ['护士丙', '2020-02-13', '转移群众', 1],
      ['护士丙', '2020-02-13', '转移群众', 2],
    ])
    expect(answer.body.counts).toMatchObject({ ready: 1, refused: 6 })
    expect(
      answer.body.rows.slice(0, 6).map(({ row, reason }: { row: number; reason: { zh: string } }) => [row, reason.zh]),
    ).toEqual([
      [2, '这是您本人的事项'],
      [3, '日期还没有到'],
      [4, '没有找到此人，或不在您的管理范围内'],
      [5, '写的是一段日期，不知道是哪几天'],
      [6, '没有写次数'],
      [8, '与第 7 行（2020年2月）是同一人、同一天、同一事项'],
    ])
  })

  it('records nothing that its column 是否 says did not happen, and nothing without a day', async () => {
    const answer = await hand(head, 'checks', [
      ['姓名', '日期', '事项', '是否'],
      ['护士丙', '2020-02-14', '转移群众', '否'],
      ['护士丙', null, '转移群众', '是'],
      ['护士丙', '2020-02-15', '转移群众', '是'],
    ])
    expect(answer.body.counts).toMatchObject({ ready: 1, refused: 2 })
    const reasons = answer.body.rows.slice(0, 2).map(({ reason }: { reason: { zh: string } }) => reason.zh)
    expect(reasons).toEqual(['“是否”写的是否', '没有日期'])
  })

  it('asks which event is meant by words of its own, and what a column holds whose head is not known', async () => {
    const rows = [
      ['姓名', '日期', '干了啥'],
      ['医师丁', '2020-02-10', '帮群众搬家'],
    ]
    const unread = await hand(head, 'checks', rows)
    expect(unread.body.questions).toMatchObject([{ key: 'event:', text: { zh: '有的行没有写事项，是哪一项？' } }])
    const asked = await hand(head, 'checks', rows, { answers: JSON.stringify({ 'column:2020年2月!C': 'event' }) })
    expect(asked.body.questions).toMatchObject([{ key: 'event:帮群众搬家', count: 1 }])
    const answers = JSON.stringify({ 'column:2020年2月!C': 'event', 'event:帮群众搬家': 'rescue' })
    expect((await hand(head, 'checks', rows, { answers })).body.counts).toMatchObject({ ready: 1, waiting: 0 })
    expect((await hand(head, 'statements', rows, { answers, stated_count: 1 })).body.stated_count).toBe(1)
    const other = await hand(head, 'statements', [...rows, ['护士丙', '2020-02-10', '帮群众搬家']], {
      answers,
      stated_count: 5,
    })
    expect([other.status, other.body.code]).toEqual([409, 'facts.sheet_changed'])
  })

  it('that is no workbook is refused with the reason; a query that is no JSON is refused too', async () => {
    const noise = await ask(head, 'POST', `${SHEETS}/checks?file_name=x.xlsx`, {
      payload: Buffer.from('PK\u0003\u0004 nothing'),
      headers: { 'content-type': 'application/octet-stream' },
    })
    expect(noise.body).toMatchObject({ status: 422, code: 'facts.unreadable_sheet' })
    expect((await hand(head, 'checks', ROWS, { answers: '[1' })).status).toBe(400)
  })

  it('has a template that names the events in force and reads as empty', async () => {
    const answer = await ask(head, 'GET', `/api/operations/${OPERATION}/units/${UNITS.hospital}/event-sheet-template`)
    expect(answer.status).toBe(200)
    const opened = readWorkbook({ bytes: answer.bytes, name: '模板.xlsx' })
    if (!opened.ok) throw new Error(opened.problem.code)
    const context = { window: { first: '2020-01-23', last: null }, answers: {} }
    const reading = understandEvents(opened.workbook, context)
    expect([reading.rows, reading.refused]).toEqual([[], []])
    expect(reading.columns.map(({ field }) => field)).toEqual([
      null,
      'unit',
      'name',
      'id_number',
      'event',
      'date',
      'count',
    ])
  })
})
