import { afterAll, expect, it } from 'vitest'
import { testDatabase } from '#platform/db/testing.ts'
import { printOperatorCode } from './operator-code.ts'
import { CITY, openAccessHouse, PASSWORD } from './testing.ts'

const house = await openAccessHouse(await testDatabase())
afterAll(() => house.close())

const ask = (login: string, root_unit_id: number | undefined = CITY) =>
  printOperatorCode(house.database, { login, origin: 'http://localhost:8712', root_unit_id })

it('needs a tree of units for the first administrator', async () => {
  await expect(
    printOperatorCode(house.database, { login: 'admin', origin: '', root_unit_id: undefined }),
  ).rejects.toThrow('npm start -- --empty')
})

it('makes the first administrator, who sets a password with the code and then an authenticator', async () => {
  const { code } = await ask('admin')
  const redeemed = await house.ask('POST', '/api/enrolments', { body: { code, password: PASSWORD } })
  expect(redeemed.body).toEqual({ login: 'admin', session: null })
  const signedIn = await house.ask('POST', '/api/session', { body: { login: 'admin', password: PASSWORD } })
  expect(signedIn.body.code).toBe('access.second_factor_missing')
})

it('prints a new code for an account that is there, and makes no second one', async () => {
  expect((await ask('admin')).login).toBe('admin')
  await expect(ask('somebody')).rejects.toThrow('There is no account "somebody"')
})
