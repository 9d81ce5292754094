/** Yes, no, or cannot be said: the answer to a condition. */
export const NO = 0
export const YES = 1
export const UNKNOWN = 2
export type Answer = typeof NO | typeof YES | typeof UNKNOWN

const TOWNSHIP_MIN = 1_000_000

/**
 * A division code as the number that fact columns hold: 6 digits for a county and all above it, 9 for a township and all
 * below it; 0 where there is none.
 *
 * @example areaNumber('330603004201') // 330603004
 * @example areaNumber('3306') // 330600
 */
export function areaNumber(code: string | null): number {
  if (code === null || !/^\d{2,12}$/.test(code)) return 0
  return Number(code.length <= 6 ? code.padEnd(6, '0') : code.padEnd(9, '0').slice(0, 9))
}

/** Whether an area lies in the division that a prefix names: 42 is Hubei, 330603 one county. */
export function liesIn(area: number, prefix: string): Answer {
  if (area === 0) return UNKNOWN
  const digits = area >= TOWNSHIP_MIN ? 9 : 6
  if (prefix.length > digits) {
    const front = Number(prefix.slice(0, digits))
    return front === area ? UNKNOWN : NO
  }
  return Math.floor(area / 10 ** (digits - prefix.length)) === Number(prefix) ? YES : NO
}

/**
 * Sorts areas into classes that no prefix of a program tells apart, so that two thousand villages are a handful of situations.
 */
export class AreaClasses {
  private readonly prefixes: readonly string[]
  private readonly classOf = new Map<number, number>()
  private readonly byAnswers = new Map<string, number>()
  /** One area of each class. */
  readonly representatives: number[] = []

  constructor(prefixes: Iterable<string>) {
    this.prefixes = [...new Set(prefixes)]
  }

  find(area: number): number {
    const found = this.classOf.get(area)
    if (found !== undefined) return found
    const answers = this.prefixes.map((prefix) => liesIn(area, prefix)).join('')
    let position = this.byAnswers.get(answers)
    if (position === undefined) {
      position = this.representatives.length
      this.representatives.push(area)
      this.byAnswers.set(answers, position)
    }
    this.classOf.set(area, position)
    return position
  }
}
