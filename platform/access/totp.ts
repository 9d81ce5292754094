import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** Time-based one-time codes (RFC 6238) as every authenticator app makes them: SHA-1, 6 digits, 30 seconds. */

const STEP_SECONDS = 30
const DIGITS = 6
/** A telephone's clock may be one step off either way. */
const STEPS_TOLERATED = 1
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** A fresh secret of 160 bits, the length that RFC 4226 recommends. */
export function createSecret(): Buffer {
  return randomBytes(20)
}

/** RFC 4648 base32 without padding, the form in which authenticators take a secret. */
export function base32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += BASE32[(held >>> bits) & 31]
    }
    held &= (1 << bits) - 1
  }
  return bits === 0 ? text : text + BASE32[(held << (5 - bits)) & 31]
}

/** Reads what `base32` wrote; characters outside its alphabet count as zero bits. */
export function bytesOfBase32(text: string): Uint8Array {
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const letter of text) {
    held = ((held << 5) | Math.max(BASE32.indexOf(letter), 0)) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push((held >>> bits) & 0xff)
  }
  return Uint8Array.from(bytes)
}

export function stepAt(at: Date): number {
  return Math.floor(at.getTime() / 1000 / STEP_SECONDS)
}

/**
 * The code of a step (RFC 4226 §5.3).
 *
 * @example codeAt(Buffer.from('12345678901234567890'), 1) // '287082', as in RFC 6238 appendix B at 59 s
 */
export function codeAt(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', secret).update(counter).digest()
  const offset = mac[mac.length - 1] & 15
  const number = mac.readUInt32BE(offset) & 0x7fffffff
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0')
}

/** The step whose code this is, later than `lastStep` so that a code signs in once; undefined when there is none. */
export function matchingStep(secret: Uint8Array, code: string, at: Date, lastStep: number | null): number | undefined {
  const now = stepAt(at)
  const said = Buffer.from(code.padStart(DIGITS, ' ').slice(0, DIGITS))
  let found: number | undefined
  for (let step = now - STEPS_TOLERATED; step <= now + STEPS_TOLERATED; step += 1) {
    const equal = timingSafeEqual(Buffer.from(codeAt(secret, step)), said)
    if (equal && step > (lastStep ?? -1)) found ??= step
  }
  return code.length === DIGITS ? found : undefined
}

/** The address that an authenticator reads from the QR code. */
export function authenticatorUri(secret: Uint8Array, login: string): string {
  const issuer = encodeURIComponent('同袍 Tongpao')
  return `otpauth://totp/${issuer}:${encodeURIComponent(login)}?secret=${base32(secret)}&issuer=${issuer}`
}
