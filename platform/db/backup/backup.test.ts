import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { migrate } from '../migrate.ts'
import { type OpenDatabase, openDatabase } from '../open-database.ts'
import { newTestDatabase } from '../testing.ts'
import { backUp } from './backup.ts'
import { restore } from './restore.ts'
import { nextTransactionId } from './transaction-ids.ts'

const PASSPHRASE = 'a horse, a battery, a staple'
const say = () => undefined

let folder: string
let counter = 0
const opened: OpenDatabase[] = []

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tongpao-backup-'))
  // As root, the database's account must get through.
  chmodSync(folder, 0o711)
})

afterEach(async () => {
  for (const database of opened.splice(0)) await database.close()
})

afterAll(() => rm(folder, { recursive: true, force: true }))

function place(name: string): string {
  counter += 1
  return path.join(folder, `${counter}-${name}`)
}

async function openHere(dataFolder: string): Promise<OpenDatabase> {
  const database = await openDatabase({ dataFolder, command: 'test', whenInUse: 'refuse', say })
  opened.push(database)
  return database
}

async function query<Row extends pg.QueryResultRow>(config: pg.ClientConfig, sql: string): Promise<Row[]> {
  const client = new pg.Client(config)
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

function restoreTo(file: string, dataFolder: string, passphrase?: string) {
  return restore({ file, dataFolder, databaseUrl: undefined, passphrase, say })
}

describe('a backup of the embedded database', () => {
  let file: string
  let source: string

  beforeAll(async () => {
    source = place('source')
    file = place('backup.tongpao')
    const database = await openDatabase({ dataFolder: source, command: 'test', whenInUse: 'refuse', say })
    try {
      await migrate(database.ownerConfig)
      mkdirSync(path.join(source, 'keys'), { mode: 0o700 })
      writeFileSync(path.join(source, 'keys', 'records.key'), 'not a real key')
      mkdirSync(path.join(source, 'letters'))
      writeFileSync(path.join(source, 'letters', '通知.txt'), '同袍')
      await query(
        database.ownerConfig,
        'create table said (said_id int primary key, by_transaction xid8 not null, text text)',
      )
      await writeWhile(database.ownerConfig, () =>
        backUp(database, { file, dataFolder: source, passphrase: PASSPHRASE, say }),
      )
    } finally {
      await database.close()
    }
  }, 120_000)

  /** Rows keep coming while the copy is taken, as on a working day. */
  async function writeWhile(config: pg.ClientConfig, work: () => Promise<unknown>): Promise<void> {
    const insert = `insert into said select coalesce(max(said_id), 0) + 1, pg_current_xact_id(), repeat('言', 200) from said`
    const client = new pg.Client(config)
    await client.connect()
    let isOver = false
    const writing = (async () => {
      while (!isOver) await client.query(insert)
    })()
    for (let count = 0; count < 100; count += 1) await client.query(insert)
    try {
      await work()
    } finally {
      isOver = true
      await writing
      await client.end()
    }
  }

  it('restores everything up to its end, keys and files too, and works', async () => {
    const target = place('restored')
    const report = await restoreTo(file, target, PASSPHRASE)
    expect(report).toMatchObject({ keys: 'restored' })
    expect(report.rows).toBeGreaterThan(100)
    expect(readFileSync(path.join(target, 'keys', 'records.key'), 'utf8')).toBe('not a real key')
    expect(readFileSync(path.join(target, 'letters', '通知.txt'), 'utf8')).toBe('同袍')
    const restored = await openHere(target)
    const [row] = await query<{ count: number; last: number; ahead: boolean }>(
      restored.ownerConfig,
      `select count(*)::int as count, max(said_id) as last, pg_current_xact_id() > max(by_transaction) as ahead from said`,
    )
    expect(row?.count).toBeGreaterThanOrEqual(100)
    // No hole: what was committed first is there when something later is.
    expect(row?.last).toBe(row?.count)
    // Numbers of transactions go on from where they were, so stored snapshots keep their meaning.
    expect(row?.ahead).toBe(true)
    expect(await migrate(restored.ownerConfig)).toMatchObject({ applied: [] })
    await query(restored.ownerConfig, `insert into said values (0, pg_current_xact_id(), 'after')`)
  })

  it('never goes over data that is there', async () => {
    const target = place('used')
    mkdirSync(target)
    writeFileSync(path.join(target, 'letter.txt'), 'mine')
    await expect(restoreTo(file, target, PASSPHRASE)).rejects.toThrow(/is not empty/)
    expect(readdirSync(target)).toEqual(['letter.txt'])
    await expect(restoreTo(file, source, PASSPHRASE)).rejects.toThrow(/is not empty/)
  })

  it('is not written over another file', async () => {
    const database = await openHere(source)
    await expect(backUp(database, { file, dataFolder: source, passphrase: undefined, say })).rejects.toThrow(
      /already there/,
    )
  })

  it('is refused when a byte is wrong or its end is missing, and leaves nothing behind', async () => {
    const wrong = place('wrong.tongpao')
    copyFileSync(file, wrong)
    const handle = await open(wrong, 'r+')
    const { size } = await handle.stat()
    const at = Math.floor(size / 2)
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at)
    await handle.write(Buffer.from([(buffer[0] ?? 0) ^ 0xff]), 0, 1, at)
    await handle.close()
    const target = place('from-wrong')
    await expect(restoreTo(wrong, target, PASSPHRASE)).rejects.toThrow(/is damaged or cut off/)
    expect(existsSync(target)).toBe(false)

    const cut = place('cut.tongpao')
    writeFileSync(cut, readFileSync(file).subarray(0, size - 1000))
    await expect(restoreTo(cut, target, PASSPHRASE)).rejects.toThrow(/is damaged or cut off/)
    expect(existsSync(target)).toBe(false)

    const other = place('other.tongpao')
    writeFileSync(other, 'this is a letter')
    await expect(restoreTo(other, target, PASSPHRASE)).rejects.toThrow(/is damaged/)
  })

  it('asks for the passphrase of its keys and refuses a wrong one', async () => {
    const target = place('locked')
    await expect(restoreTo(file, target)).rejects.toThrow(/protected by a passphrase/)
    await expect(restoreTo(file, target, 'a wrong passphrase')).rejects.toThrow(/passphrase is wrong/)
    expect(existsSync(target)).toBe(false)
  })
})

const databaseUrl = inject('databaseServer').databaseUrl

describe.runIf(databaseUrl)('a backup of an external database', () => {
  it('restores into an empty one, whose transaction numbers then go on from the old ones', async () => {
    const urlOf = (name: string) => (databaseUrl ?? '').replace(/\/[^/?]*(\?|$)/, `/${name}$1`)
    const source = await newTestDatabase()
    const target = await newTestDatabase({ empty: true })
    const file = place('dump.tongpao')
    try {
      await query(
        source.ownerConfig,
        `create table said as select pg_current_xact_id() as by_transaction, 'kept' as text`,
      )
      const dataFolder = place('external')
      const from = await openDatabase({
        dataFolder,
        databaseUrl: urlOf(source.name),
        command: 'test',
        whenInUse: 'refuse',
        say,
      })
      await backUp(from, { file, dataFolder, passphrase: undefined, say })

      const report = await restore({
        file,
        dataFolder: place('empty'),
        databaseUrl: urlOf(target.name),
        passphrase: undefined,
        say,
      })
      expect(report.rows).toBeGreaterThan(0)
      expect(await query(target.ownerConfig, 'select text from said')).toEqual([{ text: 'kept' }])
      const client = new pg.Client(target.ownerConfig)
      await client.connect()
      const [row] = (await client.query<{ by: string }>('select by_transaction::text as by from said')).rows
      expect(await nextTransactionId(client)).toBeGreaterThan(BigInt(row?.by ?? '0'))
      await client.end()
      await expect(
        restore({ file, dataFolder: place('again'), databaseUrl: urlOf(target.name), passphrase: undefined, say }),
      ).rejects.toThrow(/already has tables/)
    } finally {
      await source.drop()
      await target.drop()
    }
  })
})
