/** Chance that can be repeated: the same seed makes the same city. (mulberry32, public domain algorithm by T. Ettinger) */
export interface Chance {
  /** In [0, 1). */
  next(): number
  /** A whole number in [0, below). */
  below(below: number): number
  /** True in `share` of the cases. */
  hits(share: number): boolean
  pick<T>(list: readonly T[]): T
  uuid(): string
}

export function createChance(seed: number): Chance {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit: number) => Math.floor(next() * limit)
  const word = () => Math.floor(next() * 4_294_967_296)
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')
  return {
    next,
    below,
    hits: (share) => next() < share,
    pick: (list) => list[below(list.length)],
    uuid() {
      const [a, b, c, d] = [word(), word(), word(), word()]
      const version = 0x4000 | (b & 0x0fff)
      const variant = 0x8000 | (c & 0x3fff)
      return `${hex(a, 8)}-${hex(b >>> 16, 4)}-${hex(version, 4)}-${hex(variant, 4)}-${hex(c >>> 16, 4)}${hex(d, 8)}`
    },
  }
}
