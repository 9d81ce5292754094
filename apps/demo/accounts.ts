import type { Role } from '#platform/access/permissions.ts'
import type { Tx } from '#platform/db/database.ts'
import type { DemoCity, Division } from './city.ts'

export { DEMO_ACCOUNTS, DEMO_PASSWORD, type DemoAccount } from './shown-accounts.ts'

/** The accounts of each unit's two heads, by unit. */
export type UnitAccounts = ReadonlyMap<number, readonly [number, number]>

interface NewUser {
  readonly login: string
  readonly display_name: string
  readonly person_id: number | null
  readonly role: Role
  readonly unit_id: number
}

const SHOWN_UNIT = '柯桥区人民医院'

function shownUsers(city: DemoCity, divisions: readonly Division[]): NewUser[] {
  const root = divisions[0].unit_id
  const county = divisions.find(({ name }) => name === '柯桥区')?.unit_id ?? root
  const front = city.fronts.find(({ unit }) => unit.name === SHOWN_UNIT) ?? city.fronts[0]
  const nurse =
    front.people.find(({ rank, post, sex }) => rank > 1 && sex === 'female' && post?.plan.kind === 'isolation_ward') ??
    front.people[2]
  const office = (login: string, display_name: string, role: Role, unit_id = root): NewUser => ({
    login,
    display_name,
    person_id: null,
    role,
    unit_id,
  })
  return [
    {
      login: 'nurse',
      display_name: nurse.name,
      person_id: nurse.person_id,
      role: 'worker',
      unit_id: front.unit.unit_id,
    },
    office('finance', '柯桥区财政经办', 'finance_clerk', county),
    office('hr', '市人社经办', 'hr_clerk'),
    office('organisation', '市委组织部经办', 'organisation_clerk'),
    office('command', '市指挥部值班', 'command'),
    office('health', '健康信息专员', 'health_officer'),
    office('auditor', '市审计', 'auditor'),
    office('admin', '系统管理员', 'administrator'),
  ]
}

function headsOf(city: DemoCity): NewUser[] {
  return city.fronts.flatMap(({ unit, people }) =>
    people.slice(0, 2).map(({ name, person_id, rank }) => ({
      login: unit.name === SHOWN_UNIT ? (rank === 0 ? 'manager' : 'deputy') : `u${unit.unit_id}-${rank + 1}`,
      display_name: name,
      person_id,
      role: 'unit_manager' as const,
      unit_id: unit.unit_id,
    })),
  )
}

export async function writeAccounts(
  tx: Tx,
  city: DemoCity,
  divisions: readonly Division[],
  passwordHash: string,
): Promise<UnitAccounts> {
  const users = [...shownUsers(city, divisions), ...headsOf(city)]
  const rows = await tx
    .insertInto('users')
    .values(
      users.map(({ login, display_name, person_id }) => ({
        login,
        display_name,
        person_id,
        password_hash: passwordHash,
      })),
    )
    .returning(['user_id', 'login'])
    .execute()
  const ids = new Map(rows.map(({ login, user_id }) => [login, user_id]))
  const idOf = (login: string) => ids.get(login) ?? 0
  await tx
    .insertInto('role_assignments')
    .values(users.map(({ login, role, unit_id }) => ({ user_id: idOf(login), role, unit_id })))
    .execute()
  const heads = headsOf(city)
  return new Map(
    city.fronts.map(({ unit }) => {
      const [first, second] = heads.filter(({ unit_id }) => unit_id === unit.unit_id)
      return [unit.unit_id, [idOf(first.login), idOf(second.login)]]
    }),
  )
}
