import type { z } from 'zod'
import type { Label } from '#engines/policy/vocabulary.ts'
import { reaches, type Scope } from '#platform/access/actor.ts'
import { issueExport } from '#platform/audit/exports.ts'
import { zonedText } from '#platform/calendar/zone.ts'
import { jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { Refusal, refuse } from '#platform/http/problem.ts'
import { listUnitNames } from '#records/org/server/reads.ts'
import {
  agrees,
  allMissing,
  allMissingOfUnit,
  explainTraced,
  explainTracedUnit,
  headsOf,
  hide,
  openEvaluation,
  type PinnedEvaluation,
  type TracedPerson,
  traceFacts,
  traceUnits,
} from '#records/policies/server/reads.ts'
import { benefitProblems, type Result } from '../contract.ts'
import {
  namesOf,
  type OpenPoint,
  type StatementDocument,
  type StatementPerson,
  type StatementResult,
  type StatementUnit,
  statementWorkbook,
} from '../workbook.ts'
import {
  evaluationFor,
  listResults,
  listStatementPeople,
  type StatementPerson as PersonRow,
  wordingOf,
} from './statements.ts'
import { listUnitResults } from './unit-amounts.ts'

export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
/** Explaining takes a few milliseconds a person and entitlement; larger units export their parts. */
export const PEOPLE_MAX = 500
const BATCH = 50
const UNITS_MAX = 5_000

/** A statement and when it was taken out, as it is printed. */
export interface ExportedDocument {
  readonly document: StatementDocument
  readonly at_text: string
}

export interface ExportOrder {
  readonly operation_id: number
  readonly unit_id: number
  readonly evaluation_id?: number | undefined
  /** Who takes it out, as it is printed on every page. */
  readonly by: string
  readonly at: Date
  /** What for, in the words of whoever takes it out. */
  readonly purpose: string
  readonly people_max: number
}

/** What is read under the reader's own context: whose statements, and what is stored. */
export async function readForExport(tx: Tx, order: ExportOrder) {
  const evaluation = await evaluationFor(tx, order.operation_id, order.evaluation_id)
  if (evaluation instanceof Refusal) return evaluation
  const { evaluation_id } = evaluation
  const people = await listStatementPeople(tx, evaluation_id, { unit_id: order.unit_id, limit: order.people_max })
  if (people.length > order.people_max)
    return refuse(benefitProblems.too_many, { limit: order.people_max, count: `${order.people_max}+` })
  const results = await listResults(
    tx,
    evaluation_id,
    people.map(({ person_id }) => person_id),
    await wordingOf(tx, evaluation_id),
  )
  const wording = await wordingOf(tx, evaluation_id)
  const units = await listUnitResults(tx, evaluation_id, { unit_id: order.unit_id, limit: UNITS_MAX }, wording)
  const { name } = await tx
    .selectFrom('units')
    .select('name')
    .where('unit_id', '=', order.unit_id)
    .executeTakeFirstOrThrow()
  const operation = await tx
    .selectFrom('operations')
    .select(['name', 'time_zone'])
    .where('operation_id', '=', order.operation_id)
    .executeTakeFirstOrThrow()
  return { evaluation, people: groupByUnit(people), results, units, unit_name: name, operation }
}

type ForExport = Exclude<Awaited<ReturnType<typeof readForExport>>, Refusal>

/** People of one unit side by side, units in the order of their first name. */
function groupByUnit(people: readonly PersonRow[]): readonly PersonRow[] {
  const units = [...new Set(people.map(({ home_unit_id }) => home_unit_id))]
  return units.flatMap((unitId) => people.filter(({ home_unit_id }) => home_unit_id === unitId))
}

/**
 * Works out again what the statement of each person rests on and lays it out. A figure that does not come out as it is stored
 * stops the export: nothing doubtful leaves the house.
 *
 * @param scope of the reader; posts of other units appear as a time and the unit to ask
 */
export async function exportDocument(
  database: Database,
  read: ForExport,
  order: ExportOrder,
  scope: Scope,
): Promise<ExportedDocument | Refusal> {
  return database.read(jobContext('export'), async (tx) => {
    const pinned = await openEvaluation(tx, read.evaluation.evaluation_id)
    if (!pinned) throw new Error(`evaluation ${read.evaluation.evaluation_id} vanished`)
    const people: StatementPerson[] = []
    const open: OpenPoint[] = []
    for (let first = 0; first < read.people.length; first += BATCH) {
      const slice = read.people.slice(first, first + BATCH)
      const traced = await traceFacts(
        tx,
        pinned,
        slice.map(({ person_id }) => person_id),
      )
      for (const person of slice) {
        const statement = await statementOf(tx, pinned, person, traced.get(person.person_id), read, scope)
        if (statement instanceof Refusal) return statement
        people.push(statement)
        for (const { waits_for, open_days, explanation } of statement.results) {
          if (waits_for === null) continue
          open.push({
            kind: explanation.title,
            about: `${person.home_unit_name} ${person.name}`,
            text: `${waits_for}（${open_days} 天）`,
          })
        }
      }
    }
    const units = await unitsOf(tx, pinned, read.units)
    if (units instanceof Refusal) return units
    for (const { name, results } of units) {
      for (const { waits_for, explanation } of results) {
        if (waits_for !== null) open.push({ kind: explanation.title, about: name, text: waits_for })
      }
    }
    const programs = [...pinned.programs.values()]
    const document: StatementDocument = {
      unit_name: read.unit_name,
      operation_name: read.operation.name,
      from_on: pinned.from_on,
      to_on: pinned.on_date,
      ...namesOf(programs.map(({ stack }) => stack)),
      heads: headsOf(programs).map(({ title, ...head }) => ({ ...head, title: title.zh })),
      people,
      unit_heads: headsOf(programs, 'units').map(({ title, ...head }) => ({ ...head, title: title.zh })),
      units,
      open,
      issue: `测算编号 ${pinned.evaluation_id}`,
    }
    return { document, at_text: zonedText(pinned.time_zone, order.at).slice(0, 16).replace('T', ' ') }
  })
}

/** Units with an amount of their own, county by county; each worked out again and compared with what is stored. */
async function unitsOf(
  tx: Tx,
  pinned: PinnedEvaluation,
  stored: ForExport['units'],
): Promise<readonly StatementUnit[] | Refusal> {
  const traced = await traceUnits(
    tx,
    pinned,
    stored.map(({ unit_id }) => unit_id),
  )
  const units: StatementUnit[] = []
  for (const { unit_id, name, county_name, results } of stored) {
    const unit = traced.get(unit_id)
    if (!unit) throw new Error(`unit ${unit_id} is not pinned with evaluation ${pinned.evaluation_id}`)
    const worked: StatementResult[] = []
    for (const result of results) {
      if (result.state === 'not_covered') continue
      const explanation = explainTracedUnit(unit, result.entitlement, 'zh')
      if (!agrees(explanation.result, result)) return differs(result, explanation.result)
      const { entitlement, state, quantity, amount_fen, open_days } = result
      worked.push({
        entitlement,
        state,
        quantity,
        amount_fen,
        open_days,
        waits_for: waitsFor(result, allMissingOfUnit(unit, result.entitlement)),
        explanation,
      })
    }
    units.push({ name, county_name: county_name ?? '', results: worked })
  }
  return units.toSorted((left, right) => left.county_name.localeCompare(right.county_name, 'zh'))
}

type Figures = { readonly amount_fen: number | null; readonly quantity: number | null }

function differs(stored: Figures, again: Figures): Refusal {
  const figure = ({ amount_fen, quantity }: Figures) => String(amount_fen ?? quantity)
  return refuse(benefitProblems.not_the_same, { stored: figure(stored), again: figure(again) })
}

/** In words what a result waits for: every missing fact at once, else the decision. */
function waitsFor({ state, decision_question }: z.output<typeof Result>, missing: Label | null): string | null {
  if (state !== 'needs_decision' && state !== 'missing_fact') return null
  return missing === null ? (decision_question?.zh ?? '') : `缺少${missing.zh}`
}

async function statementOf(
  tx: Tx,
  pinned: PinnedEvaluation,
  person: PersonRow,
  traced: TracedPerson | undefined,
  read: ForExport,
  scope: Scope,
): Promise<StatementPerson | Refusal> {
  const stored = read.results.get(person.person_id) ?? []
  if (!traced) throw new Error(`person ${person.person_id} is not pinned with evaluation ${pinned.evaluation_id}`)
  const foreignIds = [...traced.unit_of_ref].filter(([, unitId]) => !reaches(scope, unitId))
  const names = await listUnitNames(
    tx,
    foreignIds.map(([, unitId]) => unitId),
  )
  const foreign = new Map(foreignIds.map(([ref, unitId]) => [ref, names.get(unitId) ?? '']))
  const results: StatementResult[] = []
  for (const result of stored) {
    const explanation = explainTraced(traced, result.entitlement, 'zh')
    if (!agrees(explanation.result, result)) return differs(result, explanation.result)
    const { state, quantity, amount_fen, open_days, entitlement } = result
    results.push({
      entitlement,
      state,
      quantity,
      amount_fen,
      open_days,
      waits_for: waitsFor(result, allMissing(traced, result.entitlement)),
      explanation: {
        ...explanation,
        lines: hide(explanation.lines, { foreign, closed: traced.closed_refs, language: 'zh' }),
      },
    })
  }
  return { name: person.name, employment: person.employment, unit_name: person.home_unit_name, results }
}

/** The workbook with its export number, and the rows that say who took what out; its hash ties the file to them. */
export async function issueWorkbook(
  transact: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
  { document, at_text }: ExportedDocument,
  order: ExportOrder,
  evaluationId: number,
): Promise<{ name: string; media_type: string; bytes: Uint8Array<ArrayBuffer> }> {
  const name = `${document.unit_name}待遇明细表_${document.from_on}_${document.to_on}.xlsx`
  const { unit_id, operation_id, by, purpose } = order
  const { bytes } = await issueExport(
    transact,
    statementWorkbook(document),
    {
      kind: 'benefits.statement',
      unit_id,
      operation_id,
      by,
      at_text,
      purpose,
      people_count: document.people.length,
      facts: { evaluation_id: evaluationId },
    },
    name,
  )
  return { name, media_type: XLSX, bytes }
}
