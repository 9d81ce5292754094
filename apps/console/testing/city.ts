import { putShippedPacksInForce } from '#apps/server/shipped-packs.ts'
import { hashPassword } from '#platform/access/passwords.ts'
import type { Role } from '#platform/access/permissions.ts'
import { ACCESS_CONTEXT, jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'

/** A small made-up hospital in a county that the shipped packs speak for, with shifts of some days. */

export const NOW = '2020-02-24T20:30:00+08:00'
export const PASSWORD = 'nobody-would-guess'
export const HOSPITAL = '柯桥虚构医院'
export const POST = '发热门诊'

const UNITS = [
  { unit_id: 1, parent_id: null, kind: 'city', name: '绍兴市', division_code: '3306' },
  { unit_id: 2, parent_id: 1, kind: 'county', name: '柯桥区', division_code: '330603' },
  { unit_id: 3, parent_id: 2, kind: 'hospital', name: HOSPITAL, division_code: null },
]

export const PEOPLE = {
  head: { person_id: 11, name: '陈建国' },
  deputy: { person_id: 12, name: '冯䶮' },
  nurse: { person_id: 13, name: '古丽娜尔·买买提' },
  doctor: { person_id: 14, name: '欧阳淑华' },
  porter: { person_id: 15, name: '张伟' },
} as const

const DAYS = ['2020-02-22', '2020-02-23', '2020-02-24']

const ACCOUNTS: readonly { login: string; name: string; role: Role; unit_id: number; person_id: number | null }[] = [
  { login: 'deputy', name: PEOPLE.deputy.name, role: 'unit_manager', unit_id: 3, person_id: 12 },
  { login: 'hr', name: '市人社经办', role: 'hr_clerk', unit_id: 1, person_id: null },
  { login: 'command', name: '市指挥部', role: 'command', unit_id: 1, person_id: null },
  { login: 'auditor', name: '市审计', role: 'auditor', unit_id: 1, person_id: null },
  { login: 'admin', name: '系统管理员', role: 'administrator', unit_id: 1, person_id: null },
]

async function writeOrg(tx: Tx): Promise<void> {
  await tx
    .insertInto('units')
    .values(UNITS.map((unit) => ({ ...unit, opened_on: '2019-01-01', made_up: true })))
    .execute()
  await tx
    .insertInto('unit_ancestors')
    .values(
      UNITS.flatMap(({ unit_id }, index) =>
        UNITS.slice(0, index + 1).map((above, place) => ({
          unit_id,
          ancestor_id: above.unit_id,
          distance: index - place,
        })),
      ),
    )
    .execute()
}

async function writePeople(tx: Tx): Promise<void> {
  const people = Object.values(PEOPLE)
  await tx
    .insertInto('people')
    .values(
      people.map(({ person_id, name }) => ({
        person_id,
        name,
        name_sort: name,
        home_unit_id: 3,
        employment: 'medical',
        established: true,
        made_up: true,
      })),
    )
    .execute()
  await tx
    .insertInto('appointments')
    .values(
      people.map(({ person_id }) => ({
        person_id,
        unit_id: 3,
        title: '医务人员',
        employment: 'medical',
        established: true,
        from_on: '2019-01-01',
      })),
    )
    .execute()
}

async function writeDuty(tx: Tx): Promise<void> {
  // The database gives the ids out, so that the next one is free when a test makes another.
  const { operation_id } = await tx
    .insertInto('operations')
    .values({
      name: '疫情防控（虚构）',
      kind: 'epidemic',
      area_unit_id: 1,
      started_on: '2020-01-20',
      made_up: true,
    })
    .returning('operation_id')
    .executeTakeFirstOrThrow()
  const { post_id } = await tx
    .insertInto('posts')
    .values({
      operation_id,
      unit_id: 3,
      name: POST,
      kind: 'fever_clinic',
      exposure: 'direct',
      opened_on: '2020-01-20',
    })
    .returning('post_id')
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('planned_shifts')
    .values(
      DAYS.flatMap((starts_on) =>
        Object.values(PEOPLE).map(({ person_id }) => ({
          person_id,
          operation_id,
          unit_id: 3,
          post_id,
          starts_at: new Date(`${starts_on}T08:00:00+08:00`),
          ends_at: new Date(`${starts_on}T20:00:00+08:00`),
          starts_on,
        })),
      ),
    )
    .execute()
}

async function openAccounts(tx: Tx, password_hash: string): Promise<void> {
  for (const { login, name, role, unit_id, person_id } of ACCOUNTS) {
    const { user_id } = await tx
      .insertInto('users')
      .values({ login, display_name: name, person_id, password_hash })
      .returning('user_id')
      .executeTakeFirstOrThrow()
    await tx.insertInto('role_assignments').values({ user_id, role, unit_id }).execute()
  }
}

export async function fillConsoleCity(database: Database): Promise<void> {
  const write = <T>(work: (tx: Tx) => Promise<T>) => database.transact(jobContext('test'), work)
  await write(async (tx) => {
    await writeOrg(tx)
    await writePeople(tx)
    await writeDuty(tx)
  })
  const passwordHash = await hashPassword(PASSWORD)
  await database.transact(ACCESS_CONTEXT, (tx) => openAccounts(tx, passwordHash))
  await putShippedPacksInForce(write, 1, new Date(NOW))
}
