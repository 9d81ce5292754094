import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { jobContext, requestContext } from '#platform/db/context.ts'
import { connect } from '#platform/db/database.ts'
import { testDatabase } from '#platform/db/testing.ts'
import { refuse } from '#platform/http/problem.ts'
import { jobProblems } from './contract.ts'
import { createJobs, prepareJobs } from './queue.ts'
import { mountJobs } from './server.ts'
import { actorWith, serveRoutes } from './testing-routes.ts'
import { startWorking, type Working } from './work.ts'

const { appConfig, ownerConfig } = await testDatabase()
await prepareJobs(ownerConfig)
const database = connect(appConfig)
const jobs = createJobs(database, { heartbeat_seconds: 10 })
const served = await serveRoutes(database, jobs, mountJobs)
const errors: unknown[] = []

const CLERK = actorWith(11, [{ role: 'finance_clerk', units: [3, 4] }])
const COLLEAGUE = actorWith(12, [{ role: 'finance_clerk', units: [4] }])
const ELSEWHERE = actorWith(13, [{ role: 'finance_clerk', units: [9] }])
const WORKER = actorWith(14, [{ role: 'worker', units: [4] }])

jobs.register({
  kind: 'test.sum',
  async run({
    input,
    progress,
  }: {
    input: { numbers: number[] }
    progress: (d: number, t: number, s: string) => Promise<boolean>
  }) {
    await progress(input.numbers.length, input.numbers.length, 'adding')
    return { sum: input.numbers.reduce((sum, number) => sum + number, 0) }
  },
})
jobs.register({
  kind: 'test.until_cancelled',
  async run(job) {
    for (let step = 0; await job.progress(step, 1000, 'stepping'); step++) await sleep(50)
    return { must_not: 'be kept' }
  },
})
jobs.register({ kind: 'test.refuses', run: async () => refuse(jobProblems.unknown_kind, { kind: '某种' }) })
jobs.register({
  kind: 'test.breaks',
  run: async () => {
    throw new Error('a defect that names 张三')
  },
})
let falters = 0
jobs.register({
  kind: 'test.falters',
  run: async () => {
    falters += 1
    if (falters === 1) throw Object.assign(new Error('the database restarts'), { code: 'ECONNRESET' })
    return { tries: falters }
  },
})
let together = 0
let togetherMax = 0
jobs.register({
  kind: 'test.crowd',
  async run() {
    together += 1
    togetherMax = Math.max(togetherMax, together)
    await sleep(100)
    together -= 1
  },
})
jobs.register({ kind: 'test.stubborn', run: async () => ({ taken_up: true }) })
jobs.register({ kind: 'test.once', attempts_max: 1, run: async () => ({ must_not: 'run twice' }) })

let working: Working | undefined
const children: ChildProcess[] = []
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await working?.stop({ wait_ms: 1000 })
  await served.close()
  await jobs.close()
  await database.close()
})

const ask = (kind: string, input: unknown = {}, actor = CLERK, unit_id = 4) =>
  database.transact(requestContext(actor, 'evaluations.run'), (tx) => jobs.ask(tx, actor, { kind, unit_id, input }))

async function ended(job_id: string, actor = CLERK, seconds = 30) {
  for (let wait = 0; wait < seconds * 10; wait++) {
    const answer = await served.call(actor, 'GET', `/api/jobs/${job_id}`)
    const job = answer.json()
    if (!['waiting', 'running'].includes(job.state)) return job
    await sleep(100)
  }
  throw new Error(`job ${job_id} did not end`)
}

async function work(): Promise<void> {
  working ??= await startWorking(database, jobs, {
    concurrency: 2,
    poll_seconds: 0.5,
    onError: (error) => errors.push(error),
  })
}

describe('a job', () => {
  it('is not there when the command that asked for it is rolled back', async () => {
    let job_id = ''
    const attempt = database.transact(requestContext(CLERK, 'evaluations.run'), async (tx) => {
      job_id = await jobs.ask(tx, CLERK, { kind: 'test.sum', unit_id: 4, input: { numbers: [] } })
      throw new Error('the command failed')
    })
    await expect(attempt).rejects.toThrow('the command failed')
    expect((await served.call(CLERK, 'GET', `/api/jobs/${job_id}`)).json().code).toBe('jobs.not_found')
    const owner = new pg.Client(ownerConfig)
    await owner.connect()
    const { rows } = await owner.query('select count(*)::int as count from pgboss.job where id = $1', [job_id])
    await owner.end()
    expect(rows).toEqual([{ count: 0 }])
  })

  it('that waits is cancelled at once and never runs', async () => {
    const job_id = await ask('test.sum', { numbers: [1] })
    const cancelled = await served.call(CLERK, 'POST', `/api/jobs/${job_id}/cancellations`)
    expect(cancelled.json()).toMatchObject({ state: 'cancelled', cancel_asked: true })
    await work()
    await ended(await ask('test.sum', { numbers: [1] }))
    expect(await ended(job_id)).toMatchObject({ state: 'cancelled', started_at: null })
    const again = await served.call(CLERK, 'POST', `/api/jobs/${job_id}/cancellations`)
    expect(again.statusCode).toBe(409)
  })

  it('runs after the commit, reports how far it is and keeps its result', async () => {
    await work()
    const job = await ended(await ask('test.sum', { numbers: [1, 2, 3] }))
    expect(job).toMatchObject({ state: 'done', done: 3, total: 3, stage: 'adding', result: { sum: 6 }, mine: true })
  })

  it('stops when it is asked to, and what it answers then is not kept', async () => {
    await work()
    const job_id = await ask('test.until_cancelled')
    for (let wait = 0; wait < 100; wait++) {
      const job = (await served.call(CLERK, 'GET', `/api/jobs/${job_id}`)).json()
      if (job.state === 'running' && job.stage === 'stepping') break
      await sleep(50)
    }
    const asked = await served.call(CLERK, 'POST', `/api/jobs/${job_id}/cancellations`)
    expect(asked.json()).toMatchObject({ state: 'running', cancel_asked: true })
    expect(await ended(job_id)).toMatchObject({ state: 'cancelled', result: null })
  })

  it('that refuses or breaks says so without a stack or personal text; one that falters is tried again', async () => {
    await work()
    const refused = await ended(await ask('test.refuses'))
    expect(refused).toMatchObject({ state: 'failed', problem: { code: 'jobs.unknown_kind' } })
    const broken = await ended(await ask('test.breaks'))
    expect(broken).toMatchObject({ state: 'failed', problem: { code: 'jobs.failed' } })
    expect(JSON.stringify(broken)).not.toContain('张三')
    expect(errors.some((error) => error instanceof Error && error.message.includes('张三'))).toBe(true)
    expect(await ended(await ask('test.falters'))).toMatchObject({ state: 'done', result: { tries: 2 } })
  })

  it('runs beside no more than the set number of others', async () => {
    await work()
    const asked = await Promise.all(Array.from({ length: 6 }, () => ask('test.crowd')))
    for (const job_id of asked) await ended(job_id)
    expect(togetherMax).toBe(2)
  })

  it('is taken by one of two nodes on one database: each takes some, no unit is done twice', async () => {
    const other = connect(appConfig)
    const taken: { node: string; job_id: string }[] = []
    const registries = [createJobs(database), createJobs(other)]
    for (const [at, registry] of registries.entries()) {
      registry.register({
        kind: 'test.unit',
        run: async ({ job_id }) => {
          taken.push({ node: `node ${at}`, job_id })
          await sleep(100)
        },
      })
    }
    jobs.register({ kind: 'test.unit', run: async () => undefined })
    await working?.stop({ wait_ms: 1000 })
    working = undefined
    const asked = await Promise.all(Array.from({ length: 12 }, () => ask('test.unit')))
    const nodes = await Promise.all([
      startWorking(database, registries[0] ?? jobs, { concurrency: 1, poll_seconds: 0.5 }),
      startWorking(other, registries[1] ?? jobs, { concurrency: 1, poll_seconds: 0.5 }),
    ])
    for (const job_id of asked) expect(await ended(job_id)).toMatchObject({ state: 'done' })
    for (const node of nodes) await node.stop({ wait_ms: 1000 })
    for (const registry of registries) await registry.close()
    await other.close()
    expect(taken.map(({ job_id }) => job_id).toSorted()).toEqual(asked.toSorted())
    expect(new Set(taken.map(({ node }) => node)).size).toBe(2)
  }, 30_000)
})

describe('who sees a job', () => {
  it('whoever asked, and those who may run such work for the unit; to all others it does not exist', async () => {
    await work()
    const job_id = await ask('test.sum', { numbers: [5] })
    await ended(job_id)
    const url = `/api/jobs/${job_id}`
    expect((await served.call(COLLEAGUE, 'GET', url)).json()).toMatchObject({
      state: 'done',
      mine: false,
      result: null,
    })
    for (const outsider of [ELSEWHERE, WORKER]) {
      expect((await served.call(outsider, 'GET', url)).statusCode).toBe(404)
      expect((await served.call(outsider, 'POST', `${url}/cancellations`)).statusCode).toBe(404)
      expect((await served.call(outsider, 'GET', '/api/jobs?whose=scope')).json().items).toEqual([])
    }
    expect((await served.call(undefined, 'GET', url)).statusCode).toBe(401)
    const own = await ask('test.sum', { numbers: [8] }, WORKER)
    expect(await ended(own, WORKER)).toMatchObject({ mine: true, result: { sum: 8 } })
  })

  it('lists are paged from the newest', async () => {
    await work()
    for (let count = 0; count < 5; count++) await ask('test.sum', { numbers: [count] }, ELSEWHERE, 9)
    const first = (await served.call(ELSEWHERE, 'GET', '/api/jobs?limit=3')).json()
    const second = (await served.call(ELSEWHERE, 'GET', `/api/jobs?limit=3&after=${first.next}`)).json()
    expect([first.items.length, second.items.length, second.next]).toEqual([3, 2, null])
    const times = [...first.items, ...second.items].map(({ asked_at }: { asked_at: string }) => asked_at)
    expect(times).toEqual(times.toSorted().toReversed())
  })
})

describe('when a worker is killed', () => {
  it('another one takes its job up, and a job that may be tried only once says that it was lost', async () => {
    await working?.stop()
    working = undefined
    const file = fileURLToPath(new URL('./testing-worker.ts', import.meta.url))
    const child = spawn('node_modules/.bin/node', [file], {
      env: { ...process.env, TEST_APP_CONFIG: JSON.stringify(appConfig) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(child)
    const asked = [await ask('test.stubborn'), await ask('test.once')] as const
    const begun = new Set<string>()
    await new Promise<void>((resolve) => {
      child.stdout?.on('data', (text) => {
        for (const job_id of asked) if (String(text).includes(`running ${job_id}`)) begun.add(job_id)
        if (begun.size === asked.length) resolve()
      })
    })
    child.kill('SIGKILL')
    await once(child, 'exit')
    const left = await database.read(jobContext('test'), (tx) =>
      tx.selectFrom('job_runs').select(['state', 'stage']).where('job_id', 'in', asked).execute(),
    )
    expect(left).toEqual([
      { state: 'running', stage: 'begun' },
      { state: 'running', stage: 'begun' },
    ])
    await work()
    expect(await ended(asked[0], CLERK, 50)).toMatchObject({ state: 'done', result: { taken_up: true } })
    expect(await ended(asked[1], CLERK, 50)).toMatchObject({ state: 'failed', problem: { code: 'jobs.lost' } })
  })
})

describe('the queue', () => {
  it('works with the rights of the app’s role alone, and may be prepared again', async () => {
    await prepareJobs(ownerConfig)
    const denied = errors.filter((error) => error instanceof pg.DatabaseError && error.code === '42501')
    expect(denied).toEqual([])
  })
})
