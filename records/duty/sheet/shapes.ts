import type { POST_KINDS } from '#engines/policy/vocabulary.ts'
import type { CivilDate, Day } from '#engines/values/time.ts'
import type { Both } from './texts.ts'

/** What a column of a duty sheet holds. */
export type Field =
  | 'sequence'
  | 'name'
  | 'sex'
  | 'id_number'
  | 'staff_number'
  | 'phone'
  | 'unit'
  | 'department'
  | 'post'
  | 'rank'
  | 'date'
  | 'start_date'
  | 'end_date'
  | 'weekday'
  | 'shift'
  | 'start'
  | 'end'
  | 'time'
  | 'hours'
  | 'days'
  | 'remark'

export type PostKind = keyof typeof POST_KINDS

/** What is known beside the file itself. */
export interface SheetContext {
  /** The operation's window; `last` is null while it runs. Dates outside are refused. */
  readonly window?: { readonly first: CivilDate; readonly last: CivilDate | null }
  /** The unit that the file is uploaded for, when the file does not say it. */
  readonly unit?: string
  /** Answers to the questions of an earlier reading, by the question's key. */
  readonly answers?: Readonly<Record<string, string>>
  /** Sets row keys of one operation apart from those of another. */
  readonly namespace?: string
  /** Whether exactly one person of this name is known in this unit; `undefined` when nobody can say. */
  readonly isOnlyPersonOf?: (name: string, unit: string) => boolean | undefined
}

export interface Place {
  readonly sheet: string
  /** As the spreadsheet program counts. */
  readonly row: number
  /** Letters, `C`. */
  readonly column?: string
}

export interface UnderstoodColumn {
  readonly column: string
  /** The header as written, upper header first. */
  readonly header: string
  readonly field: Field | 'day' | 'shift_of_names' | 'ignored'
  /** 0 to 1: 1 the header says so exactly, lower when only part of it or the content does. */
  readonly confidence: number
  readonly hidden: boolean
  /** For columns of a roster: the day that the column stands for. */
  readonly day?: CivilDate
}

export interface UnderstoodTable {
  /** Names the table in questions: sheet and top left cell, `二月!A3`. */
  readonly key: string
  readonly sheet: string
  readonly header_rows: readonly number[]
  /** `list`: a row is a duty. `roster`: people by days. `names`: days by shifts or posts, with names in the cells. */
  readonly form: 'list' | 'roster' | 'names'
  readonly title: string
  readonly unit: string | null
  /** Where the unit was read. */
  readonly unit_from: 'column' | 'title' | 'sheet_name' | 'section' | 'upload' | 'answer' | null
  readonly columns: readonly UnderstoodColumn[]
  readonly row_count: number
}

export interface UnderstoodMark {
  readonly mark: string
  /** `08:00-20:00`, `休` for rest, null while open. */
  readonly meaning: string | null
  readonly from: 'legend' | 'answer' | 'well_known' | null
  readonly count: number
}

export interface Question {
  /** Pass the answer back under this key. */
  readonly key: string
  readonly kind: 'year' | 'mark' | 'unit' | 'hours' | 'begin' | 'carry' | 'hidden' | 'range' | 'post'
  readonly text: Both
  /** A sensible answer, for the person to accept; never used unasked. */
  readonly proposed: string | null
  /** Rows wait for the answer; otherwise they are taken without it. */
  readonly blocking: boolean
  /** The first place where it arose, and how many rows hang on it. */
  readonly first: Place
  readonly count: number
  /** An answer was given but cannot be understood. */
  readonly misunderstood: string | null
}

export interface SheetPerson {
  readonly name: string
  readonly id_number: string | null
  /** Why there is no number to trust: the column is empty, or Excel had rounded it. */
  readonly id_state: 'valid' | 'absent' | 'precision_lost'
  readonly staff_number: string | null
  readonly phone: string | null
  readonly sex: string | null
  readonly rank: string | null
}

export interface UnderstoodRow {
  /** A UUID made from person and start: the same duty has the same key in every import. */
  readonly key: string
  readonly person_key: string
  readonly person: SheetPerson
  readonly unit_text: string
  readonly department_text: string
  readonly post_text: string
  readonly post_kind: PostKind | null
  /** The words from which the kind was read, and where they stood. */
  readonly post_read_from: { readonly text: string; readonly where: 'post' | 'unit' | 'title' | 'answer' } | null
  /** Local clock, `2020-02-03T20:00`. */
  readonly starts_at: string
  readonly ends_at: string
  /** The hours that the sheet itself states, when it does. */
  readonly stated_minutes: number | null
  readonly remark: string
  readonly source: Place
}

export interface RefusedRow extends Place {
  readonly value: string
  readonly code: string
  readonly reason: Both
  /** What would be right. */
  readonly right: Both
}

export interface SkippedRow extends Place {
  readonly value: string
  readonly code: string
  readonly reason: Both
}

export interface WaitingRow extends Place {
  readonly value: string
  /** Keys of the questions that have to be answered first. */
  readonly questions: readonly string[]
}

export interface Notice extends Place {
  readonly code: string
  readonly text: Both
}

export interface DutySheetReading {
  readonly understood: {
    readonly tables: readonly UnderstoodTable[]
    readonly marks: readonly UnderstoodMark[]
    readonly units: readonly string[]
    readonly period: { readonly first: CivilDate; readonly last: CivilDate } | null
    readonly people_count: number
  }
  readonly questions: readonly Question[]
  readonly rows: readonly UnderstoodRow[]
  readonly refused: readonly RefusedRow[]
  readonly waiting: readonly WaitingRow[]
  readonly skipped: readonly SkippedRow[]
  readonly notices: readonly Notice[]
  /** Keys of answers that nothing in the file hung on, and of those whose words could not be understood. */
  readonly left_over_answers: { readonly unused: readonly string[]; readonly misread: readonly string[] }
}

/** A duty before it has a key: what the readers of the three forms hand on. */
export interface DutyDraft {
  readonly person: SheetPerson
  /** The first fifteen digits of a rounded number: tells people apart, identifies nobody. */
  readonly id_trace: string | null
  readonly unit: string
  readonly department: string
  readonly post: string
  readonly title: string
  readonly day: Day
  /** Minutes on the clock of `day`; the end may pass 1,440. */
  readonly start: number
  readonly end: number
  readonly stated_minutes: number | null
  readonly remark: string
  readonly source: Place
}
