import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { jobContext } from '#platform/db/context.ts'
import { connect } from '#platform/db/database.ts'
import { testDatabase } from '#platform/db/testing.ts'
import { headFile } from './heads.ts'
import { recordAudit } from './record.ts'
import { sealOnce } from './seal.ts'
import { verifyAudit } from './verify.ts'

const { appConfig, adminConfig } = await testDatabase()
const database = connect(appConfig)
const other = connect(appConfig)
/** Someone with the password of the database's superuser, who switches its safeguards off. */
const intruder = new pg.Client({ ...adminConfig })
await intruder.connect()
await intruder.query('set session_replication_role = replica')
afterAll(async () => {
  await intruder.end()
  await database.close()
  await other.close()
})

const CLERK = { ...jobContext('test'), user_id: 7 }

async function write(count: number, action = 'duty.confirm'): Promise<void> {
  await database.transact(CLERK, (tx) =>
    recordAudit(
      tx,
      ...Array.from({ length: count }, (_, index) => ({
        action,
        subject_kind: 'unit',
        subject_id: index,
        unit_id: 3,
        facts: { b: index, a: { 中文: [1, 2.5, 12345678901234567000] } },
      })),
    ),
  )
}

/**
 * Seals until `count` rows are sealed. Other test files work on the same PostgreSQL, and their transactions may hold the
 * horizon back for a moment.
 */
async function seal(count: number, rows_max?: number): Promise<void> {
  let sealed = 0
  for (let wait = 0; wait < 500 && sealed < count; wait++) {
    const outcome = await sealOnce(wait % 2 === 0 ? database : other, { rows_max })
    if (outcome.kind === 'sealed') sealed += outcome.rows
    else await sleep(10)
  }
  expect(sealed).toBe(count)
}

/** One head over `size` rows that wait. */
async function sealBatch(size: number): Promise<void> {
  for (let wait = 0; wait < 500; wait++) {
    const outcome = await sealOnce(database, { rows_max: size })
    if (outcome.kind === 'sealed') return expect(outcome.rows).toBe(size)
    await sleep(10)
  }
  throw new Error('nothing was sealed')
}

const lastHead = () =>
  database.read(CLERK, (tx) =>
    tx.selectFrom('audit_seals').selectAll().orderBy('tree_size', 'desc').limit(1).executeTakeFirstOrThrow(),
  )

beforeEach(async () => {
  await intruder.query('truncate audit_rows, audit_leaves, audit_seals restart identity')
  await intruder.query(`delete from installation where setting = 'audit.sealing'`)
})

/** Thirty rows under three heads of ten. */
async function sealedAudit(): Promise<void> {
  for (const part of ['first', 'second', 'third']) {
    await write(10, `${part}.act`)
    await seal(10)
  }
}

describe('sealing', () => {
  it('covers every row with a leaf and every sealing with a chained head', async () => {
    await sealedAudit()
    const verification = await verifyAudit(database)
    expect(verification).toMatchObject({ ok: true, leaf_count: 30, head_count: 3, unsealed: { count: 0 } })
  })

  it('leaves out what a running transaction may still precede, and does not wait for it', async () => {
    const slow = new pg.Client({ ...adminConfig })
    await slow.connect()
    await slow.query('begin')
    await slow.query(
      `insert into audit_rows (principal, action, subject_kind, subject_id) values ('a', 'slow', 'b', 'c')`,
    )
    await write(3)
    expect(await sealOnce(database)).toEqual({ kind: 'nothing' })
    await slow.query('commit')
    await slow.end()
    await seal(4)
    expect((await verifyAudit(database)).ok).toBe(true)
  })

  it('works in bounded batches and goes on where another node stopped', async () => {
    await write(25)
    await seal(25, 10)
    expect(await verifyAudit(database)).toMatchObject({ ok: true, leaf_count: 25, head_count: 3 })
  })

  it('seals every row once when two nodes try at the same time while others write', async () => {
    const writers = Array.from({ length: 40 }, () => write(5))
    const sealers = Array.from({ length: 20 }, (_, index) => sealOnce(index % 2 === 0 ? database : other))
    const outcomes = await Promise.all(sealers)
    await Promise.all(writers)
    await seal(200 - outcomes.reduce((sum, outcome) => sum + (outcome.kind === 'sealed' ? outcome.rows : 0), 0))
    expect(outcomes.every(({ kind }) => ['sealed', 'nothing', 'busy'].includes(kind))).toBe(true)
    expect(await verifyAudit(database)).toMatchObject({ ok: true, leaf_count: 200, unsealed: { count: 0 } })
  })

  it('goes on from the leaves when its note of the tree is gone or wrong', async () => {
    await sealedAudit()
    await intruder.query(
      `update installation set value = jsonb_set(value, '{nodes,0}', to_jsonb(repeat('ab', 32))) where setting = 'audit.sealing'`,
    )
    await write(3)
    await seal(3)
    await intruder.query(`delete from installation where setting = 'audit.sealing'`)
    await write(2)
    await seal(2)
    expect(await verifyAudit(database)).toMatchObject({ ok: true, leaf_count: 35 })
  })

  it('misses no row after the data was brought to another PostgreSQL, where transactions count from the start', async () => {
    await sealedAudit()
    await write(4, 'not.sealed.before.the.move')
    // As in a copy: the rows keep numbers that are ahead of this cluster, the note names another one.
    await intruder.query(
      `update installation set value = jsonb_set(value, '{cluster}', '"another"') where setting = 'audit.sealing'`,
    )
    await intruder.query(
      `update audit_rows set recorded_in = (recorded_in::text::bigint + 1000000)::text::xid8 where action = 'not.sealed.before.the.move'`,
    )
    await write(6, 'after.the.move')
    await seal(10)
    await write(5)
    await seal(5)
    expect(await verifyAudit(database)).toMatchObject({ ok: true, leaf_count: 45, unsealed: { count: 0 } })
  })
})

describe('verification names', () => {
  it('a row that was changed', async () => {
    await sealedAudit()
    await intruder.query(`update audit_rows set facts = '{"b": 999}' where audit_id = 14`)
    expect((await verifyAudit(database)).findings).toEqual([
      { kind: 'row_changed', audit_id: 14, leaf_index: 13, action: 'second.act' },
    ])
  })

  it('a figure changed beyond what a floating number can tell apart, and a time changed by a microsecond', async () => {
    await write(2)
    await seal(2)
    await intruder.query(
      `update audit_rows set facts = replace(facts::text, '12345678901234567000', '12345678901234567001')::jsonb where audit_id = 1`,
    )
    await intruder.query(`update audit_rows set at = at + interval '1 microsecond' where audit_id = 2`)
    const { findings } = await verifyAudit(database)
    expect(findings.map((finding) => finding.kind)).toEqual(['row_changed', 'row_changed'])
  })

  it('a row that was removed', async () => {
    await sealedAudit()
    await intruder.query('delete from audit_rows where audit_id = 30')
    expect((await verifyAudit(database)).findings).toEqual([{ kind: 'row_removed', audit_id: 30, leaf_index: 29 }])
  })

  it('both of two rows that were swapped', async () => {
    await sealedAudit()
    await intruder.query(`
      update audit_rows as mine
      set subject_id = other.subject_id, facts = other.facts, at = other.at
      from audit_rows as other
      where (mine.audit_id, other.audit_id) in ((3, 5), (5, 3))`)
    expect((await verifyAudit(database)).findings).toEqual([
      { kind: 'row_changed', audit_id: 3, leaf_index: 2, action: 'first.act' },
      { kind: 'row_changed', audit_id: 5, leaf_index: 4, action: 'first.act' },
    ])
  })

  it('a leaf that was altered, moved or removed', async () => {
    await sealedAudit()
    await intruder.query(`update audit_leaves set leaf_hash = sha256('x') where leaf_index = 12`)
    expect((await verifyAudit(database)).findings).toEqual([{ kind: 'leaf_altered', audit_id: 13, leaf_index: 12 }])
    await intruder.query(`update audit_leaves set leaf_index = 99 where leaf_index = 12`)
    expect((await verifyAudit(database)).findings[0]).toEqual({ kind: 'leaves_removed', from: 12, to: 12 })
  })

  it('two leaves that changed places', async () => {
    await sealedAudit()
    await intruder.query(`update audit_leaves set leaf_index = 1000 where leaf_index = 14`)
    await intruder.query(`update audit_leaves set leaf_index = 14 where leaf_index = 16`)
    await intruder.query(`update audit_leaves set leaf_index = 16 where leaf_index = 1000`)
    const { findings } = await verifyAudit(database)
    expect(findings[0]).toEqual({ kind: 'leaf_moved', audit_id: 16, leaf_index: 15 })
  })

  it('a head that was altered, forged in itself, or removed', async () => {
    await sealedAudit()
    const { rows } = await intruder.query('select * from audit_seals where tree_size = 20')
    await intruder.query(`update audit_seals set sealed_at = sealed_at - interval '1 day' where tree_size = 20`)
    expect((await verifyAudit(database)).findings).toEqual([{ kind: 'head_altered', tree_size: 20 }])
    await intruder.query(`update audit_seals set sealed_at = $1, root_hash = sha256('x') where tree_size = 20`, [
      rows[0].sealed_at,
    ])
    expect((await verifyAudit(database)).findings[0]).toEqual({ kind: 'head_altered', tree_size: 20 })
    await intruder.query('delete from audit_seals where tree_size = 20')
    expect((await verifyAudit(database)).findings).toEqual([{ kind: 'head_removed', tree_size: 30 }])
  })

  it('a row that was put behind what is sealed, and rows that merely wait', async () => {
    await sealedAudit()
    await write(2)
    const waiting = await verifyAudit(database)
    expect(waiting).toMatchObject({ ok: true, unsealed: { count: 2 } })
    await intruder.query(
      `insert into audit_rows (recorded_in, principal, action, subject_kind, subject_id)
       select recorded_in, 'user:7', 'never.happened', 'unit', '1' from audit_rows where audit_id = 5`,
    )
    expect((await verifyAudit(database)).findings).toEqual([{ kind: 'row_slipped_in', audit_id: 33 }])
  })

  it('a tail that was cut off, even when the note of the sealing was cut with it, given a kept head', async () => {
    await sealedAudit()
    const kept = headFile(await lastHead())
    await intruder.query('delete from audit_seals where tree_size > 20')
    await intruder.query('delete from audit_leaves where leaf_index >= 20')
    await intruder.query('delete from audit_rows where audit_id > 20')
    const cut = { kind: 'tail_removed', expected_tree_size: 30, tree_size: 20 }
    expect((await verifyAudit(database)).findings).toEqual([cut])
    await intruder.query(`delete from installation where setting = 'audit.sealing'`)
    expect((await verifyAudit(database)).ok).toBe(true)
    expect(await verifyAudit(database, { exported: kept })).toMatchObject({ findings: [cut], exported_head: 'differs' })
  })

  it('a chain that was rewritten as a whole, only with a kept head', async () => {
    await sealedAudit()
    const kept = headFile(await lastHead())
    await write(5)
    await seal(5)
    expect(await verifyAudit(database, { exported: kept })).toMatchObject({ ok: true, exported_head: 'matches' })
    await intruder.query(`update audit_rows set facts = '{}' where audit_id = 4`)
    await intruder.query('truncate audit_leaves, audit_seals')
    await intruder.query(`delete from installation where setting = 'audit.sealing'`)
    for (const size of [10, 10, 10, 5]) await sealBatch(size)
    expect((await verifyAudit(database)).ok).toBe(true)
    expect(await verifyAudit(database, { exported: kept })).toMatchObject({
      findings: [{ kind: 'chain_rewritten', tree_size: 30 }],
      exported_head: 'differs',
    })
  })
})
