import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newTestDatabase } from '#platform/db/testing.ts'
import { openBrowser, seriousViolations } from '#tools/testing/browser.ts'
import { PASSWORD, PEOPLE, POST } from './testing/city.ts'
import { type ConsoleHouse, openConsoleHouse } from './testing/house.ts'

/** A manager gets a roster, changes it by keyboard, publishes it, and covers a drop-out. */

const opened: { house?: ConsoleHouse; close: (() => Promise<void>)[] } = { close: [] }
let page: Page

beforeAll(async () => {
  const test = await newTestDatabase()
  const house = await openConsoleHouse(test)
  const browser = await openBrowser()
  opened.close.push(
    () => browser.close(),
    () => house.close(),
    () => test.drop(),
  )
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' })
  await page.goto(`${house.url}/rosters`)
  await page.getByLabel('账号').fill('deputy')
  await page.getByLabel('密码').fill(PASSWORD)
  await page.getByRole('button', { name: '登录', exact: true }).click()
}, 180_000)

afterAll(async () => {
  for (const close of opened.close) await close()
}, 30_000)

const button = (name: string) => page.getByRole('button', { name, exact: true })

describe('a manager', () => {
  it('says what the roster needs and opens two weeks', async () => {
    await button('新建排班表').click()
    await page.getByRole('checkbox', { name: POST }).check()
    await button('按近四周提出设置').click()
    await button('加一种班').click()
    await page.getByLabel('时长（小时）').fill('12')
    await page.getByLabel('参加排班的人').click()
    for (const { name } of Object.values(PEOPLE)) await page.getByTitle(name).last().click()
    await page.keyboard.press('Escape')
    await button('保存').click()
    await page.getByLabel('排几天').fill('14')
    await button('排一期').click()
    await page.getByRole('grid').waitFor()
    expect(await page.getByRole('rowheader').count()).toBe(Object.keys(PEOPLE).length)
  }, 60_000)

  it('lets the solver work before their eyes, then changes a cell by keyboard and takes it back', async () => {
    await page.getByLabel(/求解/).fill('3')
    await button('自动排班').click()
    await page.getByText('硬性要求全部满足').waitFor({ timeout: 60_000 })
    await expect.poll(() => page.locator('.board-cell.board-c0').count(), { timeout: 60_000 }).toBeGreaterThan(10)
    const free = page.locator('.board-cell:not(.board-c0)').first()
    await free.click()
    await page.keyboard.press('a')
    expect(await page.locator('.board-here').textContent()).toBe('A')
    await page.keyboard.press('Control+z')
    expect(await page.locator('.board-here').textContent()).toBe('')
    expect(await seriousViolations(page)).toEqual([])
  }, 180_000)

  it('publishes it, and covers a drop-out in three presses', async () => {
    await button('发布').click()
    await page.getByRole('dialog').getByRole('button', { name: '发布' }).click()
    await page.getByText(/已发布：新增/).waitFor()
    await page.locator('.board-cell.board-c0').first().click()
    await page.keyboard.press('Enter')
    await button('来不了，找人替').click()
    await button('电话已同意').first().click()
    await page.getByText(/已换成/).waitFor()
  }, 60_000)
})
