import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { overflowsSideways, screenshot, seriousViolations } from '#tools/testing/browser.ts'
import { PEOPLE } from './testing/city.ts'
import { openConsolePages } from './testing/pages.ts'

const { open, faults } = openConsolePages()
const openAs = (login: string, width?: number) => open({ login, width })

function step(page: Page, name: string): Promise<void> {
  return page.getByRole('navigation', { name: '办理步骤' }).getByRole('button', { name }).click()
}

async function changeMeals(
  page: Page,
  amount: string,
  kind: '今后执行' | '以前的日子也改',
  from: string,
  title: string,
) {
  await page.getByRole('button', { name: '改标准：伙食补助标准' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('新标准').fill(amount)
  await dialog.getByText(kind).click()
  await dialog.getByLabel('执行起始日').fill(from)
  await dialog.getByLabel('文件标题').fill(title)
  await dialog.getByLabel('发文机关').fill('柯桥区财政局')
  await dialog.getByRole('button', { name: '改标准' }).click()
  await dialog.waitFor({ state: 'hidden' })
}

/** One day of the nurse, confirmed by the head: what a rate of the past changes. */
async function confirmDay(): Promise<void> {
  const page = await openAs('deputy')
  await page.goto('/duty/2020-02-23')
  await page.getByRole('button', { name: '全部按排班确认' }).click()
  await page.getByText(/已记录：到岗/).waitFor()
}

describe('a clerk changes a rate', () => {
  it('for the future and for the past, and sees the differences before two others sign and it is published', async () => {
    await confirmDay()
    const clerk = await openAs('hr')
    await clerk.goto('/statement')
    await clerk.getByRole('button', { name: '重新测算' }).click()
    await clerk.getByRole('row').filter({ hasText: '伙食补助' }).first().waitFor({ timeout: 45_000 })

    await clerk.goto('/drafts')
    await clerk.getByRole('button', { name: '新建草稿' }).click()
    const begin = clerk.getByRole('dialog')
    await begin.getByLabel('草稿名称').fill('提高伙食补助')
    await begin.getByLabel('政策包').click()
    await clerk
      .locator('.ant-select-dropdown:visible')
      .getByText(/柯桥区补助标准/)
      .click()
    await begin.getByRole('button', { name: '新建草稿' }).click()
    await clerk.getByRole('heading', { name: '提高伙食补助' }).waitFor()

    await clerk.getByLabel('通知原文').fill('六、落实待遇保障。伙食补助由每天40元提高到60元……')
    await changeMeals(clerk, '60', '今后执行', '2020-03-01', '关于提高伙食补助标准的通知')
    await changeMeals(clerk, '50', '以前的日子也改', '2020-01-23', '关于补发伙食补助的通知')
    await clerk
      .getByText(/60(\.00)? 元.*关于提高伙食补助标准的通知/)
      .first()
      .waitFor()
    await screenshot(clerk, 'draft-figures')
    await clerk.getByRole('button', { name: '保存', exact: true }).click()
    await clerk.getByText('已保存为第 2 稿').waitFor()

    await step(clerk, '规则原文')
    const text = await clerk.getByRole('textbox', { name: 'pack.yaml' }).inputValue()
    expect(text).toContain('# 示例：一个区、县（市）怎样填写市里留下的数')
    expect(text).toMatch(/\{ from: 2020-03-01, value: 60 yuan, source: doc-2020-02-24 \}/)
    await step(clerk, '检查与算例')
    await clerk.getByRole('region', { name: '检查与算例' }).getByText('没有问题，可以读取。').waitFor()
    await step(clerk, '影响')
    await clerk.getByRole('button', { name: '计算影响' }).click()
    // Everybody but the deputy, who confirms: one day each at 50 instead of 40 yuan.
    await clerk.getByText(/4 人增加，0 人减少/).waitFor({ timeout: 45_000 })
    await clerk.getByRole('row').filter({ hasText: PEOPLE.nurse.name }).getByText('+¥10.00').waitFor()
    await screenshot(clerk, 'draft-effect')
    expect(await seriousViolations(clerk)).toEqual([])

    await step(clerk, '签署与发布')
    await clerk.getByRole('button', { name: '送签' }).click()
    await clerk.getByText('您参与了起草').waitFor()
    for (const login of ['finance', 'organisation']) {
      const signer = await openAs(login)
      await signer.goto('/worklist')
      await signer.getByRole('link', { name: '请您签署政策草稿：提高伙食补助（柯桥区）' }).click()
      // Whoever signs has the changed lines before them.
      await step(signer, '签署与发布')
      await signer.getByText(/\+ .*from: 2020-03-01, value: 60 yuan/).waitFor()
      await screenshot(signer, 'draft-sign')
      await signer.getByRole('button', { name: '同意' }).click()
      await signer.getByText('同意', { exact: true }).first().waitFor()
      await signer.goto('/worklist')
      await signer.getByRole('tab', { name: '已决定' }).waitFor()
      expect(await signer.getByText('请您签署政策草稿').count()).toBe(0)
    }
    await clerk.reload()
    await clerk.getByRole('button', { name: '发布并启用' }).click()
    await clerk.getByText(/已于 .* 由市人社经办发布/).waitFor()
    await screenshot(clerk, 'draft-published')
    await expect
      .poll(
        async () => {
          await clerk.goto('/statement/differences')
          await clerk.waitForLoadState('networkidle')
          return (await clerk.getByRole('main').textContent()) ?? ''
        },
        { timeout: 45_000, interval: 1_000 },
      )
      .toMatch(/增加 4 人次 ¥40\.00/)
  })

  it('is led to the line of a mistake and loses nothing when somebody else saved first', async () => {
    const clerk = await openAs('hr')
    const other = await openAs('command')
    await clerk.goto('/drafts')
    await clerk.getByRole('button', { name: '新建草稿' }).click()
    const begin = clerk.getByRole('dialog')
    await begin.getByLabel('草稿名称').fill('再次调整')
    await begin.getByLabel('政策包').click()
    await clerk
      .locator('.ant-select-dropdown:visible')
      .getByText(/柯桥区补助标准/)
      .click()
    await begin.getByRole('button', { name: '新建草稿' }).click()
    await clerk.getByRole('heading', { name: '再次调整' }).waitFor()
    await other.goto(new URL(clerk.url()).pathname)
    await other.getByRole('heading', { name: '再次调整' }).waitFor()

    await step(clerk, '规则原文')
    const field = clerk.getByRole('textbox', { name: 'pack.yaml' })
    const written = await field.inputValue()
    await field.fill(written.replace('value: 100 yuan', 'value: 100 yuann'))
    await clerk.getByRole('heading', { name: '需要改正 1 处' }).waitFor()
    await screenshot(clerk, 'draft-mistake')
    await clerk.getByRole('button', { name: /pack\.yaml 第 \d+ 行/ }).click()
    // The field is given the line once the page has drawn what the press asked for.
    const selected = await clerk.waitForFunction<string>(
      'getSelection().toString() || document.activeElement.value?.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)',
    )
    expect(await selected.jsonValue()).toContain('yuann')

    await step(other, '规则原文')
    const theirs = other.getByRole('textbox', { name: 'pack.yaml' })
    await theirs.fill(written.replace('value: 100 yuan', 'value: 110 yuan'))
    await other.getByRole('button', { name: '保存', exact: true }).click()
    await other.getByText('已保存为第 2 稿').waitFor()
    await clerk.getByRole('button', { name: '保存', exact: true }).click()
    await clerk.getByRole('alert').filter({ hasText: '市指挥部' }).waitFor()
    expect(await field.inputValue()).toContain('yuann')
  })
})

describe('a what-if', () => {
  it('shows for one changed figure who gains and who loses, and until when the money lasts', async () => {
    const page = await openAs('command')
    await page.goto('/what-if')
    await page.getByLabel('改哪个标准').click()
    await page.locator('.ant-select-dropdown:visible').getByText('伙食补助标准').click()
    await page.getByLabel(/改成/).fill('20')
    await page.getByRole('button', { name: '开始试算' }).click()
    await page.getByText(/0 人增加，4 人减少/).waitFor({ timeout: 45_000 })
    await page.getByLabel('资金总额（元）').first().fill('100')
    await page
      .getByRole('row')
      .filter({ hasText: '改后' })
      .getByText(/起不够|用完/)
      .first()
      .waitFor()
    await expect.poll(() => page.getByRole('img', { name: /图：/ }).count()).toBeGreaterThan(2)
    await screenshot(page, 'what-if')
  })
})

describe.each([1440, 360])('every page about drafts at %i pixels', (width) => {
  it('has no serious fault for axe, and nothing sticks out', async () => {
    const page = await openAs('hr', width)
    const found: string[] = []
    const look = async (name: string) => {
      await page.waitForLoadState('networkidle')
      await page.locator('.ant-skeleton').first().waitFor({ state: 'detached' })
      found.push(...(await seriousViolations(page)).map((violation) => `${name}: ${violation}`))
      if (await overflowsSideways(page)) found.push(`${name}: wider than the screen`)
      await screenshot(page, `${name}-${width}`)
    }
    await page.goto('/drafts')
    await page.getByRole('heading', { level: 1 }).waitFor()
    await look('drafts')
    await page.getByRole('link', { name: '再次调整' }).click()
    for (const name of ['通知与标准', '规则原文', '检查与算例', '抽人试算', '影响', '签署与发布']) {
      await step(page, name)
      await page.getByRole('region', { name }).first().waitFor()
      await look(`draft ${name}`)
    }
    await page.goto('/what-if')
    await page.getByLabel('改哪个标准').waitFor()
    await look('what-if')
    await page.goto('/notice')
    await page.getByRole('link', { name: /柯桥区补助标准/ }).click()
    await page.getByText('标准和数').waitFor()
    await look('versions')
    await page.goto('/worklist')
    await page.getByRole('tab', { name: '比原来少的' }).click()
    await look('less')
    expect(found).toEqual([])
  })
})

it('no page’s script failed on the way', () => {
  expect(faults).toEqual([])
})
