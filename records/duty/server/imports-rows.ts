import { z } from 'zod'
import { POST_KINDS } from '#engines/policy/vocabulary.ts'
import { Code, Id, InstantText, LocalText, Uuid } from '#platform/http/fields.ts'
import type { Verdict } from './imports-judge.ts'

/** What is stored of a row between reading and settling: what pages show, and what a confirmation writes. */
export const RowContent = z.object({
  place: z.object({ sheet: z.string(), row: z.int(), column: z.string().nullable() }),
  value: z.string(),
  duty: z
    .object({
      person_name: z.string(),
      unit_name: z.string(),
      post_name: z.string(),
      starts_at: InstantText,
      ends_at: InstantText,
    })
    .nullable(),
  reason: LocalText.nullable(),
  right: LocalText.nullable(),
  questions: z.array(z.string()),
  stands: z
    .object({ post_name: z.string(), starts_at: InstantText, ends_at: InstantText, entry_id: z.int() })
    .nullable(),
  line: z
    .object({
      /** By person and beginning; the span that it replaces is found anew when it is written. */
      span_id: Uuid,
      person_id: Id,
      unit_id: Id,
      home_unit_id: Id,
      post_id: z.int(),
      new_post: z.object({ name: z.string(), kind: Code(POST_KINDS) }).nullable(),
      starts_on: z.string(),
    })
    .nullable(),
})
export type RowContent = z.output<typeof RowContent>

/** A verdict in one word and the entry that it would replace: equal before and after means that nothing has changed. */
export function fingerprint(verdict: Verdict): string {
  return verdict.kind === 'differs' ? `differs ${verdict.stands.entry_id}` : verdict.kind
}

const LONG_NUMBER = /[0-9０-９](?:[ \u00a0]?[0-9０-９]){10,}(?:[ \u00a0]?[Xx])?/g

/** ID and telephone numbers in what people wrote: the ends stay, so that an office finds the cell again. */
export function maskNumbers(text: string): string {
  return text.replace(LONG_NUMBER, (number) => `${number.slice(0, 3)}…${number.slice(-2)}`)
}

/** Masks every text within plain data. */
export function maskDeep<T>(value: T): T
export function maskDeep(value: unknown): unknown {
  if (typeof value === 'string') return maskNumbers(value)
  if (Array.isArray(value)) return value.map((item) => maskDeep(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskDeep(item)]))
}
