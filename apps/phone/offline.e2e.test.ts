import { expect, test } from 'vitest'
import { SESSION_COOKIE } from '#platform/access/sessions.ts'
import { screenshot } from '#tools/testing/browser.ts'
import { COLLEAGUES_COUNT, DEPUTY, EVERYBODY, HOSPITAL, MANAGER, NURSE, OPERATION } from './testing/city.ts'
import { openPhones } from './testing/phones.ts'
import { openTab, signIn, waitUntilReadyOffline } from './testing/steps.ts'

const SLOW = 60_000
const dayPath = (date: string) => `/api/operations/${OPERATION}/units/${HOSPITAL}/duty-days/${date}`
const DAYS = ['2020-02-22', '2020-02-23'].map(dayPath)

const phones = await openPhones()

test(
  'without a network a manager confirms a day and objects to a record; both are recorded once when it is back',
  async () => {
    const own = await phones.confirmElsewhere(
      'deputy',
      MANAGER.person_id,
      '2020-02-22T08:00:00+08:00',
      '2020-02-22T20:00:00+08:00',
    )
    expect(own).toBe(200)
    const { context, page, faults } = await phones.open()
    await signIn(page, phones.url, MANAGER.login)
    await page.waitForSelector('.card-lead >> text=08:00–20:00')
    await waitUntilReadyOffline(page, DAYS)

    await context.setOffline(true)
    await page.goto(`${phones.url}/phone/#/confirm?unit=${HOSPITAL}&day=2020-02-22`)
    await page.click(`.person-line:has-text("${NURSE.name}")`)
    await page.click('text=没有到岗')
    await screenshot(page, 'day-with-exception')
    await page.dblclick('.action-bar button')
    await page.waitForSelector('text=人的确认已存在本机，尚未送达')
    await screenshot(page, 'saved-on-this-phone')
    await openTab(page, '记录')
    await page.click('text="这条不对"')
    await page.click('text="时间不对"')
    await page.waitForSelector('text=异议存在本机，尚未送达')
    expect(await phones.confirmations('2020-02-22')).toHaveLength(1)

    await page.reload()
    await page.waitForSelector('text=2 件存在本机，尚未送达')
    expect(await page.textContent('.tabs')).toContain('确认')

    await context.setOffline(false)
    await page.waitForSelector('text=等待单位答复')
    await page.waitForSelector('.banner-waiting', { state: 'detached' })
    await page.goto(`${phones.url}/phone/#/outbox`)
    await page.waitForSelector('text="已记录"')
    const said = (await phones.confirmations('2020-02-22')).filter(({ said_by }) => said_by === MANAGER.login)
    expect(said).toEqual([{ span_count: COLLEAGUES_COUNT - 1, absent_count: 1, said_by: MANAGER.login }])
    expect(await phones.spans('2020-02-22')).toHaveLength(COLLEAGUES_COUNT)
    expect(await phones.objections()).toEqual([{ words: '时间不对', person_id: MANAGER.person_id }])

    await page.goto(`${phones.url}/phone/#/confirm?unit=${HOSPITAL}&day=2020-02-22`)
    await page.waitForSelector(`.person-line:has-text("${NURSE.name}") >> text=缺勤`)
    expect(await page.locator('.action-bar').count()).toBe(0)
    expect(faults).toEqual([])
    await context.close()
  },
  SLOW,
)

test(
  'a confirmation outlives an expired session and is sent only after the same person signs in again',
  async () => {
    const { context, page, faults } = await phones.open()
    await signIn(page, phones.url, DEPUTY.login)
    await waitUntilReadyOffline(page, [dayPath('2020-02-23')])
    await context.setOffline(true)
    await page.goto(`${phones.url}/phone/#/confirm?unit=${HOSPITAL}&day=2020-02-23`)
    // Everybody else stays open for the test that follows.
    const others = EVERYBODY.filter(
      ({ person_id }) => person_id !== DEPUTY.person_id && person_id !== MANAGER.person_id,
    )
    for (const { name } of others) {
      await page.click(`.person-line:has-text("${name}")`)
      await page.click('text=没有到岗')
    }
    await page.click('.action-bar button')
    await page.waitForSelector('.banner-waiting')
    const cookie = (await context.cookies()).find(({ name }) => name === SESSION_COOKIE)
    await phones.house.platform.sessions.end(cookie?.value ?? '')

    await context.setOffline(false)
    await page.waitForSelector('text=登录已过期')
    await page.waitForSelector(`text=${DEPUTY.name}有 1 件存在本机`)
    await screenshot(page, 'expired')
    expect(await page.inputValue('input[name=login]')).toBe(DEPUTY.login)

    await signIn(page, phones.url, NURSE.login)
    await openTab(page, '我的')
    await page.waitForSelector(`text=这部手机上还有${DEPUTY.name}尚未送达的 1 件`)
    await page.waitForTimeout(1500)
    expect(await phones.confirmations('2020-02-23')).toEqual([])
    expect(
      await page.evaluate(`caches.keys().then((names) => names.filter((name) => name.startsWith('answers-')).length)`),
    ).toBe(1)
    await page.click('text="退出登录"')
    await page.waitForSelector('input[name=login]')

    await signIn(page, phones.url, DEPUTY.login)
    await page.waitForSelector('.banner-waiting', { state: 'detached' })
    await expect
      .poll(() => phones.confirmations('2020-02-23'))
      .toEqual([{ span_count: 1, absent_count: others.length, said_by: DEPUTY.login }])
    expect(faults).toEqual([])
    await context.close()
  },
  SLOW,
)

test(
  'a line that overlaps is named with its reason, and the rest is confirmed without it in one tap',
  async () => {
    const { context, page, faults } = await phones.open()
    await signIn(page, phones.url, MANAGER.login)
    await waitUntilReadyOffline(page, [dayPath('2020-02-23')])
    await context.setOffline(true)
    await page.goto(`${phones.url}/phone/#/confirm?unit=${HOSPITAL}&day=2020-02-23`)
    // Said to be absent by the one before: one tap takes only the deputy's own line, unless it is said of each.
    await page.waitForSelector('text=按计划确认 1 人')
    for (const { name } of [NURSE, EVERYBODY[3]]) {
      await page.waitForSelector(`.person-line:has-text("${name}") >> text=缺勤`)
      await page.click(`.person-line:has-text("${name}")`)
      await page.click('text=按计划到岗')
    }
    await page.click('text=按计划确认 3 人')
    await page.waitForSelector('.banner-waiting')
    const elsewhere = await phones.confirmElsewhere(
      'deputy',
      NURSE.person_id,
      '2020-02-23T06:00:00+08:00',
      '2020-02-23T09:00:00+08:00',
    )
    expect(elsewhere).toBe(200)

    await context.setOffline(false)
    await page.click('text=1 件未被接受')
    await page.waitForSelector(`.reasons >> text=${NURSE.name}`)
    expect(await page.textContent('.reasons')).toContain('重叠')
    await screenshot(page, 'refused-line')
    expect(await phones.spans('2020-02-23')).toHaveLength(2)
    await page.click('text=其余 2 人先确认')
    await page.waitForSelector('.reasons', { state: 'detached' })
    await expect.poll(() => phones.spans('2020-02-23')).toHaveLength(4)
    expect(faults).toEqual([])
    await context.close()
  },
  SLOW,
)

test(
  'a refused confirmation can be edited and takes the place of the refused one',
  async () => {
    const { context, page } = await phones.open()
    await signIn(page, phones.url, MANAGER.login)
    // Nothing of the day is open any more, so it is kept only because somebody looked at it.
    await page.waitForFunction('navigator.serviceWorker.controller !== null')
    await page.goto(`${phones.url}/phone/#/confirm?unit=${HOSPITAL}&day=2020-02-23`)
    await waitUntilReadyOffline(page, [dayPath('2020-02-23')])
    await context.setOffline(true)
    for (const { name } of [EVERYBODY[4], EVERYBODY[5]]) {
      await page.click(`.person-line:has-text("${name}")`)
      await page.click('text=按计划到岗')
    }
    await page.click('.action-bar button')
    await page.waitForSelector('.banner-waiting')
    const hours = ['2020-02-23T06:00:00+08:00', '2020-02-23T09:00:00+08:00'] as const
    expect(await phones.confirmElsewhere('deputy', EVERYBODY[4].person_id, ...hours)).toBe(200)

    await context.setOffline(false)
    await page.click('text=1 件未被接受')
    await page.click('text="不再提交"')
    await page.click('text="先留着"')
    await page.click('text="修改后再确认"')
    await page.click(`.person-line:has-text("${EVERYBODY[5].name}")`)
    await page.fill('input[type=time] >> nth=0', '10:00')
    await page.click('text="用这个时间"')
    await page.click('text=确认 1 人（改时间 1）')
    await page.waitForSelector('.banner-refused', { state: 'detached' })
    await expect
      .poll(async () => (await phones.confirmations('2020-02-23')).slice(-1))
      .toEqual([{ span_count: 1, absent_count: 0, said_by: MANAGER.login }])
    expect(await phones.spans('2020-02-23')).toHaveLength(6)
    await context.close()
  },
  SLOW,
)
