import { putShippedPacksInForce } from '#apps/server/shipped-packs.ts'
import { type TestHospital, writeTestHospital } from '#apps/server/testing-hospital.ts'
import { jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'

/** A small made-up hospital in a county that the shipped packs speak for, with shifts of some days. */

export const NOW = '2020-02-24T20:30:00+08:00'
export const PASSWORD = 'nobody-would-guess'
export const HOSPITAL = '柯桥虚构医院'
export const POST = '发热门诊'

export const PEOPLE = {
  head: { person_id: 11, name: '陈建国' },
  deputy: { person_id: 12, name: '冯䶮' },
  nurse: { person_id: 13, name: '古丽娜尔·买买提' },
  doctor: { person_id: 14, name: '欧阳淑华' },
  porter: { person_id: 15, name: '张伟' },
} as const

const CITY: TestHospital = {
  units: [
    { unit_id: 1, kind: 'city', name: '绍兴市', division_code: '3306' },
    { unit_id: 2, kind: 'county', name: '柯桥区', division_code: '330603' },
    { unit_id: 3, kind: 'hospital', name: HOSPITAL, division_code: null },
  ],
  people: Object.values(PEOPLE),
  // Without ids: the database gives them out, so that the next one is free when a test makes another.
  operation: { name: '疫情防控（虚构）' },
  post: { name: POST },
  days: ['2020-02-22', '2020-02-23', '2020-02-24'],
  password: PASSWORD,
  accounts: [
    { login: 'deputy', name: PEOPLE.deputy.name, role: 'unit_manager', unit_id: 3, person_id: 12 },
    { login: 'hr', name: '市人社经办', role: 'hr_clerk', unit_id: 1, person_id: null },
    { login: 'finance', name: '市财政经办', role: 'finance_clerk', unit_id: 1, person_id: null },
    { login: 'organisation', name: '市组织部经办', role: 'organisation_clerk', unit_id: 1, person_id: null },
    { login: 'command', name: '市指挥部', role: 'command', unit_id: 1, person_id: null },
    { login: 'auditor', name: '市审计', role: 'auditor', unit_id: 1, person_id: null },
    { login: 'admin', name: '系统管理员', role: 'administrator', unit_id: 1, person_id: null },
  ],
}

export async function fillConsoleCity(database: Database): Promise<void> {
  const operationId = await writeTestHospital(database, CITY)
  const write = <T>(work: (tx: Tx) => Promise<T>) => database.transact(jobContext('test'), work)
  await putShippedPacksInForce(write, operationId, new Date(NOW))
}
