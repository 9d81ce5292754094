import { reaches, type Scope } from '#platform/access/actor.ts'
import { zonedText } from '#platform/calendar/zone.ts'
import type { FieldError } from '#platform/http/problem.ts'
import { LINE_REASONS } from '../contract.ts'
import type { LineRefusal } from '../rules.ts'
import type { OverlappingSpan } from './confirmation-store.ts'

/** Which field of a line each reason points to. */
const FIELDS = {
  own_span: 'person_id',
  unknown_person: 'person_id',
  unknown_post: 'post_id',
  backwards: 'ends_at',
  too_long: 'ends_at',
  other_day: 'starts_at',
  other_content: 'span_id',
  withdrawn: 'span_id',
  future: 'ends_at',
  twice: 'starts_at',
  overlap: 'starts_at',
} as const satisfies Record<LineRefusal['reason'], string>

function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

function valuesOf(refusal: LineRefusal, language: 'zh' | 'en'): Readonly<Record<string, string | number>> {
  switch (refusal.reason) {
    case 'overlap':
      return { other: refusal.other[language] }
    case 'too_long':
      return { hours: refusal.hours }
    case 'other_day':
      return { duty_date: refusal.duty_date }
    case 'twice':
      return { line: refusal.line }
    default:
      return {}
  }
}

export function lineErrors(path: string, refusal: LineRefusal): FieldError {
  const text = LINE_REASONS[refusal.reason]
  return {
    field: `${path}.${FIELDS[refusal.reason]}`,
    zh: fill(text.zh, valuesOf(refusal, 'zh')),
    en: fill(text.en, valuesOf(refusal, 'en')),
  }
}

/** `2月3日 20:00` */
function clockText(timeZone: string, instant: Date): string {
  const text = zonedText(timeZone, instant)
  return `${Number(text.slice(5, 7))}月${Number(text.slice(8, 10))}日 ${text.slice(11, 16)}`
}

/** A stretch of time that names its day once, and the second day only where it is another one. */
function stretchText(timeZone: string, starts_at: Date, ends_at: Date): { zh: string; en: string } {
  const [from, to] = [zonedText(timeZone, starts_at).slice(0, 16), zonedText(timeZone, ends_at).slice(0, 16)]
  const sameDay = from.slice(0, 10) === to.slice(0, 10)
  return {
    zh: `${clockText(timeZone, starts_at)}–${sameDay ? to.slice(11) : clockText(timeZone, ends_at)}`,
    en: `${from}–${sameDay ? to.slice(11) : to}`,
  }
}

/** Another span as far as the reader may know it: the post inside their scope, otherwise a time and a unit to ask. */
export function describeOverlap(span: OverlappingSpan, scope: Scope, timeZone: string): { zh: string; en: string } {
  const { zh: times, en: iso } = stretchText(timeZone, span.starts_at, span.ends_at)
  return reaches(scope, span.unit_id)
    ? {
        zh: `${span.unit_name}“${span.post_name}”的值守（${times}）`,
        en: `duty at ${span.unit_name}, ${span.post_name} (${iso})`,
      }
    : {
        zh: `另一单位的值守（${times}，请与${span.unit_name}联系）`,
        en: `duty at another unit (${iso}; please ask ${span.unit_name})`,
      }
}
