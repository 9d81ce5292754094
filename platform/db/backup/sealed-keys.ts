import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { OperatorError } from '../operator-error.ts'

/** The folder of the field-encryption keys, beside the database, never in it. */
export const KEYS_FOLDER = 'keys'

const MAGIC = Buffer.from('tongpao keys 1\n')
const SALT_BYTES = 16
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** About half a second and 128 MB for each guess at the passphrase. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 2 ** 20 }

export function hasKeys(dataFolder: string): boolean {
  const folder = path.join(dataFolder, KEYS_FOLDER)
  return existsSync(folder) && readdirSync(folder).length > 0
}

/**
 * The keys, encrypted with a passphrase (scrypt, AES-256-GCM): without them a backup does not give away what the database
 * encrypts, and with the wrong people it should not.
 */
export function sealKeys(dataFolder: string, passphrase: string): Buffer {
  const folder = path.join(dataFolder, KEYS_FOLDER)
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
  const content = Object.fromEntries(files.map((file) => [file, readFileSync(path.join(folder, file), 'base64')]))
  const salt = randomBytes(SALT_BYTES)
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', scryptSync(passphrase, salt, 32, SCRYPT), nonce)
  cipher.setAAD(MAGIC)
  const sealed = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final()])
  return Buffer.concat([MAGIC, salt, nonce, sealed, cipher.getAuthTag()])
}

/** Opens sealed keys; refuses a wrong passphrase. */
export function openKeys(sealed: Buffer, passphrase: string): Map<string, Buffer> {
  const nonceAt = MAGIC.length + SALT_BYTES
  const contentAt = nonceAt + NONCE_BYTES
  const salt = sealed.subarray(MAGIC.length, nonceAt)
  const nonce = sealed.subarray(nonceAt, contentAt)
  const decipher = createDecipheriv('aes-256-gcm', scryptSync(passphrase, salt, 32, SCRYPT), nonce)
  decipher.setAAD(sealed.subarray(0, MAGIC.length))
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  try {
    const text = Buffer.concat([decipher.update(sealed.subarray(contentAt, -TAG_BYTES)), decipher.final()]).toString(
      'utf8',
    )
    const content: Record<string, string> = JSON.parse(text)
    return new Map(Object.entries(content).map(([file, base64]) => [file, Buffer.from(base64, 'base64')]))
  } catch (cause) {
    throw new OperatorError(
      '口令不对，无法解开备份中的加密密钥。',
      'The passphrase is wrong; the encryption keys in the backup cannot be opened.',
      { cause },
    )
  }
}

export function writeKeys(dataFolder: string, keys: Map<string, Buffer>): void {
  for (const [name, content] of keys) {
    const file = path.join(dataFolder, KEYS_FOLDER, path.normalize(`/${name}`))
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, content, { mode: 0o600, flush: true })
  }
}
