import type { Formats } from '#platform/ui/formats.ts'
import type { FigureOut, ParameterOut } from '../contract.ts'

export type Parameter = ParameterOut

const WRITTEN: Partial<Record<ParameterOut['unit'], string>> = {
  minutes: 'minutes',
  days: 'days',
  times: 'times',
  percent: 'percent',
  count: '',
}

/** A number typed in a form as a pack writes it: 50 yuan a day → `50 yuan`, 240 minutes → `240 minutes`. */
export function writtenValue(unit: ParameterOut['unit'], amount: number): string {
  const word = WRITTEN[unit] ?? 'yuan'
  return `${amount} ${word}`.trim()
}

const LAYERS = ['national', 'province', 'city', 'county']

/** The value that holds on a day, as known on it: a lower layer over a higher one, a later document over an earlier one. */
export function figureNow(parameter: ParameterOut, day: string): FigureOut | undefined {
  const holding = parameter.values.filter(
    ({ from, to, known }) => from <= day && (to === null || day <= to) && known <= day,
  )
  return [...holding].sort(
    (left, right) => LAYERS.indexOf(right.layer) - LAYERS.indexOf(left.layer) || right.known.localeCompare(left.known),
  )[0]
}

/** A difference: what is more has its sign too. */
export function signedYuan(formats: Formats, fen: number): string {
  return `${fen > 0 ? '+' : ''}${formats.yuan(fen)}`
}
