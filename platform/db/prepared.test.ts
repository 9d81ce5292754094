import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { problems, refuse } from '#platform/http/problem.ts'
import { jobContext } from './context.ts'
import { connect } from './database.ts'
import { testDatabase } from './testing.ts'

const { appConfig, adminConfig } = await testDatabase()
const database = connect(appConfig, { connections_max: 2 })
const admin = new pg.Client(adminConfig)
await admin.connect()
await admin.query(`
  create table kept_notes (note text primary key, says text references kept_notes deferrable initially deferred);
  grant select, insert on kept_notes to public`)
afterAll(async () => {
  await admin.end()
  await database.close()
})
const context = jobContext('test')
const { refused } = problems('test', { refused: { status: 409, zh: '不行', en: 'no' } })
const KEEP = { name: 'keep_note', text: 'insert into kept_notes (note, says) values ($1, $2)' }
const PURPOSE = { name: 'purpose_now', text: `select current_setting('tongpao.purpose') as purpose` }

async function keptNotes(): Promise<string[]> {
  const { rows } = await admin.query<{ note: string }>('select note from kept_notes order by note')
  return rows.map(({ note }) => note)
}

describe('a transaction of prepared statements', () => {
  it('has its context before the first statement, and stands when its work is done', async () => {
    const rows = await database.prepared.transact(context, async (queries) => {
      await queries.run(KEEP, ['plain', null])
      return queries.run<{ purpose: string }>(PURPOSE, [])
    })
    expect(rows).toEqual([{ purpose: 'job' }])
    expect(await keptNotes()).toContain('plain')
  })

  it('stands when the commit travelled with the last statement', async () => {
    await database.prepared.transact(context, (queries) => queries.runLast(KEEP, ['last', null]))
    expect(await keptNotes()).toContain('last')
  })

  it('is rolled back when its work refuses', async () => {
    const answer = await database.prepared.transact(context, async (queries) => {
      await queries.run(KEEP, ['refused', null])
      return refuse(refused)
    })
    expect(answer).toMatchObject({ problem: refused })
    expect(await keptNotes()).not.toContain('refused')
  })

  it('leaves nothing when the last statement fails, says why, and the connection goes on working', async () => {
    const failing = database.prepared.transact(context, async (queries) => {
      await queries.run(KEEP, ['before the failure', null])
      return queries.runLast(KEEP, ['last', null])
    })
    await expect(failing).rejects.toMatchObject({ code: '23505' })
    expect(await keptNotes()).not.toContain('before the failure')
    await database.prepared.transact(context, (queries) => queries.runLast(KEEP, ['after the failure', null]))
    expect(await keptNotes()).toContain('after the failure')
  })

  it('fails when only the commit fails', async () => {
    const failing = database.prepared.transact(context, (queries) => queries.runLast(KEEP, ['astray', 'nowhere']))
    await expect(failing).rejects.toMatchObject({ code: '23503' })
    expect(await keptNotes()).not.toContain('astray')
  })

  it('fails when a failure was swallowed on the way: a rollback is not taken for a commit', async () => {
    const failing = database.prepared.transact(context, async (queries) => {
      await queries.run(KEEP, ['swallowed', null])
      await queries.run(KEEP, ['swallowed', null]).catch(() => undefined)
    })
    await expect(failing).rejects.toThrow(/ROLLBACK/)
    expect(await keptNotes()).not.toContain('swallowed')
  })

  it('finds rows by their key however much a table has grown since its statements were prepared', async () => {
    await admin.query('create table grown (setting text primary key); grant select on grown to public; analyze grown')
    const find = {
      name: 'find_by_key',
      text: 'select setting from unnest($1::text[]) as asked (setting) join grown using (setting)',
    }
    const ask = () =>
      database.prepared.transact(context, async (queries) => {
        await queries.run(find, [['none', 'of', 'these']])
        await queries.run({ name: 'count_now', text: 'select pg_stat_force_next_flush()' }, [])
      })
    const readRows = async () => {
      const { rows } = await admin.query(`select seq_tup_read from pg_stat_user_tables where relname = 'grown'`)
      return Number(rows[0].seq_tup_read)
    }
    // From the sixth time on the database keeps one plan for all values, made while the table is known to be empty.
    for (let time = 0; time < 7; time += 1) await ask()
    await admin.query(`insert into grown select 'key ' || n from generate_series(1, 5000) n`)
    const before = await readRows()
    await ask()
    expect((await readRows()) - before).toBe(0)
  })
})
