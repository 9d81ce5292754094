import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { OPERATION, UNITS } from '#apps/server/testing-house.ts'
import { packArchive } from '#platform/files/zip.ts'
import { NURSE_ID, OFFICE_ROWS, openImportHouse, placeOf, STRANGER_ID, sheetOf } from './testing-imports.ts'

const { ask, look, head, upload, confirm } = await openImportHouse()

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
    const url = `${placeOf(UNITS.hospital)}/${read.body.import_id}`
    const answers = { [read.body.understood.questions[0].key]: 'new:sampling' }
    const answered = await ask(head, 'POST', `${url}/answers`, { body: { answers } })
    expect(answered.body.understood.counts).toMatchObject({ ready: 1, refused: 1 })
    const before = await look((tx) => tx.selectFrom('duty_import_files').select('sealed').execute())
    expect(before.length).toBeGreaterThan(0)
    expect(before.some(({ sealed }) => sealed.includes('PK\u0003\u0004') || sealed.includes('UEsDB'))).toBe(false)
    const counts = { recorded_count: 1, corrected_count: 0 }
    expect((await confirm(head, UNITS.hospital, read.body.import_id, counts)).status).toBe(200)
    const stored = await look(async (tx) => ({
      imports: await tx.selectFrom('duty_imports').select(['understood', 'answers']).execute(),
      rows: await tx.selectFrom('duty_import_rows').selectAll().execute(),
      audit: await tx.selectFrom('audit_rows').selectAll().execute(),
      jobs: await tx.selectFrom('job_runs').selectAll().execute(),
    }))
    const { audit, ...understood } = stored
    expect(JSON.stringify(understood)).not.toMatch(new RegExp(`${NURSE_ID}|${STRANGER_ID}|${phone}`))
    expect(JSON.stringify(audit)).not.toMatch(/99990119|138000|护士|医师|值班表/)
    const actions = audit.map(({ action }) => action)
    for (const action of ['duty.import_read', 'duty.import_answer', 'duty.open_post', 'duty.import'])
      expect(actions).toContain(action)
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
    const tooMany = await confirm(head, UNITS.hospital, read.body.import_id, {
      recorded_count: 50_001,
      corrected_count: 0,
    })
    expect(tooMany.body.code).toBe('duty.import_too_long')
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
