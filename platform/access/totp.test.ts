import { expect, it } from 'vitest'
import { authenticatorUri, base32, bytesOfBase32, codeAt, matchingStep, stepAt } from './totp.ts'

const SECRET = Buffer.from('12345678901234567890')

it('gives the codes of RFC 6238, appendix B (SHA-1, last six of the eight figures)', () => {
  for (const [seconds, code] of [
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ] as const) {
    expect(codeAt(SECRET, stepAt(new Date(seconds * 1000)))).toBe(code)
  }
})

it('writes base32 as RFC 4648 does', () => {
  expect(base32(Buffer.from('foobar'))).toBe('MZXW6YTBOI')
  expect(Buffer.from(bytesOfBase32('MZXW6YTBOI')).toString()).toBe('foobar')
  expect(base32(Buffer.from('fooba'))).toBe('MZXW6YTB')
  expect(base32(Buffer.alloc(0))).toBe('')
})

it('takes a code one step early or late, not two, and none a second time', () => {
  const at = new Date(1_111_111_109_000)
  const now = stepAt(at)
  expect(matchingStep(SECRET, codeAt(SECRET, now - 1), at, null)).toBe(now - 1)
  expect(matchingStep(SECRET, codeAt(SECRET, now + 1), at, null)).toBe(now + 1)
  expect(matchingStep(SECRET, codeAt(SECRET, now + 2), at, null)).toBeUndefined()
  expect(matchingStep(SECRET, codeAt(SECRET, now), at, now)).toBeUndefined()
  expect(matchingStep(SECRET, codeAt(SECRET, now), at, now - 1)).toBe(now)
})

it('names the house and the account for the authenticator', () => {
  expect(authenticatorUri(SECRET, 'zhang')).toBe(
    'otpauth://totp/%E5%90%8C%E8%A2%8D%20Tongpao:zhang?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E5%90%8C%E8%A2%8D%20Tongpao',
  )
})
