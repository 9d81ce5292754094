import type { Building } from './build-parameters.ts'
import { spanOf } from './build-time-span.ts'
import type { LeaveValidity } from './pack-time.ts'
import type { WrittenEntitlement } from './schema/pack-shape.ts'

/** How long leave stays valid, from what is written; exactly one of a span and the end of a year. */
export function buildValidity(building: Building, written: WrittenEntitlement['valid']): LeaveValidity | null {
  if (written === null) return null
  const { within, until, afterwards, place } = written
  if ((within === null) === (until === null)) {
    building.mistakes.add(
      'valid.form',
      place,
      'valid',
      { zh: 'within 与 until 要写一个，且只能写一个', en: 'exactly one of within and until is needed' },
      {
        zh: '写 within: { months: 12 }（挣得以后多久），或 until: next_year_end（次年年底）',
        en: 'write within: { months: 12 } after it was earned, or until: next_year_end',
      },
    )
    return null
  }
  if (within === null) return { lasts: { kind: 'year_end', years: until === 'year_end' ? 0 : 1 }, afterwards, place }
  const span = spanOf(building, within)
  if (!span) return null
  if (span.unit === 'hours') {
    building.mistakes.add(
      'valid.hours',
      place,
      'hours',
      { zh: '补休的有效期按天算，不按小时', en: 'leave is valid for days, not hours' },
      { zh: '写 days、working_days 或 months', en: 'write days, working_days or months' },
    )
  }
  return { lasts: { kind: 'within', span }, afterwards, place }
}

/** What would not be heeded is refused. */
export function refuseValidity(building: Building, { valid, gives }: WrittenEntitlement): void {
  if (valid === null) return
  building.mistakes.add(
    'valid.not_heeded',
    valid.place,
    gives,
    { zh: '有效期只用于补休（gives: minutes）', en: 'only leave (gives: minutes) stays valid for some time' },
    { zh: '去掉 valid；一次性的权利用 window 说明期限', en: 'leave it out; for rights say the period with window' },
  )
}
