import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jobContext, requestContext } from '#platform/db/context.ts'
import { connect } from '#platform/db/database.ts'
import { testDatabase } from '#platform/db/testing.ts'
import { createJobs } from '#platform/jobs/queue.ts'
import { actorWith, serveRoutes } from '#platform/jobs/testing-routes.ts'
import { raise, settle, type WorklistItem } from './items.ts'
import { mountWorklist } from './server.ts'

const { appConfig } = await testDatabase()
const database = connect(appConfig)
const served = await serveRoutes(database, createJobs(database), mountWorklist)
afterAll(async () => {
  await served.close()
  await database.close()
})

const MANAGER = actorWith(21, [{ role: 'unit_manager', units: [3] }])
const HR = actorWith(22, [{ role: 'hr_clerk', units: [3, 4, 5] }])
const COMMAND = actorWith(23, [{ role: 'command', units: [1], everywhere: true }])
/** Manages one unit and works as a clerk for another: neither role may borrow the other's place. */
const BOTH = actorWith(24, [
  { role: 'unit_manager', units: [3] },
  { role: 'hr_clerk', units: [5] },
])
const WORKER = actorWith(25, [{ role: 'worker', units: [3] }])

function item(changes: Partial<WorklistItem> & { subject_id: string }): WorklistItem {
  return {
    operation_id: 1,
    unit_id: 3,
    role: 'hr_clerk',
    kind: 'test.decide',
    subject_kind: 'person',
    clause: '6',
    facts: { days: 3 },
    raised_at: new Date('2020-02-24T00:00:00Z'),
    due_at: null,
    ...changes,
  }
}

beforeAll(async () => {
  await database.transact(jobContext('test'), (tx) =>
    raise(
      tx,
      item({ subject_id: '1', due_at: new Date('2020-02-26T00:00:00Z') }),
      item({ subject_id: '2' }),
      item({ subject_id: '3', due_at: new Date('2999-01-01T00:00:00Z') }),
      item({ subject_id: '4', unit_id: 5, kind: 'test.other', clause: '3' }),
      item({ subject_id: '5', unit_id: 9 }),
      item({ subject_id: '6', role: 'unit_manager', kind: 'test.confirm' }),
      item({ subject_id: '7', role: 'unit_manager', unit_id: 5, kind: 'test.confirm' }),
    ),
  )
})

const subjects = (answer: { json(): { items: { subject_id: string }[] } }) =>
  answer.json().items.map(({ subject_id }) => subject_id)

describe('the worklist', () => {
  it('shows what waits for the role of whoever asks, where that role holds, soonest due first', async () => {
    expect(subjects(await served.call(HR, 'GET', '/api/worklist'))).toEqual(['1', '3', '2', '4'])
    expect(subjects(await served.call(MANAGER, 'GET', '/api/worklist'))).toEqual(['6'])
    expect(subjects(await served.call(BOTH, 'GET', '/api/worklist'))).toEqual(['4', '6'])
    expect(subjects(await served.call(COMMAND, 'GET', '/api/worklist'))).toEqual([])
  })

  it('is closed to those who decide nothing, and to the signed out; another unit answers as if it were not there', async () => {
    expect((await served.call(WORKER, 'GET', '/api/worklist')).statusCode).toBe(403)
    expect((await served.call(undefined, 'GET', '/api/worklist')).statusCode).toBe(401)
    expect((await served.call(HR, 'GET', '/api/worklist?unit_id=9')).statusCode).toBe(404)
  })

  it('can be narrowed to a kind, a unit, a clause, and is paged', async () => {
    expect(subjects(await served.call(HR, 'GET', '/api/worklist?kind=test.other&clause=3&unit_id=5'))).toEqual(['4'])
    const first = await served.call(HR, 'GET', '/api/worklist?limit=2')
    const second = await served.call(HR, 'GET', `/api/worklist?limit=2&after=${encodeURIComponent(first.json().next)}`)
    expect([subjects(first), subjects(second), second.json().next]).toEqual([['1', '3'], ['2', '4'], null])
    for (const wrong of ['nonsense', '2020-02-30T00:00:00.000Z~1', '9999-12-31T00:00:00.000Z~x']) {
      const answer = await served.call(HR, 'GET', `/api/worklist?after=${encodeURIComponent(wrong)}`)
      expect(answer.json().code).toBe('worklist.wrong_page')
    }
    expect((await served.call(HR, 'GET', '/api/worklist?limit=101')).statusCode).toBe(400)
  })

  it('counts by kind, and what is overdue', async () => {
    const counts = (await served.call(HR, 'GET', '/api/worklist/counts?operation_id=1')).json()
    expect(counts).toEqual({
      kinds: [
        { kind: 'test.decide', clause: '6', count: 3, overdue_count: 1 },
        { kind: 'test.other', clause: '3', count: 1, overdue_count: 0 },
      ],
      count: 4,
      overdue_count: 1,
    })
  })
})

describe('an item', () => {
  it('raised twice is there once, with the newer facts', async () => {
    await database.transact(jobContext('test'), (tx) => raise(tx, item({ subject_id: '2', facts: { days: 4 } })))
    const found = (await served.call(HR, 'GET', '/api/worklist')).json().items
    const same = found.filter(({ subject_id }: { subject_id: string }) => subject_id === '2')
    expect(same).toMatchObject([{ facts: { days: 4 }, raised_at: '2020-02-24T00:00:00.000Z' }])
  })

  it('can be raised by the command of somebody who may not see it, also when it is open already', async () => {
    const own = requestContext(WORKER, undefined)
    for (const days of [1, 2]) {
      await database.transact(own, (tx) => raise(tx, item({ subject_id: '8', unit_id: 4, facts: { days } })))
    }
    expect(subjects(await served.call(HR, 'GET', '/api/worklist?unit_id=4'))).toEqual(['8'])
  })

  it('is settled once, by somebody in whose scope it is, and can then be raised anew', async () => {
    const key = {
      operation_id: 1,
      kind: 'test.decide',
      subject_kind: 'person',
      subject_id: '3',
      outcome: { chosen: 'yes' },
    }
    const outside = actorWith(30, [{ role: 'hr_clerk', units: [4] }])
    const settleAs = (actor: typeof HR) =>
      database.transact(requestContext(actor, 'worklist.decide'), (tx) => settle(tx, key))
    const before = (await served.call(HR, 'GET', '/api/worklist')).json().items
    const { item_id } = before.find(({ subject_id }: { subject_id: string }) => subject_id === '3')

    expect(await settleAs(outside)).toBe(0)
    expect(await settleAs(HR)).toBe(1)
    expect(await settleAs(HR)).toBe(0)
    const settled = await served.call(HR, 'GET', `/api/worklist/${item_id}`)
    expect(settled.json()).toMatchObject({ outcome: { chosen: 'yes' }, settled_by: { user_id: 22 }, overdue: false })
    expect((await served.call(outside, 'GET', `/api/worklist/${item_id}`)).statusCode).toBe(404)
    expect((await served.call(MANAGER, 'GET', `/api/worklist/${item_id}`)).statusCode).toBe(404)

    await database.transact(jobContext('test'), (tx) => raise(tx, item({ subject_id: '3' })))
    expect(subjects(await served.call(HR, 'GET', '/api/worklist'))).toContain('3')
  })

  it('can be raised with thousands of others in one command', async () => {
    const many = Array.from({ length: 8000 }, (_, index) =>
      item({ operation_id: 2, subject_id: `many ${index}`, unit_id: 5 }),
    )
    await database.transact(jobContext('test'), (tx) => raise(tx, ...many))
    const counts = (await served.call(HR, 'GET', '/api/worklist/counts?operation_id=2')).json()
    expect(counts.count).toBe(8000)
  })
})
