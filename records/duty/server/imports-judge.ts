import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PostKind } from '#engines/policy/vocabulary.ts'
import type { Scope } from '#platform/access/actor.ts'
import { checkLine, findTwice, type LineRefusal, type StatedSpan, saysTheSame } from '../rules.ts'
import type { OverlappingSpan, SpanEntry } from './confirmation-store.ts'
import { type ImportReason, reasonOf } from './imports-texts.ts'
import { describeOverlap } from './line-errors.ts'
import { inTurns } from './turns.ts'

/** A row whose person, unit and post are known: a span that could stand. */
export interface ImportLine extends StatedSpan {
  readonly unit_id: number
  readonly home_unit_id: number
  readonly person_name: string
  readonly unit_name: string
  readonly post_name: string
  readonly new_post: { readonly name: string; readonly kind: PostKind } | null
  readonly source: { readonly sheet: string; readonly row: number; readonly column: string | null }
}

export type Verdict =
  | { readonly kind: 'ready' }
  | { readonly kind: 'already' }
  | { readonly kind: 'differs'; readonly span_id: string; readonly stands: SpanEntry }
  | ({ readonly kind: 'refused' } & ReturnType<typeof reasonOf>)

export interface Judging {
  readonly importer_person_id: number | undefined
  readonly now: Date
  readonly time_zone: string
  readonly scope: Scope
}

/** What is recorded about the lines, seen with the eyes of the house. */
export interface Recorded {
  /** Everything that was said under the lines' span ids, and under those of the spans that overlap them, by `person span`. */
  readonly entries: ReadonlyMap<string, readonly SpanEntry[]>
  /** Spans that stand and overlap a line, by the line's span id. */
  readonly overlaps: ReadonlyMap<string, readonly OverlappingSpan[]>
}

function refused(code: ImportReason, zh: Readonly<Record<string, string | number>> = {}, en = zh): Verdict {
  return { kind: 'refused', ...reasonOf(code, zh, en) }
}

/** What needs no look at the records: one's own duty, duty to come, the same person twice in the file. */
export async function judgeAlone(
  lines: readonly ImportLine[],
  judging: Judging,
): Promise<ReadonlyMap<number, Verdict>> {
  const verdicts = new Map<number, Verdict>()
  await inTurns(lines, (line, index) => {
    const statement = { confirmer_person_id: judging.importer_person_id, duty_date: line.starts_on, now: judging.now }
    const wrong = checkLine(line, statement)
    const code = wrong && CODES[wrong.reason]
    if (code) verdicts.set(index, refused(code))
  })
  for (const [later, position] of findTwice(lines)) {
    const { sheet, row } = lines[position - 1].source
    if (!verdicts.has(later)) verdicts.set(later, refused('twice', { sheet, row }))
  }
  return verdicts
}

const CODES: Partial<Record<LineRefusal['reason'], ImportReason>> = {
  own_span: 'own_span',
  backwards: 'backwards',
  too_long: 'too_long',
  future: 'future',
}

function keyOf(personId: number, spanId: string): string {
  return `${personId} ${spanId}`
}

/** What stands of a span, and whether this was ever said of it. */
function compare(line: ImportLine, entries: readonly SpanEntry[]): 'said' | 'withdrawn' | SpanEntry {
  // A late repeat of what was corrected since was said; it does not undo the correction.
  if (entries.some((entry) => entry.act !== 'withdrawn' && saysTheSame(entry, line))) return 'said'
  const latest = entries.reduce((a, b) => (b.entry_id > a.entry_id ? b : a))
  return latest.act === 'withdrawn' ? 'withdrawn' : latest
}

/** The imported span that a line with another beginning means: the only one in its way, of the same unit, once imported. */
function movedSpan(line: ImportLine, recorded: Recorded): readonly SpanEntry[] | undefined {
  const others = recorded.overlaps.get(line.span_id) ?? []
  if (others.length !== 1 || others[0].unit_id !== line.unit_id) return undefined
  const entries = recorded.entries.get(keyOf(line.person_id, others[0].span_id)) ?? []
  return entries.some(({ act }) => act === 'imported') ? entries : undefined
}

/**
 * What each line comes to: new, recorded already, different from what stands, or refused. A line means the span of the same
 * person and beginning that an earlier import recorded; failing that, the one imported span of its unit that it overlaps.
 */
export async function judgeLines(
  lines: readonly ImportLine[],
  recorded: Recorded,
  judging: Judging,
): Promise<Verdict[]> {
  const alone = await judgeAlone(lines, judging)
  await nextTurn()
  const targets = findTargets(lines, recorded, alone)
  const said = new Map([...targets].map(([index, entries]) => [index, compare(lines[index], entries)]))
  // Spans that this file changes do not stand in the way of its other lines; unless their own change is refused.
  const changing = new Map<string, number>()
  for (const [index, what] of said)
    if (typeof what === 'object') changing.set(keyOf(lines[index].person_id, what.span_id), index)
  for (;;) {
    const verdicts = await inTurns(
      lines,
      (line, index) => alone.get(index) ?? judgeLine(line, said.get(index), changing, recorded, judging),
    )
    const stuck = [...changing].filter(([, index]) => verdicts[index].kind !== 'differs')
    if (stuck.length === 0) return verdicts
    for (const [key] of stuck) changing.delete(key)
  }
}

function findTargets(
  lines: readonly ImportLine[],
  recorded: Recorded,
  alone: ReadonlyMap<number, Verdict>,
): ReadonlyMap<number, readonly SpanEntry[]> {
  const targets = new Map<number, readonly SpanEntry[]>()
  const claimed = new Set<string>()
  const open = [...lines.entries()].filter(([index]) => !alone.has(index))
  for (const [index, line] of open) {
    const own = recorded.entries.get(keyOf(line.person_id, line.span_id))
    if (!own) continue
    targets.set(index, own)
    claimed.add(keyOf(line.person_id, line.span_id))
  }
  for (const [index, line] of open) {
    if (targets.has(index)) continue
    const moved = movedSpan(line, recorded)
    const key = moved && keyOf(line.person_id, moved[0].span_id)
    if (!moved || !key || claimed.has(key)) continue
    targets.set(index, moved)
    claimed.add(key)
  }
  return targets
}

function judgeLine(
  line: ImportLine,
  said: ReturnType<typeof compare> | undefined,
  changing: ReadonlyMap<string, number>,
  recorded: Recorded,
  judging: Judging,
): Verdict {
  if (said === 'said') return { kind: 'already' }
  if (said === 'withdrawn') return refused('withdrawn')
  const overlapping = recorded.overlaps.get(line.span_id) ?? []
  const [same] = overlapping
  if (!said && overlapping.length === 1 && same.unit_id === line.unit_id && saysTheSame(same, line))
    return { kind: 'already' }
  const [other] = overlapping.filter(
    ({ span_id }) => span_id !== said?.span_id && !changing.has(keyOf(line.person_id, span_id)),
  )
  if (other) {
    const { zh, en } = describeOverlap(other, judging.scope, judging.time_zone)
    return refused('overlap', { other: zh }, { other: en })
  }
  return said ? { kind: 'differs', span_id: said.span_id, stands: said } : { kind: 'ready' }
}
