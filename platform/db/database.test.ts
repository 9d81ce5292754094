import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { problems, refuse } from '#platform/http/problem.ts'
import { jobContext } from './context.ts'
import { connect } from './database.ts'
import { testDatabase } from './testing.ts'

const { appConfig, adminConfig } = await testDatabase()
const database = connect(appConfig, { connections_max: 2 })
afterAll(() => database.close())
const context = jobContext('test')
const { refused } = problems('test', { refused: { status: 409, zh: '不行', en: 'no' } })

describe('a transaction', () => {
  it('is rolled back when its work refuses, and gives the refusal', async () => {
    const outcome = await database.transact(context, async (tx) => {
      await tx.insertInto('installation').values({ setting: 'left-behind', value: '1' }).execute()
      return refuse(refused)
    })
    expect(outcome).toMatchObject({ problem: refused })
    const rows = await database.read(context, (tx) =>
      tx.selectFrom('installation').selectAll().where('setting', '=', 'left-behind').execute(),
    )
    expect(rows).toEqual([])
  })

  it('writes nothing when it is opened for reading', async () => {
    const writing = database.read(context, (tx) =>
      tx.insertInto('installation').values({ setting: 'x', value: '1' }).execute(),
    )
    await expect(writing).rejects.toThrow(/read-only/)
  })

  it('whose connection is cut fails alone: the process lives, and the next one runs', async () => {
    const admin = new pg.Client(adminConfig)
    await admin.connect()
    const cut = database.transact(context, async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
      await admin.query('select pg_terminate_backend($1)', [rows[0].pid])
      await sleep(100)
      return sql`select 1`.execute(tx)
    })
    await expect(cut).rejects.toThrow()
    await admin.end()
    const { rows } = await database.read(context, (tx) => sql<{ one: number }>`select 1 as one`.execute(tx))
    expect(rows).toEqual([{ one: 1 }])
  })
})
