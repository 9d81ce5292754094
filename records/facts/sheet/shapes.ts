import type { Both } from '#records/duty/sheet/texts.ts'
import type { WrittenPerson } from '#records/people/person-finder.ts'
import type { EventField } from './fields.ts'

export interface EventPlace {
  readonly sheet: string
  readonly row: number
}

/** One event as the sheet says it; who and what is meant is found out by whoever knows people and packs. */
export interface EventRow {
  readonly source: EventPlace
  readonly person: WrittenPerson
  /** Empty where the row names none. */
  readonly unit: string
  readonly event: string
  /** Empty where a fact that is answered by yes or no names no day. */
  readonly on: string
  readonly count: number
  /** What a column headed 是否 says; `null` where there is none. */
  readonly answer: boolean | null
}

export interface EventRefusal {
  readonly source: EventPlace
  readonly value: string
  readonly reason: Both
  readonly right: Both
}

export interface EventColumn {
  readonly sheet: string
  /** As the spreadsheet program names it: A, B, … */
  readonly column: string
  readonly header: string
  readonly field: EventField | null
}

export interface EventSheetReading {
  readonly columns: readonly EventColumn[]
  readonly rows: readonly EventRow[]
  readonly refused: readonly EventRefusal[]
}

export interface EventSheetContext {
  /** First and last day of what is worked out; `null` when that is not known. */
  readonly window: { readonly first: string; readonly last: string | null } | null
  /** Answers by key; `column:SHEET!C` says what a column holds, or `none`. */
  readonly answers: Readonly<Record<string, string>>
}
