import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { overflowsSideways, screenshot, seriousViolations } from '#tools/testing/browser.ts'
import { PASSWORD, PEOPLE } from './testing/city.ts'
import { openConsolePages } from './testing/pages.ts'

/** From a declared response to a confirmed day, and one's own password: the pages as people use them. */

const { open, faults } = openConsolePages()
const openPage = (login: string, password = PASSWORD, width?: number) => open({ login, password, width })

function button(page: Page, name: string) {
  return page.locator('main').getByRole('button', { name, exact: true })
}

/** Chooses from a list of antd, which opens outside of its field. */
async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('dialog').getByLabel(label, { exact: true }).click()
  await page.locator('.ant-select-dropdown:visible').getByTitle(option, { exact: true }).click()
}

function rowOf(page: Page, text: string) {
  return page.getByRole('row').filter({ hasText: text })
}

describe('from a declared response to a confirmed day', () => {
  it('declares a response with its level and stands at it', async () => {
    const page = await openPage('command')
    await page.goto('/operations')
    await button(page, '宣布响应').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('名称').fill('防御台风（虚构）')
    await choose(page, '类别', '防台风')
    await dialog.getByLabel('开始日期').fill('2020-02-17')
    await choose(page, '响应级别', '二级')
    await dialog.getByLabel('依据文号').fill('虚构〔2020〕1号')
    await dialog.getByRole('button', { name: '宣布响应' }).click()
    const panel = page.getByRole('region', { name: '防御台风（虚构）' })
    await panel.getByText('绍兴市 二级').waitFor()
    await panel.getByText('正在查看').waitFor()
    expect(new URL(page.url()).searchParams.get('op')).not.toBeNull()
    await screenshot(page, 'console-operations')
  })

  it('opens a post, plans a week by a pattern, copies it, and confirms a day with one exception', async () => {
    const page = await openPage('deputy')
    await page.goto('/duty/posts')
    await page.locator('.shell-operation').click()
    await page.locator('.ant-select-dropdown:visible').getByTitle('防御台风（虚构）').click()
    await page.getByText('还没有设岗').waitFor()
    await button(page, '设岗').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('岗位名称').fill('转运值班')
    await choose(page, '工作内容', '病人转运')
    await dialog.getByLabel('设岗日期').fill('2020-02-17')
    await dialog.getByRole('button', { name: '设岗' }).click()
    await rowOf(page, '转运值班').filter({ hasText: '接触情况不明' }).waitFor()

    await page.locator('#content').getByRole('link', { name: '排班', exact: true }).click()
    await button(page, '上一周').click()
    for (const { name } of [PEOPLE.head, PEOPLE.nurse]) await page.getByLabel(`选择${name}`).check()
    await button(page, '排班').click()
    await page.getByRole('dialog').getByText('每周几').click()
    await page.getByRole('dialog').getByText('周六').click()
    await page.getByRole('dialog').getByText('周日', { exact: true }).click()
    await page.getByRole('dialog').getByText('将排 10 个班').waitFor()
    // On two of the days both are planned for the other response.
    await page.getByRole('dialog').getByText('有 4 个班与已有安排重叠').waitFor()
    await screenshot(page, 'console-plan-dialog')
    await page.getByRole('dialog').getByRole('button', { name: '排班' }).click()
    await page.getByText('本周已排 10 个班，2 人').waitFor()
    await page.getByRole('button', { name: `取消${PEOPLE.head.name} 2月18日 周二 08:00–20:00 的班` }).click()
    await page.getByText('本周已排 9 个班，2 人').waitFor()

    await button(page, '下一周').click()
    await button(page, '照抄上一周').click()
    await page.getByRole('dialog').getByText('将排 7 个班').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: '照抄上一周' }).click()
    await page.getByText('本周已排 7 个班，2 人').waitFor()
    await screenshot(page, 'console-plan')

    await page.goto('/duty/2020-02-20')
    await rowOf(page, PEOPLE.nurse.name).getByRole('combobox').click()
    await page.locator('.ant-select-dropdown:visible').getByTitle('缺勤').click()
    await button(page, '按以上情况确认').click()
    await page.getByText('已记录：到岗 1 人，缺勤 1 人').waitFor()
  })

  it('takes back an absence that was confirmed by mistake', async () => {
    const page = await openPage('deputy')
    await page.goto('/duty/2020-02-20?op=2')
    await rowOf(page, PEOPLE.nurse.name).getByRole('button', { name: '其实来了' }).click()
    await button(page, '全部按排班确认').click()
    await page.getByText('已记录：到岗 1 人，缺勤 0 人').waitFor()
    await page.getByRole('heading', { name: '已记录 2 条' }).waitFor()
  })

  it('says what ending a response means before it ends, and plans nothing beyond', async () => {
    const page = await openPage('command')
    await page.goto('/operations?op=2')
    const panel = page.getByRole('region', { name: '防御台风（虚构）' })
    await panel.getByRole('button', { name: '结束响应' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('结束后不能恢复').waitFor()
    await dialog.getByLabel('结束日期').fill('2020-02-24')
    await dialog.getByRole('button', { name: '结束响应' }).click()
    await dialog.getByText('请先确认您知道结束后会怎样').waitFor()
    await dialog.getByText('我已知道结束后会怎样').click()
    await dialog.getByRole('button', { name: '结束响应' }).click()
    await panel.getByText('2020年2月24日 结束').waitFor()
    await page.getByTitle('防御台风（虚构）（已结束）').first().waitFor()
  })
})

describe('a person’s record', () => {
  it('takes a new post, skills and a relative', async () => {
    const page = await openPage('hr')
    await page.goto(`/people/${PEOPLE.nurse.person_id}`)
    await button(page, '登记任职').click()
    await page.getByRole('dialog').getByLabel('职务', { exact: true }).fill('护士长')
    await page.getByRole('dialog').getByRole('button', { name: '登记任职' }).click()
    await rowOf(page, '护士长').waitFor()
    await button(page, '修改技能').click()
    await page.getByRole('dialog').getByLabel('技能').fill('气管插管')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: '修改技能' }).click()
    await page.locator('.facts').getByText('气管插管').waitFor()
    await button(page, '登记亲属').click()
    await page.getByRole('dialog').getByLabel('姓名').fill(PEOPLE.porter.name)
    await page.locator('.ant-select-dropdown:visible').getByTitle(PEOPLE.porter.name).click()
    await page.getByRole('dialog').getByRole('button', { name: '登记亲属' }).click()
    await page.getByRole('link', { name: PEOPLE.porter.name }).waitFor()
  })
})

describe('one’s own account', () => {
  it('changes the password, and signs out elsewhere', async () => {
    const elsewhere = await openPage('auditor')
    const page = await openPage('auditor')
    await page.goto('/me')
    await page.getByLabel('原密码', { exact: true }).fill(PASSWORD)
    await page.getByLabel('新密码', { exact: true }).fill('换一句没人猜得到的口令')
    await page.getByLabel('再输一遍新密码').fill('另一句')
    await button(page, '修改密码').click()
    await page.getByText('两次输入的新密码不一样').waitFor()
    await page.getByLabel('再输一遍新密码').fill('换一句没人猜得到的口令')
    await button(page, '修改密码').click()
    await page.getByText('密码已修改').waitFor()
    await screenshot(page, 'console-own')
    expect((await elsewhere.request.get('/api/session')).status()).toBe(401)
    await openPage('auditor', '换一句没人猜得到的口令')
  })
})

const PAGES = [
  ['command', ['/operations']],
  ['deputy', ['/duty/posts?op=1', '/duty/plan?op=1', '/me']],
] as const

describe.each([1440, 360])('these pages at %i pixels', (width) => {
  it.each(PAGES)('have no serious fault for axe, and nothing sticks out, as %s', async (login, paths) => {
    const page = await openPage(login, PASSWORD, width)
    const found: string[] = []
    for (const path of paths) {
      await page.goto(path)
      await page.getByRole('heading', { level: 1 }).first().waitFor()
      await page.waitForLoadState('networkidle')
      found.push(...(await seriousViolations(page)).map((violation) => `${path}: ${violation}`))
      if (await overflowsSideways(page)) found.push(`${path}: wider than the screen`)
    }
    expect(found).toEqual([])
  })
})

it('no page’s script failed on the way', () => {
  expect(faults).toEqual([])
})
