import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { evaluateUpTo, putShippedPacksInForce } from '#apps/server/shipped-packs.ts'
import { jobContext } from '#platform/db/context.ts'
import { connect, type Database } from '#platform/db/database.ts'
import { Refusal } from '#platform/http/problem.ts'
import { sumDifferences } from '#records/policies/server/differences.ts'
import { findPacks, listLayersInForce } from '#records/policies/server/packs-store.ts'
import { whatIf } from '#records/policies/server/what-if.ts'
import { setFigure } from '#records/policies/set-figure.ts'
import { percentile, printBars, printFigure } from './print.ts'
import { fillCity, fillDuty, OPERATION, openStage } from './stage.ts'

/**
 * A changed rate over a whole city, from PostgreSQL to the sums per person, county and fund; and the statement run with the
 * differences to the run before it. Two shared cores.
 */
const PEOPLE = 100_000
const PEOPLE_PER_UNIT = 20
const DAYS = 60
const NOW = new Date('2020-04-30T08:00:00+08:00')
const ON = '2020-04-29'
const WHAT_IF_SECONDS_MAX = 15
const STATEMENT_SECONDS_MAX = 60
const MEMORY_MB_MAX = 1024

/** The national rate of tier 1 from 300 to 320 yuan, for the past too: what reaches the most people. */
async function changedFiles(database: Database) {
  return database.read(jobContext('bench'), async (tx) => {
    const layers = await listLayersInForce(tx, OPERATION, undefined)
    const hash = layers.find(({ code }) => code === 'national-2020')?.pack_hash ?? ''
    const [pack] = await findPacks(tx, [hash])
    const files = setFigure(pack?.files ?? [], {
      parameter: 'subsidy-rate-tier-1',
      value: '320 yuan',
      from_on: '2020-01-20',
      known_on: '2020-04-30',
      document: { kind: 'known', code: 'caishe-2', published: '2020-01-25' },
    })
    if (!files) throw new Error('the national pack has no rate to change')
    return files
  })
}

interface Measured {
  readonly seconds: number
  readonly peak_mb: number
}

async function measured(work: () => Promise<void>): Promise<Measured> {
  const samples: number[] = []
  const watching = setInterval(() => samples.push(process.memoryUsage.rss() / 1_048_576), 50)
  const started = performance.now()
  await work()
  const seconds = (performance.now() - started) / 1000
  clearInterval(watching)
  return { seconds, peak_mb: percentile(samples, 1) }
}

async function runWhatIf(database: Database): Promise<void> {
  const order = { operation_id: OPERATION, area_unit_id: 1, on_date: ON, files: await changedFiles(database) }
  const outcome = await whatIf(database, order, { now: NOW, progress: async () => true })
  if (outcome === 'cancelled' || outcome instanceof Refusal) throw new Error(JSON.stringify(outcome))
  const { people, people_count } = outcome.result
  printFigure('people compared', people_count, 'people')
  printFigure('  who gain', people.more.people_count, 'people')
  printFigure('  what it costs', people.more.amount_fen / 100, 'yuan')
}

async function runStatement(database: Database): Promise<void> {
  await evaluateUpTo(database, OPERATION, ON, NOW)
  await database.read(jobContext('bench'), async (tx) => {
    const rows = await tx.selectFrom('evaluations').select('evaluation_id').orderBy('evaluation_id').execute()
    const [before, after] = rows.slice(-2)
    if (!before || !after) throw new Error('two evaluations are compared')
    const { more, less } = await sumDifferences(tx, before.evaluation_id, after.evaluation_id)
    printFigure('people whose sums differ', more.people_count + less.people_count, 'people')
  })
}

async function run(args: readonly string[]): Promise<boolean> {
  const size = Number(args[0] ?? PEOPLE)
  const stage = await openStage()
  const database = connect(stage.opened.appConfig, { connections_max: 6, long: true })
  try {
    await fillCity(stage.admin, { units: size / PEOPLE_PER_UNIT, people_per_unit: PEOPLE_PER_UNIT })
    await fillDuty(stage.admin, DAYS)
    await putShippedPacksInForce((work) => database.transact(jobContext('bench'), work), OPERATION, NOW)
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const trial = await measured(() => runWhatIf(database))
    delay.disable()
    printFigure('longest pause of the event loop meanwhile', delay.max / 1e6, 'ms')
    // The run before stands; a person with a day less is a difference.
    await evaluateUpTo(database, OPERATION, ON, NOW)
    await stage.admin.query(`delete from duty_current where starts_on = '2020-02-20' and person_id % 10 = 0`)
    const statement = await measured(() => runStatement(database))
    return printBars([
      {
        name: `what-if, ${size.toLocaleString('en')} people`,
        reached: trial.seconds,
        limit: WHAT_IF_SECONDS_MAX,
        unit: 's',
        kind: 'most',
      },
      { name: 'memory at its peak', reached: trial.peak_mb, limit: MEMORY_MB_MAX, unit: 'MB', kind: 'most' },
      {
        name: `statement with differences, ${size.toLocaleString('en')} people`,
        reached: statement.seconds,
        limit: STATEMENT_SECONDS_MAX,
        unit: 's',
        kind: 'most',
      },
      { name: 'memory at its peak', reached: statement.peak_mb, limit: MEMORY_MB_MAX, unit: 'MB', kind: 'most' },
    ])
  } finally {
    await database.close()
    await stage.close()
  }
}

export const bench = { about: 'a changed rate over a whole city, and the statement run with its differences', run }
