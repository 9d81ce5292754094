/** The one source of "now" for the product. Audit rows and sessions use real time and do not read this. */
export interface Clock {
  now(): Date
  /** True when the product's time is not the world's time; screens say so. */
  readonly shifted: boolean
}

export const realClock: Clock = { now: () => new Date(), shifted: false }

/** A clock that runs at the world's pace, `offset_ms` away from it: the demo city lives in February 2020. */
export function shiftedClock(offset_ms: number): Clock {
  return { now: () => new Date(Date.now() + offset_ms), shifted: offset_ms !== 0 }
}

/** A clock for tests, which stands still until it is told otherwise. */
export function standingClock(start: string): Clock & { set(instant: string): void } {
  let instant = new Date(start)
  return {
    now: () => new Date(instant),
    shifted: true,
    set(next) {
      instant = new Date(next)
    },
  }
}
