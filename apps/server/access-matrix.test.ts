import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { SESSION_COOKIE } from '#platform/access/sessions.ts'
import { standingClock } from '#platform/clock/clock.ts'
import { connect } from '#platform/db/database.ts'
import { testDatabase } from '#platform/db/testing.ts'
import { prepareJobs } from '#platform/jobs/queue.ts'
import { ACCESS_CITY_NOW, type Account, createAccessCity } from './access-city.ts'
import { ACCESS_MATRIX, type Call, expectedOutcome, type Outcome, type Row } from './access-matrix.ts'
import { compose } from './compose.ts'

const { appConfig, ownerConfig } = await testDatabase()
await prepareJobs(ownerConfig)
const database = connect(appConfig)
const house = await compose({
  database,
  rootKey: randomBytes(32),
  clock: standingClock(ACCESS_CITY_NOW),
  demo: false,
  http: { logger: false, inFlightMax: 100 },
})
const { sessions } = house.platform
const city = await createAccessCity(database, sessions)
afterAll(async () => {
  await house.app.close()
  await database.close()
})

interface Asked {
  readonly outcome: Outcome
  readonly status: number
  readonly code: string | undefined
  readonly text: string
}

function urlOf(path: string, { params = {}, query = {} }: Call): string {
  const filled = path.replace(/:(\w+)/g, (whole, name: string) => {
    const value = params[name]
    if (value === undefined) throw new Error(`the sample of ${path} gives no ${whole}`)
    return encodeURIComponent(String(value))
  })
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) search.set(name, String(value))
  return search.size > 0 ? `${filled}?${search}` : filled
}

/** Refusals on the way to the room. A 404 of the room itself counts: that is how it says "outside". */
function outcomeOf(status: number, code: string | undefined): Outcome {
  if (status === 401 && code === 'http.signed_out') return 'signed_out'
  if (status === 403 && code === 'http.not_permitted') return 'not_permitted'
  if (status === 404) return 'not_found'
  return 'allowed'
}

function bodyOf({ body = {} }: Call): object {
  return body instanceof Uint8Array ? Buffer.from(body) : body
}

async function ask(row: Row, account: Account | undefined, where: 'inside' | 'outside'): Promise<Asked> {
  const [method, path] = row.endpoint.split(' ')
  const call = await row.sample(city[where], city, account ?? city.accounts[0])
  // A session of its own for every request: some of them end it.
  const session = account && (await sessions.open(account.user_id, 'test')).token
  const answer = await house.app.inject({
    method: method === 'POST' ? 'POST' : 'GET',
    url: urlOf(path, call),
    headers: {
      'idempotency-key': randomUUID(),
      ...(call.body instanceof Uint8Array ? { 'content-type': 'application/octet-stream' } : {}),
    },
    ...(method === 'POST' ? { payload: bodyOf(call) } : {}),
    ...(session ? { cookies: { [SESSION_COOKIE]: session } } : {}),
  })
  const problem = String(answer.headers['content-type']).startsWith('application/problem+json')
  const code: unknown = problem ? answer.json().code : undefined
  const codeText = typeof code === 'string' ? code : undefined
  return {
    outcome: outcomeOf(answer.statusCode, codeText),
    status: answer.statusCode,
    code: codeText,
    text: answer.body,
  }
}

const rows = new Map<string, Row>(ACCESS_MATRIX.map((row) => [row.endpoint, row]))
const mounted = house.endpoints.map(({ method, path }) => `${method} ${path}`)

describe('the access matrix', () => {
  it('has one row for every endpoint of the house, and none for an endpoint that is gone', () => {
    expect(mounted.filter((name) => !rows.has(name))).toEqual([])
    expect([...rows.keys()].filter((name) => !mounted.includes(name))).toEqual([])
    expect(ACCESS_MATRIX.length).toBe(rows.size)
  })

  for (const row of ACCESS_MATRIX.filter(({ endpoint }) => mounted.includes(endpoint))) {
    it(`holds for ${row.endpoint}`, async () => {
      const asking = row.who === 'public' ? city.accounts.slice(0, 1) : city.accounts
      const differing: string[] = []
      for (const account of [undefined, ...asking]) {
        for (const where of ['inside', 'outside'] as const) {
          const expected = expectedOutcome(row, account?.role, where)
          const asked = await ask(row, account, where)
          const isSample = expected === 'allowed' && where === 'inside'
          if (asked.outcome !== expected || asked.status >= 500 || (isSample && !isSound(row, asked))) {
            const who = account?.role ?? 'nobody'
            differing.push(`${who} ${where}: expected ${expected}, got ${asked.status} ${asked.text.slice(0, 300)}`)
          }
        }
      }
      expect(differing).toEqual([])
    })
  }
})

/**
 * A sample inside must really get through, else the row proves nothing: it succeeds, or meets the problem that the row
 * names, or one that an earlier asking of the same sample left behind.
 */
function isSound(row: Row, { status, code }: Asked): boolean {
  if (status < 300) return row.meets === undefined
  if (code === undefined || code.startsWith('http.')) return false
  return row.meets === undefined ? status === 409 : code === row.meets || status === 423 || status === 429
}
