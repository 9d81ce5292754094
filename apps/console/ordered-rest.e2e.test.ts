import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { evaluateUpTo, putShippedPacksInForce } from '#apps/server/shipped-packs.ts'
import { type TestHospital, writeTestHospital } from '#apps/server/testing-hospital.ts'
import { jobContext } from '#platform/db/context.ts'
import type { Database } from '#platform/db/database.ts'
import { writeSpan } from '#records/duty/testing-spans.ts'
import { overflowsSideways, screenshot, seriousViolations } from '#tools/testing/browser.ts'
import { PASSWORD } from './testing/city.ts'
import { openConsolePages } from './testing/pages.ts'

/** From twenty days at a checkpoint to an ordered rest: the board, the substitute's phone, the officer's phone. */

const NOW = '2020-02-22T08:30:00+08:00'
const CHECKPOINT = 3
const HEAD = { person_id: 21, name: '章国平' }
const OFFICER = { person_id: 22, name: '古丽娜尔·买买提' }
const COLLEAGUE = { person_id: 23, name: '沈䶮' }

const CITY: TestHospital = {
  units: [
    { unit_id: 1, kind: 'city', name: '绍兴市', division_code: '3306' },
    { unit_id: 2, kind: 'county', name: '柯桥区', division_code: '330603' },
    { unit_id: CHECKPOINT, kind: 'checkpoint', name: '柯桥虚构卡口', division_code: null },
  ],
  people: [HEAD, OFFICER, COLLEAGUE],
  employment: 'civil_servant',
  operation: { name: '疫情防控（虚构）' },
  post: { name: '测温登记', kind: 'checkpoint', exposure: 'indirect' },
  days: [],
  password: PASSWORD,
  accounts: [
    { login: 'head', name: HEAD.name, role: 'unit_manager', unit_id: CHECKPOINT, person_id: HEAD.person_id },
    { login: 'officer', name: OFFICER.name, role: 'worker', unit_id: CHECKPOINT, person_id: OFFICER.person_id },
    { login: 'colleague', name: COLLEAGUE.name, role: 'worker', unit_id: CHECKPOINT, person_id: COLLEAGUE.person_id },
  ],
}

/** The officer has stood twelve hours on each of the last twenty days and is planned for tomorrow. */
async function fill(database: Database): Promise<void> {
  const operation_id = await writeTestHospital(database, CITY)
  const context = jobContext('test')
  await putShippedPacksInForce((work) => database.transact(context, work), operation_id, new Date(NOW))
  await database.transact(context, async (tx) => {
    const { post_id } = await tx.selectFrom('posts').select('post_id').executeTakeFirstOrThrow()
    const on = { person_id: OFFICER.person_id, operation_id, unit_id: CHECKPOINT, post_id }
    const hours = (date: string) => ({ starts_at: `${date}T08:00:00+08:00`, ends_at: `${date}T20:00:00+08:00` })
    for (let day = 2; day <= 21; day++) {
      await writeSpan(tx, { ...on, ...hours(`2020-02-${String(day).padStart(2, '0')}`) })
    }
    await tx
      .insertInto('planned_shifts')
      .values({ ...on, ...hours('2020-02-23'), starts_on: '2020-02-23' })
      .execute()
  })
  await evaluateUpTo(database, operation_id, '2020-02-21', new Date(NOW))
}

const { open, faults } = openConsolePages({ now: NOW, fill, hasPhone: true })

async function openOnPhone(login: string): Promise<Page> {
  const phone = await open({ login, width: 360 })
  await phone.goto('/phone')
  await phone.locator('.tabs').waitFor()
  return phone
}

it('an overworked checkpoint officer is ordered to rest, a colleague stands in, and the officer sees the rest and the leave owed', async () => {
  const board = await open({ login: 'head' })
  await board.goto('/rest')
  await board.getByRole('button', { name: '现在看一遍' }).click()
  const row = board.getByRole('row').filter({ hasText: OFFICER.name }).filter({ hasText: '示例规则' }).first()
  await row.getByRole('button', { name: '下休息令' }).click()
  const dialog = board.getByRole('dialog')
  await dialog.getByRole('combobox').click()
  await board.locator('.ant-select-dropdown:visible').getByText(COLLEAGUE.name).first().click()
  await dialog.getByLabel('说明').fill('连续值守二十天')
  await dialog.getByRole('button', { name: '下休息令' }).click()
  await board.getByText('已下休息令').waitFor()

  const colleague = await openOnPhone('colleague')
  await colleague.getByText(`${OFFICER.name}`).first().waitFor()
  await screenshot(colleague, 'phone-cover-asked')
  await colleague.getByRole('button', { name: '我来替' }).click()
  await colleague.getByText('已答应，班已排给您。').waitFor()

  await board.reload()
  const ordered = board.getByRole('row').filter({ hasText: OFFICER.name }).filter({ hasText: COLLEAGUE.name })
  await ordered.waitFor()
  expect(await ordered.textContent()).not.toContain('等答复')
  await screenshot(board, 'rest-ordered')

  const officer = await openOnPhone('officer')
  await officer.getByText('您被安排休息').waitFor()
  const owed = officer.locator('.facts div').filter({ hasText: '欠您的补休' }).locator('dd')
  expect(await owed.textContent()).toMatch(/^[1-9]\d*小时/)
  expect(await seriousViolations(officer)).toEqual([])
  expect(await overflowsSideways(officer)).toBe(false)
  await screenshot(officer, 'phone-ordered-rest')
  expect(faults).toEqual([])
}, 120_000)
