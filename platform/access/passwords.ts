import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'

/** Argon2id with the parameters that RFC 9106 names for memory-constrained servers: 64 MiB, 3 passes, 4 lanes. */
const PARAMETERS = { memory: 65_536, passes: 3, parallelism: 4, tagLength: 32 } as const

/**
 * At most two at a time, so that sign-ins neither fill the memory (64 MiB each) nor take all threads that files and names
 * need; who would wait behind too many others is told to come back.
 */
const AT_ONCE_MAX = 2
const WAITING_MAX = 200
let running = 0
const waiting: (() => void)[] = []

export class TooManyPasswords extends Error {}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (waiting.length >= WAITING_MAX) throw new TooManyPasswords('too many passwords are being checked')
  if (running >= AT_ONCE_MAX) await new Promise<void>((resolve) => waiting.push(resolve))
  else running += 1
  try {
    return await work()
  } finally {
    // The place passes to the next in line without becoming free in between.
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }
}

function derive(password: string, nonce: Buffer, parameters: typeof PARAMETERS | Parameters): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2('argon2id', { message: password.normalize('NFC'), nonce, ...parameters }, (error, key) =>
      error ? reject(error) : resolve(Buffer.from(key)),
    )
  })
}

interface Parameters {
  memory: number
  passes: number
  parallelism: number
  tagLength: number
}

/** The usual text form, `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, so that parameters can be raised later. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16)
  const key = await inTurn(() => derive(password, nonce, PARAMETERS))
  const { memory, passes, parallelism } = PARAMETERS
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${nonce.toString('base64')}$${key.toString('base64')}`
}

const FORM = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/

export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const match = FORM.exec(stored)
  if (!match) return false
  const expected = Buffer.from(match[5], 'base64')
  const parameters = {
    memory: Number(match[1]),
    passes: Number(match[2]),
    parallelism: Number(match[3]),
    tagLength: expected.length,
  }
  const key = await inTurn(() => derive(password, Buffer.from(match[4], 'base64'), parameters))
  return timingSafeEqual(key, expected)
}

const NOBODYS = `$argon2id$v=19$m=${PARAMETERS.memory},t=${PARAMETERS.passes},p=${PARAMETERS.parallelism}$${randomBytes(16).toString('base64')}$${randomBytes(PARAMETERS.tagLength).toString('base64')}`

/** As much work as a real check, always false: an unknown account takes as long as a known one. */
export function verifyNothing(password: string): Promise<boolean> {
  return verifyPassword(password, NOBODYS)
}
