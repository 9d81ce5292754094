import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { migrate, readMigrations } from './migrate.ts'
import { newTestDatabase, type TestDatabase } from './testing.ts'

let database: TestDatabase
let folder: string

beforeEach(async () => {
  database = await newTestDatabase({ empty: true })
  folder = await mkdtemp(path.join(tmpdir(), 'tongpao-migrations-'))
  await put('0001-first.sql', 'create table pears (pear_id int primary key);\ninsert into pears values (1);\n')
})

afterEach(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

function put(file: string, sql: string): Promise<void> {
  return writeFile(path.join(folder, file), sql)
}

function run() {
  return migrate(database.ownerConfig, { folder })
}

async function read(sql: string): Promise<unknown[]> {
  const client = new pg.Client(database.ownerConfig)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

describe('migrations', () => {
  it('are applied once, in order, and later ones follow', async () => {
    expect(await run()).toEqual({ applied: ['0001-first.sql'], present: 0 })
    await put('0002-second.sql', 'alter table pears add column ripe boolean not null default true;')
    expect(await run()).toEqual({ applied: ['0002-second.sql'], present: 1 })
    expect(await run()).toEqual({ applied: [], present: 2 })
    expect(await read('select * from pears')).toEqual([{ pear_id: 1, ripe: true }])
  })

  it('are applied once when two nodes start together', async () => {
    await put('0002-slow.sql', 'select pg_sleep(0.3); insert into pears values (2);')
    const [one, other] = await Promise.all([run(), run()])
    expect([one.applied.length, other.applied.length].sort()).toEqual([0, 2])
    expect(await read('select count(*)::int as count from pears')).toEqual([{ count: 2 }])
  })

  it('refuse a file that was changed after it landed', async () => {
    await run()
    await put('0001-first.sql', 'create table pears (pear_id bigint primary key);')
    await expect(run()).rejects.toThrow(/0001-first.sql was changed after it was applied/)
  })

  it('take another kind of line end for the same file', async () => {
    await run()
    await put('0001-first.sql', 'create table pears (pear_id int primary key);\r\ninsert into pears values (1);\r\n')
    expect(await run()).toEqual({ applied: [], present: 1 })
  })

  it('leave the database as it was when one fails, and name file and line', async () => {
    await put('0002-wrong.sql', 'insert into pears values (2);\n\ninsert into apples values (1);\n')
    await expect(run()).rejects.toThrow(/0002-wrong.sql failed \(line 3\).*apples/s)
    expect(await read('select * from pears')).toEqual([{ pear_id: 1 }])
  })

  it('refuse a database that a newer program has migrated', async () => {
    await put('0002-second.sql', 'select 1;')
    await run()
    await rm(path.join(folder, '0002-second.sql'))
    await expect(run()).rejects.toThrow(/comes from a newer Tongpao/)
  })

  it('refuse numbers with a gap or twice', async () => {
    await put('0003-gap.sql', 'select 1;')
    await expect(readMigrations(folder)).rejects.toThrow(/0002-name.sql is expected/)
    await put('0001-again.sql', 'select 1;')
    await expect(readMigrations(folder)).rejects.toThrow(/wrong number/)
  })
})
