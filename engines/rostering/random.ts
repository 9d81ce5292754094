/**
 * A small repeatable random source (xoshiro128**, Blackman and Vigna 2018), seeded by splitmix32.
 *
 * @example const random = new Random(1); random.below(6) // 0…5, the same on every machine
 */
export class Random {
  readonly #state = new Uint32Array(4)

  constructor(seed: number) {
    let mixed = seed >>> 0
    for (let at = 0; at < 4; at++) {
      mixed = (mixed + 0x9e3779b9) >>> 0
      let word = mixed
      word = Math.imul(word ^ (word >>> 16), 0x21f0aaad)
      word = Math.imul(word ^ (word >>> 15), 0x735a2d97)
      this.#state[at] = (word ^ (word >>> 15)) >>> 0
    }
  }

  /** A whole number of 32 bits. */
  next(): number {
    const state = this.#state
    const s1 = state[1] as number
    const scrambled = Math.imul(s1, 5)
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0
    const shifted = s1 << 9
    state[2]! ^= state[0] as number
    state[3]! ^= s1
    state[1]! ^= state[2] as number
    state[0]! ^= state[3] as number
    state[2]! ^= shifted
    const s3 = state[3] as number
    state[3] = (s3 << 11) | (s3 >>> 21)
    return result
  }

  /** 0 ≤ x < 1. */
  unit(): number {
    return this.next() / 4294967296
  }

  /** 0 … limit - 1. */
  below(limit: number): number {
    return Math.floor(this.unit() * limit)
  }

  /** 0 … count - 1 in random order. */
  shuffled(count: number): Int32Array {
    const order = Int32Array.from({ length: count }, (_, at) => at)
    for (let at = count - 1; at > 0; at--) {
      const to = this.below(at + 1)
      const kept = order[at] as number
      order[at] = order[to] as number
      order[to] = kept
    }
    return order
  }

  /** Where the source stands, to go on from later. */
  save(): number[] {
    return Array.from(this.#state)
  }

  restore(words: readonly number[]): void {
    this.#state.set(words)
  }
}
