import { hashPassword } from '#platform/access/passwords.ts'
import type { Role } from '#platform/access/permissions.ts'
import { ACCESS_CONTEXT, jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'

/** One made-up hospital below a county and a city, with one post and shifts of some days: what tests of pages start from. */
export interface TestHospital {
  /** From the root down to the hospital; each hangs below the one before. */
  readonly units: readonly {
    readonly unit_id: number
    readonly kind: string
    readonly name: string
    readonly division_code: string | null
  }[]
  readonly people: readonly { readonly person_id: number; readonly name: string }[]
  /** Without an id the database gives one out. */
  readonly operation: { readonly operation_id?: number; readonly name: string }
  /** A fever clinic with direct exposure, unless it says otherwise. */
  readonly post: {
    readonly post_id?: number
    readonly name: string
    readonly kind?: string
    readonly exposure?: string
  }
  /** Medical when left out. */
  readonly employment?: string
  /** Days on which everybody is planned from 08:00 to 20:00; there may be none. */
  readonly days: readonly string[]
  readonly password: string
  readonly accounts: readonly {
    readonly login: string
    readonly name: string
    readonly role: Role
    readonly unit_id: number
    readonly person_id: number | null
  }[]
}

const FIRST_DAY = '2020-01-20'
const LONG_AGO = '2019-01-01'

function hospitalOf({ units }: TestHospital): number {
  const hospital = units.at(-1)
  if (!hospital) throw new Error('a test hospital has units')
  return hospital.unit_id
}

async function writeOrg(tx: Tx, { units }: TestHospital): Promise<void> {
  await tx
    .insertInto('units')
    .values(
      units.map((unit, index) => ({
        ...unit,
        parent_id: units[index - 1]?.unit_id ?? null,
        opened_on: LONG_AGO,
        made_up: true,
      })),
    )
    .execute()
  await tx
    .insertInto('unit_ancestors')
    .values(
      units.flatMap(({ unit_id }, index) =>
        units.slice(0, index + 1).map((above, place) => ({
          unit_id,
          ancestor_id: above.unit_id,
          distance: index - place,
        })),
      ),
    )
    .execute()
}

async function writePeople(tx: Tx, city: TestHospital): Promise<void> {
  const unit_id = hospitalOf(city)
  await tx
    .insertInto('people')
    .values(
      city.people.map(({ person_id, name }) => ({
        person_id,
        name,
        name_sort: name,
        home_unit_id: unit_id,
        employment: city.employment ?? 'medical',
        established: true,
        made_up: true,
      })),
    )
    .execute()
  await tx
    .insertInto('appointments')
    .values(
      city.people.map(({ person_id }) => ({
        person_id,
        unit_id,
        title: '医务人员',
        employment: city.employment ?? 'medical',
        established: true,
        from_on: LONG_AGO,
      })),
    )
    .execute()
}

async function writeDuty(tx: Tx, city: TestHospital): Promise<number> {
  const unit_id = hospitalOf(city)
  const { operation_id } = await tx
    .insertInto('operations')
    .values({
      ...city.operation,
      kind: 'epidemic',
      area_unit_id: city.units[0]?.unit_id ?? unit_id,
      started_on: FIRST_DAY,
      made_up: true,
    })
    .returning('operation_id')
    .executeTakeFirstOrThrow()
  const { post_id } = await tx
    .insertInto('posts')
    .values({ kind: 'fever_clinic', exposure: 'direct', ...city.post, operation_id, unit_id, opened_on: FIRST_DAY })
    .returning('post_id')
    .executeTakeFirstOrThrow()
  if (city.days.length === 0) return operation_id
  await tx
    .insertInto('planned_shifts')
    .values(
      city.days.flatMap((starts_on) =>
        city.people.map(({ person_id }) => ({
          person_id,
          operation_id,
          unit_id,
          post_id,
          starts_at: new Date(`${starts_on}T08:00:00+08:00`),
          ends_at: new Date(`${starts_on}T20:00:00+08:00`),
          starts_on,
        })),
      ),
    )
    .execute()
  return operation_id
}

async function openAccounts(tx: Tx, accounts: TestHospital['accounts'], password_hash: string): Promise<void> {
  for (const { login, name, role, unit_id, person_id } of accounts) {
    const { user_id } = await tx
      .insertInto('users')
      .values({ login, display_name: name, person_id, password_hash })
      .returning('user_id')
      .executeTakeFirstOrThrow()
    await tx.insertInto('role_assignments').values({ user_id, role, unit_id }).execute()
  }
}

/** Writes the hospital into an empty database; answers the id of its operation. */
export async function writeTestHospital(database: Database, city: TestHospital): Promise<number> {
  const operationId = await database.transact(jobContext('test'), async (tx) => {
    await writeOrg(tx, city)
    await writePeople(tx, city)
    return writeDuty(tx, city)
  })
  const passwordHash = await hashPassword(city.password)
  await database.transact(ACCESS_CONTEXT, (tx) => openAccounts(tx, city.accounts, passwordHash))
  return operationId
}
