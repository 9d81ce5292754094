import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { jobContext } from '#platform/db/context.ts'
import type { Database } from '#platform/db/database.ts'
import { writeSpan } from '#records/duty/testing-spans.ts'
import { overflowsSideways, seriousViolations } from '#tools/testing/browser.ts'
import { fillConsoleCity, NOW, PEOPLE } from './testing/city.ts'
import { openConsolePages } from './testing/pages.ts'

const HOSPITAL_UNIT = 3
/** The nurse has worked twelve hours a day for twenty days. */
async function fillOverwork(database: Database): Promise<void> {
  await fillConsoleCity(database)
  await database.transact(jobContext('test'), async (tx) => {
    const { post_id, operation_id } = await tx.selectFrom('posts').selectAll().executeTakeFirstOrThrow()
    // One colleague is free to cover.
    await tx
      .updateTable('planned_shifts')
      .set({ withdrawn_at: new Date(NOW) })
      .where('person_id', '=', PEOPLE.porter.person_id)
      .execute()
    for (let day = 2; day <= 21; day++) {
      const starts_on = `2020-02-${String(day).padStart(2, '0')}`
      await writeSpan(tx, {
        person_id: PEOPLE.nurse.person_id,
        operation_id,
        unit_id: HOSPITAL_UNIT,
        post_id,
        starts_at: `${starts_on}T08:00:00+08:00`,
        ends_at: `${starts_on}T20:00:00+08:00`,
      })
    }
  })
}

// The morning after the twentieth day.
const { open, faults } = openConsolePages({ now: NOW.replace('-24T20:30', '-22T08:30'), fill: fillOverwork })

async function openBoard(login: string, width: number): Promise<Page> {
  const page = await open({ login, width })
  await page.goto('/rest')
  await page.getByRole('heading', { name: '休息看板' }).waitFor()
  return page
}

describe('the rest board', () => {
  it('shows who must rest and why, and an order with a substitute takes three fields', async () => {
    const page = await openBoard('deputy', 1440)
    await page.getByRole('button', { name: '现在看一遍' }).click()
    const row = page.getByRole('row').filter({ hasText: PEOPLE.nurse.name }).filter({ hasText: '示例规则' }).first()
    await row.getByRole('button', { name: '为什么' }).click()
    await page.getByText('连续值守 20 天（界限：不少于 15 天）：符合').waitFor()
    await page.getByRole('button', { name: /close|关闭/i }).click()
    await row.getByRole('button', { name: '下休息令' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox').click()
    await page.locator('.ant-select-dropdown:visible .ant-select-item-option').first().click()
    await dialog.getByLabel('说明').fill('连续值守二十天')
    await dialog.getByRole('button', { name: '下休息令' }).click()
    await page.getByText('已下休息令').waitFor()
    const ordered = page.getByRole('row').filter({ hasText: PEOPLE.nurse.name }).filter({ hasText: '待开始' })
    await ordered.waitFor()
    expect(await ordered.textContent()).toContain(`${PEOPLE.porter.name} 等答复`)
    expect(await seriousViolations(page)).toEqual([])
    expect(faults).toEqual([])
  }, 120_000)

  it('fits a narrow screen', async () => {
    const page = await openBoard('organisation', 360)
    await page.getByText(PEOPLE.nurse.name).first().waitFor()
    await page.getByRole('button', { name: '怎样补完' }).click()
    await page.getByText('只是建议').waitFor()
    expect(await overflowsSideways(page)).toBe(false)
    expect(faults).toEqual([])
  }, 60_000)
})
