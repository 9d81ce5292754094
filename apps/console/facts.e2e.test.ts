import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { overflowsSideways, screenshot, seriousViolations } from '#tools/testing/browser.ts'
import { HOSPITAL, PEOPLE } from './testing/city.ts'
import { openConsolePages } from './testing/pages.ts'

const { open, faults } = openConsolePages()
const openAs = (login: string, width?: number) => open({ login, width })

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('dialog').getByLabel(label, { exact: true }).click()
  await page.locator('.ant-select-dropdown:visible').getByText(option, { exact: true }).click()
}

describe('facts beside duty', () => {
  it('of a unit are stated by its manager and confirmed by somebody else', async () => {
    const manager = await openAs('deputy')
    await manager.goto('/org?unit=3')
    const section = manager.locator('section').filter({ hasText: '单位登记事项' }).last()
    await section.getByRole('button', { name: '登记' }).click()
    await choose(manager, '事项', '核定绩效工资总量')
    await manager.getByRole('dialog').getByLabel('金额（元）').fill('1000000')
    await screenshot(manager, 'facts-dialog')
    await manager.getByRole('dialog').getByRole('button', { name: '登记' }).click()
    await manager.getByRole('row').filter({ hasText: '核定绩效工资总量' }).getByText('待另一人核实').waitFor()

    const clerk = await openAs('hr')
    await clerk.goto('/org?unit=3')
    const row = clerk.getByRole('row').filter({ hasText: '核定绩效工资总量' })
    await row.getByText('¥1,000,000.00').waitFor()
    await row.getByRole('button', { name: '核实' }).click()
    await row.getByText('已核实').waitFor()
    await screenshot(clerk, 'facts-unit')
  })

  it('of a family are stated by the person, seen by the clerk only after asking, and taken back by the person', async () => {
    const own = await openAs('deputy')
    await own.goto('/me')
    await own.getByRole('heading', { name: '我的家庭与个人情况' }).waitFor()
    const panel = own.locator('section').filter({ hasText: '我的家庭与个人情况' }).last()
    await panel.getByRole('button', { name: '登记' }).click()
    await choose(own, '事项', '需照护老人')
    await own.getByRole('dialog').getByLabel('本人同意登记，并用于计算待遇').check()
    await own.getByRole('dialog').getByRole('button', { name: '登记' }).click()
    await own.getByRole('row').filter({ hasText: '需照护老人' }).waitFor()

    const clerk = await openAs('hr')
    await clerk.goto(`/people/${PEOPLE.deputy.person_id}`)
    await clerk.getByRole('heading', { name: '家庭与个人情况（保密）' }).waitFor()
    expect(await clerk.getByText('需照护老人').count()).toBe(0)
    await clerk.getByRole('button', { name: '查看', exact: true }).click()
    const row = clerk.getByRole('row').filter({ hasText: '需照护老人' })
    await row.getByRole('button', { name: '核实' }).click()
    await row.getByText('已核实').waitFor()
    await screenshot(clerk, 'facts-person')

    await own.reload()
    await own.getByRole('row').filter({ hasText: '需照护老人' }).getByRole('button', { name: '撤销' }).click()
    await own.getByRole('dialog').getByLabel('理由').fill('不再需要')
    await own.getByRole('dialog').getByRole('button', { name: '收回' }).click()
    await own.getByRole('row').filter({ hasText: '需照护老人' }).getByText('已撤销').waitFor()
  })
})

describe('an amount that is a unit’s', () => {
  it('stands in the statement, waits in the worklist, is decided there and opens into its explanation', async () => {
    const clerk = await openAs('hr')
    await clerk.goto('/statement')
    await clerk.getByRole('button', { name: '重新测算' }).click()
    const section = clerk.locator('section').filter({ has: clerk.getByRole('heading', { name: '给单位的待遇' }) })
    await section.waitFor({ timeout: 45_000 })
    await section.getByRole('button', { name: '待决定' }).click()
    await clerk.getByRole('dialog').getByText('等待决定：是否为该单位一次性核增当年绩效工资总量').waitFor()
    await screenshot(clerk, 'unit-explanation')
    await clerk.goto('/worklist')
    const row = clerk.getByRole('row').filter({ hasText: '一次性核增当年绩效工资总量' }).filter({ hasText: HOSPITAL })
    await row.getByText('1个单位').waitFor()
    await row.getByRole('button', { name: '作出决定' }).click()
    const dialog = clerk.getByRole('dialog')
    await dialog.getByLabel('决定', { exact: true }).fill('核增百分之十')
    await dialog.getByRole('radio', { name: '给', exact: true }).click()
    await dialog.getByLabel('理由').fill('主管部门会商人社部门')
    await screenshot(clerk, 'unit-decision')
    await dialog.getByRole('button', { name: '作出决定' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await clerk.goto('/')
    await clerk.getByText('一次性核增当年绩效工资总量').first().waitFor()
    await screenshot(clerk, 'unit-board')
  })
})

describe.each([1440, 360])('the pages at %i pixels', (width) => {
  it('have no serious fault for axe, and nothing sticks out', async () => {
    const page = await openAs('hr', width)
    const found: string[] = []
    for (const [name, url, text] of [
      ['facts of a unit', '/org?unit=3', '单位登记事项'],
      ['facts of a person', `/people/${PEOPLE.deputy.person_id}`, '家庭与个人情况（保密）'],
      ['amounts of units', '/statement', '给单位的待遇'],
    ] as const) {
      await page.goto(url)
      await page.getByRole('heading', { name: text }).waitFor()
      await page.waitForLoadState('networkidle')
      await page.locator('.ant-skeleton').first().waitFor({ state: 'detached' })
      found.push(...(await seriousViolations(page)).map((violation) => `${name}: ${violation}`))
      if (await overflowsSideways(page)) found.push(`${name}: wider than the screen`)
      await screenshot(page, `${name}-${width}`)
    }
    expect(found).toEqual([])
  })
})

it('no page’s script failed on the way', () => {
  expect(faults).toEqual([])
})
