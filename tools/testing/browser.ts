import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import chromium from '@sparticuz/chromium'
import { type Browser, type BrowserContext, type Page, chromium as playwright } from 'playwright-core'

/** A small phone, held upright. */
export const PHONE = { width: 360, height: 740 }

/** A name for this machine under which browsers see plain HTTP, unlike `localhost`. */
export const PLAIN_HTTP_HOST = 'phone.test'

/** Its own flags instead of the package's, which switch site isolation and several processes off. */
const FLAGS = [
  '--no-sandbox',
  '--no-zygote',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--font-render-hinting=none',
  `--host-resolver-rules=MAP ${PLAIN_HTTP_HOST} 127.0.0.1`,
]

export async function openBrowser(): Promise<Browser> {
  return playwright.launch({ executablePath: await chromium.executablePath(), args: FLAGS })
}

/** A phone of its own: nothing is shared with other contexts. Faults of the page's script fail the test that asks. */
export async function openPhone(browser: Browser): Promise<{ context: BrowserContext; page: Page; faults: string[] }> {
  const context = await browser.newContext({
    viewport: PHONE,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  return { context, page, faults }
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

interface AxeViolation {
  readonly id: string
  readonly impact?: string | null
  readonly nodes: readonly { readonly html: string }[]
}

/** What axe calls serious or critical on the page as it stands. */
export async function seriousViolations(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(AXE, 'utf8'))
  // As text: this file knows no browser types.
  const { violations } = await page.evaluate<{ violations: AxeViolation[] }>('axe.run(document)')
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)
}

/** Pages of this width must not be moved sideways. */
export function overflowsSideways(page: Page): Promise<boolean> {
  return page.evaluate<boolean>('document.documentElement.scrollWidth > window.innerWidth')
}

/** Where screenshots go when somebody wants to look at the pages: `TONGPAO_SCREENSHOTS=/tmp/shots npx vitest run …`. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env.TONGPAO_SCREENSHOTS
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` })
}
