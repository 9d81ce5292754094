import { sql } from 'kysely'
import { z } from 'zod'
import type { Roster, RosterProblem, Rule } from '#engines/rostering/problem.ts'
import type { Tx } from '#platform/db/database.ts'
import { CellNote, Cells, Pinned, RosterNeeds, RuleSource } from '../roster-contract.ts'

/** Rows of rosters as values. What stands in jsonb was written by this room and is looked at again when it is read. */

const Built = z.object({ notes: z.array(CellNote), sources: z.array(RuleSource) })

/** Written by this room from `buildProblem`; only its head is looked at again. */
const StoredProblem = z.custom<RosterProblem>(
  (value) => typeof value === 'object' && value !== null && 'format' in value && value.format === 'tongpao-roster/1',
)

export interface RosterRow {
  readonly roster_id: number
  readonly name: string
  readonly needs: RosterNeeds
}

export async function findRoster(tx: Tx, unitId: number, rosterId: number): Promise<RosterRow | undefined> {
  const row = await tx
    .selectFrom('rosters')
    .select(['roster_id', 'name', 'needs'])
    .where('unit_id', '=', unitId)
    .where('roster_id', '=', rosterId)
    .executeTakeFirst()
  return row && { ...row, needs: RosterNeeds.parse(row.needs) }
}

export interface DraftRow {
  readonly unit_id: number
  readonly draft_id: number
  readonly roster_id: number
  readonly operation_id: number
  readonly name: string
  readonly unit_name: string
  readonly from_on: string
  readonly days: number
  readonly needs: RosterNeeds
  readonly problem: RosterProblem
  /** Another one whenever the row, and with it perhaps the problem, was written. */
  readonly problem_version: string
  readonly built: z.output<typeof Built>
}

export async function findDraft(
  tx: Tx,
  { operation_id, unit_id, draft_id }: { operation_id: number; unit_id: number; draft_id: number },
): Promise<DraftRow | undefined> {
  const row = await tx
    .selectFrom('roster_drafts')
    .innerJoin('rosters', (join) =>
      join
        .onRef('rosters.unit_id', '=', 'roster_drafts.unit_id')
        .onRef('rosters.roster_id', '=', 'roster_drafts.roster_id'),
    )
    .innerJoin('units', 'units.unit_id', 'roster_drafts.unit_id')
    .select([
      'roster_drafts.unit_id',
      'roster_drafts.draft_id',
      'roster_drafts.roster_id',
      'roster_drafts.operation_id',
      'rosters.name',
      'units.name as unit_name',
      'roster_drafts.from_on',
      'roster_drafts.days',
      'rosters.needs',
      'roster_drafts.problem',
      'roster_drafts.notes',
    ])
    .select(sql<string>`roster_drafts.xmin::text`.as('problem_version'))
    .where('roster_drafts.unit_id', '=', unit_id)
    .where('roster_drafts.operation_id', '=', operation_id)
    .where('roster_drafts.draft_id', '=', draft_id)
    .executeTakeFirst()
  if (!row) return undefined
  const { notes, ...rest } = row
  return {
    ...rest,
    needs: RosterNeeds.parse(row.needs),
    problem: StoredProblem.parse(row.problem),
    built: Built.parse(notes),
  }
}

export interface VersionRow {
  readonly version: number
  readonly cells: Cells
  readonly pinned: z.output<typeof Pinned>
  readonly hard: number
  readonly penalty: number
}

export async function latestVersion(
  tx: Tx,
  { unit_id, draft_id }: { unit_id: number; draft_id: number },
): Promise<VersionRow | undefined> {
  const row = await tx
    .selectFrom('roster_versions')
    .select(['version', 'cells', 'pinned', 'hard', 'penalty'])
    .where('unit_id', '=', unit_id)
    .where('draft_id', '=', draft_id)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { ...row, cells: Cells.parse(row.cells), pinned: Pinned.parse(row.pinned) }
}

interface NewVersion {
  readonly unit_id: number
  readonly draft_id: number
  readonly version: number
  readonly cells: Roster
  readonly pinned: z.output<typeof Pinned>
  readonly origin: 'plan' | 'solved' | 'changed'
  readonly score: { readonly hard: number; readonly total: number }
  readonly by_user_id: number | null
  readonly made_at: Date
}

export async function addVersion(tx: Tx, { cells, pinned, score, ...row }: NewVersion): Promise<void> {
  await tx
    .insertInto('roster_versions')
    .values({
      ...row,
      cells: JSON.stringify(cells),
      pinned: JSON.stringify(pinned),
      hard: Math.round(score.hard),
      penalty: Math.round(score.total),
    })
    .execute()
}

export function latestPublication(tx: Tx, { unit_id, draft_id }: { unit_id: number; draft_id: number }) {
  return tx
    .selectFrom('roster_publications')
    .select(['version', 'published_at'])
    .where('unit_id', '=', unit_id)
    .where('draft_id', '=', draft_id)
    .orderBy('publication_id', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/**
 * The latest solve, or one by its id. A job that ended without a word (its workers died once too often, or it was cancelled before it began)
 * leaves its solve behind as it stood: what the job says counts then.
 */
export async function findSolve(tx: Tx, which: { unit_id: number; draft_id: number; solve_id?: number }) {
  const row = await tx
    .selectFrom('roster_solves')
    .leftJoin('job_runs', 'job_runs.job_id', 'roster_solves.job_id')
    .selectAll('roster_solves')
    .select('job_runs.state as job_state')
    .where('roster_solves.unit_id', '=', which.unit_id)
    .where('draft_id', '=', which.draft_id)
    .$if(which.solve_id !== undefined, (query) => query.where('solve_id', '=', which.solve_id ?? 0))
    .orderBy('solve_id', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!row) return undefined
  const { job_state, ...solve } = row
  const isLeft = isRunning(solve) && (job_state === 'failed' || job_state === 'cancelled')
  return isLeft ? { ...solve, state: job_state === 'failed' ? 'crashed' : 'stopped' } : solve
}

export function isRunning(solve: { readonly state: string } | undefined): boolean {
  return solve?.state === 'asked' || solve?.state === 'running'
}

export type SolveRow = NonNullable<Awaited<ReturnType<typeof findSolve>>>

/** What the rules of a stored problem are called. */
export function sourcesOf(draft: DraftRow): readonly Rule[] {
  return draft.problem.rules
}
