import { z } from 'zod'
import type { CompiledProgram } from '#engines/policy/compile.ts'
import { explain } from '#engines/policy/explain.ts'
import { batchOf, type Decision, type PersonFacts, type SpanFacts } from '#engines/policy/facts.ts'
import type { EntitlementResult, Explanation, ExplanationLine } from '#engines/policy/results.ts'
import {
  EMPLOYMENTS,
  EXPOSURES,
  isWord,
  PARTY_STATUSES,
  POST_KINDS,
  RESPONSE_LEVELS,
  UNIT_KINDS,
  wordsOf,
} from '#engines/policy/vocabulary.ts'
import { dayOf } from '#engines/values/time.ts'
import { civilDate, localMinute } from '#platform/calendar/zone.ts'
import type { Tx } from '#platform/db/database.ts'
import { standingFromEntries } from '#records/duty/server/rebuild.ts'
import { OPEN_SORTS } from '#records/facts/contract.ts'
import { type CountingFact, factRef, listCountingFacts } from '#records/facts/server/reads.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import { stackOf } from './packs.ts'
import { programOf } from './programs.ts'
import { factsBySubject, NOTHING_KEPT, recordedOf } from './recorded-facts.ts'
import { sqlIn } from './snapshot-connection.ts'

/**
 * Makes again what an evaluation saw: duty as of its snapshot, people and posts as pinned, packs by their hash, its decisions.
 * Reads under a job's context, because an answer about one person may rest on duty at a unit that the reader may not see;
 * whoever shows it hides that first (`hide`).
 */

const PinnedFacts = z.object({
  employment: z.enum(wordsOf(EMPLOYMENTS)).nullable(),
  established: z.enum(['yes', 'no', 'unknown']),
  party: z.enum(wordsOf(PARTY_STATUSES)),
  area: z.string().nullable(),
  home_unit_kind: z.enum(wordsOf(UNIT_KINDS)).optional(),
  spouse_on_front_line: z.boolean().optional(),
  kept: z.object({ events: z.boolean(), uses: z.boolean() }).optional(),
})

/** The pinned words and the facts beside duty as the engine takes them. */
function personFacts(
  pinned: unknown,
  home_unit_id: number,
  facts: readonly CountingFact[],
): Omit<PersonFacts, 'person' | 'spans'> {
  const { home_unit_kind, spouse_on_front_line, kept, ...known } = PinnedFacts.parse(pinned)
  const { family, ...recorded } = recordedOf(facts, kept ?? NOTHING_KEPT)
  const spouse = spouse_on_front_line === undefined ? {} : { spouse_on_front_line }
  const hasFamily = family !== undefined || spouse_on_front_line !== undefined
  return {
    ...known,
    ...recorded,
    home_unit: home_unit_id,
    ...(home_unit_kind === undefined ? {} : { home_unit_kind }),
    ...(hasFamily ? { family: { ...family, ...spouse } } : {}),
  }
}

const PinnedOperation = z.object({
  starts: z.number().nullable(),
  ends: z.number().nullable(),
  levels: z.array(
    z.object({
      area: z.string(),
      level: z.enum(wordsOf(RESPONSE_LEVELS)),
      from: z.number(),
      to: z.number().nullable(),
    }),
  ),
})

const PinnedStacks = z.record(
  z.string(),
  z.object({
    stack_hash: z.string(),
    layers: z.record(z.string(), z.string()),
    /** Evaluations of before levels were asked saw none of it. */
    operation: PinnedOperation.optional(),
  }),
)

const PinnedDecision = z.object({
  point: z.string(),
  about: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('person'), person: z.number() }),
    z.object({ kind: z.literal('unit'), unit: z.number() }),
    z.object({ kind: z.literal('area'), area: z.string() }),
    z.object({ kind: z.literal('operation') }),
  ]),
  decided: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('choice'), choice: z.string() }),
    z.object({ kind: z.literal('amount'), amount: z.number() }),
    z.object({ kind: z.literal('words'), words: z.string(), outcome: z.enum(['entitled', 'not_covered']) }),
  ]),
  from: z.number(),
  to: z.number().nullable(),
  decided_on: z.number(),
  ref: z.string(),
})

/** A pinned evaluation, ready to explain any of its people. */
export interface PinnedEvaluation {
  readonly evaluation_id: number
  readonly operation_id: number
  readonly time_zone: string
  readonly duty_snapshot: string
  readonly duty_recorded_in: string | null
  readonly from_on: string
  readonly on_date: string
  /** By unit: the operation's area and each county. */
  readonly programs: ReadonlyMap<number, CompiledProgram>
  readonly area_unit_id: number
}

export async function openEvaluation(tx: Tx, evaluationId: number): Promise<PinnedEvaluation | undefined> {
  const row = await tx
    .selectFrom('evaluations')
    .selectAll()
    .where('evaluation_id', '=', evaluationId)
    .executeTakeFirst()
  const operation = row && (await findOperation(tx, row.operation_id))
  if (!row || !operation) return undefined
  const decisions: readonly Decision[] = z.array(PinnedDecision).parse(row.decisions)
  const window = {
    from: dayOf(row.from_on),
    on: dayOf(row.on_date),
    known: dayOf(civilDate(operation.time_zone, row.known_at)),
  }
  const programs = new Map<number, CompiledProgram>()
  for (const [unitId, { stack_hash, layers, operation: frame }] of Object.entries(PinnedStacks.parse(row.stacks))) {
    const joined = await stackOf(tx, Object.values(layers))
    if (!joined || !('stack' in joined) || joined.stack.hash !== stack_hash)
      throw new Error(`the packs of evaluation ${evaluationId} no longer give the stack ${stack_hash}`)
    programs.set(
      Number(unitId),
      programOf(joined.stack, { ...window, ...(frame ? { operation: frame } : {}) }, decisions),
    )
  }
  return {
    evaluation_id: evaluationId,
    operation_id: row.operation_id,
    time_zone: operation.time_zone,
    duty_snapshot: row.duty_snapshot,
    duty_recorded_in: row.duty_recorded_in,
    from_on: row.from_on,
    on_date: row.on_date,
    programs,
    area_unit_id: operation.area_unit_id,
  }
}

/** A span with the unit whose record it is, so that what a reader may not see can be hidden. */
export interface TracedPerson {
  readonly facts: PersonFacts
  readonly program: CompiledProgram
  readonly home_unit_id: number
  readonly county_unit_id: number | null
  /** By the reference that explanations quote: the unit whose post it was. */
  readonly unit_of_ref: ReadonlyMap<string, number>
  /** References of facts that only the person and the closed circle may read. */
  readonly closed_refs: ReadonlySet<string>
}

const OPEN: ReadonlySet<string> = new Set(OPEN_SORTS)

/** The facts beside duty that the evaluation saw; an evaluation of before they were asked saw none. */
function readFacts(tx: Tx, evaluation: PinnedEvaluation, ids: readonly number[]): Promise<readonly CountingFact[]> {
  const { operation_id, on_date, duty_snapshot: snapshot, duty_recorded_in: recorded_in } = evaluation
  return listCountingFacts(sqlIn(tx), { ids }, { operation_id, on_date, snapshot, recorded_in })
}

/** The facts of some people as the evaluation saw them. People whom it did not evaluate are left out. */
export async function traceFacts(
  tx: Tx,
  evaluation: PinnedEvaluation,
  personIds: readonly number[],
): Promise<ReadonlyMap<number, TracedPerson>> {
  if (personIds.length === 0) return new Map()
  const inputs = await tx
    .selectFrom('evaluation_inputs')
    .select(['person_id', 'home_unit_id', 'county_unit_id', 'facts'])
    .where('evaluation_id', '=', evaluation.evaluation_id)
    .where('person_id', 'in', [...personIds])
    .execute()
  const standing = await standingFromEntries(tx, personIds, evaluation.duty_snapshot, evaluation.duty_recorded_in)
  const spans = standing.filter(
    ({ operation_id, starts_on }) => operation_id === evaluation.operation_id && starts_on <= evaluation.on_date,
  )
  const recorded = factsBySubject(await readFacts(tx, evaluation, personIds))
  const posts = await pinnedPosts(tx, evaluation.evaluation_id, [...new Set(spans.map(({ post_id }) => post_id))])
  const traced = new Map<number, TracedPerson>()
  for (const { person_id, home_unit_id, county_unit_id, facts } of inputs) {
    const own = spans.filter((span) => span.person_id === person_id)
    const program = evaluation.programs.get(county_unit_id ?? 0) ?? evaluation.programs.get(evaluation.area_unit_id)
    if (!program) throw new Error(`evaluation ${evaluation.evaluation_id} has no program for person ${person_id}`)
    traced.set(person_id, {
      facts: {
        person: person_id,
        ...personFacts(facts, home_unit_id, recorded.get(person_id) ?? []),
        spans: own.map((span) => {
          const post = posts.get(span.post_id)
          if (!post) throw new Error(`post ${span.post_id} is not pinned with evaluation ${evaluation.evaluation_id}`)
          return {
            ...post,
            start_minute: localMinute(evaluation.time_zone, span.starts_at),
            end_minute: localMinute(evaluation.time_zone, span.ends_at),
            ref: spanRef(span.span_id),
          }
        }),
      },
      program,
      home_unit_id,
      county_unit_id,
      unit_of_ref: new Map(own.map(({ span_id, unit_id }) => [spanRef(span_id), unit_id])),
      closed_refs: new Set(
        (recorded.get(person_id) ?? []).flatMap(({ sort, fact_id }) => (OPEN.has(sort) ? [] : [factRef(fact_id)])),
      ),
    })
  }
  return traced
}

/** Short enough to read out over the telephone, long enough to find the record among one person's. */
function spanRef(spanId: string): string {
  return spanId.slice(0, 8)
}

type PinnedPost = Pick<SpanFacts, 'post_kind' | 'exposure' | 'unit_kind' | 'area'>

async function pinnedPosts(tx: Tx, evaluationId: number, postIds: readonly number[]) {
  const rows = await tx
    .selectFrom('evaluation_posts')
    .selectAll()
    .where('evaluation_id', '=', evaluationId)
    .where('post_id', 'in', [0, ...postIds])
    .execute()
  return new Map<number, PinnedPost>(
    rows.map(({ post_id, kind, exposure, unit_kind, area_code }) => [
      post_id,
      {
        post_kind: isWord(POST_KINDS, kind) ? kind : null,
        exposure: isWord(EXPOSURES, exposure) ? exposure : 'unknown',
        unit_kind: isWord(UNIT_KINDS, unit_kind) ? unit_kind : null,
        area: area_code,
      },
    ]),
  )
}

/** Explains one entitlement of a traced person; the same code that computed it runs again. */
export function explainTraced(traced: TracedPerson, entitlement: string, language: 'zh' | 'en'): Explanation {
  return explain(traced.program, traced.facts, entitlement, language)
}

/** What the results of some traced people come to when they are computed again. */
export function evaluateTraced({ program, facts }: TracedPerson) {
  return { columns: program.evaluate(batchOf([facts])), program }
}

/** Whether an explanation ends where the stored result stands. */
export function agrees(
  result: EntitlementResult,
  stored: {
    readonly amount_fen: number | null
    readonly quantity: number | null
    readonly state: string
    readonly open_days: number
  },
): boolean {
  return (
    result.amount_fen === stored.amount_fen &&
    result.quantity === stored.quantity &&
    result.state === stored.state &&
    result.open_days === stored.open_days
  )
}

/** What a reader of an explanation may not see. */
export interface Hiding {
  /** References of spans on posts of units outside the reader's scope, each with the unit to ask. */
  readonly foreign: ReadonlyMap<string, string>
  /** References of facts of a closed circle that the reader is not in. */
  readonly closed: ReadonlySet<string>
  readonly language: 'zh' | 'en'
}

/**
 * An explanation for one reader. Of a span at a unit outside their scope only its time and the unit to ask are left; on such a
 * day the lines that would give the post away (its category) keep their place and lose their words. Figures stay as they are, so
 * that everything still re-adds.
 */
export function hide(lines: readonly ExplanationLine[], hiding: Hiding): readonly ExplanationLine[] {
  return lines.map((line) => hideLine(line, hiding, false))
}

function hideLine(line: ExplanationLine, hiding: Hiding, onForeignDay: boolean): ExplanationLine {
  const foreign = line.refs?.map((ref) => hiding.foreign.get(ref)).find((unit) => unit !== undefined)
  const inner = line.lines?.map((one) => hideLine(one, hiding, onForeignDay || foreign !== undefined))
  const lines = inner ? { lines: inner } : {}
  const isChinese = hiding.language === 'zh'
  if (line.refs?.some((ref) => hiding.closed.has(ref))) {
    const text = isChinese ? '已核实的家庭或个人情况（保密）' : 'a confirmed family or personal fact (closed)'
    return { kind: line.kind, text, ...lines }
  }
  if (line.kind === 'span' && foreign !== undefined) {
    const time = /^\S+ \S+ (?:至|to) \S+ \S+/.exec(line.text)?.[0] ?? ''
    const text = isChinese
      ? `${time} 由${foreign}记录，详情请向该单位了解`
      : `${time} recorded by ${foreign}; ask that unit`
    return { kind: line.kind, text, ...(line.minutes === undefined ? {} : { minutes: line.minutes }), ...lines }
  }
  if (line.kind === 'category' && onForeignDay) {
    return { kind: line.kind, text: isChinese ? '按该单位所记岗位归档' : 'sorted by the post that unit recorded' }
  }
  return { ...line, ...lines }
}
