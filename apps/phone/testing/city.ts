import { hashPassword } from '#platform/access/passwords.ts'
import type { Role } from '#platform/access/permissions.ts'
import { ACCESS_CONTEXT, jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'

/**
 * A small made-up hospital for the tests of the phone page: a manager, a deputy and six others, with shifts of some days. It
 * lies where the shipped packs hold, so that what people are owed can be worked out.
 */

export const NOW = '2020-02-24T08:30:00+08:00'
export const PASSWORD = 'nobody-would-guess'
export const HOSPITAL = 800_003
export const OPERATION = 800_010
export const POST = 800_020

const UNITS = [
  { unit_id: 800_001, parent_id: null, kind: 'city', name: '某市（虚构）', division_code: '3306' },
  { unit_id: 800_002, parent_id: 800_001, kind: 'county', name: '甲县（虚构）', division_code: '330603' },
  { unit_id: HOSPITAL, parent_id: 800_002, kind: 'hospital', name: '甲县医院（虚构）', division_code: null },
] as const

export const MANAGER = { person_id: 800_100, name: '陈建国', login: 'manager' } as const
export const DEPUTY = { person_id: 800_101, name: '冯䶮', login: 'deputy' } as const
export const NURSE = { person_id: 800_102, name: '王芳', login: 'nurse' } as const
const OTHERS = ['李娜', '张伟', '欧阳淑华', '刘洋', '赵敏'].map((name, index) => ({ person_id: 800_103 + index, name }))
export const EVERYBODY = [MANAGER, DEPUTY, NURSE, ...OTHERS]
/** Everybody but the reader. */
export const COLLEAGUES_COUNT = EVERYBODY.length - 1

const DAYS = ['2020-02-22', '2020-02-23', '2020-02-24', '2020-02-25', '2020-02-26']

async function fillOrg(tx: Tx): Promise<void> {
  await tx
    .insertInto('units')
    .values(UNITS.map((unit) => ({ ...unit, opened_on: '2019-01-01', made_up: true })))
    .execute()
  const above = (index: number) => UNITS.slice(0, index + 1).map(({ unit_id }) => unit_id)
  await tx
    .insertInto('unit_ancestors')
    .values(
      UNITS.flatMap(({ unit_id }, index) =>
        above(index).map((ancestor_id, place) => ({ unit_id, ancestor_id, distance: index - place })),
      ),
    )
    .execute()
}

async function fillPeople(tx: Tx): Promise<void> {
  await tx
    .insertInto('people')
    .values(
      EVERYBODY.map(({ person_id, name }) => ({
        person_id,
        name,
        name_sort: name,
        home_unit_id: HOSPITAL,
        employment: 'medical',
        established: true,
        made_up: true,
      })),
    )
    .execute()
  await tx
    .insertInto('appointments')
    .values(
      EVERYBODY.map(({ person_id }) => ({
        person_id,
        unit_id: HOSPITAL,
        title: '医务人员',
        employment: 'medical',
        established: true,
        from_on: '2019-01-01',
      })),
    )
    .execute()
}

async function fillDuty(tx: Tx): Promise<void> {
  await tx
    .insertInto('operations')
    .values({
      operation_id: OPERATION,
      name: '疫情防控响应（虚构）',
      kind: 'epidemic',
      area_unit_id: 800_001,
      started_on: '2020-01-20',
      made_up: true,
    })
    .execute()
  await tx
    .insertInto('posts')
    .values({
      post_id: POST,
      operation_id: OPERATION,
      unit_id: HOSPITAL,
      name: '发热门诊',
      kind: 'fever_clinic',
      exposure: 'direct',
      opened_on: '2020-01-20',
    })
    .execute()
  await tx
    .insertInto('planned_shifts')
    .values(
      DAYS.flatMap((starts_on) =>
        EVERYBODY.map(({ person_id }) => ({
          person_id,
          operation_id: OPERATION,
          unit_id: HOSPITAL,
          post_id: POST,
          starts_at: new Date(`${starts_on}T08:00:00+08:00`),
          ends_at: new Date(`${starts_on}T20:00:00+08:00`),
          starts_on,
        })),
      ),
    )
    .execute()
}

async function openAccounts(database: Database): Promise<void> {
  const password_hash = await hashPassword(PASSWORD)
  const accounts: readonly [typeof MANAGER | typeof DEPUTY | typeof NURSE, Role][] = [
    [MANAGER, 'unit_manager'],
    [DEPUTY, 'unit_manager'],
    [NURSE, 'worker'],
  ]
  await database.transact(ACCESS_CONTEXT, async (tx) => {
    for (const [{ login, name, person_id }, role] of accounts) {
      const { user_id } = await tx
        .insertInto('users')
        .values({ login, display_name: name, person_id, password_hash })
        .returning('user_id')
        .executeTakeFirstOrThrow()
      await tx.insertInto('role_assignments').values({ user_id, role, unit_id: HOSPITAL }).execute()
    }
  })
}

export async function fillCity(database: Database): Promise<void> {
  await database.transact(jobContext('test'), async (tx) => {
    await fillOrg(tx)
    await fillPeople(tx)
    await fillDuty(tx)
  })
  await openAccounts(database)
}
