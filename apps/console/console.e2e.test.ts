import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { overflowsSideways, screenshot, seriousViolations } from '#tools/testing/browser.ts'
import { HOSPITAL, PASSWORD, PEOPLE } from './testing/city.ts'
import { openConsolePages } from './testing/pages.ts'

const { open, faults } = openConsolePages()
const openPage = (width?: number) => open({ width })

async function signIn(page: Page, login: string): Promise<void> {
  await page.goto('/')
  await page.getByLabel('账号').fill(login)
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await page.getByRole('navigation', { name: '主目录' }).waitFor()
}

async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle')
  await page.locator('.ant-skeleton').first().waitFor({ state: 'detached' })
}

function goTo(page: Page, name: string): Promise<void> {
  return page.getByRole('navigation', { name: '主目录' }).getByRole('link', { name, exact: true }).click()
}

function rowOf(page: Page, text: string) {
  return page.getByRole('row').filter({ hasText: text })
}

describe('the console, from a confirmed day to the reason of a number', () => {
  it('refuses a wrong password in words and keeps what was typed', async () => {
    const page = await openPage()
    await page.goto('/')
    await page.getByLabel('账号').fill('deputy')
    await page.getByLabel('密码', { exact: true }).fill('wrong')
    await page.getByRole('button', { name: '登录', exact: true }).click()
    await page.getByRole('alert').filter({ hasText: '不正确' }).waitFor()
    expect(await page.getByLabel('账号').inputValue()).toBe('deputy')
  })

  it('confirms a day as planned, except one absent and one who left early, in one action without one’s own line', async () => {
    const page = await openPage()
    await signIn(page, 'deputy')
    await goTo(page, '值守')
    await page.getByRole('link', { name: /2月23日 周日/ }).click()
    await page.getByText('按排班 4 人').waitFor()
    await rowOf(page, PEOPLE.porter.name).getByRole('combobox').click()
    await page.getByTitle('缺勤').click()
    await rowOf(page, PEOPLE.doctor.name).getByRole('combobox').click()
    await page.locator('.ant-select-dropdown:visible').getByTitle('时间或岗位不同').click()
    await rowOf(page, PEOPLE.doctor.name).getByLabel('结束时间').fill('12:00')
    await page.keyboard.press('Tab')
    await page.getByRole('button', { name: '按以上情况确认' }).click()
    await page.getByText('已记录：到岗 3 人，缺勤 1 人').waitFor()
    await page.getByRole('heading', { name: '已记录 3 条' }).waitFor()
    expect(await rowOf(page, PEOPLE.doctor.name).textContent()).toContain('08:00–12:00')
    await rowOf(page, '本人的值守由另一位负责人确认').filter({ hasText: PEOPLE.deputy.name }).waitFor()
    // Who was absent is not asked about again.
    await rowOf(page, PEOPLE.porter.name).filter({ hasText: '已确认缺勤' }).waitFor()
    await screenshot(page, 'console-day')
  })

  it('shows beside the line why it cannot be confirmed, and stores nothing', async () => {
    const page = await openPage()
    await signIn(page, 'deputy')
    await page.goto('/duty/2020-02-23')
    await page.getByRole('button', { name: '增加人员' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox').first().fill(PEOPLE.nurse.name.slice(0, 3))
    await page.locator('.ant-select-dropdown:visible').getByTitle(PEOPLE.nurse.name).click()
    await dialog.getByLabel('结束时间').fill('21')
    await dialog.getByLabel('开始时间').fill('19:00')
    await dialog.getByRole('button', { name: '增加人员' }).click()
    await page.getByRole('button', { name: '按以上情况确认' }).click()
    await page.getByRole('alert').filter({ hasText: '重叠' }).waitFor()
    await screenshot(page, 'console-overlap')
    await page.reload()
    await page.getByRole('heading', { name: '已记录 3 条' }).waitFor()
  })

  it('works the statement out as a job with progress, down to one person’s number and its arithmetic', async () => {
    const page = await openPage()
    await signIn(page, 'hr')
    await goTo(page, '待遇清单')
    await page.getByRole('button', { name: '重新测算' }).click()
    await rowOf(page, '临时性工作补助').first().waitFor({ timeout: 45_000 })
    await page.getByRole('link', { name: '柯桥区', exact: true }).click()
    // Amounts of the unit itself, on the same page, lead to the unit; this is its statement.
    await page.locator('a[href^="/statement"]', { hasText: HOSPITAL }).click()
    const nurse = rowOf(page, PEOPLE.nurse.name)
    await nurse.getByRole('button', { name: '¥300.00' }).click()
    const drawer = page.getByRole('dialog')
    await drawer.getByText('¥300.00').first().waitFor()
    const explanation = await drawer.textContent()
    expect(explanation).toContain('2020-02-23')
    expect(explanation).toContain('财社')
    await screenshot(page, 'console-explanation')
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'hidden' })
    await nurse.getByRole('link', { name: PEOPLE.nurse.name }).click()
    await page.getByRole('heading', { name: PEOPLE.nurse.name }).waitFor()
    await page.getByRole('heading', { name: '值守经历' }).waitFor()
  })

  it('tells a leader on one page what has reached people, and plainly what has no room yet', async () => {
    const page = await openPage()
    await signIn(page, 'command')
    await settled(page)
    const clauses = page.locator('.board-clause')
    expect(await clauses.count()).toBe(12)
    expect(await clauses.nth(5).textContent()).toContain('临时性工作补助')
    expect(await clauses.nth(0).textContent()).toContain('尚未建成')
    await clauses.nth(5).getByRole('link').first().click()
    await page.getByRole('heading', { name: '规则与标准' }).waitFor()
  })

  it('switches every word to English and back', async () => {
    const page = await openPage()
    await signIn(page, 'hr')
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('heading', { name: 'The clauses' }).waitFor()
    expect(await page.evaluate<string>('document.documentElement.lang')).toBe('en')
    await page.getByRole('button', { name: '中文' }).click()
    await page.getByRole('heading', { name: '条款总览' }).waitFor()
  })
})

const PAGES = [
  ['command', ['/', '/notice?clause=6', '/org', '/worklist', '/duty?unit=3']],
  [
    'hr',
    [
      '/people',
      '/people/13',
      '/statement',
      '/statement?unit=3',
      '/statement/differences',
      '/insurance',
      '/retention',
      '/jobs',
    ],
  ],
  ['deputy', ['/duty', '/duty/2020-02-22', '/duty/import']],
  ['auditor', ['/audit', '/exports', '/openings']],
  ['admin', ['/accounts']],
] as const

describe.each([1440, 360])('every page at %i pixels', (width) => {
  it.each(PAGES)('has no serious fault for axe, and nothing sticks out, as %s', async (login, paths) => {
    const page = await openPage(width)
    const found: string[] = []
    await page.goto('/')
    await page.getByRole('heading', { name: '同袍' }).waitFor()
    found.push(...(await seriousViolations(page)).map((violation) => `sign-in: ${violation}`))
    await page.request.post('/api/session', { data: { login, password: PASSWORD } })
    for (const path of paths) {
      await page.goto(path)
      await page.getByRole('heading', { level: 1 }).first().waitFor()
      await settled(page)
      found.push(...(await seriousViolations(page)).map((violation) => `${path}: ${violation}`))
      if (await overflowsSideways(page)) found.push(`${path}: wider than the screen`)
    }
    expect(found).toEqual([])
  })
})

it('no page’s script failed on the way', () => {
  expect(faults).toEqual([])
})
