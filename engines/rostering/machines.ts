/**
 * The rules over sequences of days, each as a small state machine (see `automaton.ts`). `isIn[option]` says whether an option
 * belongs to the rule's choice; a price of Infinity forbids.
 *
 * A day's kind is `weekday * 2 + (1 when it is a later day of its weekend)`, or fewer kinds when no rule needs them.
 */
import type { Machine, Step } from './automaton.ts'

type Choice = readonly boolean[]

const asSymbol = (isIn: Choice) => (option: number) => (isIn[option] ? 1 : 0)

function fold(machine: Pick<Machine, 'step' | 'symbol'>, from: number, history: readonly number[]): number {
  let state = from
  for (const option of history) state = machine.step(state, machine.symbol(option), 0).next
  return state
}

/** At most `max` days in a row; the state is the length so far, capped at `max`. */
export function maxRun(isIn: Choice, max: number, price: number): Machine {
  const machine: Pick<Machine, 'step' | 'symbol'> = {
    symbol: asSymbol(isIn),
    step: (length, symbol): Step => {
      if (symbol === 0) return { next: 0, cost: 0 }
      return length >= max ? { next: max, cost: price } : { next: length + 1, cost: 0 }
    },
  }
  return { ...machine, start: (history) => fold(machine, 0, history) }
}

/** At least `min` days in a row; a run that was there before day 0 counts as long enough unless history shows its start. */
export function minRun(isIn: Choice, min: number, price: number): Machine {
  const machine: Pick<Machine, 'step' | 'symbol'> = {
    symbol: asSymbol(isIn),
    step: (length, symbol): Step => {
      if (symbol === 1) return { next: Math.min(min, length + 1), cost: 0 }
      const missing = length > 0 && length < min ? min - length : 0
      return { next: 0, cost: missing > 0 ? price * missing : 0 }
    },
  }
  return { ...machine, start: (history) => fold(machine, min, history) }
}

/** After at least `after` such days in a row, `daysOff` free days. States: 0…after = run length, then after + days still owed. */
export function restAfterRun(isIn: Choice, after: number, daysOff: number, price: number): Machine {
  const machine: Pick<Machine, 'step' | 'symbol'> = {
    symbol: (option) => (option === 0 ? 0 : isIn[option] ? 2 : 1),
    step: (state, symbol): Step => {
      const owed = state > after ? state - after : state === after ? daysOff : 0
      if (symbol === 0) return { next: owed > 1 ? after + owed - 1 : 0, cost: 0 }
      if (symbol === 2 && state <= after) return { next: Math.min(after, state + 1), cost: 0 }
      return { next: symbol === 2 ? Math.min(after, 1) : 0, cost: owed > 0 ? price * owed : 0 }
    },
  }
  return { ...machine, start: (history) => fold(machine, 0, history) }
}

/**
 * Free days that must lie between one shift and the next: `gap[first * options + then]` whole days off (0 = next day allowed).
 * States: 0 = no memory, else (first symbol, days since).
 */
export function gaps(gap: Int32Array, options: number, price: number): Machine {
  const longest = Math.max(0, ...gap)
  const { symbolOf, representative } = gapSymbols(gap, options)
  const span = longest + 1
  const machine: Pick<Machine, 'step' | 'symbol'> = {
    symbol: (option) => symbolOf[option] ?? 0,
    step: (state, symbol): Step => {
      const first = state === 0 ? 0 : Math.floor((state - 1) / span)
      const since = state === 0 ? 0 : (state - 1) % span
      if (symbol === 0) {
        if (state === 0 || since + 1 > longest) return { next: 0, cost: 0 }
        const matters = rowHasGapOver(gap, options, representative[first] ?? 0, since + 1)
        return { next: matters ? 1 + first * span + since + 1 : 0, cost: 0 }
      }
      const needed =
        state === 0 ? 0 : (gap[(representative[first] ?? 0) * options + (representative[symbol] ?? 0)] ?? 0)
      const matters = rowHasGapOver(gap, options, representative[symbol] ?? 0, 0)
      return { next: matters ? 1 + symbol * span : 0, cost: needed > since ? price : 0 }
    },
  }
  return { ...machine, start: (history) => fold(machine, 0, history) }
}

function rowHasGapOver(gap: Int32Array, options: number, first: number, days: number): boolean {
  for (let then = 1; then < options; then++) if ((gap[first * options + then] ?? 0) > days) return true
  return false
}

/** Options with the same row and column of the gap table are one symbol; 0 stays the day off. */
function gapSymbols(gap: Int32Array, options: number): { symbolOf: number[]; representative: number[] } {
  const index = new Map<string, number>()
  const symbolOf = [0]
  const representative = [0]
  for (let option = 1; option < options; option++) {
    const row = Array.from(gap.subarray(option * options, (option + 1) * options))
    const column = Array.from({ length: options }, (_, first) => gap[first * options + option] ?? 0)
    const key = `${row.join(',')}|${column.join(',')}`
    let symbol = index.get(key)
    if (symbol === undefined) {
      symbol = representative.length
      index.set(key, symbol)
      representative.push(option)
    }
    symbolOf.push(symbol)
  }
  return { symbolOf, representative }
}

/**
 * At most `most` minutes in any stretch of `length` on the clock. State: the two last days' shifts (0 = none that matters).
 * `spans[option]` is start and end in minutes after midnight, or undefined when the option does not count.
 */
export function clockWindow(
  spans: readonly (readonly [number, number] | undefined)[],
  length: number,
  most: number,
  price: number,
): Machine {
  const back = clockDaysBack(length)
  const { symbolOf, spanOf } = spanSymbols(spans)
  const base = spanOf.length
  const machine: Pick<Machine, 'step' | 'symbol'> = {
    symbol: (option) => symbolOf[option] ?? 0,
    step: (state, symbol): Step => {
      const excess = clockMinutes(spanOf[symbol], (day) => spanOf[digit(state, day - 1, base)], back, length) - most
      return { next: (state * base + symbol) % base ** back, cost: excess > 0 ? price * excess : 0 }
    },
  }
  return { ...machine, start: (history) => fold(machine, 0, history.slice(-back)) }
}

/** Days before today whose shifts may still reach into a stretch that ends with today's shift. */
export const clockDaysBack = (length: number): number => Math.ceil(length / 1440) + 1

const digit = (state: number, place: number, base: number): number => Math.floor(state / base ** place) % base

/**
 * Minutes within the worst stretch that ends within today's shift: the one that ends with it, for whatever a stretch loses on its left
 * while it moves on, it gains on its right.
 */
export function clockMinutes(
  today: readonly [number, number] | undefined,
  earlier: (daysBack: number) => readonly [number, number] | undefined,
  back: number,
  length: number,
): number {
  if (today === undefined) return 0
  const [, to] = today
  const inside = (span: readonly [number, number], days: number) =>
    Math.max(0, Math.min(span[1] - days * 1440, to) - Math.max(span[0] - days * 1440, to - length))
  let sum = inside(today, 0)
  for (let day = 1; day <= back; day++) {
    const span = earlier(day)
    if (span !== undefined) sum += inside(span, day)
  }
  return sum
}

/** Options of the same span are one symbol; 0 = does not count. */
function spanSymbols(spans: readonly (readonly [number, number] | undefined)[]) {
  const index = new Map<string, number>()
  const spanOf: (readonly [number, number] | undefined)[] = [undefined]
  const symbolOf = spans.map((span) => {
    if (span === undefined) return 0
    const key = span.join(',')
    const known = index.get(key) ?? spanOf.push(span) - 1
    index.set(key, known)
    return known
  })
  return { symbolOf, spanOf }
}

/** A sequence of choices that is unwanted; the state is the set of positions reached, as bits. */
export function unwantedPattern(steps: readonly Choice[], weekday: number | undefined, price: number): Machine {
  const symbol = (option: number) => steps.reduce((bits, isIn, at) => bits | (isIn[option] ? 1 << at : 0), 0)
  const last = 1 << (steps.length - 1)
  const step = (state: number, bits: number, kind: number): Step => {
    const mayStart = weekday === undefined || kind >> 1 === weekday
    const reached = ((state << 1) | (mayStart ? 1 : 0)) & bits
    return { next: reached & ~last, cost: (reached & last) !== 0 ? price : 0 }
  }
  return { symbol, step, start: (history) => (weekday === undefined ? fold({ symbol, step }, 0, history) : 0) }
}

/** A sequence that must be finished once begun. State: days kept so far (0 = not begun), offset by whether the last day met the first choice. */
export function wantedPattern(steps: readonly Choice[], weekday: number | undefined, price: number): Machine {
  const symbol = (option: number) => steps.reduce((bits, isIn, at) => bits | (isIn[option] ? 1 << at : 0), 0)
  const step = (state: number, bits: number, kind: number): Step => {
    const at = state >> 1
    const wasFirst = (state & 1) === 1
    const isFirst = (bits & 1) === 1
    if (at > 0) {
      const after = at + 1 < steps.length ? at + 1 : 0
      return { next: (after << 1) | (isFirst ? 1 : 0), cost: (bits & (1 << at)) === 0 ? price : 0 }
    }
    const begins = isFirst && !wasFirst && (weekday === undefined || kind >> 1 === weekday) && steps.length > 1
    return { next: ((begins ? 1 : 0) << 1) | (isFirst ? 1 : 0), cost: 0 }
  }
  return { symbol, step, start: (history) => (weekday === undefined ? fold({ symbol, step }, 0, history) : 0) }
}

/** Weekends in which such a shift is worked, each counted once: emits `1 << bit`. */
export function weekendCount(isIn: Choice, bit: number, isWeekend: (kind: number) => boolean): Machine {
  return {
    start: () => 0,
    symbol: asSymbol(isIn),
    step: (state, symbol, kind) => {
      if (!isWeekend(kind)) return { next: 0, cost: 0 }
      const counted = (kind & 1) === 1 && state === 1
      if (symbol === 0) return { next: counted ? 1 : 0, cost: 0 }
      return { next: 1, cost: 0, emits: counted ? 0 : 1 << bit }
    },
  }
}

/** Weekends all or nothing: each day that differs from the day before within one weekend costs the price. States: 0 none, 1 off, 2 work. */
export function wholeWeekend(isWeekend: (kind: number) => boolean, price: number): Machine {
  return {
    start: () => 0,
    symbol: (option) => (option === 0 ? 0 : 1),
    step: (state, symbol, kind) => {
      if (!isWeekend(kind)) return { next: 0, cost: 0 }
      const differs = (kind & 1) === 1 && state !== 0 && state !== symbol + 1
      return { next: symbol + 1, cost: differs ? price : 0 }
    },
  }
}

/**
 * Rotation: `afterDays` calendar days from the first such shift it is time to leave, until `offDays` days in a row had none.
 * State: days since the stint began (0 = none, capped) and days without since the last such shift.
 */
export function rotation(isIn: Choice, afterDays: number, offDays: number, price: number): Machine {
  const span = offDays + 1
  const machine: Pick<Machine, 'step' | 'symbol'> = {
    symbol: asSymbol(isIn),
    step: (state, symbol): Step => {
      const since = Math.floor(state / span)
      const without = state % span
      if (since === 0) return symbol === 0 ? { next: 0, cost: 0 } : { next: span, cost: 0 }
      const now = Math.min(afterDays, since + 1)
      if (symbol === 1) return { next: now * span, cost: since >= afterDays ? price : 0 }
      return without + 1 >= offDays ? { next: 0, cost: 0 } : { next: now * span + without + 1, cost: 0 }
    },
  }
  return { ...machine, start: (history) => fold(machine, 0, history) }
}
