import { afterAll, describe, expect, it } from 'vitest'
import { ACCESS_CONTEXT, jobContext } from '#platform/db/context.ts'
import { testDatabase } from '#platform/db/testing.ts'
import { CITY, COUNTY, HOSPITAL, openAccessHouse, PASSWORD } from './testing.ts'
import { codeAt, stepAt } from './totp.ts'

const house = await openAccessHouse(await testDatabase())
afterAll(() => house.close())

const signIn = (login: string, password = PASSWORD, code?: string) =>
  house.ask('POST', '/api/session', { body: { login, password, code } })

function auditOf(userId: number) {
  return house.database.read(jobContext('test'), async (tx) => {
    const rows = await tx
      .selectFrom('audit_rows')
      .select(['action', 'unit_id', 'facts'])
      .where('subject_kind', '=', 'user')
      .where('subject_id', '=', String(userId))
      .orderBy('audit_id')
      .execute()
    return rows
  })
}

function setUser(userId: number, values: { locked_until?: Date; state?: string }) {
  return house.database.transact(ACCESS_CONTEXT, (tx) =>
    tx.updateTable('users').set(values).where('user_id', '=', userId).execute(),
  )
}

describe('a local account', () => {
  it('opens a session that says who is signed in, where and with what rights, and ends it', async () => {
    const userId = await house.account('manager', [['unit_manager', HOSPITAL]])
    const opened = await signIn('MANAGER')
    expect(opened.status).toBe(200)
    expect(opened.body).toMatchObject({
      user_id: userId,
      roles: [{ role: 'unit_manager', unit_id: HOSPITAL, unit_name: '甲县医院（虚构）', everywhere: false }],
      demo: false,
    })
    expect(opened.body.permissions).toContain('duty.confirm')
    expect(String(opened.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Lax/)
    expect(String(opened.headers['set-cookie'])).not.toMatch(/Secure/)

    const session = opened.cookie
    expect((await house.ask('GET', '/api/session', { session })).status).toBe(200)
    expect((await house.ask('POST', '/api/session/end', { session, body: {} })).body).toEqual({ signed_out: true })
    expect((await house.ask('GET', '/api/session', { session })).status).toBe(401)
    expect(await auditOf(userId)).toMatchObject([
      { action: 'access.signed_in', unit_id: HOSPITAL },
      { action: 'access.signed_out', unit_id: HOSPITAL },
    ])
  })

  it('answers an unknown account, a wrong password and a disabled account alike, and in like time', async () => {
    await house.account('known', [['worker', HOSPITAL]])
    await setUser(await house.account('left', [['worker', HOSPITAL]]), { state: 'disabled' })
    const times = []
    const bodies = []
    for (const [login, password] of [
      ['nobody', PASSWORD],
      ['known', 'not the password'],
      ['left', PASSWORD],
    ]) {
      const started = performance.now()
      const answer = await signIn(login, password)
      times.push(performance.now() - started)
      bodies.push(answer.body)
      expect(answer.status).toBe(401)
    }
    expect(bodies[1]).toEqual(bodies[0])
    expect(bodies[2]).toEqual(bodies[0])
    for (const time of times) expect(time).toBeGreaterThanOrEqual(250)
  })

  it('locks for growing waits after five failures in a row, whether the account exists or not', async () => {
    const userId = await house.account('forgetful', [['worker', HOSPITAL]])
    for (const login of ['forgetful', 'made-up-login']) {
      for (let attempt = 1; attempt <= 5; attempt += 1) expect((await signIn(login, 'wrong')).status).toBe(401)
      const locked = await signIn(login)
      expect(locked).toMatchObject({ status: 423, body: { code: 'access.locked', facts: { minutes: 1 } } })
    }
    await setUser(userId, { locked_until: new Date(Date.now() - 1000) })
    expect((await signIn('forgetful', 'wrong')).status).toBe(401)
    expect((await signIn('forgetful')).body.facts).toEqual({ minutes: 2 })
    expect((await auditOf(userId)).map(({ facts }) => facts)).toContainEqual({ what: 'password', failures: 6 })

    await setUser(userId, { locked_until: new Date(Date.now() - 1000) })
    expect((await signIn('forgetful')).status).toBe(200)
    expect((await signIn('forgetful', 'wrong')).status).toBe(401)
    expect((await signIn('forgetful')).status).toBe(200)
  })

  it('lets no guess through behind the lock when many are made side by side', async () => {
    const userId = await house.account('besieged', [['worker', HOSPITAL]])
    const guesses = Array.from({ length: 8 }, (_, index) => signIn('besieged', `guess ${index}`))
    const statuses = (await Promise.all(guesses)).map(({ status }) => status)
    expect(statuses.sort()).toEqual([401, 401, 401, 401, 401, 423, 423, 423])
    expect((await auditOf(userId)).filter(({ action }) => action === 'access.sign_in_failed')).toHaveLength(5)
    expect((await signIn('besieged')).status).toBe(423)
  })

  it('changes its password, keeps this device signed in and signs the others out', async () => {
    const userId = await house.account('changer', [['worker', HOSPITAL]])
    const [here, there] = [await house.session(userId), await house.session(userId)]
    const change = (current_password: string, new_password: string) =>
      house.ask('POST', '/api/me/password', { session: here, body: { current_password, new_password } })
    expect((await change(PASSWORD, 'short')).body.code).toBe('access.password_short')
    expect((await change(PASSWORD, '1234567890')).body.code).toBe('access.password_common')
    expect((await change(PASSWORD, 'changer123')).body.code).toBe('access.password_login')
    expect((await change('not it at all', '山重水复疑无路又一村')).body.code).toBe('access.password_wrong')
    expect((await change(PASSWORD, '山重水复疑无路又一村')).status).toBe(200)
    expect((await house.ask('GET', '/api/session', { session: here })).status).toBe(200)
    expect((await house.ask('GET', '/api/session', { session: there })).status).toBe(401)
    expect((await signIn('changer')).status).toBe(401)
    expect((await signIn('changer', '山重水复疑无路又一村')).status).toBe(200)
    expect((await auditOf(userId)).map(({ action }) => action)).toContain('access.password_changed')
  })

  it('chooses the language of its pages', async () => {
    const session = await house.session(await house.account('reader', [['worker', HOSPITAL]]))
    await house.ask('POST', '/api/me/language', { session, body: { language: 'en' } })
    expect((await house.ask('GET', '/api/session', { session })).body.language).toBe('en')
  })

  it('is not signed in by another site’s page', async () => {
    await house.account('target', [['worker', HOSPITAL]])
    const answer = await house.ask('POST', '/api/session', {
      body: { login: 'target', password: PASSWORD },
      headers: { origin: 'https://elsewhere.example' },
    })
    expect(answer).toMatchObject({ status: 403, body: { code: 'http.foreign_origin' } })
  })
})

/** Base32 as an authenticator reads it. */
function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  )
  const bytes = bits.join('').match(/.{8}/g) ?? []
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)))
}

describe('a privileged account', () => {
  it('sets up an authenticator at its first sign-in, needs it ever after, and each code works once', async () => {
    const userId = await house.account('finance', [['finance_clerk', COUNTY]])
    const credentials = { login: 'finance', password: PASSWORD }
    expect((await signIn('finance')).body.code).toBe('access.second_factor_missing')

    const begun = await house.ask('POST', '/api/session/second-factor', { body: credentials })
    expect(begun.body.uri).toContain(`secret=${begun.body.secret}`)
    expect(begun.body.qr_svg).toMatch(/^<svg /)
    const secret = fromBase32(begun.body.secret)
    const confirm = (code: string) =>
      house.ask('POST', '/api/session/second-factor/confirmation', { body: { ...credentials, code } })
    const wrong = codeAt(secret, stepAt(new Date()) + 1000)
    expect((await confirm(wrong)).body.code).toBe('access.second_factor_wrong')
    const step = stepAt(new Date())
    expect((await confirm(codeAt(secret, step))).status).toBe(200)

    expect((await signIn('finance')).body.code).toBe('access.second_factor')
    expect((await signIn('finance', PASSWORD, codeAt(secret, step))).body.code).toBe('access.wrong')
    expect((await signIn('finance', PASSWORD, codeAt(secret, step + 1))).status).toBe(200)
    expect((await house.ask('POST', '/api/session/second-factor', { body: credentials })).body.code).toBe(
      'access.second_factor_present',
    )
    expect((await auditOf(userId)).map(({ action }) => action)).toContain('access.second_factor_set')
  })

  it('keeps the secret sealed in the database', async () => {
    const stored = await house.database.read(ACCESS_CONTEXT, (tx) =>
      tx.selectFrom('users').select('totp_secret').where('login', '=', 'finance').executeTakeFirstOrThrow(),
    )
    expect(stored.totp_secret?.length).toBe(33 + 40)
    expect(stored.totp_secret?.toString('latin1')).not.toMatch(/[0-9a-f]{40}/)
  })

  it('is told nothing about second factors before the password is right', async () => {
    await house.account('commander', [['command', CITY]])
    const answer = await house.ask('POST', '/api/session/second-factor', {
      body: { login: 'commander', password: 'wrong' },
    })
    expect(answer.body.code).toBe('access.wrong')
  })
})

describe('behind a proxy and in the demo city', () => {
  it('marks the cookie secure when a trusted proxy says https', async () => {
    const proxied = await openAccessHouse(await secure, { trustedProxy: '127.0.0.1' })
    await proxied.account('worker', [['worker', HOSPITAL]])
    const answer = await proxied.ask('POST', '/api/session', {
      body: { login: 'worker', password: PASSWORD },
      headers: { 'x-forwarded-proto': 'https' },
    })
    expect(String(answer.headers['set-cookie'])).toMatch(/Secure/)
    await proxied.close()
  })

  it('asks for no authenticator in the demo city, takes none, and says that it is the demo', async () => {
    const demo = await openAccessHouse(await open, { demo: true })
    await demo.account('commander', [['command', CITY]])
    const body = { login: 'commander', password: PASSWORD }
    expect((await demo.ask('POST', '/api/session', { body })).body).toMatchObject({ demo: true })
    expect((await demo.ask('POST', '/api/session/second-factor', { body })).body.code).toBe('access.demo_second_factor')
    expect((await demo.ask('GET', '/api/session/ways')).body).toEqual({ single_sign_on: null, outside: [], demo: true })
    await demo.close()
  })
})

const secure = testDatabase()
const open = testDatabase()
