import { performance } from 'node:perf_hooks'
import { evaluateUpTo, putShippedPacksInForce } from '#apps/server/shipped-packs.ts'
import { jobContext } from '#platform/db/context.ts'
import { connect } from '#platform/db/database.ts'
import { evaluate } from '#records/policies/server/evaluate.ts'
import { percentile, printBars, printFigure } from './print.ts'
import { fillCity, fillDuty, OPERATION, openStage } from './stage.ts'

/**
 * The statement run from PostgreSQL to stored results, end to end: duty of 60 days, read as of a snapshot, evaluated with the
 * full stack, written with what is needed to make every trace again. From 3,000 to 100,000 people.
 */
const SIZES = [3_000, 30_000, 100_000] as const
const PEOPLE_PER_UNIT = 20
const DAYS = 60
const NOW = new Date('2020-04-30T08:00:00+08:00')
/** Long enough ago that duty is read from what was recorded by then, and everything was. */
const KNOWN_AN_HOUR_AGO = new Date(NOW.getTime() - 3_600_000)
const SECONDS_MAX = 30
const MEMORY_MB_MAX = 1024
/** How much longer a person may take at 100,000 than at 30,000 for the run to count as linear. */
const LINEAR_MAX = 1.35

interface Measured {
  readonly people: number
  readonly seconds: number
  readonly held_back_seconds: number
  readonly peak_mb: number
}

async function measure(people: number): Promise<Measured> {
  const stage = await openStage()
  const database = connect(stage.opened.appConfig, { connections_max: 6, long: true })
  try {
    await fillCity(stage.admin, { units: people / PEOPLE_PER_UNIT, people_per_unit: PEOPLE_PER_UNIT })
    await fillDuty(stage.admin, DAYS)
    await putShippedPacksInForce((work) => database.transact(jobContext('bench'), work), OPERATION, NOW)
    const samples: number[] = []
    const watching = setInterval(() => samples.push(process.memoryUsage.rss() / 1_048_576), 50)
    const started = performance.now()
    await evaluateUpTo(database, OPERATION, '2020-04-29', NOW)
    const seconds = (performance.now() - started) / 1000
    const again = performance.now()
    const order = {
      operation_id: OPERATION,
      on_date: '2020-04-29',
      known_at: KNOWN_AN_HOUR_AGO,
      becomes_current: false,
    }
    const held = await evaluate(database, order, { now: NOW, progress: async () => true })
    const held_back_seconds = (performance.now() - again) / 1000
    clearInterval(watching)
    if (typeof held === 'string' || !('span_count' in held) || held.span_count !== people * DAYS)
      throw new Error(`held back, the run did not count what was known: ${JSON.stringify(held)}`)
    const { rows } = await stage.admin.query<{ results: number; spans: string }>(`
      select (select count(*)::int / 2 from entitlement_results) as results, (select count(*) from duty_current) as spans`)
    printFigure(
      `${people.toLocaleString('en')} people, ${Number(rows[0].spans).toLocaleString('en')} spans`,
      seconds,
      's',
    )
    printFigure('  as known an hour ago', held_back_seconds, 's')
    printFigure('  results stored', rows[0].results, 'rows')
    return { people, seconds, held_back_seconds, peak_mb: percentile(samples, 1) }
  } finally {
    await database.close()
    await stage.close()
  }
}

async function run(args: readonly string[]): Promise<boolean> {
  const sizes = args.length > 0 ? args.map(Number) : SIZES
  const all: Measured[] = []
  for (const people of sizes) all.push(await measure(people))
  const largest = all[all.length - 1]
  const middle = all[all.length - 2] ?? largest
  const perPerson = ({ seconds, people }: Measured) => seconds / people
  return printBars([
    {
      name: `${largest.people.toLocaleString('en')} people, end to end`,
      reached: largest.seconds,
      limit: SECONDS_MAX,
      unit: 's',
      kind: 'most',
    },
    {
      name: `${largest.people.toLocaleString('en')} people, as known an hour ago`,
      reached: largest.held_back_seconds,
      limit: SECONDS_MAX,
      unit: 's',
      kind: 'most',
    },
    {
      name: 'memory of the process at its peak',
      reached: largest.peak_mb,
      limit: MEMORY_MB_MAX,
      unit: 'MB',
      kind: 'most',
    },
    {
      name: `time a person, ${largest.people.toLocaleString('en')} against ${middle.people.toLocaleString('en')} people`,
      reached: perPerson(largest) / perPerson(middle),
      limit: LINEAR_MAX,
      unit: '×',
      kind: 'most',
    },
  ])
}

export const bench = { about: 'statement run from PostgreSQL to stored results', run }
