import { expect, it } from 'vitest'
import { STANDARD_LIMITS } from '#measures/rosters/server/roster-needs.ts'
import { overflowsSideways, screenshot, seriousViolations } from '#tools/testing/browser.ts'
import { HOSPITAL } from './testing/city.ts'
import { openConsolePages } from './testing/pages.ts'

/** Whoever plans for the city asks for all rosters at once; the unit finds its draft. */

const { open, faults } = openConsolePages()

it('command asks for the rosters of all units, sees who cannot be rostered and why, and asks again once there is a roster', async () => {
  const command = await open({ login: 'command' })
  await command.goto('/rosters')
  await command.getByRole('link', { name: '统一排班', exact: true }).click()
  await command.getByRole('button', { name: '开始统一排班' }).click()
  // The hospital has a post, and three days of duty are too few to propose shifts from.
  const row = command.getByRole('row').filter({ hasText: HOSPITAL })
  await row.getByText('近四周值守不足，无从提出班次').waitFor({ timeout: 30_000 })
  await command.getByText('1 份没有排成。').waitFor()

  const deputy = await open({ login: 'deputy' })
  const saved = await deputy.request.post('/api/operations/1/units/3/rosters', {
    headers: { 'idempotency-key': crypto.randomUUID() },
    data: { roster_id: null, name: '发热门诊', needs: NEEDS },
  })
  expect(saved.status()).toBe(200)

  await command.getByRole('button', { name: '开始统一排班' }).click()
  await command.getByText('1 / 1 份已完成，1 份草稿。').waitFor({ timeout: 60_000 })
  await command.getByText('1 份有缺人的班。').waitFor()
  const answered = command.getByRole('row').filter({ hasText: `${HOSPITAL} · 发热门诊` })
  await answered
    .getByText(/白班：需 6 人，有 [0-5] 人/)
    .first()
    .waitFor()
  expect(await seriousViolations(command)).toEqual([])
  await screenshot(command, 'roster-asks')
  await answered.getByRole('link').click()
  await command.getByRole('grid').waitFor()

  await deputy.goto('/rosters')
  await deputy.getByText('市指挥部统一排出').waitFor()
  await screenshot(deputy, 'rosters-asked')
  const narrow = await open({ login: 'command', width: 360 })
  await narrow.goto('/rosters/asks')
  await narrow.getByText('1 份有缺人的班。').waitFor()
  expect(await overflowsSideways(narrow)).toBe(false)
  await screenshot(narrow, 'roster-asks-360')
  expect(faults).toEqual([])
}, 150_000)

/** Six a day of five people: somebody is always missing. */
const NEEDS = {
  person_ids: [11, 12, 13, 14, 15],
  shifts: [
    {
      code: 'A',
      name: '白班',
      post_id: 1,
      start_minute: 480,
      minutes: 480,
      on_working_days: 6,
      on_rest_days: 6,
      minimum: 0,
      skill: null,
      skilled: 0,
    },
  ],
  limits: STANDARD_LIMITS,
}
