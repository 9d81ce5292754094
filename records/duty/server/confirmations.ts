import type { CivilDate } from '#engines/values/time.ts'
import { type Actor, reaches, scopeOf } from '#platform/access/actor.ts'
import { civilDate } from '#platform/calendar/zone.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { actorUnit, type Context } from '#platform/db/context.ts'
import { type Database, databaseError } from '#platform/db/database.ts'
import { groupCommit } from '#platform/db/group-commit.ts'
import type { Queries } from '#platform/db/prepared.ts'
import { type FieldError, httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import type { Repeatable } from '#platform/http/routes.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import { type ConfirmationBody, type ConfirmationReceipt, dutyProblems } from '../contract.ts'
import { checkLine, findTwice, judgeRepeat, type LineRefusal, type StatedSpan, saysTheSame } from '../rules.ts'
import {
  findKeptAnswers,
  type KnownPerson,
  type KnownPost,
  listEntriesOfSpans,
  listKnownPeople,
  listKnownPosts,
  listOverlaps,
  type OverlappingSpan,
  type SpanEntry,
  writeConfirmations,
} from './confirmation-store.ts'
import { describeOverlap, lineErrors } from './line-errors.ts'

/** One unit-day as it came in: who says it, in which operation, under which key. */
export interface ConfirmationRequest {
  readonly actor: Actor
  readonly context: Context
  readonly operation: OperationFacts
  readonly body: ConfirmationBody
  readonly repeatable: Repeatable
}

export interface PreparedRequest extends ConfirmationRequest {
  readonly lines: readonly StatedSpan[]
  readonly absences: readonly Absence[]
}

/** A planned shift that the person did not come to. */
export interface Absence {
  readonly span_id: string
  readonly person_id: number
}

export interface AcceptedRequest {
  readonly request: PreparedRequest
  readonly lines: readonly (StatedSpan & { readonly home_unit_id: number })[]
  readonly receipt: ConfirmationReceipt
}

type Answer = ConfirmationReceipt | Refusal

/** Everything about the lines of a group that the database knows, fetched in one go. */
interface Known {
  readonly people: ReadonlyMap<number, KnownPerson>
  readonly posts: ReadonlyMap<number, KnownPost>
  readonly entries: ReadonlyMap<string, readonly SpanEntry[]>
  readonly overlaps: ReadonlyMap<string, readonly OverlappingSpan[]>
}

function refuseLines(body: ConfirmationBody, refused: ReadonlyMap<string, LineRefusal>): Refusal {
  const errors: FieldError[] = body.lines.flatMap((line, index) => {
    const refusal = refused.get(line.span_id)
    return refusal ? [lineErrors(`body.lines[${index}]`, refusal)] : []
  })
  return refuse(dutyProblems.lines, { count: errors.length, span_ids: [...refused.keys()] }, errors)
}

/** Reads each time once: the people of a unit begin and end together. */
function readTimes(timeZone: string): (text: string) => { readonly instant: Date; readonly on_date: CivilDate } {
  const known = new Map<string, { instant: Date; on_date: CivilDate }>()
  return (text) => {
    let time = known.get(text)
    if (!time) {
      const instant = new Date(text)
      time = { instant, on_date: civilDate(timeZone, instant) }
      known.set(text, time)
    }
    return time
  }
}

/** Checks that need no database. */
function prepare(request: ConfirmationRequest, clock: Clock): PreparedRequest | Refusal {
  const { body, operation, actor } = request
  const outside =
    body.duty_date < operation.started_on || (operation.ended_on !== null && body.duty_date > operation.ended_on)
  if (outside) return refuse(dutyProblems.outside_operation, { started_on: operation.started_on })
  const timeOf = readTimes(operation.time_zone)
  const stated = body.lines
    .filter(({ present }) => present)
    .map(({ span_id, person_id, post_id, starts_at, ends_at }) => {
      const start = timeOf(starts_at)
      return {
        span_id,
        person_id,
        post_id,
        starts_at: start.instant,
        ends_at: timeOf(ends_at).instant,
        starts_on: start.on_date,
      }
    })
  const statement = { confirmer_person_id: actor.person_id, duty_date: body.duty_date, now: clock.now() }
  const refused = new Map<string, LineRefusal>()
  for (const line of stated) {
    const refusal = checkLine(line, statement)
    if (refusal) refused.set(line.span_id, refusal)
  }
  const absences = body.lines
    .filter(({ present }) => !present)
    .map(({ span_id, person_id }) => ({ span_id, person_id }))
  for (const { span_id, person_id } of absences) {
    if (person_id === actor.person_id) refused.set(span_id, { reason: 'own_span' })
  }
  for (const [later, line] of findTwice(stated)) refused.set(stated[later].span_id, { reason: 'twice', line })
  if (refused.size > 0) return refuseLines(body, refused)
  return { ...request, lines: stated, absences }
}

function isVisible(request: PreparedRequest, person: KnownPerson | undefined): person is KnownPerson {
  const scope = scopeOf(request.actor, 'duty.confirm')
  const units = person ? [person.home_unit_id, person.seconded_unit_id] : []
  return units.some((unitId) => unitId !== null && reaches(scope, unitId))
}

function judgeLine(request: PreparedRequest, line: StatedSpan, known: Known): 'new' | 'already' | LineRefusal {
  const scope = scopeOf(request.actor, 'duty.confirm')
  if (!isVisible(request, known.people.get(line.person_id))) return { reason: 'unknown_person' }
  const post = known.posts.get(line.post_id)
  const open = post && post.unit_id === request.body.unit_id && post.operation_id === request.operation.operation_id
  if (!open || (post.closed_on !== null && post.closed_on < line.starts_on)) return { reason: 'unknown_post' }

  const repeat = judgeRepeat(line, known.entries.get(`${line.person_id} ${line.span_id}`) ?? [])
  if (repeat !== 'new') return repeat
  const others = known.overlaps.get(line.span_id) ?? []
  if (others.length === 0) return 'new'
  if (others.length === 1 && others[0].unit_id === request.body.unit_id && saysTheSame(others[0], line))
    return 'already'
  return { reason: 'overlap', other: describeOverlap(others[0], scope, request.operation.time_zone) }
}

function judge(request: PreparedRequest, known: Known): AcceptedRequest | Refusal {
  const refused = new Map<string, LineRefusal>()
  const fresh: (StatedSpan & { home_unit_id: number })[] = []
  for (const line of request.lines) {
    const verdict = judgeLine(request, line, known)
    if (verdict === 'new') fresh.push({ ...line, home_unit_id: known.people.get(line.person_id)?.home_unit_id ?? 0 })
    else if (verdict !== 'already') refused.set(line.span_id, verdict)
  }
  for (const { span_id, person_id } of request.absences) {
    if (!isVisible(request, known.people.get(person_id))) refused.set(span_id, { reason: 'unknown_person' })
  }
  if (refused.size > 0) return refuseLines(request.body, refused)
  return {
    request,
    lines: fresh,
    receipt: {
      confirmation_id: request.repeatable.key,
      recorded_count: fresh.length,
      already_recorded_count: request.lines.length - fresh.length,
      absent_count: request.absences.length,
    },
  }
}

/**
 * Whether overlapping spans are looked up before the write, or left to the database's own constraint: it checks each row anyway, looking
 * first costs a quarter of the whole work, and hardly any day overlaps.
 */
type Overlaps = 'looked_up' | 'left_to_constraint'
const NO_OVERLAPS: Known['overlaps'] = new Map()

/** Asks for everything at once; the answers come back in one round trip. */
async function look(queries: Queries, requests: readonly PreparedRequest[], overlaps: Overlaps): Promise<Known> {
  const lines = requests.flatMap((request) => request.lines)
  const [people, posts, entries, overlapping] = await Promise.all([
    listKnownPeople(queries, [...lines, ...requests.flatMap(({ absences }) => absences)]),
    listKnownPosts(queries, lines),
    listEntriesOfSpans(queries, lines),
    overlaps === 'looked_up' ? listOverlaps(queries, lines) : NO_OVERLAPS,
  ])
  return { people, posts, entries, overlaps: overlapping }
}

/** Two requests of one group may state the same person at the same time; they are then taken one by one. */
function crossesWithin(accepted: readonly AcceptedRequest[]): boolean {
  const lines = accepted.flatMap((item) => item.lines)
  return accepted.length > 1 && findTwice(lines).size > 0
}

class TakeSingly extends Error {}

/**
 * Writes a group of unit-days in one transaction.
 *
 * The group reads with the eyes of the house, because an overlap must be found even where the person who confirms may not see it; what
 * is told of it is cut to what they may know. It writes only with each request's own pair of account and unit, which row-level
 * security checks row by row.
 */
async function runGroup(
  database: Database,
  requests: readonly PreparedRequest[],
  overlaps: Overlaps,
): Promise<Answer[]> {
  const first = requests[0]
  const context: Context = {
    purpose: 'request',
    principal: requests.length === 1 ? first.context.principal : 'group',
    scope: { everywhere: true, units: new Set() },
    actor_units: [...new Set(requests.map(({ actor, body }) => actorUnit(actor.user_id, body.unit_id)))],
  }
  return database.prepared.transact(context, async (queries) => {
    const [kept, known] = await Promise.all([findKeptAnswers(queries, requests), look(queries, requests, overlaps)])
    const keyOf = ({ actor, repeatable }: PreparedRequest) => `${actor.user_id} ${repeatable.key}`
    const answers = new Map<PreparedRequest, Answer>()
    const claimed = new Map<string, Answer>()
    const accepted: AcceptedRequest[] = []
    for (const request of requests) {
      const before = kept.get(keyOf(request))
      if (before) {
        const same = before.request_hash.equals(request.repeatable.request_hash)
        answers.set(request, same ? before.response : refuse(httpProblems.key_reused, { key: request.repeatable.key }))
        continue
      }
      if (claimed.has(keyOf(request))) throw new TakeSingly()
      const verdict = judge(request, known)
      answers.set(request, verdict instanceof Refusal ? verdict : verdict.receipt)
      if (verdict instanceof Refusal) continue
      claimed.set(keyOf(request), verdict.receipt)
      accepted.push(verdict)
    }
    if (crossesWithin(accepted)) throw new TakeSingly()
    if (accepted.length > 0) await writeConfirmations(queries, accepted)
    return requests.map((request) => answers.get(request) ?? refuse(httpProblems.busy))
  })
}

/** Where the constraint finds an overlap nothing is written, and the group is taken again with a look at what stands. */
async function takeGroup(database: Database, requests: readonly PreparedRequest[]): Promise<Answer[]> {
  try {
    return await runGroup(database, requests, 'left_to_constraint')
  } catch (error) {
    if (databaseError(error)?.constraint !== 'duty_current_overlap') throw error
    return runGroup(database, requests, 'looked_up')
  }
}

/** Another node wrote the same span or key between our look and our write: a second look sees it and judges. */
const RACE_CODES = new Set(['23P01', '23505', '40P01'])
const TRIES_MAX = 4

/** The way in for confirmations: checks at the door, then commits together with whatever else waits. */
export function createConfirmations(
  database: Database,
  clock: Clock,
): (request: ConfirmationRequest) => Promise<Answer> {
  const commit = groupCommit<PreparedRequest, Answer>({
    lanes: 2,
    size_max: 128,
    run: (requests) => takeGroup(database, requests),
  })
  return async (request) => {
    const prepared = prepare(request, clock)
    if (prepared instanceof Refusal) return prepared
    for (let tries = 1; ; tries += 1) {
      try {
        return await commit(prepared)
      } catch (error) {
        if (tries === TRIES_MAX || !RACE_CODES.has(databaseError(error)?.code ?? '')) throw error
      }
    }
  }
}
