import type { z } from 'zod'
import type { CompiledProgram } from '#engines/policy/compile.ts'
import { explain } from '#engines/policy/explain.ts'
import type { PersonFacts, SpanFacts } from '#engines/policy/facts.ts'
import { formatAmount, formatHundredths, formatMinutes } from '#engines/policy/format-amount.ts'
import type { EntitlementResult, ExplanationLine } from '#engines/policy/results.ts'
import { evaluateOne } from '#engines/policy/test-pack.ts'
import type { Label } from '#engines/policy/vocabulary.ts'
import { dayOf, formatDay, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { type Context, jobContext } from '#platform/db/context.ts'
import type { Database } from '#platform/db/database.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import { listCountingFacts } from '#records/facts/server/reads.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import type { MadeUpPerson, runSamples } from '../contract-drafts.ts'
import {
  type PersonInputs,
  type PostFacts,
  readPeople,
  readPostFacts,
  readUnitFacts,
  type UnitFacts,
  withRecorded,
} from './evaluation-facts.ts'
import { lastDay } from './evaluation-job.ts'
import { readUnitRecords } from './recorded-facts.ts'
import { hide } from './regenerate.ts'
import { sqlOn, withSnapshot } from './snapshot-connection.ts'
import { localClock, readSpans } from './span-columns.ts'
import { planTrial, type Trial } from './what-if.ts'

type Body = z.output<typeof runSamples.input.body>
type Answer = z.input<typeof runSamples.output>
const DAYS_MAX = 366
const REASONS_MAX = 60

interface Sampled {
  readonly person_id: number | null
  readonly name: string
  readonly facts: PersonFacts
  /** Facts that the reader is not told in words. */
  readonly closed_refs: ReadonlySet<string>
  /** Whose packs apply: a county, or the operation's area. */
  readonly area_unit_id: number
}

/** Runs a pack as it stands on the screen over a few people whom the reader may see, or a made-up one. Stores nothing. */
export async function sample(
  database: Database,
  context: Context,
  operationId: number,
  body: Body,
  now: Date,
): Promise<Answer | Refusal> {
  const planned = await database.read(context, async (tx) => {
    const operation = await findOperation(tx, operationId)
    if (!operation) return refuse(httpProblems.not_found)
    const trial = await planTrial(tx, operation, body, lastDay(operation, now), { now })
    if (trial instanceof Refusal) return trial
    const area = await tx
      .selectFrom('units')
      .select(['unit_id', 'division_code'])
      .where('unit_id', '=', body.area_unit_id)
      .executeTakeFirst()
    const names = await tx
      .selectFrom('people')
      .select(['person_id', 'name'])
      .where('person_id', 'in', [0, ...body.people])
      .execute()
    return { trial, area_code: area?.division_code ?? null, names }
  })
  if (planned instanceof Refusal) return planned
  const { trial, area_code, names } = planned
  const real = await readSampled(database, context, trial, names)
  const madeUp: Sampled[] = body.made_up
    ? [
        {
          ...{ person_id: null, name: '', facts: factsOf(body.made_up, area_code), closed_refs: new Set<string>() },
          area_unit_id: body.area_unit_id,
        },
      ]
    : []
  return { people: [...real, ...madeUp].map((one) => resultsOf(trial, one)) }
}

function factsOf(person: MadeUpPerson, area: string | null): PersonFacts {
  const first = dayOf(person.from_on)
  const last = Math.min(dayOf(person.to_on), first + DAYS_MAX)
  const { employment, established, party, post_kind, exposure, unit_kind } = person
  const spans: SpanFacts[] = []
  for (let day = first; day <= last; day++) {
    const start_minute = day * MINUTES_PER_DAY + person.starts_at_min
    const span = { start_minute, end_minute: start_minute + person.lasts_min, post_kind, exposure, unit_kind, area }
    spans.push({ ...span, ref: `${day - first + 1}` })
  }
  return { person: 1, employment, established, party, area, findings: {}, spans }
}

async function readSampled(
  database: Database,
  context: Context,
  trial: Trial,
  names: readonly { person_id: number; name: string }[],
): Promise<readonly Sampled[]> {
  if (names.length === 0) return []
  const { operation, window } = trial
  const on_date = formatDay(window.on)
  const toLocal = localClock(
    operation.time_zone,
    (window.from - 2) * MINUTES_PER_DAY,
    (window.on + 2) * MINUTES_PER_DAY,
  )
  const people = await readPeopleWhole(database, operation.operation_id, names, on_date)
  return withSnapshot(database, context, async (client) => {
    const units = await readUnitFacts(client)
    const posts = new Map(
      (await readPostFacts(client, operation.operation_id, units)).map((post) => [post.post_id, post]),
    )
    const sampled: Sampled[] = []
    for (const { person_id, name } of names) {
      const range = { first: person_id, last: person_id }
      const person = people.get(person_id)
      if (!person) continue
      const columns = await readSpans(client, { ...range, operation_id: operation.operation_id, on_date }, toLocal)
      const spans = Array.from({ length: columns.length }, (_, index) =>
        spanOf(
          posts.get(columns.post[index] ?? 0),
          columns.start_minute[index] ?? 0,
          columns.end_minute[index] ?? 0,
          index,
        ),
      ).sort((left, right) => left.start_minute - right.start_minute)
      const unit = units.get(person.home_unit_id)
      sampled.push({
        person_id,
        name,
        ...personFacts(person, unit, spans),
        area_unit_id: unit?.county_unit_id ?? operation.area_unit_id,
      })
    }
    return sampled
  })
}

function spanOf(post: PostFacts | undefined, start_minute: number, end_minute: number, index: number): SpanFacts {
  return {
    start_minute,
    end_minute,
    post_kind: post?.kind ?? null,
    exposure: post?.exposure ?? 'unknown',
    unit_kind: post?.unit_kind ?? null,
    area: post?.area_code ?? null,
    ref: `${index + 1}`,
  }
}

/**
 * Those whom the reader may see, with everything that is recorded of them: the figure rests on closed facts too, and their words are hidden
 * where the reasons are given.
 */
async function readPeopleWhole(
  database: Database,
  operation_id: number,
  names: readonly { person_id: number }[],
  on_date: string,
): Promise<ReadonlyMap<number, PersonInputs>> {
  return withSnapshot(database, jobContext('samples'), async (client) => {
    const run = sqlOn(client)
    const records = await readUnitRecords(run, { operation_id, on_date })
    const ids = names.map(({ person_id }) => person_id)
    const facts = await listCountingFacts(run, { ids }, { operation_id, on_date })
    const people: PersonInputs[] = []
    for (const id of ids) people.push(...(await readPeople(client, { first: id, last: id, operation_id }, on_date)))
    return new Map(withRecorded(people, facts, records).map((person) => [person.person_id, person]))
  })
}

function personFacts(person: PersonInputs, unit: UnitFacts | undefined, spans: readonly SpanFacts[]) {
  const { person_id, home_unit_id, employment, established, party, recorded, spouse_on_front_line: spouse } = person
  const { family, ...more } = recorded ?? { findings: {} }
  const facts: PersonFacts = {
    ...{ person: person_id, employment, established, party, area: unit?.division_code ?? null, spans },
    ...more,
    home_unit: home_unit_id,
    ...(unit?.kind ? { home_unit_kind: unit.kind } : {}),
    family: { ...family, ...(spouse === null ? {} : { spouse_on_front_line: spouse }) },
  }
  return { facts, closed_refs: new Set(Object.values(recorded?.refs ?? {}).flat()) }
}

function programFor(programs: Trial['after'], trial: Trial, areaUnitId: number): CompiledProgram | undefined {
  return programs.get(areaUnitId) ?? programs.get(trial.operation.area_unit_id)
}

const STATE_WORDS = {
  settled: { zh: '已确定', en: 'settled' },
  needs_decision: { zh: '待决定', en: 'waits for a decision' },
  missing_fact: { zh: '缺事实', en: 'a fact is missing' },
  not_covered: { zh: '不在范围', en: 'not covered' },
} as const satisfies Record<EntitlementResult['state'], Label>

function quantityWords({ quantity, quantity_unit }: EntitlementResult): Label | undefined {
  if (quantity === null) return undefined
  if (quantity_unit === 'minutes') return formatMinutes(quantity)
  if (quantity_unit !== 'day_hundredths') return undefined
  const days = formatHundredths(quantity)
  return { zh: `${days}天`, en: `${days} d` }
}

function sideOf(result: EntitlementResult | undefined) {
  if (!result) return null
  const state = STATE_WORDS[result.state]
  const money = result.amount_fen === null ? undefined : formatAmount('yuan', result.amount_fen)
  const parts = [money, quantityWords(result)].flatMap((part) => part ?? [])
  const settled = result.state === 'settled' && parts.length > 0
  const zh = [...parts.map((part) => part.zh), ...(settled ? [] : [state.zh])].join('，')
  const en = [...parts.map((part) => part.en), ...(settled ? [] : [state.en])].join(', ')
  return { text: { zh, en }, amount_fen: result.amount_fen }
}

function flat(lines: readonly ExplanationLine[]): string[] {
  return lines.flatMap(({ text, lines: inner }) => [text, ...flat(inner ?? [])])
}

function resultsOf(
  trial: Trial,
  { person_id, name, facts, closed_refs, area_unit_id }: Sampled,
): Answer['people'][number] {
  const before = programFor(trial.before, trial, area_unit_id)
  const after = programFor(trial.after, trial, area_unit_id)
  const old = before ? evaluateOne(before, facts) : new Map<string, EntitlementResult>()
  const changed = after ? evaluateOne(after, facts) : new Map<string, EntitlementResult>()
  const titles = new Map(
    [...(before?.entitlements ?? []), ...(after?.entitlements ?? [])].map(({ code, title }) => [code, title]),
  )
  return {
    person_id,
    name,
    results: [...titles].map(([entitlement, title]) => {
      const now = changed.get(entitlement)
      const reasons = after && now ? reasonsOf(after, facts, closed_refs, entitlement) : []
      return {
        entitlement,
        title,
        before: sideOf(old.get(entitlement)),
        after: sideOf(now),
        difference_fen: (now?.amount_fen ?? 0) - (old.get(entitlement)?.amount_fen ?? 0),
        reasons,
      }
    }),
  }
}

function reasonsOf(
  program: CompiledProgram,
  facts: PersonFacts,
  closed: ReadonlySet<string>,
  entitlement: string,
): Label[] {
  const texts = (language: 'zh' | 'en') =>
    flat(hide(explain(program, facts, entitlement, language).lines, { foreign: new Map(), closed, language }))
  const zh = texts('zh')
  const en = texts('en')
  return zh.slice(0, REASONS_MAX).map((text, index) => ({ zh: text, en: en[index] ?? '' }))
}
