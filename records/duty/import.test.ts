import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import ExcelJS from 'exceljs'
import { describe, expect, it } from 'vitest'
import { OPERATION, openTestHouse, PEOPLE, POSTS, UNITS } from '#apps/server/testing-house.ts'
import { packArchive } from '#platform/files/zip.ts'
import { countDisagreements } from './server/rebuild.ts'
import { addSheet, madeUpId, type Written } from './sheet/office-sheets.ts'

const { account, ask, look, house } = await openTestHouse(undefined, { working: true })
const head = await account('head', 'unit_manager', UNITS.hospital, PEOPLE.head)
const deputy = await account('deputy', 'unit_manager', UNITS.hospital, PEOPLE.deputy)
const officer = await account('officer', 'unit_manager', UNITS.station, PEOPLE.officer)
const clerk = await account('clerk', 'hr_clerk', UNITS.county)

const NURSE_ID = madeUpId(13)
const STRANGER_ID = madeUpId(31)
await look(async (tx) => {
  const hashOf = (number: string) => house.platform.vault.lookupHash('id_number', number)
  await tx
    .updateTable('people')
    .set({ id_number_hash: hashOf(NURSE_ID) })
    .where('person_id', '=', PEOPLE.nurse)
    .execute()
  await tx
    .updateTable('people')
    .set({ id_number_hash: hashOf(STRANGER_ID), staff_number: 'P007' })
    .where('person_id', '=', PEOPLE.officer)
    .execute()
  await tx.updateTable('people').set({ staff_number: 'H014' }).where('person_id', '=', PEOPLE.doctor).execute()
})

async function sheetOf(
  rows: ReadonlyArray<readonly Written[]>,
  more: { merges?: readonly string[]; name?: string } = {},
): Promise<Buffer> {
  const book = new ExcelJS.Workbook()
  addSheet(book, more.name ?? '值班', rows, more.merges)
  return Buffer.from(await book.xlsx.writeBuffer())
}

const placeOf = (unitId: number) => `/api/operations/${OPERATION}/units/${unitId}/duty-imports`

function upload(session: string, unitId: number, bytes: Buffer, name = '二月值班表.xlsx') {
  return ask(session, 'POST', `${placeOf(unitId)}?file_name=${encodeURIComponent(name)}`, {
    payload: bytes,
    headers: { 'content-type': 'application/octet-stream' },
  })
}

async function rowsOf(session: string, unitId: number, importId: string, kind: string) {
  return (await ask(session, 'GET', `${placeOf(unitId)}/${importId}/rows?kind=${kind}`)).body.rows
}

interface Confirmation {
  recorded_count: number
  corrected_count: number
  reason?: string
}

function confirm(session: string, unitId: number, importId: string, body: Confirmation, key?: string) {
  return ask(session, 'POST', `${placeOf(unitId)}/${importId}/confirmations`, { body, ...(key ? { key } : {}) })
}

const spansOf = (personId: number) =>
  look((tx) =>
    tx.selectFrom('duty_current').selectAll().where('person_id', '=', personId).orderBy('starts_at').execute(),
  )

/** A list as offices have it: merged title, double header, spaces in names, times past midnight, a total, a signature. */
const OFFICE_ROWS: Written[][] = [
  ['甲县医院2020年2月疫情防控值班表', null, null, null, null, null, null],
  ['序号', '姓 名', '身份证号', '岗位', '值班日期', '值班时间', null],
  [null, null, null, null, null, '起', '止'],
  [1, '护 士 丙', NURSE_ID, '隔离病区', '2月3日', '8：00', '20：00'],
  [2, '护士丙', NURSE_ID, '隔离病区', '2月4日', '20:00', '次日8:00'],
  [3, '医师丁', null, '预检 分诊', '２月３日', '晚8点', '早8点'],
  ['合计', null, null, null, null, null, 3],
  ['制表人：院长甲', null, null, null, null, '审核：副院长乙', null],
]
const OFFICE_MERGES = ['A1:G1', 'A2:A3', 'B2:B3', 'C2:C3', 'D2:D3', 'E2:E3', 'F2:G2']

describe('a sheet as the office has it', () => {
  it('is understood, recorded once it is confirmed, and doubles nothing when it comes again', async () => {
    const bytes = await sheetOf(OFFICE_ROWS, { merges: OFFICE_MERGES })
    const read = await upload(head, UNITS.hospital, bytes)
    expect(read.status).toBe(200)
    expect(read.body).toMatchObject({ state: 'read', file_name: '二月值班表.xlsx', uploaded_by: 'head' })
    expect(read.body.understood).toMatchObject({
      units: ['甲县医院'],
      period: { first: '2020-02-03', last: '2020-02-04' },
      people_count: 2,
      questions: [],
      counts: { ready: 3, differs: 0, already: 0, refused: 0, waiting: 0, skipped: 3 },
    })
    expect(await spansOf(PEOPLE.nurse)).toEqual([])

    const key = crypto.randomUUID()
    const body = { recorded_count: 3, corrected_count: 0 }
    const done = await confirm(head, UNITS.hospital, read.body.import_id, body, key)
    expect(done.body).toMatchObject({ recorded_count: 3, corrected_count: 0, already_recorded_count: 0 })
    // The button pressed twice, and once more under another key.
    expect((await confirm(head, UNITS.hospital, read.body.import_id, body, key)).body).toEqual(done.body)
    expect((await confirm(head, UNITS.hospital, read.body.import_id, body)).body.code).toBe('duty.import_settled')

    const spans = await spansOf(PEOPLE.nurse)
    expect(
      spans.map(({ starts_at, ends_at, post_id }) => [starts_at.toISOString(), ends_at.toISOString(), post_id]),
    ).toEqual([
      ['2020-02-03T00:00:00.000Z', '2020-02-03T12:00:00.000Z', POSTS.ward],
      ['2020-02-04T12:00:00.000Z', '2020-02-05T00:00:00.000Z', POSTS.ward],
    ])

    const again = await upload(deputy, UNITS.hospital, bytes)
    expect(again.body.understood.counts).toMatchObject({ ready: 0, differs: 0, already: 3, refused: 0 })
    const nothing = await confirm(deputy, UNITS.hospital, again.body.import_id, {
      recorded_count: 0,
      corrected_count: 0,
    })
    expect(nothing.body.code).toBe('duty.import_nothing')
    expect(await look(countDisagreements)).toBe(0)
  })

  it('meets itself under another spelling: without ID numbers, by staff number, as a roster', async () => {
    const bytes = await sheetOf([
      ['姓名', '工号', '岗位', '2020年2月3日', '2020年2月4日'],
      ['护士丙', null, '隔离病区', '8:00-20:00', '20:00-次日8:00'],
      ['医师丁', 'H014', '预检分诊', '20:00-次日8:00', '休'],
    ])
    const read = await upload(head, UNITS.hospital, bytes)
    expect(read.body.understood.tables[0].form).toBe('roster')
    expect(read.body.understood.counts).toMatchObject({ ready: 0, already: 3, refused: 0, waiting: 0 })
  })

  it('shows a changed end and a changed beginning as differences, and records them as corrections with a reason', async () => {
    const changed = OFFICE_ROWS.map((row) => [...row])
    changed[3][6] = '21:00'
    changed[5][5] = '晚7点'
    const read = await upload(head, UNITS.hospital, await sheetOf(changed, { merges: OFFICE_MERGES }))
    expect(read.body.understood.counts).toMatchObject({ ready: 0, differs: 2, already: 1, refused: 0 })
    const differing = await rowsOf(head, UNITS.hospital, read.body.import_id, 'differs')
    expect(differing[0]).toMatchObject({
      duty: { person_name: '护士丙', ends_at: '2020-02-03T21:00:00+08:00' },
      stands: { post_name: '隔离病区', ends_at: '2020-02-03T20:00:00+08:00' },
    })
    const counts = { recorded_count: 0, corrected_count: 2 }
    const bare = await confirm(head, UNITS.hospital, read.body.import_id, counts)
    expect(bare.body.code).toBe('duty.import_reason')
    const done = await confirm(head, UNITS.hospital, read.body.import_id, { ...counts, reason: '交接班时间有误' })
    expect(done.body).toMatchObject({ recorded_count: 0, corrected_count: 2, already_recorded_count: 1 })
    const entries = await look((tx) =>
      tx
        .selectFrom('duty_entries')
        .select(['act', 'reason', 'ends_at'])
        .where('person_id', '=', PEOPLE.nurse)
        .where('starts_on', '=', '2020-02-03')
        .orderBy('entry_id')
        .execute(),
    )
    expect(entries.map(({ act }) => act)).toEqual(['imported', 'corrected'])
    expect(entries[1]).toMatchObject({ reason: '交接班时间有误', ends_at: new Date('2020-02-03T13:00:00Z') })
    expect((await spansOf(PEOPLE.doctor)).map(({ starts_at }) => starts_at.toISOString())).toEqual([
      '2020-02-03T11:00:00.000Z',
    ])
    expect(await look(countDisagreements)).toBe(0)
    // The first sheet, sent once more, does not undo the corrections.
    const late = await upload(head, UNITS.hospital, await sheetOf(OFFICE_ROWS, { merges: OFFICE_MERGES }))
    expect(late.body.understood.counts).toMatchObject({ ready: 0, differs: 0, already: 3 })
  })
})

describe('rows that cannot be taken', () => {
  it('are named with sheet, row, value and reason; nothing of them is recorded', async () => {
    const standing = {
      span_id: crypto.randomUUID(),
      person_id: PEOPLE.doctor,
      post_id: POSTS.ward,
      starts_at: '2020-02-21T08:00:00+08:00',
      ends_at: '2020-02-21T16:00:00+08:00',
    }
    const day = { unit_id: UNITS.hospital, duty_date: '2020-02-21', said_at: '2020-02-21T17:00:00+08:00' }
    const body = { ...day, lines: [standing] }
    await ask(head, 'POST', `/api/operations/${OPERATION}/duty-confirmations`, { body })
    const bytes = await sheetOf([
      ['姓名', '身份证号', '岗位', '日期', '时间'],
      ['民警庚', STRANGER_ID, '隔离病区', '2020-02-06', '8:00-20:00'],
      ['查无此人', null, '隔离病区', '2020-02-06', '8:00-20:00'],
      ['院长甲', null, '隔离病区', '2020-02-06', '8:00-20:00'],
      ['医师丁', null, '隔离病区', '2020-02-25', '8:00-20:00'],
      ['医师丁', null, '隔离病区', '2020-01-06', '8:00-20:00'],
      ['副院长乙', null, '隔离病区', '2020-02-30', '8:00-20:00'],
      ['医师丁', NURSE_ID, '隔离病区', '2020-02-06', '8:00-20:00'],
      ['医师丁', null, '隔离病区', '2020-02-21', '12:00-23:00'],
      ['副院长乙', null, '隔离病区', '2020-02-06', '8:00-20:00'],
      [
        '护士丙',
        `${NURSE_ID.slice(0, 17)}${NURSE_ID.endsWith('1') ? '2' : '1'}`,
        '隔离病区',
        '2020-02-07',
        '8:00-20:00',
      ],
    ])
    const read = await upload(head, UNITS.hospital, bytes)
    const refused = await rowsOf(head, UNITS.hospital, read.body.import_id, 'refused')
    const said = refused.map((row: { place: { row: number }; reason: { zh: string } }) => [
      row.place.row,
      row.reason.zh,
    ])
    expect(said).toEqual([
      [2, '没有找到此人,或不在您的管理范围内'],
      [3, '没有找到此人,或不在您的管理范围内'],
      [4, '这是您本人的值守'],
      [5, '值守尚未结束'],
      [6, expect.stringContaining('不在本次行动期间')],
      [7, expect.stringContaining('没有 2020-2-30 这一天')],
      [8, '身份证号登记在“护士丙”名下,与“医师丁”不符'],
      [9, '与甲县医院“隔离病区”的值守(2月21日 08:00–2月21日 16:00)重叠'],
      [11, expect.stringContaining('校验')],
    ])
    expect(read.body.understood.counts).toMatchObject({ ready: 1, refused: 9 })
    const file = await ask(head, 'GET', `${placeOf(UNITS.hospital)}/${read.body.import_id}/untaken-rows`)
    const book = new ExcelJS.Workbook()
    await book.xlsx.load(file.bytes as never)
    expect(book.worksheets[0]?.rowCount).toBeGreaterThanOrEqual(11)
  })

  it('tell of duty at another unit only its time and whom to ask', async () => {
    await look((tx) =>
      tx
        .updateTable('people')
        .set({ seconded_unit_id: UNITS.hospital })
        .where('person_id', '=', PEOPLE.officer)
        .execute(),
    )
    const row = ['民警庚', STRANGER_ID, '2020-02-08', '8:00-20:00']
    const there = await upload(officer, UNITS.station, await sheetOf([['姓名', '身份证号', '日期', '时间'], row]))
    // The officer may not import their own duty; somebody else at the station would.
    expect(there.body.understood.counts).toMatchObject({ refused: 0, waiting: 1 })
    const colleague = await account('colleague', 'unit_manager', UNITS.station)
    const first = await upload(colleague, UNITS.station, await sheetOf([['姓名', '身份证号', '日期', '时间'], row]))
    const [question] = first.body.understood.questions
    expect(question).toMatchObject({ proposed: `post:${POSTS.patrol}`, count: 1 })
    const answered = await ask(colleague, 'POST', `${placeOf(UNITS.station)}/${first.body.import_id}/answers`, {
      body: { answers: { [question.key]: question.proposed } },
    })
    expect(answered.body.understood.counts).toMatchObject({ ready: 1, waiting: 0 })
    const counts = { recorded_count: 1, corrected_count: 0 }
    expect((await confirm(colleague, UNITS.station, first.body.import_id, counts)).status).toBe(200)

    const lent = [...row.slice(0, 2), '隔离病区', row[2], '18:00-22:00']
    const bytes = await sheetOf([['姓名', '身份证号', '岗位', '日期', '时间'], lent])
    const here = await upload(head, UNITS.hospital, bytes)
    const [refused] = await rowsOf(head, UNITS.hospital, here.body.import_id, 'refused')
    expect(refused.reason.zh).toContain('另一单位')
    expect(refused.reason.zh).toContain('乙县派出所')
    expect(refused.reason.zh).not.toContain('巡逻防控')
    await look((tx) =>
      tx.updateTable('people').set({ seconded_unit_id: null }).where('person_id', '=', PEOPLE.officer).execute(),
    )
  })

  it('belong to somebody outside the scope at a unit outside the scope: the unit does not exist', async () => {
    const bytes = await sheetOf(OFFICE_ROWS, { merges: OFFICE_MERGES })
    const wrong = await upload(officer, UNITS.hospital, bytes)
    expect(wrong.status).toBe(404)
    const own = await upload(head, UNITS.hospital, bytes)
    const url = `${placeOf(UNITS.station)}/${own.body.import_id}`
    expect((await ask(officer, 'GET', url)).body.code).toBe('duty.unknown_import')
  })
})

describe('questions', () => {
  it('hold up only their own rows, are answered in place, and can be taken back', async () => {
    const bytes = await sheetOf([
      ['2020年2月值班表', null, null, null],
      ['姓名', '岗位', '2月10日', '2月11日'],
      ['护士丙', '隔离病区', '早', '8:00-12:00'],
      ['医师丁', '发热门诊', '8:00-12:00', '早'],
    ])
    const read = await upload(head, UNITS.hospital, bytes)
    expect(read.body.understood.counts).toMatchObject({ ready: 1, waiting: 3 })
    const keys = read.body.understood.questions.map(({ key }: { key: string }) => key)
    expect(keys).toEqual(['mark:早', `which-post:${UNITS.hospital}:发热门诊`])
    const url = `${placeOf(UNITS.hospital)}/${read.body.import_id}/answers`
    const answers = { 'mark:早': '6:00-14:00', [keys[1]]: 'new:fever_clinic' }
    const answered = await ask(head, 'POST', url, { body: { answers } })
    expect(answered.body.understood).toMatchObject({
      counts: { ready: 4, waiting: 0 },
      new_posts: [{ unit_name: '甲县医院', name: '发热门诊', kind: 'fever_clinic' }],
    })
    const nonsense = await ask(head, 'POST', url, { body: { answers: { 'mark:早': '随便' } } })
    expect(nonsense.body.understood.questions[0]).toMatchObject({ key: 'mark:早', misunderstood: '随便' })
    await ask(head, 'POST', url, { body: { answers: { 'mark:早': '' } } })
    // The same file dropped on the page again goes on with the answers that were given.
    const reloaded = await upload(head, UNITS.hospital, bytes)
    expect(reloaded.body.import_id).toBe(read.body.import_id)
    expect(reloaded.body.understood.counts).toMatchObject({ ready: 2, waiting: 2 })

    const counts = { recorded_count: 2, corrected_count: 0 }
    const done = await confirm(head, UNITS.hospital, read.body.import_id, counts)
    expect(done.body).toMatchObject({ recorded_count: 2, opened_post_count: 1 })
    const posts = await look((tx) =>
      tx.selectFrom('posts').selectAll().where('unit_id', '=', UNITS.hospital).where('name', '=', '发热门诊').execute(),
    )
    expect(posts).toMatchObject([{ kind: 'fever_clinic', exposure: 'unknown' }])
  })

  it('stand for marks that nobody has explained, with every cell that waits for them', async () => {
    const bytes = await sheetOf([
      ['姓名', '岗位', '2020年2月18日', '2020年2月19日'],
      ['医师丁', '隔离病区', '机动', '休'],
    ])
    const read = await upload(head, UNITS.hospital, bytes)
    expect(read.body.understood.counts).toMatchObject({ waiting: 1, refused: 0 })
    expect(read.body.understood.questions).toMatchObject([{ key: 'mark:机动', blocking: true, proposed: null }])
    const url = `${placeOf(UNITS.hospital)}/${read.body.import_id}/answers`
    const answered = await ask(head, 'POST', url, { body: { answers: { 'mark:机动': '9:00-17:00' } } })
    expect(answered.body.understood).toMatchObject({
      counts: { ready: 1, waiting: 0 },
      answered: [{ key: 'mark:机动', answer: '9:00-17:00', text: { zh: expect.stringContaining('几点到几点') } }],
    })
  })

  it('ask which unit a strange name is, and take a county’s sheet for several units', async () => {
    const bytes = await sheetOf([
      ['单位', '姓名', '岗位', '日期', '时间'],
      ['甲县医院', '护士丙', '隔离病区', '2020-02-12', '8:00-12:00'],
      ['甲县高速卡口', '值守员己', '测温登记', '2020-02-12', '8:00-12:00'],
    ])
    const read = await upload(clerk, UNITS.county, bytes)
    expect(read.body.understood.counts).toMatchObject({ ready: 1, waiting: 1 })
    const [question] = read.body.understood.questions
    expect(question.text.zh).toContain('甲县高速卡口')
    const url = `${placeOf(UNITS.county)}/${read.body.import_id}/answers`
    const answered = await ask(clerk, 'POST', url, {
      body: { answers: { [question.key]: `unit:${UNITS.checkpoint}` } },
    })
    // A clerk opens no posts, and no unit of another county is offered.
    expect(answered.status).toBe(200)
    const offered = question.options.map(({ value }: { value: string }) => value)
    expect(offered).not.toContain(`unit:${UNITS.station}`)
    const counts = answered.body.understood.counts
    expect(counts.ready + counts.waiting).toBe(2)
  })
})

describe('between reading and confirming', () => {
  it('changed records are seen: nothing is written, and the import shows the new state', async () => {
    const bytes = await sheetOf([
      ['姓名', '岗位', '日期', '时间'],
      ['医师丁', '隔离病区', '2020-02-14', '8:00-20:00'],
      ['护士丙', '隔离病区', '2020-02-14', '8:00-20:00'],
    ])
    const read = await upload(head, UNITS.hospital, bytes)
    const other = await sheetOf([
      ['姓名', '岗位', '日期', '时间'],
      ['医师丁', '预检分诊', '2020-02-14', '9:00-11:00'],
    ])
    const counts = { recorded_count: 1, corrected_count: 0 }
    const early = await upload(deputy, UNITS.hospital, other)
    expect((await confirm(deputy, UNITS.hospital, early.body.import_id, counts)).status).toBe(200)
    const changed = await confirm(head, UNITS.hospital, read.body.import_id, { recorded_count: 2, corrected_count: 0 })
    expect(changed.body.code).toBe('duty.import_changed')
    expect((await spansOf(PEOPLE.nurse)).some(({ starts_on }) => starts_on === '2020-02-14')).toBe(false)
    const now = await ask(head, 'GET', `${placeOf(UNITS.hospital)}/${read.body.import_id}`)
    expect(now.body.understood.counts).toMatchObject({ ready: 1, differs: 1 })
  })

  it('whoever confirms is checked as well: the deputy’s own row goes to somebody else', async () => {
    const bytes = await sheetOf([
      ['姓名', '岗位', '日期', '时间'],
      ['副院长乙', '隔离病区', '2020-02-16', '8:00-20:00'],
    ])
    const read = await upload(head, UNITS.hospital, bytes)
    const counts = { recorded_count: 1, corrected_count: 0 }
    const own = await confirm(deputy, UNITS.hospital, read.body.import_id, counts)
    expect(own.body.code).toBe('duty.import_changed')
    expect(await spansOf(PEOPLE.deputy)).toEqual([])
  })

  it('two confirmations at once count once', async () => {
    const bytes = await sheetOf([
      ['姓名', '岗位', '日期', '时间'],
      ['护士丙', '隔离病区', '2020-02-17', '8:00-20:00'],
    ])
    const read = await upload(head, UNITS.hospital, bytes)
    const counts = { recorded_count: 1, corrected_count: 0 }
    const both = await Promise.all([
      confirm(head, UNITS.hospital, read.body.import_id, counts),
      confirm(deputy, UNITS.hospital, read.body.import_id, counts),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
  })

  it('a cancelled import is gone with its file', async () => {
    const read = await upload(
      head,
      UNITS.hospital,
      await sheetOf([
        ['姓名', '日期'],
        ['护士丙', '2月18日'],
      ]),
    )
    const url = `${placeOf(UNITS.hospital)}/${read.body.import_id}`
    expect((await ask(head, 'POST', `${url}/cancellations`)).body.state).toBe('cancelled')
    expect((await ask(head, 'POST', `${url}/cancellations`)).body.code).toBe('duty.import_settled')
    const left = await look((tx) =>
      tx.selectFrom('duty_import_files').selectAll().where('import_id', '=', read.body.import_id).execute(),
    )
    expect(left).toEqual([])
  })
})

describe('files that are none', () => {
  const cases: [string, () => Promise<Buffer> | Buffer, string][] = [
    ['noise', () => Buffer.concat([Buffer.from('PK\u0003\u0004'), randomBytes(4_000)]), 'damaged'],
    [
      'an old .xls',
      () => Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(2_000)]),
      'old_excel_format',
    ],
    ['an empty file', () => Buffer.alloc(0), 'empty_file'],
    ['a cut-off workbook', async () => (await sheetOf(OFFICE_ROWS)).subarray(0, 3_000), 'damaged'],
    ['a zip bomb', () => Buffer.from(bomb()), 'unpacked_too_large'],
  ]
  for (const [what, make, reason] of cases) {
    it(`${what} is refused with the reason, and nothing is stored`, async () => {
      const before = await countImports()
      const answer = await upload(head, UNITS.hospital, await make(), '坏.xlsx')
      expect(answer.body).toMatchObject({ status: 422, code: 'duty.unreadable_sheet', facts: { reason } })
      expect(JSON.stringify(answer.body)).not.toMatch(/at .*\.ts:\d+/)
      expect(await countImports()).toBe(before)
    })
  }

  it('over 20 MB is refused before it is read, JSON is not taken, and nobody unknown may send a file', async () => {
    const large = await upload(head, UNITS.hospital, Buffer.alloc(21 * 1024 * 1024))
    expect(large.body.code).toBe('http.too_large')
    const json = await ask(head, 'POST', `${placeOf(UNITS.hospital)}?file_name=x.xlsx`, { body: { rows: [] } })
    expect(json.body.code).toBe('http.media_type')
    const nobody = await upload('nobody', UNITS.hospital, Buffer.alloc(21 * 1024 * 1024))
    expect(nobody.status).toBe(401)
  })
})

function countImports() {
  return look(async (tx) => (await tx.selectFrom('duty_imports').select('import_id').execute()).length)
}

/** 300 MB of the same letter within a workbook of a few hundred kilobytes. */
function bomb(): Uint8Array {
  const cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>'
  const sheet = `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${cell}${'a'.repeat(300 * 1024 * 1024)}`
  return packArchive([
    {
      name: '[Content_Types].xml',
      content:
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
    },
    {
      name: '_rels/.rels',
      content:
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    },
    {
      name: 'xl/workbook.xml',
      content:
        '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content:
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    },
    { name: 'xl/worksheets/sheet1.xml', content: sheet },
  ])
}

describe('personal data', () => {
  it('stands neither in the audit nor in what is stored of a sheet, and files are sealed', async () => {
    const phone = '13800000000'
    const bytes = await sheetOf([
      [`值班表 联系人电话${phone}`, null, null, null, null],
      ['姓名', '身份证号', '联系电话', '日期', '时间'],
      ['护士丙', NURSE_ID, phone, '2020-02-20', '8:00-20:00'],
      ['医师丁', `${NURSE_ID}9`, phone, '2020-02-20', '8:00-20:00'],
    ])
    const read = await upload(head, UNITS.hospital, bytes)
    expect(read.status).toBe(200)
    const stored = await look(async (tx) => ({
      imports: await tx.selectFrom('duty_imports').select(['understood', 'answers']).execute(),
      rows: await tx.selectFrom('duty_import_rows').selectAll().execute(),
      audit: await tx.selectFrom('audit_rows').selectAll().execute(),
      jobs: await tx.selectFrom('job_runs').selectAll().execute(),
      files: await tx.selectFrom('duty_import_files').select('sealed').execute(),
    }))
    const { audit, files, ...understood } = stored
    expect(JSON.stringify(understood)).not.toMatch(new RegExp(`${NURSE_ID}|${STRANGER_ID}|${phone}`))
    expect(JSON.stringify(audit)).not.toMatch(/99990119|138000|护士|医师|值班表/)
    expect(audit.filter(({ action }) => action.startsWith('duty.import')).length).toBeGreaterThan(5)
    expect(files.length).toBeGreaterThan(0)
    expect(files.some(({ sealed }) => sealed.includes('PK\u0003\u0004') || sealed.includes('UEsDB'))).toBe(false)
  })

  it('is dropped once an import is settled, and after its days in any case', async () => {
    const kept = await look((tx) =>
      tx
        .selectFrom('duty_import_rows')
        .innerJoin('duty_imports', 'duty_imports.import_id', 'duty_import_rows.import_id')
        .select('kind')
        .where('state', '=', 'confirmed')
        .execute(),
    )
    expect(kept.filter(({ kind }) => kind !== 'refused' && kind !== 'waiting')).toEqual([])

    const header = ['姓名', '岗位', '日期', '时间']
    const read = await upload(head, UNITS.hospital, await sheetOf([header, ['护士丙', '隔离病区', '2月22日', '8-20']]))
    const { import_id } = read.body
    await look(async (tx) => {
      const file = await tx
        .deleteFrom('duty_import_files')
        .where('import_id', '=', import_id)
        .returningAll()
        .executeTakeFirstOrThrow()
      await tx
        .insertInto('duty_import_files')
        .values({ ...file, kept_until: new Date('2020-01-01') })
        .execute()
    })
    await upload(head, UNITS.hospital, await sheetOf([header, ['医师丁', '隔离病区', '2月22日', '8-20']]))
    const url = `${placeOf(UNITS.hospital)}/${import_id}`
    expect((await ask(head, 'GET', url)).body.state).toBe('cancelled')
    const late = await ask(head, 'POST', `${url}/answers`, { body: { answers: {} } })
    expect(late.body.code).toBe('duty.import_settled')
  })
})

describe('a long file', () => {
  it('is read by a job with progress, and then confirmed like any other', async () => {
    const csv = longSheet(18_000)
    const read = await upload(head, UNITS.hospital, csv, '长表.csv')
    expect(read.body).toMatchObject({ state: 'reading', understood: null })
    const early = await confirm(head, UNITS.hospital, read.body.import_id, { recorded_count: 1, corrected_count: 0 })
    expect(early.body.code).toBe('duty.import_reading')
    const done = await jobOver(read.body.job_id)
    expect(done).toMatchObject({ state: 'done', problem: null })
    const view = await ask(head, 'GET', `${placeOf(UNITS.hospital)}/${read.body.import_id}`)
    expect(view.body).toMatchObject({ state: 'read', understood: { counts: { refused: 18_000, ready: 1 } } })
    const page = await ask(head, 'GET', `${placeOf(UNITS.hospital)}/${read.body.import_id}/rows?kind=refused&limit=100`)
    expect(page.body.rows).toHaveLength(100)
    const counts = { recorded_count: 1, corrected_count: 0 }
    expect((await confirm(head, UNITS.hospital, read.body.import_id, counts)).status).toBe(200)
  }, 60_000)

  it('that cannot be read fails its job with the reason', async () => {
    const noise = Buffer.concat([Buffer.from('PK\u0003\u0004'), randomBytes(700_000)])
    const read = await upload(head, UNITS.hospital, noise)
    const over = await jobOver(read.body.job_id)
    expect(over).toMatchObject({ state: 'failed', problem: { code: 'duty.unreadable_sheet' } })
    expect((await ask(head, 'GET', `${placeOf(UNITS.hospital)}/${read.body.import_id}`)).body.state).toBe('cancelled')
  })

  it('stops when somebody asks for it, and is dropped', async () => {
    const read = await upload(head, UNITS.hospital, longSheet(60_000), '更长.csv')
    await ask(head, 'POST', `/api/jobs/${read.body.job_id}/cancellations`)
    expect((await jobOver(read.body.job_id)).state).toBe('cancelled')
    expect((await ask(head, 'GET', `${placeOf(UNITS.hospital)}/${read.body.import_id}`)).body.state).toBe('cancelled')
  }, 30_000)
})

/** Strangers, and one nurse. */
function longSheet(count: number): Buffer {
  const strangers = Array.from({ length: count }, (_, index) => {
    const name = `虚${String.fromCharCode(0x4e00 + (index % 5_000))}${String.fromCharCode(0x5e00 + Math.floor(index / 5_000))}`
    return `${name},隔离病区,2020-02-19,8:00-20:00`
  })
  return Buffer.from(['姓名,岗位,日期,时间', ...strangers, '护士丙,隔离病区,2020-02-19,8:00-20:00'].join('\n'))
}

async function jobOver(jobId: string) {
  for (;;) {
    const { body } = await ask(head, 'GET', `/api/jobs/${jobId}`)
    if (['done', 'failed', 'cancelled'].includes(body.state)) return body
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

describe('the template', () => {
  it('is offered with the unit’s name, and read back without its example', async () => {
    const url = `/api/operations/${OPERATION}/units/${UNITS.hospital}/duty-sheet-template`
    const file = await ask(head, 'GET', url)
    expect(decodeURIComponent(String(file.headers['content-disposition']))).toContain('甲县医院值守登记表.xlsx')
    const read = await upload(head, UNITS.hospital, file.bytes, '模板.xlsx')
    expect(read.body.understood.counts).toMatchObject({ ready: 0, refused: 0, waiting: 0 })
  })
})

describe('the list of imports', () => {
  it('goes on page by page, newest first', async () => {
    const first = await ask(head, 'GET', `${placeOf(UNITS.hospital)}?limit=2`)
    expect(first.body.imports).toHaveLength(2)
    const second = await ask(head, 'GET', `${placeOf(UNITS.hospital)}?limit=2&after=${first.body.next}`)
    expect(second.body.imports[0].import_id).not.toBe(first.body.imports[1].import_id)
    expect(second.body.imports[0].uploaded_at <= first.body.imports[1].uploaded_at).toBe(true)
  })
})
