import { expect, test } from 'vitest'
import { overflowsSideways, seriousViolations } from '#tools/testing/browser.ts'
import { NURSE } from './testing/city.ts'
import { openPhones } from './testing/phones.ts'
import { signIn } from './testing/steps.ts'

const phones = await openPhones()

test('whoever is at their limit says so in two taps and sees that it waits for an answer', async () => {
  const { context, page, faults } = await phones.open()
  await page.goto(`${phones.url}/phone/#/`)
  await page.waitForSelector('input[name=password]')
  await signIn(page, phones.url, NURSE.login)
  await page.getByRole('button', { name: '跟单位说一声' }).click()
  await page.getByText('自愿反映，由负责人亲自答复，不统计、不影响评价。').waitFor()
  expect(await seriousViolations(page)).toEqual([])
  await page.getByRole('button', { name: '我到极限了' }).click()
  await page.getByText('已告诉单位负责人。').waitFor()
  await page.reload()
  await page.getByText('等待答复').waitFor()
  expect(await overflowsSideways(page)).toBe(false)
  expect(faults).toEqual([])
  await context.close()
}, 60_000)
