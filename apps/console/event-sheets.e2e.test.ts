import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { jobContext } from '#platform/db/context.ts'
import type { Database } from '#platform/db/database.ts'
import { Refusal } from '#platform/http/problem.ts'
import { sheetOf } from '#records/duty/testing-imports.ts'
import { publishPack, putInForce } from '#records/policies/server/packs.ts'
import { overflowsSideways, screenshot, seriousViolations } from '#tools/testing/browser.ts'
import { fillConsoleCity, NOW, PEOPLE } from './testing/city.ts'
import { openConsolePages } from './testing/pages.ts'

const COUNTY = 2
/** The county's own layer, with nothing but an event. */
const COUNTY_PACK = `
pack:
  id: keqiao-events
  version: "1"
  title: { zh: 柯桥区事项（编造）, en: events of the county (made up) }
  level: county
  area: "330603"
  extends: shaoxing-2020
  published: 2020-02-05
events:
  rescue: { title: { zh: 转移群众, en: rescue of residents } }
`

async function fill(database: Database): Promise<void> {
  await fillConsoleCity(database)
  await database.transact(jobContext('test'), async (tx) => {
    const operation = await tx.selectFrom('operations').select('operation_id').executeTakeFirstOrThrow()
    const published = await publishPack(tx, [{ path: 'pack.yaml', text: COUNTY_PACK }], new Date(NOW))
    if (published instanceof Refusal) throw new Error(JSON.stringify(published.facts))
    const body = { area_unit_id: COUNTY, pack_hash: published.hash, known_from: NOW }
    const answer = await putInForce(tx, operation.operation_id, body, new Date(NOW))
    if (answer instanceof Refusal) throw new Error(JSON.stringify(answer.facts))
  })
}

const { open, faults } = openConsolePages({ fill })

async function chooseFile(page: Page): Promise<void> {
  const buffer = await sheetOf([
    ['姓名', '日期', '事项', '次数'],
    [PEOPLE.doctor.name, '2月22日', '转移群众', 2],
    [PEOPLE.porter.name, '2月23日', '帮群众搬家', 1],
    [PEOPLE.deputy.name, '2月23日', '转移群众', 1],
    ['查无此人', '2月23日', '转移群众', 1],
  ])
  const mimeType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
  await page.getByRole('dialog').locator('input[type=file]').setInputFiles({ name: '二月事项.xlsx', mimeType, buffer })
}

describe.each([1440, 360])('a sheet of events at %i pixels', (width) => {
  it('is shown as understood, asked about, recorded by one button, and doubles nothing', async () => {
    const page = await open({ login: 'deputy', width })
    await page.goto('/org?unit=3')
    await page.getByRole('button', { name: '从表格导入事件' }).click()
    await chooseFile(page)
    const dialog = page.getByRole('dialog')
    await dialog.getByText('这是您本人的事项').waitFor()
    await dialog.getByText('没有找到此人，或不在您的管理范围内').waitFor()
    const isFirst = width === 1440
    await dialog.getByLabel('表中的“帮群众搬家”是哪一项？').click()
    await page.locator('.ant-select-dropdown:visible').getByText('转移群众', { exact: true }).click()
    await dialog.getByRole('button', { name: isFirst ? '登记 2 条' : '登记 0 条' }).waitFor()
    expect(await seriousViolations(page)).toEqual([])
    expect(await overflowsSideways(page)).toBe(false)
    await screenshot(page, `event-sheet-${width}`)
    if (!isFirst) return
    await dialog.getByRole('button', { name: '登记 2 条' }).click()
    await page.getByRole('heading', { name: '待核实的人员事项' }).waitFor()
    await page.getByRole('row').filter({ hasText: PEOPLE.doctor.name }).getByText('2 次').waitFor()
  })
})

it('no page’s script failed on the way', () => {
  expect(faults).toEqual([])
})
