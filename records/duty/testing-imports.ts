import { Buffer } from 'node:buffer'
import ExcelJS from 'exceljs'
import { OPERATION, openTestHouse, PEOPLE, UNITS } from '#apps/server/testing-house.ts'
import { addSheet, madeUpId, type Written } from './sheet/office-sheets.ts'

/** What the tests of the import share: the small city with numbers for its people, and a browser's way of handing in a sheet. */

export const NURSE_ID = madeUpId(13)
export const STRANGER_ID = madeUpId(31)

export const placeOf = (unitId: number) => `/api/operations/${OPERATION}/units/${unitId}/duty-imports`

export async function sheetOf(
  rows: ReadonlyArray<readonly Written[]>,
  more: { merges?: readonly string[]; name?: string } = {},
): Promise<Buffer> {
  const book = new ExcelJS.Workbook()
  addSheet(book, more.name ?? '值班', rows, more.merges)
  return Buffer.from(await book.xlsx.writeBuffer())
}

/** A list as offices have it: merged title, double header, spaces in names, times past midnight, a total, a signature. */
export const OFFICE_ROWS: Written[][] = [
  ['甲县医院2020年2月疫情防控值班表', null, null, null, null, null, null],
  ['序号', '姓 名', '身份证号', '岗位', '值班日期', '值班时间', null],
  [null, null, null, null, null, '起', '止'],
  [1, '护 士 丙', NURSE_ID, '隔离病区', '2月3日', '8：00', '20：00'],
  [2, '护士丙', NURSE_ID, '隔离病区', '2月4日', '20:00', '次日8:00'],
  [3, '医师丁', null, '预检 分诊', '２月３日', '晚8点', '早8点'],
  ['合计', null, null, null, null, null, 3],
  ['制表人：院长甲', null, null, null, null, '审核：副院长乙', null],
]
export const OFFICE_MERGES = ['A1:G1', 'A2:A3', 'B2:B3', 'C2:C3', 'D2:D3', 'E2:E3', 'F2:G2']

export interface Confirmation {
  readonly recorded_count: number
  readonly corrected_count: number
  readonly reason?: string
}

/** Called where a test file begins. */
export async function openImportHouse() {
  const city = await openTestHouse(undefined, { working: true })
  const { ask, look, account, house } = city
  await look(async (tx) => {
    const hashOf = (number: string) => house.platform.vault.lookupHash('id_number', number)
    const known = [
      { person_id: PEOPLE.nurse, id_number_hash: hashOf(NURSE_ID) },
      { person_id: PEOPLE.officer, id_number_hash: hashOf(STRANGER_ID), staff_number: 'P007' },
      { person_id: PEOPLE.doctor, staff_number: 'H014' },
    ]
    for (const { person_id, ...facts } of known)
      await tx.updateTable('people').set(facts).where('person_id', '=', person_id).execute()
  })
  return {
    ...city,
    head: await account('head', 'unit_manager', UNITS.hospital, PEOPLE.head),
    upload: (session: string, unitId: number, bytes: Buffer, name = '二月值班表.xlsx') =>
      ask(session, 'POST', `${placeOf(unitId)}?file_name=${encodeURIComponent(name)}`, {
        payload: bytes,
        headers: { 'content-type': 'application/octet-stream' },
      }),
    rowsOf: async (session: string, unitId: number, importId: string, kind: string) =>
      (await ask(session, 'GET', `${placeOf(unitId)}/${importId}/rows?kind=${kind}`)).body.rows,
    confirm: (session: string, unitId: number, importId: string, body: Confirmation, key?: string) =>
      ask(session, 'POST', `${placeOf(unitId)}/${importId}/confirmations`, { body, ...(key ? { key } : {}) }),
    spansOf: (personId: number) =>
      look((tx) =>
        tx.selectFrom('duty_current').selectAll().where('person_id', '=', personId).orderBy('starts_at').execute(),
      ),
  }
}
