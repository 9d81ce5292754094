import { expect, it } from 'vitest'
import { passwordFault } from './password-rules.ts'
import { hashPassword, verifyNothing, verifyPassword } from './passwords.ts'

it('keeps a password as argon2id in the usual text form, never twice the same', async () => {
  const [one, two] = await Promise.all([hashPassword('岂曰无衣与子同袍'), hashPassword('岂曰无衣与子同袍')])
  expect(one).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=4\$/)
  expect(one).not.toBe(two)
  expect(await verifyPassword('岂曰无衣与子同袍', one)).toBe(true)
  expect(await verifyPassword('岂曰无衣与子同泽', one)).toBe(false)
})

it('takes a password in whatever Unicode form the keyboard gives', async () => {
  expect(await verifyPassword('cafe\u0301 au lait', await hashPassword('caf\u00e9 au lait'))).toBe(true)
})

it('verifies hashes with other parameters, and nothing against a text that is no hash', async () => {
  const lighter = await hashPassword('x').then((text) => text.replace('m=65536', 'm=32768'))
  expect(await verifyPassword('x', lighter)).toBe(false)
  expect(await verifyPassword('x', 'plain text')).toBe(false)
})

it('spends as much on an unknown account as on a known one', async () => {
  const stored = await hashPassword('known')
  const time = async (work: () => Promise<boolean>) => {
    const times = []
    for (let round = 0; round < 5; round += 1) {
      const started = performance.now()
      expect(await work()).toBe(false)
      times.push(performance.now() - started)
    }
    return Math.min(...times)
  }
  const known = await time(() => verifyPassword('guess', stored))
  const unknown = await time(() => verifyNothing('guess'))
  expect(unknown / known).toBeGreaterThan(0.25)
  expect(unknown / known).toBeLessThan(4)
})

it('asks for length and refuses what everybody tries first', () => {
  expect(passwordFault('123456789', 'zhang')).toBe('too_short')
  expect(passwordFault('春风又绿江南岸明', 'zhang')).toBe('too_short')
  expect(passwordFault('春风又绿江南岸明月', 'zhang')).toBe('too_short')
  expect(passwordFault('春风又绿江南岸明月何时照我还', 'zhang')).toBeUndefined()
  expect(passwordFault('1234567890', 'zhang')).toBe('too_common')
  expect(passwordFault('WoAiNi5201314', 'zhang')).toBe('too_common')
  expect(passwordFault('aaaaaaaaaaaa', 'zhang')).toBe('too_common')
  expect(passwordFault('abcabcabcabc', 'zhang')).toBe('too_common')
  expect(passwordFault('zhangzhang1', 'zhangzhang')).toBe('is_login')
  expect(passwordFault('0000111-2', '0000111')).toBe('too_short')
  expect(passwordFault('sun over the river', 'zhang')).toBeUndefined()
})
