import { type Day, parseDay } from '#engines/values/time.ts'
import type { Mistakes, ReferenceKind } from '../mistakes.ts'
import type { Place, Unit } from '../pack.ts'
import { describe, pattern, type Shape } from './shape.ts'
import { wrongDay } from './wrong-times.ts'

/** What a written quantity measures. Held in whole base units: fen, minutes, hundredths of a day, of a factor, of a percent. */
export type Dimension = 'yuan' | 'minutes' | 'days' | 'times' | 'percent' | 'count'

/** A quantity as written, such as `300 yuan`; `amount` is in whole base units of its dimension. */
export interface Measure {
  readonly amount: number
  readonly dimension: Dimension
  readonly text: string
  readonly place: Place
}

const WORDS: Readonly<Record<string, { dimension: Dimension; hundredths: number }>> = {
  yuan: { dimension: 'yuan', hundredths: 100 },
  元: { dimension: 'yuan', hundredths: 100 },
  fen: { dimension: 'yuan', hundredths: 1 },
  minute: { dimension: 'minutes', hundredths: 1 },
  minutes: { dimension: 'minutes', hundredths: 1 },
  分钟: { dimension: 'minutes', hundredths: 1 },
  hour: { dimension: 'minutes', hundredths: 60 },
  hours: { dimension: 'minutes', hundredths: 60 },
  小时: { dimension: 'minutes', hundredths: 60 },
  day: { dimension: 'days', hundredths: 100 },
  days: { dimension: 'days', hundredths: 100 },
  天: { dimension: 'days', hundredths: 100 },
  半天: { dimension: 'days', hundredths: 50 },
  件: { dimension: 'count', hundredths: 1 },
  份: { dimension: 'count', hundredths: 1 },
  items: { dimension: 'count', hundredths: 1 },
  times: { dimension: 'times', hundredths: 100 },
  倍: { dimension: 'times', hundredths: 100 },
  percent: { dimension: 'percent', hundredths: 100 },
  '%': { dimension: 'percent', hundredths: 100 },
  people: { dimension: 'count', hundredths: 1 },
  人: { dimension: 'count', hundredths: 1 },
}

const WRITTEN = /^(\d{1,12})(?:\.(\d{1,2}))?(?: ?(\p{L}+|%))?$/u
const FLOAT = /^-?\d+\.\d+(?:[eE][+-]?\d+)?$|^-?\d+[eE][+-]?\d+$|^-?\.(?:inf|\d+)|^\.nan$/i
const EXAMPLE_ZH = '“300 yuan”“12.50 元”“4 hours”“1 day”“2 times”'

/** A number with its unit beside it. A bare number is refused: nobody should have to guess whether 300 is yuan or fen. */
export const measure: Shape<Measure> = {
  read(value, mistakes) {
    if (value.kind !== 'text') return refuseMeasure(value.place, describe(value), mistakes)
    if (FLOAT.test(value.text)) return refuseFloat(value.place, value.text, mistakes)
    const parts = WRITTEN.exec(value.text)
    if (!parts) return refuseMeasure(value.place, value.text, mistakes)
    const unit = WORDS[parts[3] ?? 'people']
    if (!unit || !Object.hasOwn(WORDS, parts[3] ?? 'people')) return refuseMeasure(value.place, value.text, mistakes)
    const fraction = Number((parts[2] ?? '').padEnd(2, '0'))
    const scaled = Number(parts[1]) * 100 + fraction
    const amount = (scaled * unit.hundredths) / 100
    if (!Number.isSafeInteger(amount)) return refuseMeasure(value.place, value.text, mistakes)
    return { amount, dimension: unit.dimension, text: value.text, place: value.place }
  },
  schema: () => ({
    type: ['string', 'integer'],
    pattern:
      '^[0-9]{1,12}(\\.[0-9]{1,2})?( ?(yuan|元|fen|minutes?|分钟|hours?|小时|days?|天|半天|times|倍|percent|%|people|人|items|件|份))?$',
    examples: ['300 yuan', '12.50 yuan', '4 hours', '0.5 days', '2 times', '30 %'],
  }),
}

function refuseMeasure(place: Place, text: string, mistakes: Mistakes): undefined {
  return mistakes.add(
    'measure.form',
    place,
    text,
    { zh: '读不出数量', en: 'this is no quantity' },
    {
      zh: `数字后写单位，如 ${EXAMPLE_ZH}`,
      en: 'write the unit after the number, as in "300 yuan", "4 hours", "0.5 days"',
    },
  )
}

function refuseFloat(place: Place, text: string, mistakes: Mistakes): undefined {
  const [whole = '0', part = ''] = text.split('.')
  const repaired = /^\d+$/.test(whole) && /^\d{1,2}$/.test(part) ? `${whole}.${part.padEnd(2, '0')} yuan` : '12.50 yuan'
  return mistakes.add(
    'measure.float',
    place,
    text,
    { zh: '金额不用小数（浮点数）', en: 'amounts are never floats' },
    {
      zh: `把单位写上，如“${repaired}”，系统按整分保存`,
      en: `write the unit too, as in "${repaired}"; it is kept in whole fen`,
    },
  )
}

const DIMENSION_OF: Readonly<Record<Unit, Dimension>> = {
  yuan_per_day: 'yuan',
  yuan_per_half_day: 'yuan',
  yuan_per_hour: 'yuan',
  yuan_per_month: 'yuan',
  yuan_once: 'yuan',
  yuan: 'yuan',
  minutes: 'minutes',
  days: 'days',
  times: 'times',
  percent: 'percent',
  count: 'count',
}

const WRITE_AS: Readonly<Record<Dimension, string>> = {
  yuan: '300 yuan',
  minutes: '4 hours',
  days: '1 day',
  times: '2 times',
  percent: '30 %',
  count: '12 people',
}

/** The amount in the parameter's base unit, or a mistake when a quantity of another kind was written. */
export function amountIn(unit: Unit, written: Measure, mistakes: Mistakes): number | undefined {
  return amountOf(DIMENSION_OF[unit], written, mistakes)
}

export function amountOf(dimension: Dimension, written: Measure, mistakes: Mistakes): number | undefined {
  if (written.dimension === dimension) return written.amount
  return mistakes.add(
    'measure.unit',
    written.place,
    written.text,
    { zh: '单位不合', en: 'the unit does not fit' },
    { zh: `这里应写成“${WRITE_AS[dimension]}”这样的数量`, en: `write a quantity such as "${WRITE_AS[dimension]}"` },
  )
}

/** A civil date, `2020-02-03`. */
export const date: Shape<Day> = {
  read(value, mistakes) {
    const day = value.kind === 'text' ? parseDay(value.text) : undefined
    if (day !== undefined) return day
    const { code: kind, wrong, right } = wrongDay(describe(value))
    return mistakes.add(kind, value.place, describe(value), wrong, right)
  },
  schema: () => ({ type: 'string', format: 'date' }),
}

const RANGE_DAYS_MAX = 400

/** `2020-01-28`, or a run of days `2020-01-28..2020-01-30`. */
export const dayOrRun: Shape<readonly Day[]> = {
  read(value, mistakes) {
    const [first, last = first, ...rest] = value.kind === 'text' ? value.text.split('..') : []
    const from = parseDay(first ?? '')
    const to = parseDay(last ?? '')
    if (from === undefined || to === undefined || rest.length > 0 || to < from || to - from > RANGE_DAYS_MAX) {
      return mistakes.add(
        'date.run',
        value.place,
        describe(value),
        { zh: '不是一天，也不是一段日子', en: 'neither a day nor a run of days' },
        { zh: '写“2020-01-28”或“2020-01-28..2020-01-30”', en: 'write 2020-01-28 or 2020-01-28..2020-01-30' },
      )
    }
    return Array.from({ length: to - from + 1 }, (_, index) => from + index)
  },
  schema: () => ({ type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}(\\.\\.\\d{4}-\\d{2}-\\d{2})?$' }),
}

/** `yes` or `no`. */
export const yesNo: Shape<boolean> = {
  read(value, mistakes) {
    if (value.kind === 'text' && (value.text === 'yes' || value.text === 'true')) return true
    if (value.kind === 'text' && (value.text === 'no' || value.text === 'false')) return false
    return mistakes.add(
      'shape.yes_no',
      value.place,
      describe(value),
      { zh: '不是“yes”或“no”', en: 'neither yes nor no' },
      { zh: '写 yes 或 no', en: 'write yes or no' },
    )
  },
  schema: () => ({ enum: ['yes', 'no', true, false] }),
}

/** The front of a division code: 42 means Hubei, 330603 one county, 330603004 one township. */
export const areaPrefix = pattern(
  /^\d{2}(?:\d{2}(?:\d{2}(?:\d{3})?)?)?$/,
  '行政区划代码的前 2、4、6 或 9 位，如 33、3306、330603',
  'the first 2, 4, 6 or 9 digits of a division code, such as 33, 3306, 330603',
)

const CODE = pattern(/^[a-z0-9][a-z0-9_-]{0,63}$/, '一个已定义的名称', 'a code defined elsewhere in the pack')

/** A code that this place defines or that is checked elsewhere. */
export const code: Shape<string> = CODE

/** Refers to something defined under that code in this pack or in a layer above; checked once all layers are read. */
export function refersTo(kind: ReferenceKind, units?: readonly Unit[]): Shape<string> {
  return {
    read(value, mistakes) {
      const read = (kind === 'clause' ? CLAUSE : CODE).read(value, mistakes)
      if (read !== undefined) mistakes.refer({ kind, code: read, place: value.place, ...(units ? { units } : {}) })
      return read
    },
    schema: () => (kind === 'clause' ? CLAUSE : CODE).schema(),
  }
}

export const CLAUSE_NUMBER = /^[0-9a-z][0-9a-z.-]{0,15}$/
const CLAUSE = pattern(CLAUSE_NUMBER, '条款号，如 6', 'the number of a clause, such as 6')
