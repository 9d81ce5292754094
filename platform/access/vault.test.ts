import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { ACCESS_CONTEXT } from '#platform/db/context.ts'
import { connect } from '#platform/db/database.ts'
import { testDatabase } from '#platform/db/testing.ts'
import { createVault, loadRootKey } from './vault.ts'

const database = connect((await testDatabase()).appConfig)
afterAll(() => database.close())

const rootKey = randomBytes(32)
const vault = createVault(database, rootKey)
const PLACE = { table: 'people', column: 'id_number', row: 7 }
const NUMBER = '999901199001011234'

it('opens what it sealed, on every node that has the root key', async () => {
  const envelope = await vault.seal('id_number', PLACE, NUMBER)
  expect(envelope.toString('latin1')).not.toContain(NUMBER)
  expect(await vault.open('id_number', PLACE, envelope)).toBe(NUMBER)
  expect(await createVault(database, rootKey).open('id_number', PLACE, envelope)).toBe(NUMBER)
})

it('seals the same text differently every time', async () => {
  const [one, two] = await Promise.all([vault.seal('phone', PLACE, '1'), vault.seal('phone', PLACE, '1')])
  expect(one.equals(two)).toBe(false)
})

it('does not open a value that was moved to another row, column, table or class, or changed by one bit', async () => {
  const envelope = await vault.seal('id_number', PLACE, NUMBER)
  await expect(vault.open('id_number', { ...PLACE, row: 8 }, envelope)).rejects.toThrow()
  await expect(vault.open('id_number', { ...PLACE, column: 'phone' }, envelope)).rejects.toThrow()
  await expect(vault.open('id_number', { ...PLACE, table: 'users' }, envelope)).rejects.toThrow()
  for (const at of [5, 17, 33]) {
    const bent = Buffer.from(envelope)
    bent[at] ^= 1
    await expect(vault.open('id_number', PLACE, bent)).rejects.toThrow()
  }
  await expect(vault.open('id_number', PLACE, Buffer.from('short'))).rejects.toThrow('not an envelope')
})

it('does not open with another root key', async () => {
  const envelope = await vault.seal('id_number', PLACE, NUMBER)
  await expect(createVault(database, randomBytes(32)).open('id_number', PLACE, envelope)).rejects.toThrow()
})

it('seals with a new key after a rotation and still opens what older keys sealed', async () => {
  const older = await vault.seal('phone', PLACE, '13900000000')
  const keyId = await vault.rotate('phone')
  const newer = await vault.seal('phone', PLACE, '13900000000')
  expect(newer.readUInt32BE(1)).toBe(keyId)
  expect(older.readUInt32BE(1)).not.toBe(keyId)
  expect(await vault.open('phone', PLACE, older)).toBe('13900000000')
  expect(await vault.open('phone', PLACE, newer)).toBe('13900000000')
})

it('finds equal texts by a keyed hash that differs per class and per installation', () => {
  const hash = vault.lookupHash('id_number', NUMBER)
  expect(hash.equals(vault.lookupHash('id_number', NUMBER))).toBe(true)
  expect(hash.equals(vault.lookupHash('phone', NUMBER))).toBe(false)
  expect(hash.equals(createVault(database, randomBytes(32)).lookupHash('id_number', NUMBER))).toBe(false)
})

it('makes one first key when two nodes seal at the same moment', async () => {
  const nodes = [createVault(database, rootKey), createVault(database, rootKey), createVault(database, rootKey)]
  const envelopes = await Promise.all(nodes.map((node) => node.seal('totp', PLACE, 'secret')))
  expect(new Set(envelopes.map((envelope) => envelope.readUInt32BE(1))).size).toBe(1)
})

it('gives each person a key of their own for closed facts, and none any more once it is erased', async () => {
  expect(await vault.subjectKey(7, { create: false })).toBeUndefined()
  const [one, again] = await Promise.all([vault.subjectKey(7, { create: true }), vault.subjectKey(7, { create: true })])
  const other = await vault.subjectKey(8, { create: true })
  expect(one?.length).toBe(32)
  expect(one && again?.equals(one)).toBe(true)
  expect(one && other?.equals(one)).toBe(false)
  await vault.eraseSubject(7)
  expect(await vault.subjectKey(7, { create: false })).toBeUndefined()
  expect(other && (await vault.subjectKey(8, { create: false }))?.equals(other)).toBe(true)
})

it('does not open the key of one person under the name of another', async () => {
  await database.transact(ACCESS_CONTEXT, async (tx) => {
    const { wrapped } = await tx
      .selectFrom('subject_keys')
      .select('wrapped')
      .where('person_id', '=', 8)
      .executeTakeFirstOrThrow()
    await tx.insertInto('subject_keys').values({ person_id: 9, wrapped }).execute()
  })
  await expect(vault.subjectKey(9, { create: false })).rejects.toThrow()
})

it('keeps no key in the clear in the database', async () => {
  const rows = await database.read(ACCESS_CONTEXT, (tx) => tx.selectFrom('data_keys').select('wrapped').execute())
  expect(rows.length).toBeGreaterThan(2)
  for (const { wrapped } of rows) expect(wrapped.length).toBe(12 + 16 + 32)
})

it('makes the root key once, readable by its owner only, and refuses a damaged one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tongpao-keys-'))
  const first = await loadRootKey(folder)
  expect(first.equals(await loadRootKey(folder))).toBe(true)
  const path = join(folder, 'keys', 'root.key')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await readFile(path, 'utf8')).toBe(`${first.toString('hex')}\n`)
  await writeFile(path, 'ab12\n')
  await expect(loadRootKey(folder)).rejects.toThrow('32-byte key')
  await rm(folder, { recursive: true })
})
