import { createHash } from 'node:crypto'
import { POST_KINDS } from '#engines/policy/vocabulary.ts'
import { type CivilDate, formatMinute } from '#engines/values/time.ts'
import type { Notebook } from './notebook.ts'
import { guessPostKind } from './posts.ts'
import type { DutyDraft, PostKind, SheetContext, UnderstoodRow } from './shapes.ts'

export interface SettledRows {
  readonly rows: UnderstoodRow[]
  readonly summary: {
    readonly units: readonly string[]
    readonly period: { readonly first: CivilDate; readonly last: CivilDate } | null
    readonly people_count: number
  }
}

/** Gives every draft its person and key, and sets aside who cannot be told apart, what stands twice and what overlaps. */
export function settleDrafts(notebook: Notebook, context: SheetContext): SettledRows {
  const namesakes = new Namesakes(notebook.drafts, context)
  const taken = new Map<string, UnderstoodRow[]>()
  const owners = new Map<string, DutyDraft>()
  const rows: UnderstoodRow[] = []
  for (const draft of notebook.drafts) {
    const { person, unit, source } = draft
    if (person.id_state === 'precision_lost') {
      if (!namesakes.isOnly(draft)) {
        notebook.refuse(source, person.name, 'id_precision_lost', { name: person.name, unit })
        continue
      }
      notebook.note(source, 'id_not_trusted')
    }
    const owner = person.id_number === null ? undefined : owners.get(person.id_number)
    if (owner && owner.person.name !== person.name) {
      const facts = { row: owner.source.row, sheet: owner.source.sheet, other: owner.person.name }
      notebook.refuse(source, person.name, 'id_two_names', facts)
      continue
    }
    if (person.id_number !== null && !owner) owners.set(person.id_number, draft)
    const row = toRow(draft, notebook, context)
    const others = taken.get(row.person_key) ?? []
    const clash = others.find((other) => other.starts_at < row.ends_at && row.starts_at < other.ends_at)
    if (clash) {
      const same =
        clash.starts_at === row.starts_at && clash.ends_at === row.ends_at && clash.post_text === row.post_text
      const facts = {
        row: clash.source.row,
        sheet: clash.source.sheet,
        other: `${clash.starts_at.replace('T', ' ')}-${clash.ends_at.slice(11)}`,
      }
      notebook.refuse(
        source,
        `${person.name} ${row.starts_at.replace('T', ' ')}-${row.ends_at.slice(11)}`,
        same ? 'duplicate' : 'overlap',
        facts,
      )
      continue
    }
    others.push(row)
    taken.set(row.person_key, others)
    rows.push(row)
  }
  return { rows, summary: summarise(rows) }
}

function summarise(rows: readonly UnderstoodRow[]): SettledRows['summary'] {
  let first: string | undefined
  let last: string | undefined
  for (const { starts_at } of rows) {
    const day = starts_at.slice(0, 10)
    if (first === undefined || day < first) first = day
    if (last === undefined || day > last) last = day
  }
  return {
    units: [...new Set(rows.map(({ unit_text }) => unit_text).filter((unit) => unit !== ''))],
    period: first === undefined || last === undefined ? null : { first, last },
    people_count: new Set(rows.map(({ person_key }) => person_key)).size,
  }
}

/** Tells whether a name in a unit means one person, as far as this file and the caller know. */
class Namesakes {
  readonly #traces = new Map<string, string[]>()
  readonly #context: SheetContext

  constructor(drafts: readonly DutyDraft[], context: SheetContext) {
    this.#context = context
    for (const draft of drafts) {
      const key = this.#keyOf(draft)
      const trace = draft.id_trace ?? draft.person.id_number?.slice(0, 15)
      if (trace === undefined) continue
      const known = this.#traces.get(key) ?? []
      if (!known.some((other) => other.startsWith(trace) || trace.startsWith(other))) known.push(trace)
      this.#traces.set(key, known)
    }
  }

  isOnly(draft: DutyDraft): boolean {
    if ((this.#traces.get(this.#keyOf(draft))?.length ?? 0) > 1) return false
    return this.#context.isOnlyPersonOf?.(draft.person.name, draft.unit) !== false
  }

  #keyOf({ person, unit }: DutyDraft): string {
    return `${unit}\n${person.name}`
  }
}

function toRow(draft: DutyDraft, notebook: Notebook, context: SheetContext): UnderstoodRow {
  const { person, unit } = draft
  const startsAt = formatMinute(draft.day * 1_440 + draft.start).replace(' ', 'T')
  const personKey = digest(
    person.id_number
      ? `id\n${person.id_number}`
      : person.staff_number
        ? `staff\n${unit}\n${person.staff_number}\n${person.name}`
        : `name\n${unit}\n${person.name}`,
  )
  return {
    key: uuidOf(`${context.namespace ?? ''}\n${personKey}\n${startsAt}`),
    person_key: personKey,
    person,
    unit_text: unit,
    department_text: draft.department,
    post_text: draft.post,
    ...postOf(draft, notebook),
    starts_at: startsAt,
    ends_at: formatMinute(draft.day * 1_440 + draft.end).replace(' ', 'T'),
    stated_minutes: draft.stated_minutes,
    remark: draft.remark,
    source: draft.source,
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

/** A version 8 UUID (RFC 9562) from a text: the same text gives the same id. */
function uuidOf(text: string): string {
  const hex = digest(text)
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** The kind of post, from an answer, the post's own words, the department, and without a post the unit or the title; else asked, without holding up the row. */
function postOf(draft: DutyDraft, notebook: Notebook): Pick<UnderstoodRow, 'post_kind' | 'post_read_from'> {
  const key = draft.post === '' ? `post:${draft.source.sheet}` : `post:${draft.post}`
  const answered = notebook.answer(key, readPostKind)
  if (answered) return { post_kind: answered, post_read_from: { text: notebook.answers[key] ?? '', where: 'answer' } }
  const sources =
    draft.post === ''
      ? ([
          ['unit', draft.department],
          ['unit', draft.unit],
          ['title', draft.title],
        ] as const)
      : ([
          ['post', draft.post],
          ['unit', draft.department],
        ] as const)
  for (const [where, text] of sources) {
    const guess = guessPostKind(text)
    if (guess) return { post_kind: guess.kind, post_read_from: { text: guess.text, where } }
  }
  const text = draft.post === '' ? 'post_of_table' : 'post'
  const facts = { post: draft.post, table: draft.source.sheet }
  notebook.ask({ key, kind: 'post', text, facts, proposed: null, blocking: false, place: draft.source })
  return { post_kind: null, post_read_from: null }
}

/** A code of the vocabulary, or its Chinese or English label. */
function readPostKind(text: string): PostKind | undefined {
  const wanted = text.toLowerCase()
  for (const [code, label] of Object.entries(POST_KINDS)) {
    if (isPostKind(code) && (code === wanted || label.zh === text || label.en.toLowerCase() === wanted)) return code
  }
  return undefined
}

function isPostKind(code: string): code is PostKind {
  return Object.hasOwn(POST_KINDS, code)
}
