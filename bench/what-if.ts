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
const RUNS = 3
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
  /** Of this process, all threads; the database's are not in it. */
  readonly cpu_seconds: number
  readonly peak_mb: number
}

async function measured(work: () => Promise<void>): Promise<Measured> {
  const samples: number[] = []
  const watching = setInterval(() => samples.push(process.memoryUsage.rss() / 1_048_576), 50)
  const started = performance.now()
  const cpu = process.cpuUsage()
  await work()
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(cpu)
  clearInterval(watching)
  return { seconds, cpu_seconds: (user + system) / 1e6, peak_mb: percentile(samples, 1) }
}

async function runWhatIf(database: Database): Promise<void> {
  const order = {
    operation_id: OPERATION,
    area_unit_id: 1,
    on_date: ON,
    known_at: null,
    files: await changedFiles(database),
  }
  const outcome = await whatIf(database, order, { now: NOW, progress: async () => true })
  if (outcome === 'cancelled' || outcome instanceof Refusal) throw new Error(JSON.stringify(outcome))
  const { total, people_count, funds } = outcome.result
  printFigure('people compared', people_count, 'people')
  printFigure('  who gain', total.people_gaining, 'people')
  printFigure('  what it costs', total.difference_fen / 100, 'yuan')
  const followed = funds.reduce((sum, { before, after }) => sum + after.cost_fen - before.cost_fen, 0)
  if (followed !== total.difference_fen) throw new Error('what the funds pay day by day is not what people gain')
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

/** A few runs over the same data: the median counts, since the machine does other things meanwhile. */
async function trials(database: Database, times: number): Promise<Measured> {
  const runs: Measured[] = []
  for (let index = 0; index < times; index++) {
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const one = await measured(() => runWhatIf(database))
    delay.disable()
    runs.push(one)
    printFigure('  what-if', one.seconds, 's')
    printFigure('    of which this process computes', one.cpu_seconds, 's')
    printFigure('    longest pause of the event loop', delay.max / 1e6, 'ms')
  }
  return {
    seconds: percentile(
      runs.map(({ seconds }) => seconds),
      0.5,
    ),
    cpu_seconds: Math.min(...runs.map(({ cpu_seconds }) => cpu_seconds)),
    peak_mb: Math.max(...runs.map(({ peak_mb }) => peak_mb)),
  }
}

/** `what-if [people] [runs] [only]`: with `only` the statement run is left out. */
async function run(args: readonly string[]): Promise<boolean> {
  const size = Number(args[0] ?? PEOPLE)
  const stage = await openStage()
  const database = connect(stage.opened.appConfig, { connections_max: 6, long: true })
  const bars = (name: string, { seconds, peak_mb }: Measured, limit: number) => [
    { name: `${name}, ${size.toLocaleString('en')} people`, reached: seconds, limit, unit: 's', kind: 'most' as const },
    { name: 'memory at its peak', reached: peak_mb, limit: MEMORY_MB_MAX, unit: 'MB', kind: 'most' as const },
  ]
  try {
    await fillCity(stage.admin, { units: size / PEOPLE_PER_UNIT, people_per_unit: PEOPLE_PER_UNIT })
    await fillDuty(stage.admin, DAYS)
    await putShippedPacksInForce((work) => database.transact(jobContext('bench'), work), OPERATION, NOW)
    const trial = await trials(database, Number(args[1] ?? RUNS))
    if (args[2] === 'only') return printBars(bars('what-if', trial, WHAT_IF_SECONDS_MAX))
    // The run before stands; a person with a day less is a difference.
    await evaluateUpTo(database, OPERATION, ON, NOW)
    await stage.admin.query(`delete from duty_current where starts_on = '2020-02-20' and person_id % 10 = 0`)
    const statement = await measured(() => runStatement(database))
    printFigure('statement: of which this process computes', statement.cpu_seconds, 's')
    return printBars([
      ...bars('what-if', trial, WHAT_IF_SECONDS_MAX),
      ...bars('statement with differences', statement, STATEMENT_SECONDS_MAX),
    ])
  } finally {
    await database.close()
    await stage.close()
  }
}

export const bench = { about: 'a changed rate over a whole city, and the statement run with its differences', run }
