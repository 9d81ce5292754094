import type { Browser } from 'playwright-core'
import { afterAll } from 'vitest'
import { testDatabase } from '#platform/db/testing.ts'
import { openBrowser, openPhone } from '#tools/testing/browser.ts'
import { openPhoneHouse, type PhoneHouse } from './house.ts'

export interface Phones extends Omit<PhoneHouse, 'close'> {
  /** One more phone, which shares nothing with the others. */
  open(): ReturnType<typeof openPhone>
}

/**
 * The house with the phone's pages and a browser, opened where a test file begins and closed after its last test. `now` is what its
 * clock says; left out, a morning.
 */
export async function openPhones(now?: string): Promise<Phones> {
  const opened: { house?: PhoneHouse; browser?: Browser } = {}
  const test = testDatabase()
  afterAll(async () => {
    await opened.browser?.close()
    await opened.house?.close()
  }, 30_000)
  const house = await openPhoneHouse(await test, now)
  opened.house = house
  const browser = await openBrowser()
  opened.browser = browser
  return { ...house, open: () => openPhone(browser) }
}
