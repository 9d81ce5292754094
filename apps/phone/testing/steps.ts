import type { Page } from 'playwright-core'
import { PASSWORD } from './city.ts'

/** What people do on the phone, in the words of the pages. */

export async function signIn(page: Page, url: string, login: string): Promise<void> {
  await page.goto(`${url}/phone`)
  await page.fill('input[name=login]', login)
  await page.fill('input[name=password]', PASSWORD)
  await page.click('button[type=submit]')
  await page.waitForSelector('.tabs')
}

/** Waits until the service worker is in charge and has read ahead what is wanted without a network. */
export async function waitUntilReadyOffline(page: Page, paths: readonly string[]): Promise<void> {
  await page.waitForFunction('navigator.serviceWorker.controller !== null')
  const kept = `Promise.all(${JSON.stringify(paths)}.map((path) => caches.match(path))).then((all) => all.every(Boolean))`
  for (let tries = 0; !(await page.evaluate<boolean>(kept)); tries += 1) {
    if (tries > 100) throw new Error(`not kept on the phone: ${paths.join(', ')}`)
    await page.waitForTimeout(200)
  }
}

export async function openTab(page: Page, name: string): Promise<void> {
  await page.click(`.tabs >> text="${name}"`)
}
