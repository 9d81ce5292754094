import { afterAll, describe, expect, it } from 'vitest'
import { ACCESS_CONTEXT } from '#platform/db/context.ts'
import { testDatabase } from '#platform/db/testing.ts'
import type { Role } from './permissions.ts'
import {
  type Asking,
  CHECKPOINT,
  CITY,
  CLERK,
  COUNTY,
  DOCTOR,
  GUARD,
  HOSPITAL,
  NURSE,
  OTHER_COUNTY,
  openAccessHouse,
  PASSWORD,
} from './testing.ts'

const house = await openAccessHouse(await testDatabase())
afterAll(() => house.close())

const cityAdmin = await house.account('city-admin', [['administrator', CITY]])
const countyAdmin = await house.account('county-admin', [['administrator', COUNTY]])
const manager = await house.account('hospital-manager', [['unit_manager', HOSPITAL]], DOCTOR)
const asCity = await house.session(cityAdmin)
const asCounty = await house.session(countyAdmin)
const asManager = await house.session(manager)

const post = (session: string | undefined, url: string, body: object = {}) => {
  const asking: Asking = session === undefined ? { body } : { body, session }
  return house.ask('POST', url, asking)
}
const issue = (session: string, unitId: number, person_ids: number[]) =>
  post(session, `/api/units/${unitId}/enrolment-codes`, { person_ids })

async function accountsOf(session: string, query = '') {
  const { body } = await house.ask('GET', `/api/accounts${query}`, { session })
  return body.accounts.map(({ login }: { login: string }) => login)
}

describe('a printed code', () => {
  it('makes the account of a person of the unit, and opens it once with a password of their own', async () => {
    const issued = await issue(asManager, HOSPITAL, [NURSE])
    expect(issued.body.skipped).toEqual([])
    const [printed] = issued.body.codes
    expect(printed).toMatchObject({ login: '000011', display_name: '虚构甲' })
    expect(printed.url).toMatch(/\/phone\/#\/join\?code=([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/)
    expect(printed.qr_svg).toMatch(/^<svg /)
    const days = (Date.parse(printed.expires_at) - Date.now()) / 86_400_000
    expect(days).toBeCloseTo(7, 2)

    const redeem = (password: string) => post(undefined, '/api/enrolments', { code: printed.code, password })
    expect((await redeem('short')).body.code).toBe('access.password_short')
    const opened = await post(undefined, '/api/enrolments', {
      code: ` ${printed.code.toLowerCase().replaceAll('-', ' ')}`,
      password: PASSWORD,
    })
    expect(opened.body).toMatchObject({ login: '000011', session: { person_id: NURSE, permissions: [] } })
    expect((await house.ask('GET', '/api/session', { session: opened.cookie ?? '' })).status).toBe(200)
    expect((await redeem(PASSWORD)).body.code).toBe('access.code_unknown')
    expect((await post(undefined, '/api/session', { login: '000011', password: PASSWORD })).status).toBe(200)
  })

  it('stops working when a newer one is printed, when it is a week old, and is not stored in the clear', async () => {
    const first = (await issue(asManager, HOSPITAL, [NURSE])).body.codes[0].code
    const second = (await issue(asManager, HOSPITAL, [NURSE])).body.codes[0].code
    const redeem = (code: string) => post(undefined, '/api/enrolments', { code, password: PASSWORD })
    expect((await redeem(first)).status).toBe(410)
    await house.database.transact(ACCESS_CONTEXT, (tx) =>
      tx
        .updateTable('enrolment_codes')
        .set({ expires_at: new Date(Date.now() - 1000) })
        .execute(),
    )
    expect((await redeem(second)).status).toBe(410)
    const stored = await house.database.read(ACCESS_CONTEXT, (tx) =>
      tx.selectFrom('enrolment_codes').select('code_hash').execute(),
    )
    for (const { code_hash } of stored) expect(code_hash.length).toBe(32)
  })

  it('unlocks an account that was locked and signs its other devices out', async () => {
    const [printed] = (await issue(asManager, HOSPITAL, [NURSE])).body.codes
    const elsewhere = await house.session(printed.user_id)
    await house.database.transact(ACCESS_CONTEXT, (tx) =>
      tx
        .updateTable('users')
        .set({ failed_sign_ins: 9, locked_until: new Date(Date.now() + 60_000) })
        .where('user_id', '=', printed.user_id)
        .execute(),
    )
    const body = { code: printed.code, password: PASSWORD }
    expect((await post(undefined, '/api/enrolments', body)).status).toBe(200)
    expect((await house.ask('GET', '/api/session', { session: elsewhere })).status).toBe(401)
    expect((await post(undefined, '/api/session', { login: '000011', password: PASSWORD })).status).toBe(200)
  })

  it('is not printed for people of other units, for oneself, or for duties that the issuer does not oversee', async () => {
    expect((await issue(asManager, CHECKPOINT, [GUARD])).status).toBe(404)
    expect((await issue(asManager, HOSPITAL, [GUARD, DOCTOR])).body).toEqual({
      codes: [],
      skipped: [
        { person_id: GUARD, reason: 'not_in_unit' },
        { person_id: DOCTOR, reason: 'own_account' },
      ],
    })
    const [, held] = [await issue(asManager, HOSPITAL, [NURSE]), await grant(asCity, 'nurse', 'finance_clerk', COUNTY)]
    expect(held.status).toBe(200)
    expect((await issue(asManager, HOSPITAL, [NURSE])).body.skipped).toEqual([
      { person_id: NURSE, reason: 'beyond_scope' },
    ])
    expect((await issue(asCounty, HOSPITAL, [NURSE])).body.codes).toHaveLength(1)
  })

  it('sets the password of an account that needs a second factor, and leaves the sign-in to ask for it', async () => {
    const { code } = (await issue(asCounty, HOSPITAL, [NURSE])).body.codes[0]
    const redeemed = await post(undefined, '/api/enrolments', { code, password: PASSWORD })
    expect(redeemed.body).toEqual({ login: '000011', session: null })
    expect(redeemed.cookie).toBeUndefined()
  })

  it('cannot be guessed at length from one address', async () => {
    const guess = () => post(undefined, '/api/enrolments', { code: 'AAAA-BBBB-CCCC-DDDD', password: PASSWORD })
    const statuses = []
    for (let attempt = 0; attempt < 22; attempt += 1) statuses.push((await guess()).status)
    expect(statuses.at(-1)).toBe(429)
    expect(statuses[0]).toBe(410)
  })
})

async function userIdOf(name: string): Promise<number> {
  if (name !== 'nurse') throw new Error(name)
  const row = await house.database.read(ACCESS_CONTEXT, (tx) =>
    tx.selectFrom('users').select('user_id').where('person_id', '=', NURSE).executeTakeFirstOrThrow(),
  )
  return row.user_id
}

async function grant(session: string, name: string | number, role: Role, unit_id: number) {
  const userId = typeof name === 'number' ? name : await userIdOf(name)
  return post(session, `/api/accounts/${userId}/roles`, { role, unit_id })
}

describe('accounts', () => {
  it('are listed within the administrator’s scope only, with the roles that lie in it', async () => {
    await house.account('checkpoint-manager', [['unit_manager', CHECKPOINT]])
    const double = await house.account('double', [
      ['finance_clerk', HOSPITAL],
      ['finance_clerk', CHECKPOINT],
    ])
    expect(await accountsOf(asCity)).toEqual(expect.arrayContaining(['city-admin', 'checkpoint-manager', 'double']))
    const seen = await accountsOf(asCounty)
    expect(seen).toContain('double')
    expect(seen).not.toContain('checkpoint-manager')
    expect(seen).not.toContain('city-admin')
    const { body } = await house.ask('GET', `/api/accounts?name_contains=double`, { session: asCounty })
    expect(body.accounts[0].roles.map(({ unit_id }: { unit_id: number }) => unit_id)).toEqual([HOSPITAL])
    expect((await house.ask('GET', `/api/accounts?unit_id=${CHECKPOINT}`, { session: asCounty })).status).toBe(404)
    expect((await house.ask('GET', '/api/accounts', { session: asManager })).status).toBe(403)
    expect((await post(asCounty, `/api/accounts/${double}/disablings`)).body.code).toBe('accounts.beyond_scope')
    expect((await post(asCity, `/api/accounts/${double}/disablings`)).body.state).toBe('disabled')
  })

  it('come a page at a time', async () => {
    const first = await house.ask('GET', '/api/accounts?limit=2', { session: asCity })
    const second = await house.ask('GET', `/api/accounts?limit=100&after=${first.body.next}`, { session: asCity })
    expect(first.body.accounts).toHaveLength(2)
    expect(second.body.next).toBeNull()
    expect(second.body.accounts[0].user_id).toBeGreaterThan(first.body.accounts[1].user_id)
  })

  it('are made with a first role and a code, each login and person once', async () => {
    const body = { login: 'HR.Clerk', display_name: '虚构经办', role: 'hr_clerk', unit_id: COUNTY, person_id: null }
    const made = await post(asCounty, '/api/accounts', body)
    expect(made.body.account).toMatchObject({ login: 'hr.clerk', has_password: false, roles: [{ role: 'hr_clerk' }] })
    expect(made.body.code.code).toMatch(/^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/)
    expect((await post(asCounty, '/api/accounts', body)).body.code).toBe('accounts.login_taken')
    const again = { ...body, login: 'other', person_id: NURSE }
    expect((await post(asCounty, '/api/accounts', again)).body.code).toBe('accounts.person_has_account')
    const outside = { ...body, login: 'other', person_id: CLERK }
    expect((await post(asCounty, '/api/accounts', outside)).body.code).toBe('accounts.unknown_person')
    expect((await post(asCounty, '/api/accounts', { ...body, login: 'o', unit_id: OTHER_COUNTY })).status).toBe(400)
    expect((await post(asCounty, '/api/accounts', { ...body, login: 'ox', unit_id: OTHER_COUNTY })).status).toBe(404)
  })

  it('get no role beyond the administrator’s scope, and nobody one of their own', async () => {
    const clerk = await house.account('clerk', [['organisation_clerk', HOSPITAL]])
    expect((await grant(asCounty, clerk, 'unit_manager', OTHER_COUNTY)).status).toBe(404)
    expect((await grant(asCounty, clerk, 'unit_manager', CITY)).status).toBe(404)
    expect((await grant(asCounty, countyAdmin, 'command', COUNTY)).body.code).toBe('accounts.own_account')
    expect((await grant(asCounty, cityAdmin, 'worker', COUNTY)).status).toBe(404)
    expect((await grant(asCounty, 999_999, 'worker', COUNTY)).status).toBe(404)
    const granted = await grant(asCounty, clerk, 'unit_manager', HOSPITAL)
    expect(granted.body.roles).toHaveLength(2)
    expect((await grant(asCounty, clerk, 'unit_manager', HOSPITAL)).body.code).toBe('accounts.role_held')
  })

  it('lose a role at once when it is ended, and only within the administrator’s scope', async () => {
    const clerk = await house.account('leaving', [
      ['unit_manager', HOSPITAL],
      ['unit_manager', CHECKPOINT],
    ])
    const session = await house.session(clerk)
    expect((await house.ask('GET', '/api/session', { session })).body.roles).toHaveLength(2)
    const { body } = await house.ask('GET', '/api/accounts?name_contains=leaving', { session: asCity })
    const [there, elsewhere] = body.accounts[0].roles
    const end = (admin: string, assignmentId: number) =>
      post(admin, `/api/accounts/${clerk}/roles/${assignmentId}/endings`, { reason: '调离' })
    expect((await end(asCounty, elsewhere.assignment_id)).status).toBe(404)
    expect((await end(asCounty, there.assignment_id)).status).toBe(200)
    const left = await house.ask('GET', '/api/session', { session })
    expect(left.body.roles.map(({ unit_id }: { unit_id: number }) => unit_id)).toEqual([CHECKPOINT])
    expect((await end(asCity, there.assignment_id)).body.code).toBe('accounts.role_ended')
    expect((await end(asCounty, elsewhere.assignment_id)).status).toBe(404)
  })

  it('are signed out when they are disabled and when they get a role that needs a second factor', async () => {
    const worker = await house.account('riser', [['worker', HOSPITAL]])
    const session = await house.session(worker)
    expect((await grant(asCounty, worker, 'hr_clerk', HOSPITAL)).status).toBe(200)
    expect((await house.ask('GET', '/api/session', { session })).status).toBe(401)
    expect((await post(asCounty, `/api/accounts/${worker}/enrolment-codes`)).status).toBe(200)
    expect((await post(asCounty, `/api/accounts/${worker}/disablings`)).body.state).toBe('disabled')
    expect((await post(asCounty, `/api/accounts/${worker}/enrolment-codes`)).body.code).toBe('accounts.disabled')
    expect((await post(asCounty, `/api/accounts/${worker}/enablings`)).body.state).toBe('active')
    const usable = await house.database.read(ACCESS_CONTEXT, (tx) =>
      tx
        .selectFrom('enrolment_codes')
        .select('user_id')
        .where('user_id', '=', worker)
        .where('used_at', 'is', null)
        .where('expires_at', '>', new Date())
        .execute(),
    )
    expect(usable).toEqual([])
    expect((await post(asCounty, `/api/accounts/${countyAdmin}/disablings`)).body.code).toBe('accounts.own_account')
  })

  it('set up a new authenticator after a reset', async () => {
    const clerk = await house.account('lost-phone', [['finance_clerk', HOSPITAL]])
    await house.database.transact(ACCESS_CONTEXT, (tx) =>
      tx
        .updateTable('users')
        .set({ totp_secret: Buffer.from('00'), totp_confirmed_at: new Date() })
        .where('user_id', '=', clerk)
        .execute(),
    )
    const credentials = { login: 'lost-phone', password: PASSWORD }
    expect((await post(undefined, '/api/session', credentials)).body.code).toBe('access.second_factor')
    const reset = await post(asCounty, `/api/accounts/${clerk}/second-factor/resets`)
    expect(reset.body.second_factor).toBe(false)
    expect((await post(undefined, '/api/session', credentials)).body.code).toBe('access.second_factor_missing')
  })

  it('leave a trace of every change, which the unit’s auditors see', async () => {
    const scope = { everywhere: false, units: new Set([HOSPITAL, COUNTY]) }
    const rows = await house.database.read({ purpose: 'job', principal: 'job:test', scope }, (tx) =>
      tx.selectFrom('audit_rows').select(['action', 'user_id', 'facts']).execute(),
    )
    const actions = new Set(rows.map(({ action }) => action))
    for (const action of [
      'access.account_created',
      'access.role_granted',
      'access.role_ended',
      'access.account_disabled',
      'access.account_enabled',
      'access.second_factor_reset',
      'access.code_issued',
      'access.code_redeemed',
    ]) {
      expect(actions).toContain(action)
    }
    expect(JSON.stringify(rows)).not.toMatch(/虚构|[0-9A-Z]{4}-[0-9A-Z]{4}/)
  })
})
