/**
 * Signs in to a running Tongpao and shoots every page of the console at 1440 and 360 pixels, so that whoever changed a page
 * looks at it: `node tools/screenshots.ts --url http://127.0.0.1:8712 --out docs/screenshots [--only statement] [--language en] [--document]`.
 */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { DEMO_PASSWORD } from '#apps/demo/shown-accounts.ts'
import { openBrowser, overflowsSideways } from '#tools/testing/browser.ts'

interface Shot {
  readonly name: string
  readonly as: string
  readonly path: string
  /** What is done on the page before the picture is taken. */
  readonly act?: (page: Page) => Promise<void>
  /** Only what fits the screen: a drawer ends where the screen ends. */
  readonly screenOnly?: boolean
}

const HOSPITAL = '柯桥区人民医院'
const COUNTY = '柯桥区'

/** The page of a unit: found by name, because ids are given out while the demo city is filled. */
async function standAt(page: Page, name: string): Promise<void> {
  const answer = await page.request.get('/api/units', { params: { name_contains: name, limit: 1 } })
  const { units } = await answer.json()
  const address = new URL(page.url())
  address.searchParams.set('unit', String(units[0]?.unit_id))
  await page.goto(address.href)
}

async function openFirstPerson(page: Page): Promise<void> {
  await standAt(page, HOSPITAL)
  await page.locator('.rows tbody a').first().click()
  await page.waitForURL(/people\/\d+/)
}

async function openExplanation(page: Page): Promise<void> {
  await standAt(page, HOSPITAL)
  await page.locator('.figure-button').first().click()
  await page.locator('.explained-lines').first().waitFor()
}

function openDialog(zh: string, en: string): (page: Page) => Promise<void> {
  return async (page) => {
    const name = values.language === 'en' ? en : zh
    await page.locator('main').getByRole('button', { name, exact: true }).click()
    await page.getByRole('dialog').waitFor()
  }
}

const SHOTS: readonly Shot[] = [
  { name: 'board', as: 'command', path: '/' },
  { name: 'notice', as: 'command', path: '/notice?clause=6' },
  { name: 'worklist', as: 'hr', path: '/worklist' },
  { name: 'org', as: 'admin', path: '/org' },
  { name: 'operations', as: 'command', path: '/operations' },
  {
    name: 'declare',
    as: 'command',
    path: '/operations',
    act: openDialog('宣布响应', 'Declare a response'),
    screenOnly: true,
  },
  { name: 'people', as: 'hr', path: '/people' },
  { name: 'person', as: 'hr', path: '/people', act: openFirstPerson },
  { name: 'duty', as: 'deputy', path: '/duty' },
  { name: 'duty-day', as: 'deputy', path: '/duty/2020-02-23' },
  { name: 'duty-today', as: 'deputy', path: '/duty/2020-02-24' },
  { name: 'posts', as: 'deputy', path: '/duty/posts' },
  { name: 'plan', as: 'deputy', path: '/duty/plan' },
  { name: 'plan-many', as: 'deputy', path: '/duty/plan', act: openDialog('排班', 'Plan shifts'), screenOnly: true },
  { name: 'import', as: 'deputy', path: '/duty/import' },
  { name: 'rosters', as: 'manager', path: '/rosters' },
  { name: 'roster-asks', as: 'command', path: '/rosters/asks', act: (page) => standAt(page, COUNTY) },
  { name: 'rest', as: 'organisation', path: '/rest', act: (page) => standAt(page, COUNTY) },
  { name: 'statement', as: 'hr', path: '/statement' },
  { name: 'statement-people', as: 'hr', path: '/statement?view=people', act: (page) => standAt(page, HOSPITAL) },
  { name: 'explanation', as: 'hr', path: '/statement?view=people', act: openExplanation, screenOnly: true },
  { name: 'differences', as: 'hr', path: '/statement/differences' },
  { name: 'insurance', as: 'finance', path: '/insurance' },
  { name: 'audit', as: 'auditor', path: '/audit' },
  { name: 'jobs', as: 'hr', path: '/jobs' },
  { name: 'accounts', as: 'admin', path: '/accounts' },
  { name: 'own-account', as: 'deputy', path: '/me' },
]

const WIDTHS = [1440, 360] as const

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:8712' },
    out: { type: 'string', default: 'docs/screenshots' },
    only: { type: 'string' },
    language: { type: 'string', default: 'zh' },
    /** Small pictures for the documents: JPEG, only what fits the screen, only the wide one. */
    document: { type: 'boolean', default: false },
  },
})

async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle')
  await page.locator('.ant-skeleton').first().waitFor({ state: 'detached', timeout: 15_000 })
}

async function shoot(browser: Browser, shot: Shot, width: number): Promise<void> {
  const context = await browser.newContext({
    baseURL: values.url,
    viewport: { width, height: width === 360 ? 740 : 900 },
    locale: 'zh-CN',
  })
  const page = await context.newPage()
  page.on('pageerror', (error) => console.error(`${shot.name} at ${width}: ${error.message}`))
  // As text: this file knows no browser types.
  await page.addInitScript(`localStorage.setItem('tongpao.language', ${JSON.stringify(values.language)})`)
  if (shot.as !== '') {
    const answer = await page.request.post('/api/session', { data: { login: shot.as, password: DEMO_PASSWORD } })
    if (!answer.ok()) throw new Error(`cannot sign in as ${shot.as}: ${await answer.text()}`)
  }
  await page.goto(shot.path)
  await settled(page)
  await shot.act?.(page)
  await settled(page)
  if (await overflowsSideways(page)) console.error(`${shot.name} at ${width}: the page is wider than the screen`)
  const picture = values.document
    ? ({ path: path.join(values.out, `${shot.name}.jpg`), type: 'jpeg', quality: 72 } as const)
    : { path: path.join(values.out, `${shot.name}-${width}.png`), fullPage: !shot.screenOnly }
  await page.screenshot(picture)
  await context.close()
}

await mkdir(values.out, { recursive: true })
const browser = await openBrowser()
try {
  const all: readonly Shot[] = [{ name: 'sign-in', as: '', path: '/' }, ...SHOTS]
  const shots = all.filter(({ name }) => values.only === undefined || values.only.split(',').includes(name))
  for (const shot of shots)
    for (const width of values.document ? [WIDTHS[0]] : WIDTHS)
      await shoot(browser, shot, width).catch((error: unknown) => console.error(`${shot.name} at ${width}:`, error))
} finally {
  await browser.close()
}
