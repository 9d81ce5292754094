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
})
