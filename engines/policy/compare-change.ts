import { type Day, formatDay } from '#engines/values/time.ts'
import { formatAmount } from './format-amount.ts'
import type { Parameter, ParameterValue, Source, Stack } from './pack.ts'
import type { Label } from './vocabulary.ts'

/** One figure changed for a question "what if": the parameter's value from a day on, in its own whole unit. */
export interface AssumedFigure {
  readonly parameter: string
  readonly value: number
  readonly from: Day
}

export type AssumeResult =
  | {
      readonly ok: true
      readonly stack: Stack
      /** Said beside the answer: the figure lies outside what the layers above allow. */
      readonly beyond: Label | null
    }
  | { readonly ok: false; readonly unknown: string }

/** The source that assumed figures cite; it is no document. */
export const ASSUMED_SOURCE = 'what-if'

/**
 * The stack with one figure assumed to be another from a day on, for what was known then and ever after. Every explanation
 * shows it as an example that is no fact, and the stack's hash differs, so that no result of it passes for one in force.
 *
 * @example
 * const assumed = assumeFigure(stack, { parameter: 'meal-allowance-rate', value: 5000, from: dayOf('2020-02-10') }, sha256)
 * if (assumed.ok) compileStack(assumed.stack, …)
 */
export function assumeFigure(stack: Stack, figure: AssumedFigure, hash: (text: string) => string): AssumeResult {
  const parameter = stack.parameters.get(figure.parameter)
  if (!parameter) return { ok: false, unknown: figure.parameter }
  const change = `${figure.parameter}=${figure.value}@${formatDay(figure.from)}`
  const place = { file: `what-if:${change}`, line: 1, column: 1 }
  const level = stack.layers.at(-1)?.level ?? parameter.level
  const assumed: ParameterValue = {
    from: figure.from,
    to: null,
    // Known on every day, so that any state of knowledge is asked the same question.
    known: Number.MIN_SAFE_INTEGER,
    value: figure.value,
    source: ASSUMED_SOURCE,
    article: null,
    grade: 'U',
    example: true,
    pack: stack.id,
    level,
    place,
  }
  const before = parameter.values.flatMap((value) => endedBefore(value, figure.from))
  const source: Source = {
    code: ASSUMED_SOURCE,
    title: '假设的数，不是文件',
    number: null,
    issuers: [],
    published: figure.from,
    grade: 'U',
    note: { zh: '只用于测算', en: 'assumed for a what-if' },
    pack: stack.id,
    place,
  }
  const changed: Stack = {
    ...stack,
    hash: hash(`${stack.hash}\n${change}`),
    sources: new Map([...stack.sources, [ASSUMED_SOURCE, source]]),
    parameters: new Map([...stack.parameters, [parameter.code, { ...parameter, values: [...before, assumed] }]]),
  }
  return { ok: true, stack: changed, beyond: beyondBounds(parameter, figure.value) }
}

function endedBefore(value: ParameterValue, day: Day): readonly ParameterValue[] {
  if (value.from >= day) return []
  return [value.to === null || value.to >= day ? { ...value, to: day - 1 } : value]
}

function beyondBounds({ open, unit, title }: Parameter, value: number): Label | null {
  const most = open?.at_most ?? null
  if (most !== null && value > most) {
    const cap = formatAmount(unit, most)
    return { zh: `${title.zh}：高于上级规定的上限 ${cap.zh}`, en: `${title.en}: above the cap of ${cap.en}` }
  }
  const least = open?.at_least ?? null
  if (least !== null && value < least) {
    const floor = formatAmount(unit, least)
    return { zh: `${title.zh}：低于上级规定的下限 ${floor.zh}`, en: `${title.en}: below the floor of ${floor.en}` }
  }
  return null
}
