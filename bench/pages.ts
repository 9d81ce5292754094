import { performance } from 'node:perf_hooks'
import { evaluateUpTo, putShippedPacksInForce } from '#apps/server/shipped-packs.ts'
import { lookAtRest } from '#measures/rosters/server/look.ts'
import { jobContext } from '#platform/db/context.ts'
import { connect } from '#platform/db/database.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import { percentile, printBars, printFigure } from './print.ts'
import { spawnNode } from './spawn-node.ts'
import { FIRST_UNIT, fillCity, fillDuty, OPERATION, openStage, tokenOf } from './stage.ts'

/** What the console's pages ask for, with 30,000 people and 1.8 million spans in the database, one request at a time. */
const SIZE = { units: 1_500, people_per_unit: 20 }
const DAYS = 60
const NOW = new Date('2020-04-30T08:00:00+08:00')
const ROUNDS = 40
const P95_MS_MAX = 200
const ROWS_MAX = 100

const unit = (index: number) => FIRST_UNIT + (index % SIZE.units)
const person = (index: number) => 1 + ((index * 17) % (SIZE.units * SIZE.people_per_unit))
const operation = `/api/operations/${OPERATION}`
const period = 'from=2020-02-01&to=2020-02-29'

const CITY = 1
const COUNTY = 3

/** One line per request that a page makes; the whole-city account asks unless a unit is named. */
const REQUESTS: readonly (readonly [name: string, path: (index: number) => string])[] = [
  ['board: clauses', () => `${operation}/clauses`],
  ['board: worklist counts', () => `/api/worklist/counts?operation_id=${OPERATION}`],
  ['units: below a county', () => `/api/units?parent_id=${COUNTY}`],
  ['units: search', (index) => `/api/units?name_contains=${encodeURIComponent(`单位${index}`)}`],
  ['people: whole city, first screen', () => `/api/people?unit_id=${CITY}`],
  ['people: a county', () => `/api/people?unit_id=${COUNTY}`],
  ['people: search by name', (index) => `/api/people?name_contains=${encodeURIComponent(`虚构${index}-`)}`],
  ['person', (index) => `/api/people/${person(index)}`],
  ['person: duty', (index) => `${operation}/people/${person(index)}/duty?${period}`],
  ['duty: month of a unit', (index) => `${operation}/units/${unit(index)}/duty-days?${period}`],
  ['duty: day of a unit', (index) => `${operation}/units/${unit(index)}/duty-days/2020-02-10`],
  ['statement: city', () => `${operation}/statements/units/${CITY}`],
  ['statement: county', () => `${operation}/statements/units/${COUNTY}`],
  ['statement: people of a unit', (index) => `${operation}/statements/units/${unit(index)}/people`],
  ['statement: people of a county', () => `${operation}/statements/units/${COUNTY}/people`],
  ['statement: person', (index) => `${operation}/statements/people/${person(index)}`],
  ['insurance lists', () => `${operation}/insurance?unit_id=${CITY}&list=undecided`],
  ['open decisions', () => `${operation}/open-decisions`],
  ['worklist', () => `/api/worklist?operation_id=${OPERATION}`],
  ['clause beside its pack', () => `${operation}/clauses/6`],
  ['statement: amounts of a county', () => `${operation}/statements/units/${COUNTY}/amounts`],
  [
    'explanation of a figure',
    (index) => `${operation}/statements/people/${person(index)}/entitlements/work-subsidy/explanation`,
  ],
  ['missing facts', () => `${operation}/missing-facts`],
  ['evaluations', () => `${operation}/evaluations`],
  ['drafts', () => `${operation}/drafts`],
  ['duty: posts of a unit', (index) => `${operation}/units/${unit(index)}/posts`],
  ['duty: planned week', (index) => `${operation}/units/${unit(index)}/planned-shifts?from=2020-04-27&to=2020-05-03`],
  ['duty: objections', (index) => `${operation}/units/${unit(index)}/objections`],
  ['rest: city', () => `${operation}/rest/units/${CITY}`],
  ['rest: a county', () => `${operation}/rest/units/${COUNTY}`],
  ['rest: a unit', (index) => `${operation}/rest/units/${unit(index)}`],
  ['leave: a county', () => `${operation}/leave/units/${COUNTY}`],
  ['rosters of a unit', (index) => `${operation}/units/${unit(index)}/rosters`],
  ['audit', () => '/api/audit'],
  ['exports', () => '/api/exports'],
  ['openings', () => '/api/circle-openings'],
  ['jobs', () => '/api/jobs'],
]

interface Timed {
  readonly name: string
  readonly p95_ms: number
  readonly rows: number
  readonly failed: number
}

/** The longest list anywhere in an answer: no page loads more than one screenful of rows. */
function longestList(value: unknown): number {
  if (Array.isArray(value)) return Math.max(value.length, ...value.map(longestList))
  if (value !== null && typeof value === 'object') return Math.max(0, ...Object.values(value).map(longestList))
  return 0
}

async function time(port: number, name: string, path: (index: number) => string): Promise<Timed> {
  const times: number[] = []
  let rows = 0
  let failed = 0
  for (let index = 0; index < ROUNDS; index += 1) {
    const started = performance.now()
    const answer = await fetch(`http://127.0.0.1:${port}${path(index)}`, {
      headers: { cookie: `tongpao_session=${tokenOf(CITY)}` },
    })
    const body: unknown = await answer.json()
    times.push(performance.now() - started)
    if (!answer.ok) {
      if (failed === 0) console.log(`       ${name} answered ${answer.status}: ${JSON.stringify(body).slice(0, 200)}`)
      failed += 1
    }
    rows = Math.max(rows, longestList(body))
  }
  return { name, p95_ms: percentile(times, 0.95), rows, failed }
}

async function run(): Promise<boolean> {
  const stage = await openStage()
  try {
    await fillCity(stage.admin, SIZE)
    await fillDuty(stage.admin, DAYS)
    const database = connect(stage.opened.appConfig, { long: true })
    await putShippedPacksInForce((work) => database.transact(jobContext('bench'), work), OPERATION, NOW)
    await evaluateUpTo(database, OPERATION, '2020-04-29', NOW)
    const rested = await database.read(jobContext('bench'), (tx) => findOperation(tx, OPERATION))
    if (rested) await lookAtRest(database, rested, NOW)
    await database.close()
    await stage.admin.query('analyze')
    const node = await spawnNode(stage.opened.appConfig)
    try {
      const all: Timed[] = []
      for (const [name, path] of REQUESTS) all.push(await time(node.port, name, path))
      for (const { name, p95_ms, rows } of all) printFigure(`${name} (longest list ${rows})`, p95_ms, 'ms p95')
      const slowest = all.reduce((a, b) => (b.p95_ms > a.p95_ms ? b : a))
      return printBars([
        {
          name: `slowest request, p95 (${slowest.name})`,
          reached: slowest.p95_ms,
          limit: P95_MS_MAX,
          unit: 'ms',
          kind: 'most',
        },
        {
          name: 'longest list in any answer',
          reached: Math.max(...all.map(({ rows }) => rows)),
          limit: ROWS_MAX,
          unit: 'rows',
          kind: 'most',
        },
        {
          name: 'requests that failed',
          reached: all.reduce((sum, { failed }) => sum + failed, 0),
          limit: 0,
          unit: 'requests',
          kind: 'most',
        },
      ])
    } finally {
      await node.stop()
    }
  } finally {
    await stage.close()
  }
}

export const bench = { about: 'console pages with 30,000 people and 1.8 million spans', run }
