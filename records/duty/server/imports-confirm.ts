import { sql } from 'kysely'
import { reaches } from '#platform/access/actor.ts'
import { type AuditEntry, recordAudit } from '#platform/audit/record.ts'
import { actorUnit, type Context } from '#platform/db/context.ts'
import type { Tx } from '#platform/db/database.ts'
import { queriesOf } from '#platform/db/prepared.ts'
import { Refusal, refuse } from '#platform/http/problem.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import { dutyProblems } from '../contract.ts'
import { type ImportReceipt, importProblems } from '../import-contract.ts'
import { listKnownPeople } from './confirmation-store.ts'
import { type ImportLine, judgeLines } from './imports-judge.ts'
import { houseContext, type Importer, importerContext, lookBack } from './imports-match.ts'
import { fingerprint, RowContent } from './imports-rows.ts'
import { changeImport, dropFile, dropRows, listPostsOfUnits, listRows, lockImport } from './imports-store.ts'

export interface Confirming {
  readonly importer: Importer
  readonly operation: OperationFacts
  readonly unit_id: number
  readonly import_id: string
  readonly now: Date
  readonly expected: {
    readonly recorded_count: number
    readonly corrected_count: number
    readonly reason: string | null
  }
}

/** 32,000 spans take about 9 s on two cores; a statement may take 30. */
const LINES_MAX = 50_000
const AUDIT_ROWS_AT_ONCE = 2_000

/** Sees overlaps everywhere; states duty only as this account and only for the units that lie in its own scope. */
export function confirmingContext(base: Context, importer: Importer, unitIds: readonly number[]): Context {
  return {
    ...houseContext(importerContext(importer)),
    request_id: base.request_id,
    actor_units: unitIds
      .filter((unitId) => reaches(importer.scope, unitId))
      .map((unitId) => actorUnit(importer.user_id, unitId)),
  }
}

interface StoredLine {
  readonly shown: string
  readonly line: ImportLine
}

/** Rows that were shown as new or differing, as they were stored. */
async function listStored(tx: Tx, { unit_id, import_id }: Confirming): Promise<StoredLine[]> {
  const rows = await listRows(tx, { unit_id, import_id }, ['ready', 'differs'], 0, LINES_MAX + 1)
  return rows.flatMap(({ kind, content }): StoredLine[] => {
    const { line, duty, place, stands } = RowContent.parse(content)
    if (!line || !duty) return []
    const shown = kind === 'differs' && stands ? `differs ${stands.entry_id}` : kind
    return [
      {
        shown,
        line: {
          ...line,
          person_name: duty.person_name,
          unit_name: duty.unit_name,
          post_name: duty.post_name,
          starts_at: new Date(duty.starts_at),
          ends_at: new Date(duty.ends_at),
          source: place,
        },
      },
    ]
  })
}

interface Write {
  readonly line: ImportLine
  readonly span_id: string
  /** The entry that it replaces; null for a new span. */
  readonly replaces: number | null
}

/** Looks at everything once more: what is not as it was shown is not written. */
async function judgeAgain(tx: Tx, confirming: Confirming, stored: readonly StoredLine[]): Promise<Write[] | Refusal> {
  const { importer, operation, now } = confirming
  const lines = stored.map(({ line }) => line)
  const people = await listKnownPeople(queriesOf(tx), lines)
  const seen = lines.every(({ person_id, unit_id }) => {
    const person = people.get(person_id)
    if (!person || !reaches(importer.scope, unit_id)) return false
    const { home_unit_id, seconded_unit_id } = person
    return (
      reaches(importer.scope, home_unit_id) || (seconded_unit_id !== null && reaches(importer.scope, seconded_unit_id))
    )
  })
  if (!seen) return refuse(importProblems.import_changed)
  const recorded = await lookBack(tx, lines)
  const verdicts = await judgeLines(lines, recorded, {
    importer_person_id: importer.person_id,
    now,
    time_zone: operation.time_zone,
    scope: importer.scope,
  })
  const writes: Write[] = []
  for (const [index, verdict] of verdicts.entries()) {
    if (fingerprint(verdict) !== stored[index].shown) return refuse(importProblems.import_changed)
    const { line } = stored[index]
    const home_unit_id = people.get(line.person_id)?.home_unit_id ?? line.home_unit_id
    const current = { ...line, home_unit_id }
    if (verdict.kind === 'ready') writes.push({ line: current, span_id: line.span_id, replaces: null })
    if (verdict.kind === 'differs')
      writes.push({ line: current, span_id: verdict.span_id, replaces: verdict.stands.entry_id })
  }
  return writes
}

/** Opens the posts that the importer chose to open, each once; one that was opened meanwhile is taken. */
async function openPosts(
  tx: Tx,
  confirming: Confirming,
  writes: readonly Write[],
): Promise<{ writes: Write[]; opened: number }> {
  const { operation, importer } = confirming
  const wanted = writes.filter(({ line }) => line.new_post !== null)
  const units = [...new Set(wanted.map(({ line }) => line.unit_id))]
  const standing = await listPostsOfUnits(tx, operation.operation_id, units)
  const ids = new Map(
    standing
      .filter(({ closed_on }) => closed_on === null)
      .map(({ unit_id, name, post_id }) => [`${unit_id} ${name}`, post_id]),
  )
  const audit: AuditEntry[] = []
  for (const { line } of wanted) {
    const key = `${line.unit_id} ${line.new_post?.name}`
    if (!line.new_post || ids.has(key)) continue
    const { unit_id, new_post } = line
    if (!reaches(importer.planning, unit_id)) continue
    const { post_id } = await tx
      .insertInto('posts')
      .values({
        operation_id: operation.operation_id,
        unit_id,
        name: new_post.name,
        kind: new_post.kind,
        exposure: 'unknown',
        opened_on: operation.started_on,
      })
      .returning('post_id')
      .executeTakeFirstOrThrow()
    ids.set(key, post_id)
    audit.push({
      action: 'duty.open_post',
      subject_kind: 'post',
      subject_id: post_id,
      unit_id,
      operation_id: operation.operation_id,
      facts: { kind: new_post.kind, exposure: 'unknown', import_id: confirming.import_id },
    })
  }
  await recordAudit(tx, ...audit)
  const settled = writes.map((write) => {
    const { line } = write
    if (!line.new_post) return write
    return { ...write, line: { ...line, post_id: ids.get(`${line.unit_id} ${line.new_post.name}`) ?? 0 } }
  })
  return { writes: settled, opened: audit.length }
}

/** Entries and what stands, in one statement; what is replaced has left `duty_current` before. */
async function writeSpans(tx: Tx, confirming: Confirming, writes: readonly Write[]): Promise<void> {
  const { importer, operation, import_id, now, expected } = confirming
  const replaced = writes.filter(({ replaces }) => replaces !== null)
  if (replaced.length > 0) {
    await sql`
      delete from duty_current
      using unnest(
        ${replaced.map(({ line }) => line.person_id)}::int[], ${replaced.map(({ span_id }) => span_id)}::uuid[]
      ) as old (person_id, span_id)
      where duty_current.person_id = old.person_id and duty_current.span_id = old.span_id`.execute(tx)
  }
  const spans = writes
    .map(({ line, span_id, replaces }) => ({
      person_id: line.person_id,
      span_id,
      act: replaces === null ? 'imported' : 'corrected',
      unit_id: line.unit_id,
      home_unit_id: line.home_unit_id,
      post_id: line.post_id,
      starts_at: line.starts_at.toISOString(),
      ends_at: line.ends_at.toISOString(),
      starts_on: line.starts_on,
      reason: replaces === null ? null : expected.reason,
    }))
    // Two imports at once take their locks in the same order.
    .sort((a, b) => a.person_id - b.person_id || (a.span_id < b.span_id ? -1 : 1))
  await sql`
    with lines as materialized (
      select *
      from jsonb_to_recordset(${JSON.stringify(spans)}::jsonb) as line (
        person_id int, span_id uuid, act text, unit_id int, home_unit_id int, post_id int, starts_at timestamptz,
        ends_at timestamptz, starts_on date, reason text
      )
    ), entries as (
      insert into duty_entries
        (person_id, span_id, act, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on,
         said_by_user_id, said_at, confirmation_id, reason)
      select person_id, span_id, act, ${operation.operation_id}, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on,
        ${importer.user_id}, ${now}, ${import_id}, reason
      from lines
      returning person_id, span_id, entry_id, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on,
        said_by_user_id
    )
    insert into duty_current
      (person_id, span_id, entry_id, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on,
       said_by_user_id)
    select person_id, span_id, entry_id, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on,
      said_by_user_id
    from entries`.execute(tx)
}

async function writeAudit(
  tx: Tx,
  confirming: Confirming,
  receipt: ImportReceipt,
  writes: readonly Write[],
): Promise<void> {
  const { operation, unit_id, import_id } = confirming
  const about = { operation_id: operation.operation_id }
  const { import_id: _, ...facts } = receipt
  const corrections = writes.flatMap(({ line, span_id, replaces }): AuditEntry[] =>
    replaces === null
      ? []
      : [
          {
            ...about,
            action: 'duty.correct',
            subject_kind: 'span',
            subject_id: span_id,
            unit_id: line.unit_id,
            facts: { person_id: line.person_id, replaces_entry_id: replaces, import_id },
          },
        ],
  )
  await recordAudit(tx, {
    ...about,
    action: 'duty.import',
    subject_kind: 'import',
    subject_id: import_id,
    unit_id,
    facts,
  })
  for (let first = 0; first < corrections.length; first += AUDIT_ROWS_AT_ONCE)
    await recordAudit(tx, ...corrections.slice(first, first + AUDIT_ROWS_AT_ONCE))
}

/**
 * Writes what was shown, all or nothing: new spans as `imported`, differences as `corrected` with the reason. Refuses when
 * the records have changed since, or when somebody else settled the import.
 */
export async function confirmImport(tx: Tx, confirming: Confirming): Promise<ImportReceipt | Refusal> {
  const { unit_id, import_id, operation, importer, now, expected } = confirming
  const standing = await lockImport(tx, { unit_id, operation_id: operation.operation_id }, import_id)
  if (!standing) return refuse(dutyProblems.unknown_import)
  if (standing.state === 'reading') return refuse(importProblems.import_reading)
  if (standing.state !== 'read') return refuse(dutyProblems.import_settled)
  const count = expected.recorded_count + expected.corrected_count
  if (count > LINES_MAX) return refuse(importProblems.import_too_long, { count, limit: LINES_MAX })
  const stored = await listStored(tx, confirming)
  if (stored.length === 0) return refuse(importProblems.import_nothing)
  const judged = await judgeAgain(tx, confirming, stored)
  if (judged instanceof Refusal) return judged
  const corrected_count = judged.filter(({ replaces }) => replaces !== null).length
  const recorded_count = judged.length - corrected_count
  if (recorded_count !== expected.recorded_count || corrected_count !== expected.corrected_count)
    return refuse(importProblems.import_changed)
  if (corrected_count > 0 && expected.reason === null)
    return refuse(importProblems.import_reason, { count: corrected_count })

  const { writes, opened } = await openPosts(tx, confirming, judged)
  if (writes.some(({ line }) => line.post_id === 0)) return refuse(importProblems.import_changed)
  await writeSpans(tx, confirming, writes)
  const already = await tx
    .selectFrom('duty_import_rows')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('unit_id', '=', unit_id)
    .where('import_id', '=', import_id)
    .where('kind', '=', 'already')
    .executeTakeFirstOrThrow()
  const receipt: ImportReceipt = {
    import_id,
    recorded_count,
    corrected_count,
    already_recorded_count: already.count,
    opened_post_count: opened,
  }
  await writeAudit(tx, confirming, receipt, writes)
  await changeImport(tx, unit_id, import_id, {
    state: 'confirmed',
    settled_by_user_id: importer.user_id,
    settled_at: now,
  })
  await dropFile(tx, unit_id, import_id)
  await dropRows(tx, unit_id, import_id, ['ready', 'differs', 'already'])
  return receipt
}
