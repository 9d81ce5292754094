import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { ACCESS_CONTEXT } from '#platform/db/context.ts'
import { testDatabase } from '#platform/db/testing.ts'
import { hashOfCode } from './enrolment.ts'
import { CITY, COUNTY, DOCTOR, HOSPITAL, NURSE, openAccessHouse } from './testing.ts'
import { openDingtalk, openWecom, type StandIn } from './testing-providers.ts'
import { codeAt, stepAt } from './totp.ts'

const wecom = await openWecom('wecom-secret')
const dingtalk = await openDingtalk('dingtalk-secret')
const house = await openAccessHouse(await testDatabase(), {
  outside: {
    wecom: {
      title: '企业微信',
      corp_id: 'ww-city',
      agent_id: '1000002',
      secret: 'wecom-secret',
      authorize_url: wecom.url,
      login_url: wecom.url,
      api_url: wecom.url,
      timeout_ms: 400,
    },
    dingtalk: {
      title: '钉钉',
      client_id: 'ding-app',
      client_secret: 'dingtalk-secret',
      corp_id: 'ding-city',
      login_url: dingtalk.url,
      api_url: dingtalk.url,
      oapi_url: dingtalk.url,
      timeout_ms: 400,
    },
  },
})
afterAll(async () => {
  await house.close()
  await wecom.close()
  await dingtalk.close()
})
beforeEach(() => {
  for (const stand of [wecom, dingtalk]) Object.assign(stand, { delay_ms: 0, broken: undefined })
})

const STANDS: Record<'wecom' | 'dingtalk', StandIn> = { wecom, dingtalk }
type Name = keyof typeof STANDS
type Cookies = Record<string, string>
const APPS = { wecom: 'Mozilla/5.0 wxwork/4.1 MicroMessenger/7.0', dingtalk: 'Mozilla/5.0 AliApp(DingTalk/7.6.0)' }

const cookiesOf = (cookies: readonly { name: string; value: string }[]): Cookies =>
  Object.fromEntries(cookies.filter(({ value }) => value !== '').map(({ name, value }) => [name, value]))

/** Leaves for the provider and stops where it sends the browser back to. */
async function leave(name: Name, agent = 'Mozilla/5.0 Chrome/120') {
  const headers = { host: 'house.test', 'user-agent': agent }
  const started = await house.app.inject({ url: `/api/outside/${name}/start?to=phone`, headers })
  expect(started.statusCode).toBe(302)
  const authorized = await fetch(String(started.headers.location), { redirect: 'manual' })
  return { back: new URL(authorized.headers.get('location') ?? ''), cookies: cookiesOf(started.cookies) }
}

async function comeBack(back: URL, cookies: Cookies) {
  const answer = await house.app.inject({
    url: `${back.pathname}${back.search}`,
    headers: { host: 'house.test' },
    cookies,
  })
  const given = cookiesOf(answer.cookies)
  return {
    status: answer.statusCode,
    text: answer.body,
    location: answer.headers.location,
    session: given.tongpao_session,
    arrival: given.tongpao_arrival,
  }
}

async function goThrough(name: Name, member: string, isMember = true) {
  STANDS[name].person = { member, isMember }
  const { back, cookies } = await leave(name)
  return comeBack(back, cookies)
}

async function enter(arrival: string, form: Cookies) {
  const answer = await house.app.inject({
    method: 'POST',
    url: '/api/outside/entry',
    headers: { host: 'house.test', origin: 'http://house.test', 'content-type': 'application/x-www-form-urlencoded' },
    cookies: { tongpao_arrival: arrival },
    payload: new URLSearchParams(form).toString(),
  })
  return { status: answer.statusCode, text: answer.body, session: cookiesOf(answer.cookies).tongpao_session }
}

const admin = await house.session(await house.account('admin', [['administrator', CITY]]))
const userOf = async (session: string | undefined) =>
  (await house.ask('GET', '/api/session', { session: session ?? '' })).body?.user_id

async function printedCode(userId: number): Promise<string> {
  return (await house.ask('POST', `/api/accounts/${userId}/enrolment-codes`, { session: admin, body: {} })).body.code
}

describe.each(['wecom', 'dingtalk'] as const)('sign-in with %s', (name) => {
  it('is offered on the sign-in page', async () => {
    const { body } = await house.ask('GET', '/api/session/ways')
    expect(body.outside).toContainEqual(expect.objectContaining({ provider: name, url: `/api/outside/${name}/start` }))
  })

  it('opens no account that nobody tied: it asks for the printed code, ties by it, and knows the person afterwards', async () => {
    const userId = await house.account(`${name}-nurse`, [['worker', HOSPITAL]], name === 'wecom' ? NURSE : DOCTOR)
    const first = await goThrough(name, `${name}-1`)
    expect(first.session).toBeUndefined()
    expect(first.text).toContain('登录码')
    const wrong = await enter(first.arrival ?? '', { printed_code: 'AAAA-BBBB-CCCC-DDDD' })
    expect([wrong.status, wrong.session]).toEqual([410, undefined])

    const code = await printedCode(userId)
    const tied = await enter(first.arrival ?? '', { printed_code: code })
    expect(tied.status).toBe(303)
    expect(await userOf(tied.session)).toBe(userId)
    // Neither the code nor the arrival works twice.
    expect((await enter(first.arrival ?? '', { printed_code: code })).session).toBeUndefined()

    const again = await goThrough(name, `${name}-1`)
    expect(again.location).toBe('/phone/')
    expect(await userOf(again.session)).toBe(userId)
  })

  it('gives a tied account to nobody else, and keeps the printed code that was tried for it', async () => {
    const other = await house.account(`${name}-other`, [['worker', HOSPITAL]])
    const code = await printedCode(other)
    const arrived = await goThrough(name, `${name}-2`)
    await house.ask('POST', `/api/accounts/${other}/outside-identities`, {
      session: admin,
      body: { provider: name, subject: `${name}-3` },
    })
    const refused = await enter(arrived.arrival ?? '', { printed_code: code })
    expect([refused.status, refused.session]).toEqual([409, undefined])
    const kept = await house.database.read(ACCESS_CONTEXT, (tx) =>
      tx.selectFrom('enrolment_codes').select('used_at').where('code_hash', '=', hashOfCode(code)).executeTakeFirst(),
    )
    expect(kept?.used_at).toBeNull()
  })

  it('opens an account that an administrator tied, until it is untied or disabled', async () => {
    const userId = await house.account(`${name}-tied`, [['worker', HOSPITAL]])
    const body = { provider: name, subject: `${name}-9` }
    const path = `/api/accounts/${userId}/outside-identities`
    expect((await house.ask('POST', path, { session: admin, body })).body.outside).toEqual([name])
    expect(await userOf((await goThrough(name, `${name}-9`)).session)).toBe(userId)
    await house.ask('POST', `/api/accounts/${userId}/disablings`, { session: admin, body: {} })
    const disabled = await goThrough(name, `${name}-9`)
    expect([disabled.status, disabled.session]).toEqual([403, undefined])
    await house.ask('POST', `/api/accounts/${userId}/enablings`, { session: admin, body: {} })
    const untied = await house.ask('POST', `${path}/removals`, { session: admin, body: { provider: name } })
    expect(untied.body.outside).toEqual([])
    expect((await goThrough(name, `${name}-9`)).text).toContain('登录码')
  })

  it('does not make up for the second factor of a role that needs one', async () => {
    const userId = await house.account(`${name}-clerk`, [['finance_clerk', COUNTY]])
    const body = { provider: name, subject: `${name}-clerk` }
    await house.ask('POST', `/api/accounts/${userId}/outside-identities`, { session: admin, body })
    const bare = await goThrough(name, `${name}-clerk`)
    expect([bare.status, bare.session]).toEqual([401, undefined])
    expect(bare.text).toContain('绑定验证器')

    const secret = Buffer.from('12345678901234567890')
    const place = { table: 'users', column: 'totp_secret', row: userId }
    const totp_secret = await house.platform.vault.seal('totp', place, secret.toString('hex'))
    await house.database.transact(ACCESS_CONTEXT, (tx) =>
      tx
        .updateTable('users')
        .set({ totp_secret, totp_confirmed_at: new Date() })
        .where('user_id', '=', userId)
        .execute(),
    )
    const asked = await goThrough(name, `${name}-clerk`)
    expect(asked.text).toContain('动态验证码')
    expect((await enter(asked.arrival ?? '', { code: '000000' })).session).toBeUndefined()
    const code = codeAt(secret, stepAt(new Date()))
    expect(await userOf((await enter(asked.arrival ?? '', { code })).session)).toBe(userId)
  })

  it('takes no answer of another browser, no other state, no code twice, nobody who said no', async () => {
    STANDS[name].person = { member: `${name}-1`, isMember: true }
    const first = await leave(name)
    const second = await leave(name)
    expect((await comeBack(first.back, {})).status).toBe(401)
    expect((await comeBack(first.back, second.cookies)).status).toBe(401)
    const refused = new URL(second.back)
    for (const part of ['code', 'authCode']) refused.searchParams.delete(part)
    expect((await comeBack(refused, second.cookies)).status).toBe(401)
    expect((await comeBack(second.back, second.cookies)).session).toBeDefined()
    const repeated = await comeBack(second.back, second.cookies)
    expect([repeated.status, repeated.session]).toEqual([401, undefined])
  })

  it('does not hold people who are not members', async () => {
    const stranger = await goThrough(name, `${name}-1`, false)
    expect([stranger.status, stranger.session]).toEqual([403, undefined])
    expect(stranger.text).toContain('不是本组织的成员')
  })

  it('says so when the provider is slow, broken or answers something else, and shows no secret', async () => {
    STANDS[name].person = { member: `${name}-1`, isMember: true }
    const stand = STANDS[name]
    for (const trouble of [
      { delay_ms: 1_000 },
      { broken: { status: 502, body: 'bad gateway' } },
      { broken: { status: 200, body: '<html>维护中</html>' } },
      { broken: { status: 200, body: '{"something":"else"}' } },
    ]) {
      const { back, cookies } = await leave(name)
      Object.assign(stand, trouble)
      const answer = await comeBack(back, cookies)
      expect([answer.status, answer.session]).toEqual([503, undefined])
      expect(answer.text).not.toContain('secret')
      Object.assign(stand, { delay_ms: 0, broken: undefined })
    }
    expect((await goThrough(name, `${name}-1`)).session).toBeDefined()
  })
})

it('asks WeCom quietly inside its app and for a scan elsewhere', async () => {
  wecom.person = { member: 'wecom-1', isMember: true }
  const before = wecom.count('/connect/oauth2/authorize')
  const { back, cookies } = await leave('wecom', APPS.wecom)
  expect(wecom.count('/connect/oauth2/authorize')).toBe(before + 1)
  expect((await comeBack(back, cookies)).session).toBeDefined()
})

it('keeps WeCom’s token while it holds, and renews it once when WeCom has ended it early', async () => {
  await goThrough('wecom', 'wecom-1')
  const before = wecom.count('/cgi-bin/gettoken')
  expect((await goThrough('wecom', 'wecom-1')).session).toBeDefined()
  expect(wecom.count('/cgi-bin/gettoken')).toBe(before)
  wecom.endTokens()
  expect((await goThrough('wecom', 'wecom-1')).session).toBeDefined()
  expect(wecom.count('/cgi-bin/gettoken')).toBe(before + 1)
})

it('takes a code that a page asked for inside DingTalk, from its own pages only', async () => {
  dingtalk.person = { member: 'dingtalk-1', isMember: true }
  const ask = (code: string, origin: string) =>
    house.app.inject({
      method: 'POST',
      url: '/api/outside/dingtalk/code',
      headers: { host: 'house.test', origin },
      payload: { code },
    })
  expect((await ask(dingtalk.inAppCode(), 'http://evil.test')).statusCode).toBe(403)
  const entered = await ask(dingtalk.inAppCode(), 'http://house.test')
  expect(entered.json()).toEqual({ next: '/phone/' })
  expect(cookiesOf(entered.cookies).tongpao_session).toBeDefined()
  expect((await ask('used-up', 'http://house.test')).json()).toEqual({ code: 'access.outside_code' })
  dingtalk.endTokens()
  expect((await ask(dingtalk.inAppCode(), 'http://house.test')).statusCode).toBe(200)
})
