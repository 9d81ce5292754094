import { afterAll, expect, it } from 'vitest'
import { ACCESS_CONTEXT } from '#platform/db/context.ts'
import { testDatabase } from '#platform/db/testing.ts'
import { CITY, CLERK, COUNTY, DOCTOR, NURSE, openAccessHouse } from './testing.ts'

/** A role of a closed circle is given by two people. */

const house = await openAccessHouse(await testDatabase())
afterAll(() => house.close())

const first = await house.session(await house.account('admin-one', [['administrator', CITY]], CLERK))
const second = await house.session(await house.account('admin-two', [['administrator', CITY]], DOCTOR))
const county = await house.session(await house.account('admin-county', [['administrator', COUNTY]]))
const holder = await house.account('officer', [['worker', CITY]], NURSE)

const post = (session: string, url: string, body: object = {}) => house.ask('POST', url, { session, body })
const roles = `/api/accounts/${holder}/roles`
const permissionsOf = async (session: string) =>
  (await house.ask('GET', '/api/session', { session })).body.permissions as string[]

async function give(session: string): Promise<number> {
  const { status, body } = await post(session, roles, { role: 'health_officer', unit_id: CITY })
  expect(status).toBe(200)
  const given = body.roles.find(({ role }: { role: string }) => role === 'health_officer')
  expect(given.in_effect).toBe(false)
  return given.assignment_id
}

const assignment = await give(first)

it('is without effect until a second administrator approves it', async () => {
  expect(await permissionsOf(await house.session(holder))).not.toContain('people.health')
  const alone = await post(first, `${roles}/${assignment}/approvals`)
  expect([alone.status, alone.body.code]).toEqual([403, 'accounts.second_person'])
  expect((await post(county, `${roles}/${assignment}/approvals`)).status).toBe(404)
  const own = await post(await house.session(holder), `${roles}/${assignment}/approvals`)
  expect(own.status).toBe(403)

  const approved = await post(second, `${roles}/${assignment}/approvals`)
  expect(approved.body.roles).toContainEqual(expect.objectContaining({ role: 'health_officer', in_effect: true }))
  expect(await permissionsOf(await house.session(holder))).toContain('people.health')
  expect((await post(second, `${roles}/${assignment}/approvals`)).body.code).toBe('accounts.role_in_effect')
})

it('is not approved by the same person through another account: the database refuses that too', async () => {
  await expect(
    house.database.transact(ACCESS_CONTEXT, (tx) =>
      tx
        .updateTable('role_assignments')
        .set((column) => ({ approved_by_user_id: column.ref('granted_by_user_id') }))
        .where('assignment_id', '=', assignment)
        .execute(),
    ),
  ).rejects.toThrow('role_assignments_two_people')
})

it('waits again after an act that could let somebody else into the account', async () => {
  for (const act of ['enrolment-codes', 'second-factor/resets']) {
    await post(second, `/api/accounts/${holder}/${act}`)
    expect(await permissionsOf(await house.session(holder))).not.toContain('people.health')
    expect((await post(second, `${roles}/${assignment}/approvals`)).body.code).toBe('accounts.second_person')
    expect((await post(first, `${roles}/${assignment}/approvals`)).status).toBe(200)
  }
})

it('needs nobody else where the role enters no closed circle', async () => {
  const { body } = await post(first, roles, { role: 'finance_clerk', unit_id: CITY })
  expect(body.roles).toContainEqual(expect.objectContaining({ role: 'finance_clerk', in_effect: true }))
})
