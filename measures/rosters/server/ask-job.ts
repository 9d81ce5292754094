import type { Clock } from '#platform/clock/clock.ts'
import { SolveCrash } from '#platform/compute/roster-threads.ts'
import { type Context, jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { httpProblems, problemDocument, Refusal, refuse } from '#platform/http/problem.ts'
import type { JobKind, JobRun } from '#platform/jobs/jobs.ts'
import { listPosts } from '#records/duty/server/reads.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import { findUnitName, findUnitsBelow } from '#records/org/server/reads.ts'
import { UNMET_KEPT_MAX } from '../ask-contract.ts'
import { ROSTER_PEOPLE_MAX } from '../roster-contract.ts'
import { unmetNeeds } from '../unmet.ts'
import { ASK_JOB, lockProposal } from './asks.ts'
import { type Drafting, type OfDraft, open, rebuild } from './roster-drafts.ts'
import { propose, save } from './roster-needs.ts'
import { insertSolve, nameJob, runSolve, type SolveInput } from './roster-solves.ts'
import { findDraft, findSolve, latestVersion } from './roster-store.ts'

/** No roster of a wide ask may take longer; nearly all are good enough long before. */
export const PART_SECONDS = 5
const HOUSE = jobContext('rosters')

interface Part {
  readonly unit_id: number
  readonly part_id: number
  readonly operation_id: number
  readonly from_on: string
  readonly days: number
  readonly by_user_id: number
  readonly roster_id: number | null
  readonly draft_id: number | null
  readonly solve_id: number | null
}

type Outcome = 'solved' | 'stopped' | 'crashed' | 'no_needs' | 'refused'

/**
 * One roster of a wide ask, from the records to a draft's next version: on one thread that stays warm for the next, and only until it is good
 * enough. Every step leaves behind what it has made, so that another node goes on from there when this one dies.
 */
export function askJob(database: Database, clock: Clock): JobKind<unknown, unknown> {
  return {
    kind: ASK_JOB,
    async run(job) {
      const part = await database.read(HOUSE, (tx) => findOpenPart(tx, job))
      // An earlier attempt has ended it.
      if (!part) return null
      const input = await begin({ database, clock }, part, job.job_id)
      if (input === 'no_needs') return endPart(database, part, 'no_needs', clock.now())
      if (input instanceof Refusal) return refusePart(database, part, input, clock.now())
      try {
        const solved = await runSolve({ database, clock }, input, job.progress, { threads: 1, isEnough: true })
        if (solved instanceof Refusal) return refusePart(database, part, solved, clock.now())
        const ended = await endPart(database, part, 'solved', clock.now())
        return { ...ended, cpu_seconds: solved?.cpu_seconds ?? 0 }
      } catch (error) {
        if (error instanceof SolveCrash) await endPart(database, part, 'crashed', clock.now())
        throw error
      }
    },
  }
}

async function findOpenPart(tx: Tx, { unit_id, job_id }: JobRun<unknown>): Promise<Part | undefined> {
  return tx
    .selectFrom('roster_ask_parts as part')
    .innerJoin('roster_asks as ask', (join) =>
      join.onRef('ask.unit_id', '=', 'part.ask_unit_id').onRef('ask.ask_id', '=', 'part.ask_id'),
    )
    .select(['part.unit_id', 'part.part_id', 'part.roster_id', 'part.draft_id', 'part.solve_id'])
    .select(['ask.operation_id', 'ask.from_on', 'ask.days', 'ask.by_user_id'])
    .where('part.unit_id', '=', unit_id)
    .where('part.job_id', '=', job_id)
    .where('part.outcome', 'is', null)
    .executeTakeFirst()
}

interface Deps {
  readonly database: Database
  readonly clock: Clock
}

/** Roster, draft and solve of the part: those of an earlier attempt, or new ones. */
async function begin({ database, clock }: Deps, part: Part, jobId: string): Promise<SolveInput | Refusal | 'no_needs'> {
  const { operation_id, unit_id } = part
  // The unit's own scope: the draft holds what its manager may see, whoever asked.
  const scope = await database.read(HOUSE, (tx) => findUnitsBelow(tx, unit_id))
  const context = jobContext('rosters', scope)
  const now = clock.now()
  const roster_id = part.roster_id ?? (await proposeRoster(database, context, part, now))
  if (roster_id === 'no_needs' || roster_id instanceof Refusal) return roster_id
  const drafting: Drafting = {
    actor: { user_id: part.by_user_id },
    transact: (work) => database.transact(context, work),
    read: (work) => database.read(context, work),
    database,
    now,
  }
  const draft_id = part.draft_id ?? (await openDraft(drafting, part, roster_id))
  if (draft_id instanceof Refusal) return draft_id
  const which = { operation_id, unit_id, draft_id }
  if (part.solve_id !== null) return { ...which, solve_id: part.solve_id }
  return database.transact(HOUSE, async (tx) => {
    const solve_id = await insertSolve(tx, part.by_user_id, which, PART_SECONDS, now)
    if (solve_id instanceof Refusal) return solve_id
    const input = { ...which, solve_id }
    await nameJob(tx, input, jobId)
    await change(tx, part, { solve_id })
    return input
  })
}

/** A unit without a roster: one over all its posts, as the last four weeks propose it; its manager changes it like any other. */
async function proposeRoster(
  database: Database,
  context: Context,
  part: Part,
  now: Date,
): Promise<number | Refusal | 'no_needs'> {
  const { operation_id, unit_id } = part
  return database.transact(context, async (tx) => {
    await lockProposal(tx, unit_id)
    const standing = await tx
      .selectFrom('rosters')
      .select('roster_id')
      .where('unit_id', '=', unit_id)
      .where('operation_id', '=', operation_id)
      .where('closed_on', 'is', null)
      .orderBy('roster_id')
      .executeTakeFirst()
    const roster_id = standing?.roster_id ?? (await saveProposal(tx, part, now))
    if (typeof roster_id === 'number') await change(tx, part, { roster_id })
    return roster_id
  })
}

async function saveProposal(tx: Tx, part: Part, now: Date): Promise<number | Refusal | 'no_needs'> {
  const { operation_id, unit_id } = part
  const operation = await findOperation(tx, operation_id)
  if (!operation) return refuse(httpProblems.not_found)
  const posts = (await listPosts(tx, operation_id, unit_id)).map(({ post_id }) => post_id)
  const { needs } = await propose(tx, operation, unit_id, posts, now)
  if (needs.shifts.length === 0 || needs.person_ids.length === 0) return 'no_needs'
  const person_ids = needs.person_ids.slice(0, ROSTER_PEOPLE_MAX)
  const name = (await findUnitName(tx, unit_id)) ?? String(unit_id)
  const body = { roster_id: null, name: name.slice(0, 60), needs: { ...needs, person_ids } }
  const saved = await save(tx, { user_id: part.by_user_id }, { operation_id, unit_id }, body)
  return saved instanceof Refusal ? saved : saved.roster_id
}

/** What an earlier wide ask left for the same period and nobody has touched is made anew; else a draft of its own. */
async function openDraft(drafting: Drafting, part: Part, roster_id: number): Promise<number | Refusal> {
  const { operation_id, unit_id, from_on, days } = part
  const place = { operation_id, unit_id }
  const untouched = await drafting.read((tx) => findUntouched(tx, part, roster_id))
  if (untouched === undefined) {
    const opened = await open(drafting, { ...place, roster_id }, { from_on, days }, (tx, draft_id) =>
      change(tx, part, { draft_id }),
    )
    return opened instanceof Refusal ? opened : opened.draft_id
  }
  const rebuilt = await rebuild(drafting, { ...place, draft_id: untouched })
  if (rebuilt instanceof Refusal) return rebuilt
  await drafting.transact((tx) => change(tx, part, { draft_id: untouched }))
  return untouched
}

async function findUntouched(tx: Tx, part: Part, roster_id: number): Promise<number | undefined> {
  const { unit_id, operation_id, from_on, days } = part
  const row = await tx
    .selectFrom('roster_drafts as draft')
    .select('draft.draft_id')
    .where('draft.unit_id', '=', unit_id)
    .where('draft.roster_id', '=', roster_id)
    .where('draft.operation_id', '=', operation_id)
    .where('draft.from_on', '=', from_on)
    .where('draft.days', '=', days)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('roster_ask_parts as earlier')
          .select('earlier.part_id')
          .whereRef('earlier.unit_id', '=', 'draft.unit_id')
          .whereRef('earlier.draft_id', '=', 'draft.draft_id'),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('roster_versions as version')
            .select('version.version')
            .whereRef('version.unit_id', '=', 'draft.unit_id')
            .whereRef('version.draft_id', '=', 'draft.draft_id')
            .where('version.origin', '=', 'changed'),
        ),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('roster_publications as published')
            .select('published.publication_id')
            .whereRef('published.unit_id', '=', 'draft.unit_id')
            .whereRef('published.draft_id', '=', 'draft.draft_id'),
        ),
      ),
    )
    .orderBy('draft.draft_id', 'desc')
    .executeTakeFirst()
  return row?.draft_id
}

interface Changes {
  readonly roster_id?: number
  readonly draft_id?: number
  readonly solve_id?: number
  readonly outcome?: Outcome
  readonly refusal?: string
  readonly hard?: number
  readonly penalty?: number
  readonly unmet?: string
  readonly unmet_count?: number
  readonly ended_at?: Date
}

/** A part that has ended stays as it is: an attempt that was overtaken changes nothing. */
async function change(tx: Tx, { unit_id, part_id }: Part, changes: Changes): Promise<void> {
  await tx
    .updateTable('roster_ask_parts')
    .set(changes)
    .where('unit_id', '=', unit_id)
    .where('part_id', '=', part_id)
    .where('outcome', 'is', null)
    .execute()
}

async function refusePart(database: Database, part: Part, refusal: Refusal, now: Date): Promise<Refusal> {
  const title = JSON.stringify(problemDocument(refusal).title)
  await database.transact(HOUSE, (tx) => change(tx, part, { outcome: 'refused', refusal: title, ended_at: now }))
  return refusal
}

/** Ends the part with what its draft holds now: `solved` where the solve did not say otherwise. */
async function endPart(database: Database, part: Part, outcome: Outcome, now: Date) {
  return database.transact(HOUSE, async (tx) => {
    const found = await findResult(tx, part)
    const state = outcome === 'solved' && found?.state === 'stopped' ? 'stopped' : outcome
    const { hard, penalty, unmet } = found ?? {}
    await change(tx, part, {
      outcome: state,
      ended_at: now,
      ...(hard === undefined ? {} : { hard, penalty }),
      ...(unmet === undefined
        ? {}
        : { unmet: JSON.stringify(unmet.slice(0, UNMET_KEPT_MAX)), unmet_count: unmet.length }),
    })
    return { outcome: state, hard: hard ?? null, unmet: unmet?.length ?? null }
  })
}

async function findResult(tx: Tx, { unit_id, part_id, operation_id }: Part) {
  const ids = await tx
    .selectFrom('roster_ask_parts')
    .select(['draft_id', 'solve_id'])
    .where('unit_id', '=', unit_id)
    .where('part_id', '=', part_id)
    .executeTakeFirst()
  if (!ids || ids.draft_id === null || ids.solve_id === null) return undefined
  const which: OfDraft = { operation_id, unit_id, draft_id: ids.draft_id }
  const draft = await findDraft(tx, which)
  const solve = await findSolve(tx, { ...which, solve_id: ids.solve_id })
  const latest = await latestVersion(tx, which)
  if (!draft || !solve || !latest) return undefined
  const nameOf = new Map(draft.needs.shifts.map(({ code, name }) => [code, name]))
  const unmet = unmetNeeds(draft.problem, latest.cells).map((one) => ({
    ...one,
    shifts: one.shifts.map((code) => nameOf.get(code) ?? code),
  }))
  return { state: solve.state, hard: latest.hard, penalty: latest.penalty, unmet }
}
