import { z } from 'zod'
import { parseDay } from '#engines/values/time.ts'

/** Field types that every contract uses, so that one thing is spelt and checked in one way. */

export interface Words {
  readonly zh: string
  readonly en: string
}

const WORDS_OF_PATTERNS = new Map<string, Words>()

/** Text of a pattern, with what is said where it does not match. */
export function Pattern(pattern: RegExp, wrong: Words) {
  WORDS_OF_PATTERNS.set(String(pattern), wrong)
  return z.string().regex(pattern)
}

export function patternWords(pattern: string | undefined): Words | undefined {
  return pattern === undefined ? undefined : WORDS_OF_PATTERNS.get(pattern)
}

export const SixDigits = Pattern(/^\d{6}$/, { zh: '应为 6 位数字', en: 'should be six digits' })

export const Id = z.int().positive().max(2_147_483_647)

/** An id in a path or a query, where everything arrives as text. */
export const IdText = Pattern(/^[1-9]\d{0,9}$/, { zh: '不是有效的编号', en: 'not a valid number of a record' })
  .transform(Number)
  .pipe(Id)

export const Uuid = z.uuid()

/** A day of the calendar, `2020-02-03`; `2020-02-30` is refused. */
export const CivilDateText = z.string().refine((text) => parseDay(text) !== undefined, {
  params: { zh: '不是日历上的日期，应写成 2020-02-03', en: 'not a day of the calendar; write it as 2020-02-03' },
})

/** An instant with its offset, `2020-02-03T08:00:00+08:00`. */
export const InstantText = z.iso.datetime({ offset: true, local: false })

/** Fields that hold an instant on the way out: a Date inside, text outside. */
export const InstantOut = z.union([z.date().transform((date) => date.toISOString()), InstantText])

export const Fen = z.int()
export const Minutes = z.int()

/**
 * Control characters, and those that turn the direction of writing or are not seen at all: a name with one of them is not the name that
 * is read.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is refused
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u2028-\u202e\u2060-\u2069\ufeff]/

/** Plain text of people: trimmed, no control characters, any script. */
export function Text(length_max: number) {
  return z.string().trim().min(1).max(length_max).refine(isSeen, NOT_SEEN)
}

/** The same where nothing may stand as well. */
export function MaybeText(length_max: number) {
  return z.string().trim().max(length_max).refine(isSeen, NOT_SEEN)
}

/** Half of a character that is written in two halves would be stored as something else. */
const isSeen = (text: string) => !UNSEEN.test(text) && !/\p{Surrogate}/u.test(text)
const NOT_SEEN = { params: { zh: '含有不可见的控制字符', en: 'contains control characters' } }

/** Pages of a list: one screenful at a time, continued by the key of the last row seen. */
export const PageQuery = {
  after: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
}

export const LocalText = z.object({ zh: z.string(), en: z.string() })

/** One of the codes of a vocabulary, such as `UNIT_KINDS`. */
export function Code<T extends Readonly<Record<string, unknown>>>(
  vocabulary: T,
): z.ZodEnum<{ [K in keyof T & string]: K }> {
  const codes = Object.fromEntries(Object.keys(vocabulary).map((code) => [code, code]))
  return z.enum(codes as { [K in keyof T & string]: K })
}

/** A file as the body of a request: bytes inside; a page passes what the browser gives it. */
export const FileIn = z
  .custom<Blob | Uint8Array>((value) => value instanceof Uint8Array)
  .transform((value, context): Uint8Array => {
    if (value instanceof Uint8Array) return value
    context.addIssue({ code: 'custom', message: 'not bytes' })
    return z.NEVER
  })
