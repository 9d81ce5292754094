import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { testDatabase } from '#platform/db/testing.ts'
import { openBrowser } from '#tools/testing/browser.ts'
import { PASSWORD } from './city.ts'
import { type ConsoleHouse, type HouseOptions, openConsoleHouse } from './house.ts'

export interface Opening {
  /** Signed in as this account before the page opens; left out, nobody is. */
  readonly login?: string | undefined
  readonly password?: string | undefined
  readonly width?: number | undefined
}

export interface ConsolePages {
  /** Of the house that is open, such as `http://127.0.0.1:41233`. */
  url(): string
  /** A page of a browser of its own, as whoever sits there sees it. */
  open(opening?: Opening): Promise<Page>
  /** The same records some days later: the house is closed and opened again. */
  reopen(now: string): Promise<void>
  /** What failed in scripts of the pages. */
  readonly faults: readonly string[]
}

/** The console's house and a browser, open from the first test of a file to its last. */
export function openConsolePages(options: HouseOptions = {}): ConsolePages {
  const test = testDatabase()
  const contexts: BrowserContext[] = []
  const faults: string[] = []
  let house: ConsoleHouse | undefined
  let browser: Browser | undefined
  beforeAll(async () => {
    house = await openConsoleHouse(await test, options)
    browser = await openBrowser()
  }, 180_000)
  afterAll(async () => {
    await Promise.all(contexts.map((context) => context.close()))
    await browser?.close()
    await house?.close()
  }, 30_000)
  const url = () => {
    if (!house) throw new Error('the house opens before the first test')
    return house.url
  }
  return {
    url,
    faults,
    async open({ login, password = PASSWORD, width = 1440 } = {}) {
      if (!browser) throw new Error('the browser opens before the first test')
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        locale: 'zh-CN',
        timezoneId: 'Asia/Shanghai',
        baseURL: url(),
        reducedMotion: 'reduce',
      })
      contexts.push(context)
      const page = await context.newPage()
      page.setDefaultTimeout(15_000)
      page.on('pageerror', (error) => faults.push(error.message))
      if (login === undefined) return page
      const answer = await page.request.post('/api/session', { data: { login, password } })
      expect(answer.status()).toBe(200)
      return page
    },
    async reopen(now) {
      await Promise.all(contexts.splice(0).map((context) => context.close()))
      await house?.close()
      house = await openConsoleHouse(await test, { now, fill: async () => undefined })
    },
  }
}
