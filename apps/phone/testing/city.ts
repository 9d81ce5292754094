import { type TestHospital, writeTestHospital } from '#apps/server/testing-hospital.ts'
import type { Database } from '#platform/db/database.ts'

/**
 * A small made-up hospital for the tests of the phone page: a manager, a deputy and six others, with shifts of some days. It
 * lies where the shipped packs hold, so that what people are owed can be worked out.
 */

export const NOW = '2020-02-24T08:30:00+08:00'
export const PASSWORD = 'nobody-would-guess'
export const HOSPITAL = 800_003
export const OPERATION = 800_010
export const POST = 800_020

export const MANAGER = { person_id: 800_100, name: '陈建国', login: 'manager' } as const
export const DEPUTY = { person_id: 800_101, name: '冯䶮', login: 'deputy' } as const
export const NURSE = { person_id: 800_102, name: '王芳', login: 'nurse' } as const
const OTHERS = ['李娜', '张伟', '欧阳淑华', '刘洋', '赵敏'].map((name, index) => ({ person_id: 800_103 + index, name }))
export const EVERYBODY = [MANAGER, DEPUTY, NURSE, ...OTHERS]
/** Everybody but the reader. */
export const COLLEAGUES_COUNT = EVERYBODY.length - 1

const CITY: TestHospital = {
  units: [
    { unit_id: 800_001, kind: 'city', name: '某市（虚构）', division_code: '3306' },
    { unit_id: 800_002, kind: 'county', name: '甲县（虚构）', division_code: '330603' },
    { unit_id: HOSPITAL, kind: 'hospital', name: '甲县医院（虚构）', division_code: null },
  ],
  people: EVERYBODY,
  operation: { operation_id: OPERATION, name: '疫情防控响应（虚构）' },
  post: { post_id: POST, name: '发热门诊' },
  days: ['2020-02-22', '2020-02-23', '2020-02-24', '2020-02-25', '2020-02-26'],
  password: PASSWORD,
  accounts: [
    { ...MANAGER, role: 'unit_manager', unit_id: HOSPITAL },
    { ...DEPUTY, role: 'unit_manager', unit_id: HOSPITAL },
    { ...NURSE, role: 'worker', unit_id: HOSPITAL },
  ],
}

export async function fillCity(database: Database): Promise<void> {
  await writeTestHospital(database, CITY)
}
