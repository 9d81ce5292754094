import { afterAll, describe, expect, it } from 'vitest'
import { testDatabase } from '#platform/db/testing.ts'
import { HOSPITAL, openAccessHouse, PASSWORD } from './testing.ts'
import { bytesOfBase32, codeAt, stepAt } from './totp.ts'

const house = await openAccessHouse(await testDatabase())
afterAll(() => house.close())

const userId = await house.account('deputy', [['unit_manager', HOSPITAL]])
const here = await house.session(userId)
const elsewhere = await house.session(userId)

const codeOf = (secret: string, step = stepAt(new Date())) => codeAt(bytesOfBase32(secret), step)
const propose = async () => {
  const { body } = await house.ask('POST', '/api/me/second-factor', { session: here })
  return String(body.secret)
}
const confirm = (body: object) =>
  house.ask('POST', '/api/me/second-factor/confirmation', {
    session: here,
    body: { current_password: PASSWORD, ...body },
  })

describe('one’s own account', () => {
  it('says where one is signed in, and signs out everywhere else', async () => {
    const { body } = await house.ask('GET', '/api/me/account', { session: here })
    expect(body).toMatchObject({ login: 'deputy', second_factor: false, second_factor_needed: false })
    expect(body.sessions.map((session: { here: boolean }) => session.here)).toHaveLength(2)
    const after = await house.ask('POST', '/api/me/sessions/endings', { session: here })
    expect(after.body.sessions).toEqual([expect.objectContaining({ here: true })])
    expect((await house.ask('GET', '/api/session', { session: elsewhere })).status).toBe(401)
    expect((await house.ask('GET', '/api/session', { session: here })).status).toBe(200)
  })

  it('sets up an authenticator only with the password and a code that its secret gives', async () => {
    const secret = await propose()
    const wrong = await confirm({ secret, code: codeOf(await propose()) })
    expect(wrong.body.code).toBe('access.second_factor_wrong')
    const stranger = await confirm({ secret, code: codeOf(secret), current_password: 'not the password' })
    expect(stranger.body.code).toBe('access.password_wrong')
    expect((await house.ask('GET', '/api/me/account', { session: here })).body.second_factor).toBe(false)
    expect((await confirm({ secret, code: codeOf(secret) })).body.second_factor).toBe(true)

    const renewed = await propose()
    const without = await confirm({ secret: renewed, code: codeOf(renewed) })
    expect(without.body.code).toBe('access.second_factor')
    // A code counts once: the old authenticator's next one proves who renews.
    const current_code = codeOf(secret, stepAt(new Date()) + 1)
    expect((await confirm({ secret: renewed, code: codeOf(renewed), current_code })).status).toBe(200)
  })
})
