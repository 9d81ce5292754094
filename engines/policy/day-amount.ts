import { RATE_SCALE } from './compile-entitlements.ts'
import type { Rounding } from './pack-time.ts'

const COIN_FEN = { fen: 1, jiao: 10, yuan: 100 } as const
const HUNDRED = 100

/**
 * Money for a part of a whole (hours of a rate by the hour, days of a month), rounded as the pack says. All steps are whole
 * numbers below 2^53.
 *
 * @example partAmount(2000 * 100, 90, 60, { to: 'fen', mode: 'half_up' }) // 3000: an hour and a half at 20 yuan an hour
 */
export function partAmount(rate_scaled: number, part: number, whole: number, rounding: Rounding): number {
  const coin = COIN_FEN[rounding.to]
  const product = rate_scaled * part
  const unit = RATE_SCALE * whole * coin
  if (rounding.mode === 'down') return Math.floor(product / unit) * coin
  if (rounding.mode === 'up') return Math.ceil(product / unit) * coin
  return Math.floor((2 * product + unit) / (2 * unit)) * coin
}

/**
 * A day's money: rate × share of the day.
 *
 * @example dayAmount(30000 * 100, 50, { to: 'fen', mode: 'half_up' }) // 15000: half a day at 300 yuan
 */
export function dayAmount(rate_scaled: number, day_hundredths: number, rounding: Rounding): number {
  return partAmount(rate_scaled, day_hundredths, HUNDRED, rounding)
}
