import ExcelJS from 'exceljs'
import { describe, expect, it } from 'vitest'
import { OPERATION, PEOPLE, POSTS, UNITS } from '#apps/server/testing-house.ts'
import { countDisagreements } from './server/rebuild.ts'
import {
  NURSE_ID,
  OFFICE_MERGES,
  OFFICE_ROWS,
  openImportHouse,
  placeOf,
  STRANGER_ID,
  sheetOf,
} from './testing-imports.ts'

const { account, ask, look, head, upload, rowsOf, confirm, spansOf } = await openImportHouse()
const deputy = await account('deputy', 'unit_manager', UNITS.hospital, PEOPLE.deputy)
const officer = await account('officer', 'unit_manager', UNITS.station, PEOPLE.officer)
const clerk = await account('clerk', 'hr_clerk', UNITS.county)

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
      [2, '没有找到此人，或不在您的管理范围内'],
      [3, '没有找到此人，或不在您的管理范围内'],
      [4, '这是您本人的值守'],
      [5, '值守尚未结束'],
      [6, expect.stringContaining('不在本次行动期间')],
      [7, expect.stringContaining('没有 2020-2-30 这一天')],
      [8, '身份证号登记在“护士丙”名下，与“医师丁”不符'],
      [9, '与甲县医院“隔离病区”的值守（2月21日 08:00–16:00）重叠'],
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
