import type { z } from 'zod'
import { findMistakes } from '#engines/rostering/mistakes.ts'
import type { Roster, RosterProblem } from '#engines/rostering/problem.ts'
import { scoreRoster } from '#engines/rostering/score.ts'
import { dayOf, formatDay } from '#engines/values/time.ts'
import type { Actor } from '#platform/access/actor.ts'
import { recordAudit } from '#platform/audit/record.ts'
import { civilDate } from '#platform/calendar/zone.ts'
import { jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { Refusal, refuse } from '#platform/http/problem.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import { type DraftView, type Pinned, ROSTER_DAYS_MAX, rosterProblems } from '../roster-contract.ts'
import { titlesOf } from '../roster-limits.ts'
import { buildProblem, cellsOfPlan, withPins } from '../roster-problem.ts'
import { listColleagues, listEngagedElsewhere, type Period, readInputs } from './roster-inputs.ts'
import { presentSolve } from './roster-solves.ts'
import {
  addVersion,
  findDraft,
  findRoster,
  findSolve,
  isRunning,
  latestPublication,
  latestVersion,
} from './roster-store.ts'

export interface OfDraft {
  readonly operation_id: number
  readonly unit_id: number
  readonly draft_id: number
}

type Reading = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>

/** What a command needs: its own transactions, and the house's for what lies outside the reader's scope. */
export interface Commanding {
  readonly actor: Actor
  readonly transact: Reading
  readonly read: Reading
  readonly database: Database
  readonly now: Date
}

/** Whoever opens a draft need only be named: a wide ask opens them in the name of whoever asked. */
export type Drafting = Omit<Commanding, 'actor'> & { readonly actor: Pick<Actor, 'user_id'> }

interface Built {
  readonly problem: RosterProblem
  readonly notes: { readonly notes: ReturnType<typeof buildProblem>['notes']; readonly sources: DraftView['rules'] }
  readonly plan: Roster
}

/** Reads the records, then builds: nothing is computed inside the transaction that writes. */
async function build(
  { read, database, now }: Drafting,
  place: { readonly operation_id: number; readonly unit_id: number; readonly roster_id: number },
  period: { readonly from_on: string; readonly days: number },
  keep: { readonly cells: Roster; readonly pinned: z.output<typeof Pinned> },
): Promise<Built | Refusal> {
  const found = await read(async (tx) => {
    const operation = await findOperation(tx, place.operation_id)
    const roster = await findRoster(tx, place.unit_id, place.roster_id)
    return operation && roster ? { operation, roster } : undefined
  })
  if (!found) return refuse(rosterProblems.unknown_roster)
  const { operation, roster } = found
  const frame: Period = { operation, unit_id: place.unit_id, ...period, now }
  const wrong = refusePeriod(frame)
  if (wrong) return wrong
  // Names are the reader's own scope; the times at other units are looked up for those alone.
  const visible = await read((tx) => listColleagues(tx, roster.needs.person_ids))
  const elsewhere = await database.read(jobContext('rosters'), (tx) =>
    listEngagedElsewhere(
      tx,
      frame,
      visible.map(({ person_id }) => person_id),
    ),
  )
  const { inputs, pack } = await read((tx) => readInputs(tx, frame, roster.needs, elsewhere))
  const today = dayOf(civilDate(operation.time_zone, now))
  const frozen_before_day = Math.max(0, today - dayOf(period.from_on))
  const { problem, notes } = buildProblem({ ...inputs, ...keep, frozen_before_day })
  const mistakes = findMistakes(problem)
  if (mistakes.length > 0) return refuse(rosterProblems.wrong_problem, { what: mistakeText(mistakes) })
  const sources = [...titlesOf(problem.rules, roster.needs.shifts), ...pack.sources]
  return { problem, notes: { notes, sources }, plan: cellsOfPlan(inputs) }
}

export function mistakeText(mistakes: readonly { code: string; where: string; value: string }[]): string {
  return mistakes
    .slice(0, 5)
    .map(({ code, where, value }) => (code === 'skill.nobody' ? `没有人会“${value}”` : `${where}（${value}）`))
    .join('；')
}

export function refusePeriod({ operation, from_on, days, now }: Omit<Period, 'unit_id'>): Refusal | undefined {
  const last = formatDay(dayOf(from_on) + days - 1)
  const today = civilDate(operation.time_zone, now)
  const fits =
    days <= ROSTER_DAYS_MAX &&
    last >= today &&
    from_on >= operation.started_on &&
    (operation.ended_on === null || last <= operation.ended_on)
  return fits ? undefined : refuse(rosterProblems.closed_period, { days: ROSTER_DAYS_MAX })
}

export async function open(
  commanding: Drafting,
  place: { readonly operation_id: number; readonly unit_id: number; readonly roster_id: number },
  period: { readonly from_on: string; readonly days: number },
  /** Something else that belongs into the same transaction. */
  andThen?: (tx: Tx, draft_id: number) => Promise<unknown>,
): Promise<{ draft_id: number } | Refusal> {
  const { actor, transact, now } = commanding
  const built = await build(commanding, place, period, { cells: {}, pinned: {} })
  if (built instanceof Refusal) return built
  const isPlanned = Object.values(built.plan).some((row) => row.some((cell) => cell !== null))
  const score = isPlanned ? scoreRoster(built.problem, built.plan).score : undefined
  return transact(async (tx) => {
    const { draft_id } = await tx
      .insertInto('roster_drafts')
      .values({
        ...place,
        ...period,
        problem: JSON.stringify(built.problem),
        notes: JSON.stringify(built.notes),
        built_at: now,
        by_user_id: actor.user_id,
      })
      .returning('draft_id')
      .executeTakeFirstOrThrow()
    if (score) {
      const first = { version: 1, cells: built.plan, pinned: {}, origin: 'plan', score } as const
      await addVersion(tx, { unit_id: place.unit_id, draft_id, ...first, by_user_id: actor.user_id, made_at: now })
    }
    await audit(tx, 'rosters.open_draft', { ...place, draft_id }, { ...period, roster_id: place.roster_id })
    await andThen?.(tx, draft_id)
    return { draft_id }
  })
}

/** The records as they stand now; the latest roster and its pins stay. */
export async function rebuild(commanding: Drafting, which: OfDraft): Promise<{ draft_id: number } | Refusal> {
  const found = await commanding.read(async (tx) => {
    const draft = await findDraft(tx, which)
    return draft && { draft, latest: await latestVersion(tx, which), solve: await findSolve(tx, which) }
  })
  if (!found) return refuse(rosterProblems.unknown_draft)
  const { draft, latest, solve } = found
  if (isRunning(solve)) return refuse(rosterProblems.solving)
  const built = await build(commanding, { ...which, roster_id: draft.roster_id }, draft, {
    cells: latest?.cells ?? {},
    pinned: latest?.pinned ?? {},
  })
  if (built instanceof Refusal) return built
  return commanding.transact(async (tx) => {
    await tx
      .updateTable('roster_drafts')
      .set({
        problem: JSON.stringify(built.problem),
        notes: JSON.stringify(built.notes),
        built_at: commanding.now,
      })
      .where('unit_id', '=', which.unit_id)
      .where('draft_id', '=', which.draft_id)
      .execute()
    await audit(tx, 'rosters.rebuild_draft', which, {})
    return { draft_id: which.draft_id }
  })
}

/** Everything the board needs, in one reading. */
export async function readDraftView(tx: Tx, which: OfDraft, now: Date): Promise<z.input<typeof DraftView> | Refusal> {
  const draft = await findDraft(tx, which)
  const operation = draft && (await findOperation(tx, which.operation_id))
  if (!draft || !operation) return refuse(rosterProblems.unknown_draft)
  const latest = await latestVersion(tx, which)
  const solve = await findSolve(tx, which)
  const publication = await latestPublication(tx, which)
  const people = await listColleagues(
    tx,
    draft.problem.people.map(({ id }) => Number(id)),
  )
  const today = dayOf(civilDate(operation.time_zone, now))
  return {
    draft_id: draft.draft_id,
    roster_id: draft.roster_id,
    name: draft.name,
    unit_name: draft.unit_name,
    from_on: draft.from_on,
    days: draft.days,
    frozen_before_day: Math.max(0, today - dayOf(draft.from_on)),
    needs: draft.needs,
    people,
    problem: draft.problem,
    rules: draft.built.sources,
    notes: draft.built.notes,
    version: latest?.version ?? null,
    cells: latest?.cells ?? null,
    pinned: latest?.pinned ?? {},
    published: cellsOf(draft.problem.published?.cells),
    published_at: publication?.published_at ?? null,
    solve: solve ? presentSolve(solve) : null,
  }
}

function cellsOf(roster: Roster | undefined): Record<string, (string | null)[]> {
  return Object.fromEntries(Object.entries(roster ?? {}).map(([id, row]) => [id, [...row]]))
}

interface Change {
  readonly base_version: number | null
  readonly cells: Roster
  readonly pinned: z.output<typeof Pinned>
}

/** Only people, days and shifts of the problem may stand in a roster. */
function strangeCell(problem: RosterProblem, cells: Roster): string | undefined {
  const people = new Set(problem.people.map(({ id }) => id))
  const shifts = new Set(problem.shifts.map(({ id }) => id))
  for (const [id, row] of Object.entries(cells)) {
    if (!people.has(id)) return id
    if (row.length !== problem.days) return `${id}: ${row.length}`
    const strange = row.find((cell) => cell !== null && !shifts.has(cell))
    if (strange) return strange
  }
  return undefined
}

export async function saveChange(
  { actor, read, transact, now }: Commanding,
  which: OfDraft,
  change: Change,
): Promise<{ version: number; hard: number; penalty: number } | Refusal> {
  const draft = await read((tx) => findDraft(tx, which))
  if (!draft) return refuse(rosterProblems.unknown_draft)
  const strange = strangeCell(draft.problem, change.cells)
  if (strange !== undefined) return refuse(rosterProblems.wrong_problem, { what: strange })
  const { score } = scoreRoster(withPins(draft.problem, change.cells, change.pinned), change.cells)
  return transact(async (tx) => {
    await lockDraft(tx, which)
    if (isRunning(await findSolve(tx, which))) return refuse(rosterProblems.solving)
    const latest = await latestVersion(tx, which)
    if ((latest?.version ?? null) !== change.base_version) {
      return refuse(rosterProblems.changed_meanwhile, { version: latest?.version ?? 0 })
    }
    const version = (latest?.version ?? 0) + 1
    const { unit_id, draft_id } = which
    const row = { unit_id, draft_id, version, cells: change.cells, pinned: change.pinned, origin: 'changed' } as const
    await addVersion(tx, { ...row, score, by_user_id: actor.user_id, made_at: now })
    await audit(tx, 'rosters.change', which, { version, hard: score.hard, penalty: score.total })
    return { version, hard: Math.round(score.hard), penalty: Math.round(score.total) }
  })
}

/** Versions are counted one by one: whoever adds one holds the draft. */
export async function lockDraft(tx: Tx, { unit_id, draft_id }: OfDraft): Promise<void> {
  await tx
    .selectFrom('roster_drafts')
    .select('draft_id')
    .where('unit_id', '=', unit_id)
    .where('draft_id', '=', draft_id)
    .forUpdate()
    .execute()
}

export async function audit(
  tx: Tx,
  action: string,
  { operation_id, unit_id, draft_id }: OfDraft,
  facts: Readonly<Record<string, unknown>>,
): Promise<void> {
  const subject = { subject_kind: 'roster_draft', subject_id: draft_id, unit_id, operation_id }
  await recordAudit(tx, { action, ...subject, facts })
}
