import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { overflowsSideways, screenshot, seriousViolations } from '#tools/testing/browser.ts'
import { PASSWORD, PEOPLE, POST } from './testing/city.ts'
import { openConsolePages } from './testing/pages.ts'

/** A manager gets a roster, changes it by keyboard, publishes it, covers a drop-out, and confirms the day when it has come. */

const { open, reopen, faults } = openConsolePages()
let page: Page

beforeAll(async () => {
  page = await open()
  await page.goto('/rosters')
  await page.getByLabel('账号').fill('deputy')
  await page.getByLabel('密码').fill(PASSWORD)
  await page.getByRole('button', { name: '登录', exact: true }).click()
}, 60_000)

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

  it('confirms the day from the roster: as planned, except for one who did not come', async () => {
    await reopen('2020-03-02T20:30:00+08:00')
    page = await open({ login: 'deputy' })
    await page.goto('/rosters')
    await page.getByRole('link', { name: /3月2日 周一起 14 天/ }).click()
    await page.getByText('待确认的值守：').waitFor()
    expect(await seriousViolations(page)).toEqual([])
    await screenshot(page, 'board-to-confirm')
    await page.getByRole('link', { name: '3月2日 周一', exact: true }).click()
    const rows = page.getByRole('row').filter({ has: page.getByRole('combobox') })
    await rows.first().waitFor()
    const planned = await rows.count()
    await rows.first().getByRole('combobox').click()
    await page.locator('.ant-select-dropdown:visible').getByTitle('缺勤').click()
    await button('按以上情况确认').click()
    await page.getByText(`已记录：到岗 ${planned - 1} 人，缺勤 1 人`).waitFor()
    expect(faults).toEqual([])
  }, 120_000)

  it('sees the roster on a narrow screen', async () => {
    const narrow = await open({ login: 'deputy', width: 360 })
    await narrow.goto('/rosters')
    await narrow.getByRole('link', { name: /3月2日 周一起 14 天/ }).click()
    await narrow.getByRole('grid').waitFor()
    expect(await overflowsSideways(narrow)).toBe(false)
    await screenshot(narrow, 'board-360')
  }, 60_000)
})
