import { describe, expect, it } from 'vitest'
import { GoodEnough } from './good-enough.ts'
import { HARD_PRICE } from './model.ts'

describe('a roster is good enough', () => {
  it('when nothing is broken and less than a tenth was gained in half as many steps as there are people', () => {
    const enough = new GoodEnough(60)
    expect(enough.isReached(1000, 10)).toBe(false)
    expect(enough.isReached(901, 39)).toBe(false)
    expect(enough.isReached(901, 40)).toBe(true)
  })

  it('not while a tenth is still gained in that time', () => {
    const enough = new GoodEnough(60)
    expect(enough.isReached(1000, 10)).toBe(false)
    expect(enough.isReached(899, 39)).toBe(false)
    expect(enough.isReached(899, 68)).toBe(false)
    expect(enough.isReached(899, 69)).toBe(true)
  })

  it('much later when a hard need is open; each need that is met is a gain', () => {
    const enough = new GoodEnough(60)
    expect(enough.isReached(100 * HARD_PRICE, 0)).toBe(false)
    expect(enough.isReached(99 * HARD_PRICE, 200)).toBe(false)
    expect(enough.isReached(99 * HARD_PRICE, 439)).toBe(false)
    expect(enough.isReached(99 * HARD_PRICE, 440)).toBe(true)
  })
})
