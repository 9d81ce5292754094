import { beforeAll, expect, test } from 'vitest'
import { overflowsSideways, PLAIN_HTTP_HOST, screenshot, seriousViolations } from '#tools/testing/browser.ts'
import { DEPUTY, HOSPITAL, MANAGER, NURSE, OPERATION } from './testing/city.ts'
import { openPhones } from './testing/phones.ts'
import { openTab, signIn } from './testing/steps.ts'

const SLOW = 60_000
const phones = await openPhones()

beforeAll(async () => {
  for (const day of ['2020-02-20', '2020-02-21'])
    for (const { person_id } of [MANAGER, NURSE])
      await phones.confirmElsewhere(DEPUTY.login, person_id, `${day}T08:00:00+08:00`, `${day}T20:00:00+08:00`)
  await phones.evaluate('2020-02-23')
}, 120_000)

test(
  'every page fits 360 px and axe finds nothing serious, in both languages',
  async () => {
    const { context, page, faults } = await phones.open()
    const found: string[] = []
    const look = async (name: string) => {
      await page.waitForLoadState('networkidle')
      await screenshot(page, name)
      if (await overflowsSideways(page)) found.push(`${name} overflows`)
      for (const violation of await seriousViolations(page)) found.push(`${name} ${violation}`)
    }
    await page.goto(`${phones.url}/phone/#/join?code=ABCD-EFGH`)
    await page.waitForSelector('input[name=again]')
    await look('join')
    await page.goto(`${phones.url}/phone/#/`)
    await page.waitForSelector('input[name=password]')
    await look('sign-in')
    await signIn(page, phones.url, MANAGER.login)
    for (const language of ['zh', 'en']) {
      await page.goto(`${phones.url}/phone/#/me`)
      await page.click(language === 'zh' ? 'text=中文' : 'text=English')
      for (const name of ['today', 'records', 'owed', 'confirm', 'outbox', 'me']) {
        await page.goto(`${phones.url}/phone/#/${name}`)
        await look(`${name}-${language}`)
      }
      for (const entitlement of ['work-subsidy', 'accident-insurance']) {
        await page.goto(`${phones.url}/phone/#/owed/${entitlement}`)
        await page.waitForSelector('.explanation .line-sum')
        // Opened to the last line: what is folded away is text too.
        await page.evaluate(`document.querySelectorAll('details').forEach((each) => { each.open = true })`)
        await look(`explanation-${entitlement}-${language}`)
      }
      await page.goto(`${phones.url}/phone/#/confirm?unit=${HOSPITAL}&day=2020-02-23`)
      await page.click('button.person-line')
      await page.waitForSelector('dialog[open]')
      await look(`exception-${language}`)
      await page.keyboard.press('Escape')
    }
    expect(found).toEqual([])
    expect(faults).toEqual([])
    await context.close()
  },
  SLOW,
)

test(
  'a nurse reads what she is owed, and why, down to the arithmetic and the document behind it',
  async () => {
    const { context, page, faults } = await phones.open()
    await signIn(page, phones.url, NURSE.login)
    // Two days of 300 yuan for the work and of 40 yuan for meals.
    await page.click('.plain-link:has-text("含未核实标准")')
    await page.waitForSelector('h1:has-text("我应得的")')
    const subsidy = page.locator('.card', { hasText: '临时性工作补助' })
    expect(await subsidy.textContent()).toContain('¥600.00')
    expect(await subsidy.textContent()).toContain('已算清')
    // What the notice merely permits is undecided, never a silent nothing.
    expect(await page.locator('.card', { hasText: '人身意外险' }).textContent()).toContain('待有关部门决定')
    await subsidy.locator('a').click()
    await page.waitForSelector('h1:has-text("临时性工作补助")')
    const day = page.locator('details', { hasText: '2020-02-21' }).first()
    expect(await day.locator('summary').first().textContent()).toContain('300.00 元 × 1 天 = 300.00 元')
    await day.locator('summary').first().click()
    await day.locator('summary', { hasText: '一档标准' }).click()
    await page.waitForSelector('.source:visible >> text=财社〔2020〕2号')
    await screenshot(page, 'explanation-opened')
    await page.click('text="‹ 我应得的"')
    await page.waitForSelector('h1:has-text("我应得的")')
    expect(faults).toEqual([])
    await context.close()
  },
  SLOW,
)

test(
  'the printed code opens an account: a password, and in',
  async () => {
    const { context, page } = await phones.open()
    await signIn(page, phones.url, MANAGER.login)
    // What the printed QR code opens.
    const { url } = await page.evaluate<{ url: string }>(`
    fetch('/api/units/${HOSPITAL}/enrolment-codes', {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ person_ids: [800104] }),
    }).then((answer) => answer.json()).then(({ codes }) => codes[0])`)
    const joining = await phones.open()
    await joining.page.goto(url)
    await joining.page.fill('input[name=password]', '东门卡口下雪了没有人迟到')
    await joining.page.fill('input[name=again]', '东门卡口下雪了没有人迟到')
    await joining.page.click('text="启用"')
    await joining.page.click('text="开始使用"')
    await joining.page.waitForSelector('.card-lead >> text=08:00–20:00')
    // Nobody has confirmed anything of them yet: nothing is owed, and the page says so.
    await openTab(joining.page, '应得')
    await joining.page.waitForSelector('text=还没有算出来')
    await joining.context.close()
    await context.close()
  },
  SLOW,
)

test(
  'a worker sees no confirming, and signing out takes what was kept off the phone',
  async () => {
    const { context, page } = await phones.open()
    await signIn(page, phones.url, NURSE.login)
    expect(await page.textContent('.tabs')).not.toContain('确认')
    await page.waitForFunction('navigator.serviceWorker.controller !== null')
    const kept = `caches.keys().then((names) => names.some((name) => name.startsWith('answers-')))`
    await page.waitForFunction(kept)
    await openTab(page, '我的')
    await page.click('text="退出登录"')
    await page.waitForSelector('input[name=login]')
    expect(await page.evaluate(kept)).toBe(false)
    await context.close()
  },
  SLOW,
)

test(
  'on a slow phone and network the first content is there within seconds',
  async () => {
    const { context, page } = await phones.open()
    const devtools = await context.newCDPSession(page)
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 6 })
    // About what "slow 3G" means: 400 ms of latency, 400 kbit/s each way.
    const bytes_per_second = (400 * 1000) / 8
    await devtools.send('Network.enable')
    await devtools.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 400,
      downloadThroughput: bytes_per_second,
      uploadThroughput: bytes_per_second,
    })
    const started = performance.now()
    await page.goto(`${phones.url}/phone/`, { waitUntil: 'commit' })
    await page.waitForSelector('input[name=login]')
    const first_content_ms = Math.round(performance.now() - started)
    console.log(`phone page, CPU 6× slower, 400 kbit/s, 400 ms latency: first content after ${first_content_ms} ms`)
    expect(first_content_ms).toBeLessThan(8_000)

    await page.waitForFunction('navigator.serviceWorker.controller !== null', undefined, { timeout: 30_000 })
    const again = performance.now()
    await page.reload({ waitUntil: 'commit' })
    await page.waitForSelector('.starting, input[name=login]')
    const next_content_ms = Math.round(performance.now() - again)
    console.log(`opened again from the phone's own copy: first content after ${next_content_ms} ms`)
    expect(next_content_ms).toBeLessThan(4_000)
    await context.close()
  },
  SLOW,
)

test(
  'the page can be put on the home screen, and loads nothing but its own files',
  async () => {
    const { context, page } = await phones.open()
    const foreign: string[] = []
    page.on('request', (request) => {
      if (!request.url().startsWith(phones.url)) foreign.push(request.url())
    })
    await page.goto(`${phones.url}/phone/`)
    await page.waitForSelector('input[name=login]')
    const devtools = await context.newCDPSession(page)
    const { errors, data } = await devtools.send('Page.getAppManifest')
    expect(errors).toEqual([])
    const { icons, start_url, display } = JSON.parse(data ?? '{}')
    expect({ start_url, display }).toEqual({ start_url: '/phone/', display: 'standalone' })
    for (const { src } of icons) expect((await page.request.get(`${phones.url}${src}`)).status()).toBe(200)
    expect(foreign).toEqual([])
    await context.close()
  },
  SLOW,
)

test(
  'over plain HTTP the page says that offline mode is off, and confirming works as long as there is a network',
  async () => {
    const { context, page, faults } = await phones.open()
    const plain = phones.url.replace('localhost', PLAIN_HTTP_HOST)
    await signIn(page, plain, DEPUTY.login)
    await page.waitForSelector('text=离线功能已关闭')
    await openTab(page, '确认')
    await page.click('.action-bar button')
    await page.waitForSelector('.recorded-note')
    await expect.poll(() => phones.confirmations('2020-02-22')).toHaveLength(1)
    await screenshot(page, 'plain-http')
    expect(faults).toEqual([])
    await context.close()
  },
  SLOW,
)

test(
  'a nurse sees what is recorded of her beside duty, and takes back what she had agreed to',
  async () => {
    const { context, page, faults } = await phones.open()
    await signIn(page, phones.url, NURSE.login)
    const fact = {
      ...{ fact_id: crypto.randomUUID(), operation_id: OPERATION, sort: 'number', name: 'dependants' },
      ...{ from_on: '2020-02-01', amount: 2, consented: true },
    }
    const stated = await page.evaluate<number>(
      `fetch('/api/me/facts', { method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(JSON.stringify(fact))} }).then(({ status }) => status)`,
    )
    expect(stated).toBe(200)
    await page.goto(`${phones.url}/phone/#/me`)
    const card = page.locator('.card', { hasText: '值守以外的登记' })
    await card.waitFor()
    expect(await card.textContent()).toContain('2 人')
    expect(await card.textContent()).toContain('待核实')
    await screenshot(page, 'own-facts')
    expect([await overflowsSideways(page), await seriousViolations(page)]).toEqual([false, []])
    await card.locator('text=收回').click()
    await page.fill('dialog[open] textarea', '已不需要')
    await page.click('dialog[open] .button-main')
    await card.locator('text=已撤销').waitFor()
    expect(faults).toEqual([])
    await context.close()
  },
  SLOW,
)
