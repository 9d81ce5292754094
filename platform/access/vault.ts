import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { ACCESS_CONTEXT } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'

/**
 * Encryption of single fields. A random data key per class of record is wrapped by a root key that is kept outside the
 * database (`<data>/keys/root.key`); lookups go through a keyed hash whose key is derived from the same root and never
 * sits in the database either.
 *
 * Envelope: version 1, key id (4 bytes), nonce (12), tag (16), ciphertext. Table, column and row are associated data, so
 * that a value moved to another row does not open.
 */
export interface Vault {
  seal(class_: FieldClass, place: FieldPlace, text: string): Promise<Buffer>
  open(class_: FieldClass, place: FieldPlace, envelope: Buffer): Promise<string>
  /** Equal texts give equal hashes: for finding a person by ID number or telephone. */
  lookupHash(class_: FieldClass, text: string): Buffer
  /** The key of one person's closed facts. Without `create`, undefined when it was never made or has been erased. */
  subjectKey(personId: number, options: { create: boolean }): Promise<Buffer | undefined>
  /** Seals a closed fact with the person's own key, bound to its table, column and row. Makes the key when there is none. */
  sealForSubject(personId: number, place: FieldPlace, text: string): Promise<Buffer>
  /** Undefined where the person's key has been erased. */
  openForSubject(personId: number, place: FieldPlace, envelope: Buffer): Promise<string | undefined>
  /** Erases the key, and with it every closed fact of the person; with `tx` as part of the command that decided it. */
  eraseSubject(personId: number, tx?: Tx): Promise<void>
  /** A new data key for a class; older envelopes stay readable and are re-sealed by `tongpao keys rotate`. */
  rotate(class_: FieldClass): Promise<number>
}

/** `duty_sheet`: uploaded files, kept for days only. */
export type FieldClass = 'id_number' | 'phone' | 'totp' | 'duty_sheet'

export interface FieldPlace {
  readonly table: string
  readonly column: string
  readonly row: string | number
}

const VERSION = 1
/** Sealed with a person's own key: version, nonce (12), tag (16), ciphertext. */
const SUBJECT_VERSION = 2
/** How long a node may go on sealing with a key that another node has retired. */
export const CURRENT_KEY_MS = 60_000
const HEADER_BYTES = 1 + 4 + 12 + 16

/** The data key with which a value was sealed. */
export function keyIdOf(envelope: Buffer): number {
  return envelope.readUInt32BE(1)
}

function encrypt(key: Buffer, plain: Buffer, associated: Buffer): { nonce: Buffer; tag: Buffer; sealed: Buffer } {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associated)
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
  return { nonce, tag: cipher.getAuthTag(), sealed }
}

function decrypt(key: Buffer, nonce: Buffer, tag: Buffer, sealed: Buffer, associated: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(associated).setAuthTag(tag)
  return Buffer.concat([decipher.update(sealed), decipher.final()])
}

function wrap(rootKey: Buffer, dataKey: Buffer, class_: string): Buffer {
  const { nonce, tag, sealed } = encrypt(rootKey, dataKey, Buffer.from(`data_keys ${class_}`))
  return Buffer.concat([nonce, tag, sealed])
}

function unwrap(rootKey: Buffer, wrapped: Buffer, class_: string): Buffer {
  const associated = Buffer.from(`data_keys ${class_}`)
  return decrypt(rootKey, wrapped.subarray(0, 12), wrapped.subarray(12, 28), wrapped.subarray(28), associated)
}

/** Reads the root key of an installation, making it on the first start. Readable by the owner of the process only. */
export async function loadRootKey(dataFolder: string): Promise<Buffer> {
  const folder = join(dataFolder, 'keys')
  const path = join(folder, 'root.key')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  try {
    const file = await open(path, 'wx', 0o600)
    await file.writeFile(`${randomBytes(32).toString('hex')}\n`)
    await file.sync()
    await file.close()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  await chmod(path, 0o600)
  const key = Buffer.from((await readFile(path, 'utf8')).trim(), 'hex')
  if (key.length !== 32) throw new Error(`${path} does not hold a 32-byte key in hexadecimal`)
  return key
}

export function createVault(database: Database, rootKey: Buffer): Vault {
  const keys = new Map<number, Buffer>()
  const current = new Map<FieldClass, { key_id: number; until_ms: number }>()
  const asked = new Map<FieldClass, Promise<number>>()
  const lookupKey = Buffer.from(hkdfSync('sha256', rootKey, Buffer.alloc(0), 'tongpao lookup', 32))

  function remember(class_: FieldClass, keyId: number, dataKey: Buffer): number {
    keys.set(keyId, dataKey)
    current.set(class_, { key_id: keyId, until_ms: Date.now() + CURRENT_KEY_MS })
    return keyId
  }

  /** With `replacing`, the key in use retires; without, a key that another node made meanwhile makes this fail. */
  async function addKey(class_: FieldClass, { replacing }: { replacing: boolean }): Promise<number> {
    const dataKey = randomBytes(32)
    const row = await database.transact(ACCESS_CONTEXT, async (tx) => {
      if (replacing) {
        await tx
          .updateTable('data_keys')
          .set({ retired_at: new Date() })
          .where('class', '=', class_)
          .where('retired_at', 'is', null)
          .execute()
      }
      return tx
        .insertInto('data_keys')
        .values({ class: class_, wrapped: wrap(rootKey, dataKey, class_) })
        .returning('key_id')
        .executeTakeFirstOrThrow()
    })
    return remember(class_, row.key_id, dataKey)
  }

  /** Many fields sealed at once ask for the key once. */
  function currentKey(class_: FieldClass): number | Promise<number> {
    const known = current.get(class_)
    if (known && known.until_ms > Date.now()) return known.key_id
    const waiting = asked.get(class_)
    if (waiting) return waiting
    const answer = findCurrentKey(class_).finally(() => asked.delete(class_))
    asked.set(class_, answer)
    return answer
  }

  async function findCurrentKey(class_: FieldClass): Promise<number> {
    const row = await database.read(ACCESS_CONTEXT, (tx) =>
      tx
        .selectFrom('data_keys')
        .selectAll()
        .where('class', '=', class_)
        .where('retired_at', 'is', null)
        .executeTakeFirst(),
    )
    if (row) return remember(class_, row.key_id, unwrap(rootKey, row.wrapped, class_))
    try {
      return await addKey(class_, { replacing: false })
    } catch (error) {
      // Another node made the first key at the same moment: the unique index let one of us through.
      if (error instanceof Error && 'code' in error && error.code === '23505') return findCurrentKey(class_)
      throw error
    }
  }

  async function keyOf(keyId: number, class_: FieldClass): Promise<Buffer> {
    const known = keys.get(keyId)
    if (known) return known
    const row = await database.read(ACCESS_CONTEXT, (tx) =>
      tx.selectFrom('data_keys').selectAll().where('key_id', '=', keyId).executeTakeFirstOrThrow(),
    )
    const key = unwrap(rootKey, row.wrapped, class_)
    keys.set(keyId, key)
    return key
  }

  const associatedWith = ({ table, column, row }: FieldPlace) => Buffer.from(`${table}.${column}.${row}`)

  async function subjectKey(personId: number, { create }: { create: boolean }): Promise<Buffer | undefined> {
    const class_ = `subject ${personId}`
    return database.transact(ACCESS_CONTEXT, async (tx) => {
      if (create) {
        await tx
          .insertInto('subject_keys')
          .values({ person_id: personId, wrapped: wrap(rootKey, randomBytes(32), class_) })
          .onConflict((conflict) => conflict.doNothing())
          .execute()
      }
      const row = await tx
        .selectFrom('subject_keys')
        .select('wrapped')
        .where('person_id', '=', personId)
        .executeTakeFirst()
      return row && unwrap(rootKey, row.wrapped, class_)
    })
  }

  return {
    subjectKey,
    async sealForSubject(personId, place, text) {
      const key = await subjectKey(personId, { create: true })
      if (!key) throw new Error(`no key for person ${personId}`)
      const { nonce, tag, sealed } = encrypt(key, Buffer.from(text), associatedWith(place))
      return Buffer.concat([Buffer.of(SUBJECT_VERSION), nonce, tag, sealed])
    },
    async openForSubject(personId, place, envelope) {
      const key = await subjectKey(personId, { create: false })
      if (!key) return undefined
      if (envelope[0] !== SUBJECT_VERSION || envelope.length < 29)
        throw new Error(`not an envelope: ${place.table}.${place.column}`)
      const [nonce, tag, sealed] = [envelope.subarray(1, 13), envelope.subarray(13, 29), envelope.subarray(29)]
      return decrypt(key, nonce, tag, sealed, associatedWith(place)).toString()
    },
    async seal(class_, place, text) {
      const keyId = await currentKey(class_)
      const { nonce, tag, sealed } = encrypt(await keyOf(keyId, class_), Buffer.from(text), associatedWith(place))
      const head = Buffer.alloc(5)
      head.writeUInt8(VERSION, 0)
      head.writeUInt32BE(keyId, 1)
      return Buffer.concat([head, nonce, tag, sealed])
    },
    async open(class_, place, envelope) {
      if (envelope.length < HEADER_BYTES || envelope[0] !== VERSION)
        throw new Error(`not an envelope: ${place.table}.${place.column}`)
      const key = await keyOf(keyIdOf(envelope), class_)
      const plain = decrypt(
        key,
        envelope.subarray(5, 17),
        envelope.subarray(17, 33),
        envelope.subarray(33),
        associatedWith(place),
      )
      return plain.toString()
    },
    lookupHash(class_, text) {
      return createHmac('sha256', lookupKey).update(`${class_} ${text}`).digest()
    },
    async eraseSubject(personId, within) {
      const erase = (tx: Tx) => tx.deleteFrom('subject_keys').where('person_id', '=', personId).execute()
      if (!within) {
        await database.transact(ACCESS_CONTEXT, erase)
        return
      }
      // Keys show themselves to this purpose alone; the command goes on with its own.
      await sql`select set_config('tongpao.purpose', 'access', true)`.execute(within)
      await erase(within)
      await sql`select set_config('tongpao.purpose', ${within.context.purpose}, true)`.execute(within)
    },
    rotate: (class_) => addKey(class_, { replacing: true }),
  }
}
