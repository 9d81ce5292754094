import { setTimeout as sleep } from 'node:timers/promises'
import { askJob } from '#measures/rosters/server/ask-job.ts'
import { addParts } from '#measures/rosters/server/asks.ts'
import { findAsk, listParts } from '#measures/rosters/server/asks-read.ts'
import { standingClock } from '#platform/clock/clock.ts'
import { jobContext } from '#platform/db/context.ts'
import { connect, type Database, type Tx } from '#platform/db/database.ts'
import { createJobs } from '#platform/jobs/queue.ts'
import { startWorking } from '#platform/jobs/work.ts'
import { type Bar, percentile, printFigure } from './print.ts'
import { databaseSeconds } from './processor-time.ts'
import { makeUnit } from './rostering-units.ts'
import { FIRST_UNIT, fillCity, OPERATION, openStage } from './stage.ts'

const SECONDS = 60
const UNITS = 150
const UNIT_PEOPLE = 40
const HOSTS = 2
const CITY = 1
const NOW = '2020-02-23T08:00:00+08:00'
const DAYS = 28
const CONTEXT = jobContext('bench')

/**
 * 6,000 people in 150 units as the product does it: one ask, a job a unit from the queue, two nodes with one warm solving thread each, every
 * roster stored as its draft's next version. The problems are made up with every kind of rule; only building them from records is left out.
 */
export async function benchCounty(cpuOnly: boolean): Promise<Bar[]> {
  const stage = await openStage()
  try {
    await fillCity(stage.admin, { units: UNITS, people_per_unit: 1 })
    const database = connect(stage.opened.appConfig, { connections_max: 8, long: true })
    try {
      return await measure(database, stage.dataFolder, cpuOnly)
    } finally {
      await database.close()
    }
  } finally {
    await stage.close()
  }
}

async function measure(database: Database, dataFolder: string, cpuOnly: boolean): Promise<Bar[]> {
  const clock = standingClock(NOW)
  const hosts = Array.from({ length: HOSTS }, () => {
    const jobs = createJobs(database)
    jobs.register(askJob(database, clock))
    return jobs
  })
  const [asking] = hosts
  if (!asking) throw new Error('no host')
  const ask_id = await database.transact(CONTEXT, async (tx) => {
    const drafts = await writeDrafts(tx)
    const ask = { unit_id: CITY, operation_id: OPERATION, from_on: '2020-02-24', days: DAYS }
    const { ask_id: id } = await tx
      .insertInto('roster_asks')
      .values({ ...ask, by_user_id: 1, asked_at: new Date(NOW) })
      .returning('ask_id')
      .executeTakeFirstOrThrow()
    await addParts(tx, { actor: { user_id: 1 }, jobs: asking }, { ...ask, ask_id: id }, drafts)
    return id
  })
  const which = { operation_id: OPERATION, unit_id: CITY, ask_id }
  const before = performance.now()
  const cpuBefore = process.cpuUsage()
  const ownBefore = process.threadCpuUsage()
  const databaseBefore = await databaseSeconds(dataFolder)
  const working = await Promise.all(hosts.map((jobs) => startWorking(database, jobs, { concurrency: 2 })))
  let isOver = false
  while (!isOver) {
    await sleep(200)
    isOver = (await database.read(CONTEXT, (tx) => findAsk(tx, which)))?.ended_at != null
  }
  const seconds = (performance.now() - before) / 1000
  const { user, system } = process.cpuUsage(cpuBefore)
  const own = process.threadCpuUsage(ownBefore)
  const databaseCpu = ((await databaseSeconds(dataFolder)) ?? 0) - (databaseBefore ?? 0)
  for (const node of working) await node.stop()
  for (const jobs of hosts) await jobs.close()
  const overTwo = ((user + system) / 1e6 + databaseCpu) / 2
  const { hard, penalty, used } = await readAnswers(database, which)
  printFigure('county: mean penalty of a unit', penalty / UNITS, '')
  printFigure('county: CPU seconds of a unit’s solving thread, median', percentile(used, 0.5), 's')
  printFigure('county: CPU seconds of a unit’s solving thread, 95 of 100', percentile(used, 0.95), 's')
  printFigure('county: CPU seconds of the nodes beside their solving threads', (own.user + own.system) / 1e6, 's')
  printFigure('county: CPU seconds of the database', databaseCpu, 's')
  printFigure('county: by the clock, two nodes of one thread each', seconds, 's')
  printFigure('county: all CPU seconds over two cores', overTwo, 's')
  printFigure('county: of 60 s on two cores', overTwo / SECONDS, '')
  return [
    {
      name: 'county of 6,000 in 150 units: all publishable after',
      reached: cpuOnly ? overTwo : seconds,
      limit: SECONDS,
      unit: 's',
      kind: 'most',
    },
    { name: 'county: hard violations', reached: hard, limit: 0, unit: '', kind: 'most' },
  ]
}

/** A roster and its draft in each unit, as an attempt leaves them that has built the problem. */
async function writeDrafts(tx: Tx) {
  const made: { unit_id: number; roster_id: number; draft_id: number }[] = []
  for (let at = 0; at < UNITS; at++) {
    const unit_id = FIRST_UNIT + at
    const place = { unit_id, operation_id: OPERATION }
    const { roster_id } = await tx
      .insertInto('rosters')
      .values({ ...place, name: '隔离病区', needs: JSON.stringify(needsOf(unit_id)), changed_by_user_id: 1 })
      .returning('roster_id')
      .executeTakeFirstOrThrow()
    const { draft_id } = await tx
      .insertInto('roster_drafts')
      .values({
        ...place,
        roster_id,
        from_on: '2020-02-24',
        days: DAYS,
        problem: JSON.stringify(makeUnit(UNIT_PEOPLE, at + 1)),
        notes: JSON.stringify({ notes: [], sources: [] }),
        built_at: new Date(NOW),
        by_user_id: 1,
      })
      .returning('draft_id')
      .executeTakeFirstOrThrow()
    made.push({ unit_id, roster_id, draft_id })
  }
  return made
}

/** Only its head is read here: the problem stands already. */
function needsOf(post_id: number) {
  const shift = {
    code: 'D',
    name: '白班',
    post_id,
    start_minute: 480,
    minutes: 480,
    minimum: 0,
    skill: null,
    skilled: 0,
  }
  return {
    person_ids: [1],
    shifts: [{ ...shift, on_working_days: 1, on_rest_days: 1 }],
    limits: {
      rest_minutes: 660,
      run_days_max: 6,
      night_run_max: 3,
      days_off_after_nights: 2,
      nights_max: null,
      week_minutes_max: null,
      couples_apart: true,
    },
  }
}

async function readAnswers(
  database: Database,
  which: { operation_id: number; unit_id: number; ask_id: number },
): Promise<{ hard: number; penalty: number; used: number[] }> {
  return database.read(CONTEXT, async (tx) => {
    const { parts } = await listParts(tx, which, { which: 'all', limit: UNITS })
    if (parts.some(({ state }) => state !== 'solved')) throw new Error('a unit was not rostered')
    const runs = await tx.selectFrom('job_runs').select('result').execute()
    const used = runs.flatMap(({ result }) =>
      typeof result === 'object' && result !== null && 'cpu_seconds' in result && typeof result.cpu_seconds === 'number'
        ? [result.cpu_seconds]
        : [],
    )
    const sum = (pick: (part: (typeof parts)[number]) => number | null) =>
      parts.reduce((total, part) => total + (pick(part) ?? 0), 0)
    return { hard: sum(({ hard }) => hard), penalty: sum(({ penalty }) => penalty), used }
  })
}
