/**
 * Money is a whole number of fen. Nothing in the house holds an amount as a fraction.
 *
 * @example formatYuan(123450) // '1,234.50'
 */
export type Fen = number

/** Throws unless `value` is a whole number that a double holds exactly. */
export function assertFen(value: number): Fen {
  if (!Number.isSafeInteger(value)) throw new RangeError(`an amount must be a whole number of fen, got ${value}`)
  return value
}

/** `123450` → `'1,234.50'`; negative amounts keep their sign in front. */
export function formatYuan(amount_fen: Fen): string {
  const fen = Math.abs(assertFen(amount_fen))
  const whole = Math.floor(fen / 100)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',')
  return `${amount_fen < 0 ? '-' : ''}${whole}.${String(fen % 100).padStart(2, '0')}`
}
