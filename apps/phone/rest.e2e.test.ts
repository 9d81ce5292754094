import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newTestDatabase } from '#platform/db/testing.ts'
import { openBrowser, openPhone, overflowsSideways, seriousViolations } from '#tools/testing/browser.ts'
import { NURSE } from './testing/city.ts'
import { openPhoneHouse, type PhoneHouse } from './testing/house.ts'
import { signIn } from './testing/steps.ts'

let browser: Browser
let phones: PhoneHouse
let dropDatabase: () => Promise<void>

beforeAll(async () => {
  const database = await newTestDatabase()
  dropDatabase = database.drop
  phones = await openPhoneHouse(database)
  browser = await openBrowser()
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await phones?.close()
  await dropDatabase?.()
})

test('whoever is at their limit says so in two taps and sees that it waits for an answer', async () => {
  const { context, page, faults } = await openPhone(browser)
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
