import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jobContext } from '#platform/db/context.ts'
import { connect } from '#platform/db/database.ts'
import { testDatabase } from '#platform/db/testing.ts'
import { createJobs, prepareJobs } from '#platform/jobs/queue.ts'
import { mountJobs } from '#platform/jobs/server.ts'
import { actorWith, serveRoutes } from '#platform/jobs/testing-routes.ts'
import { startWorking, type Working } from '#platform/jobs/work.ts'
import { recordAudit } from './record.ts'
import { sealAll } from './seal.ts'
import { startSealing } from './sealing.ts'
import { mountAudit } from './server.ts'

const { appConfig, ownerConfig, adminConfig } = await testDatabase()
await prepareJobs(ownerConfig)
const database = connect(appConfig)
const jobs = createJobs(database)
const served = await serveRoutes(database, jobs, (routes, platform) => {
  mountAudit(routes, platform)
  mountJobs(routes, platform)
})
const errors: unknown[] = []
let working: Working | undefined
afterAll(async () => {
  await working?.stop({ wait_ms: 1000 })
  await served.close()
  await jobs.close()
  await database.close()
})

const CITY = actorWith(41, [{ role: 'auditor', units: [1], everywhere: true }])
const COUNTY = actorWith(42, [{ role: 'auditor', units: [3, 4] }])
const CLERK = actorWith(43, [{ role: 'hr_clerk', units: [3] }])

beforeAll(async () => {
  const intruder = new pg.Client(adminConfig)
  await intruder.connect()
  await intruder.query(`insert into users (login, display_name) values ('zhang', '张三（虚构）')`)
  await intruder.end()
  for (const [unit_id, action] of [
    [3, 'duty.confirm'],
    [3, 'duty.correct'],
    [4, 'duty.confirm'],
    [9, 'duty.confirm'],
  ] as const) {
    await database.transact({ ...jobContext('test'), user_id: 1 }, (tx) =>
      recordAudit(tx, { action, subject_kind: 'unit', subject_id: unit_id, unit_id, facts: { spans: 12 } }),
    )
  }
  await database.transact(jobContext('test'), (tx) =>
    recordAudit(tx, { action: 'house.start', subject_kind: 'house', subject_id: 1 }),
  )
})

/** Waits until nothing waits: transactions of other test files on the same PostgreSQL may hold sealing back for a moment. */
async function sealed(seal: () => Promise<number> = () => sealAll(database)): Promise<void> {
  for (let wait = 0; wait < 200; wait++) {
    await seal()
    if ((await served.call(CITY, 'GET', '/api/audit/sealing')).json().unsealed_count === 0) return
    await sleep(25)
  }
  throw new Error('rows were left unsealed')
}

type Rows = { items: { action: string; unit_id: number; audit_id: number }[]; next: number | null }
const acts = ({ items }: Rows) =>
  items.filter(({ action }) => action !== 'audit.read').map(({ action, unit_id }) => `${action} ${unit_id}`)

describe('reading the audit', () => {
  it('shows the rows of the units in scope with the account that acted', async () => {
    const rows = (await served.call(COUNTY, 'GET', '/api/audit')).json()
    expect(acts(rows)).toEqual(['duty.confirm 4', 'duty.correct 3', 'duty.confirm 3'])
    expect(rows.items[0]).toMatchObject({ account: { user_id: 1, display_name: '张三（虚构）' }, leaf_index: null })
    expect(acts((await served.call(CITY, 'GET', '/api/audit')).json())).toHaveLength(5)
  })

  it('is closed to others, and a unit outside answers as if it were not there', async () => {
    expect((await served.call(CLERK, 'GET', '/api/audit')).statusCode).toBe(403)
    expect((await served.call(COUNTY, 'GET', '/api/audit?unit_id=9')).statusCode).toBe(404)
  })

  it('is itself recorded, with what was asked for', async () => {
    await served.call(COUNTY, 'GET', '/api/audit?action=duty.correct&unit_id=3')
    const rows = (await served.call(CITY, 'GET', '/api/audit?action=audit.read&user_id=42&limit=1')).json()
    expect(rows.items).toMatchObject([{ unit_id: 3, principal: 'user:42', facts: { action: 'duty.correct', rows: 1 } }])
  })

  it('can be narrowed by unit, subject, action, account and time, and is paged', async () => {
    const get = async (query: string): Promise<Rows> => (await served.call(CITY, 'GET', `/api/audit?${query}`)).json()
    expect(acts(await get('unit_id=3&action=duty.confirm'))).toEqual(['duty.confirm 3'])
    expect(acts(await get('subject_kind=unit&subject_id=9'))).toEqual(['duty.confirm 9'])
    expect(acts(await get('user_id=1'))).toHaveLength(4)
    expect(acts(await get('to=2020-01-01T00:00:00Z'))).toEqual([])
    const first = await get('user_id=1&limit=3')
    const second = await get(`user_id=1&limit=3&after=${first.next}`)
    expect([first.items.length, second.items.length, second.next]).toEqual([3, 1, null])
    const wrong = await served.call(CITY, 'GET', '/api/audit?from=2020-02-02T00:00:00Z&to=2020-02-01T00:00:00Z')
    expect(wrong.json().code).toBe('audit.wrong_order')
    for (const query of ['limit=101', 'from=yesterday', 'user_id=-1', 'unit_id=99999999999']) {
      expect((await served.call(CITY, 'GET', `/api/audit?${query}`)).statusCode).toBe(400)
    }
  })
})

describe('the state of the sealing', () => {
  it('says how much waits, and what the last head is', async () => {
    const before = (await served.call(COUNTY, 'GET', '/api/audit/sealing')).json()
    expect(before).toMatchObject({ last_head: null })
    expect(before.unsealed_count).toBeGreaterThan(4)
    await sealed()
    const after = (await served.call(COUNTY, 'GET', '/api/audit/sealing')).json()
    expect(after).toMatchObject({ unsealed_count: 0, lag_ms: 0, last_head: { tree_size: before.unsealed_count } })
    expect((await served.call(CITY, 'GET', '/api/audit?limit=1&action=house.start')).json().items[0].leaf_index).toBe(4)
  })

  it('keeps up by itself', async () => {
    const write = () =>
      database.transact(jobContext('test'), (tx) =>
        recordAudit(tx, { action: 'x.y', subject_kind: 'z', subject_id: 1 }),
      )
    const sealing = startSealing(database)
    await write()
    await sealed(async () => 0)
    await sealing.stop()
  })

  it('is checked by a job whose result only the auditor who asked sees', async () => {
    working = await startWorking(database, jobs, { poll_seconds: 0.5, onError: (error) => errors.push(error) })
    const { job_id } = (await served.call(COUNTY, 'POST', '/api/audit/verifications')).json()
    let job = { state: 'waiting', result: null }
    for (let wait = 0; wait < 100 && ['waiting', 'running'].includes(job.state); wait++) {
      await sleep(100)
      job = (await served.call(COUNTY, 'GET', `/api/jobs/${job_id}`)).json()
    }
    expect({ errors, job }).toMatchObject({ errors: [], job: { state: 'done' } })
    expect(job).toMatchObject({ state: 'done', result: { ok: true, findings: [], exported_head: 'not_given' } })
    expect((await served.call(CITY, 'GET', `/api/jobs/${job_id}`)).statusCode).toBe(404)
  })
})
