import { z } from 'zod'
import { HARD_PRICE } from '#engines/rostering/model.ts'
import type { Roster } from '#engines/rostering/problem.ts'
import { scoreRoster } from '#engines/rostering/score.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { type Progress, SolveCrash, type SolveOptions, solveRoster } from '#platform/compute/roster-threads.ts'
import { jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { Refusal, refuse } from '#platform/http/problem.ts'
import type { JobKind, JobRun, Jobs } from '#platform/jobs/jobs.ts'
import { Cells, rosterProblems, SolveView } from '../roster-contract.ts'
import { withPins } from '../roster-problem.ts'
import { audit, type Commanding, lockDraft, mistakeText, type OfDraft } from './roster-drafts.ts'
import { addVersion, findDraft, findSolve, isRunning, latestVersion, type SolveRow } from './roster-store.ts'

export const SOLVE_JOB = 'rosters.solve'
const CONTEXT = jobContext('rosters')
/** Two threads: the machine also answers requests. */
const THREADS = 2
const SEED = 1
/** How often a running solve leaves its best behind, for whoever takes it up after a crash. */
const KEEP_EVERY_MS = 2_000
const CURVE_POINTS_MAX = 400
const BEAT_MS = 500

const Curve = SolveView.shape.curve
type CurvePoint = z.output<typeof Curve>[number]

export interface SolveInput extends OfDraft {
  readonly solve_id: number
}

export function presentSolve(row: SolveRow): z.input<typeof SolveView> {
  return {
    solve_id: row.solve_id,
    job_id: row.job_id,
    state: SolveView.shape.state.parse(row.state),
    seconds_max: row.seconds_max,
    curve: Curve.parse(row.curve),
    version: row.version,
    mistakes: z.array(z.string()).parse(row.mistakes),
    crashed_threads: row.crashed_threads,
    // What a run that broke off had found and no version holds yet: the next run begins with it.
    can_resume: row.version === null && row.best !== null && !isRunning(row),
    asked_at: row.asked_at,
    ended_at: row.ended_at,
  }
}

/** Asks for a solve from the latest version on. One at a time for a draft. */
export async function askSolve(
  { actor, transact, now }: Pick<Commanding, 'actor' | 'transact' | 'now'>,
  jobs: Jobs,
  which: OfDraft,
  seconds: number,
): Promise<{ solve_id: number; job_id: string } | Refusal> {
  return transact(async (tx) => {
    const solve_id = await insertSolve(tx, actor.user_id, which, seconds, now)
    if (solve_id instanceof Refusal) return solve_id
    const input = { ...which, solve_id } satisfies SolveInput
    const { unit_id, operation_id } = which
    const job_id = await jobs.ask(tx, actor, { kind: SOLVE_JOB, unit_id, operation_id, input })
    await change(tx, input, { job_id })
    await audit(tx, 'rosters.solve', which, { solve_id, seconds })
    return { solve_id, job_id }
  })
}

/** The row of a solve that shall run, by whatever job. A run that broke off is taken up where it was, unless the roster was changed since. */
export async function insertSolve(
  tx: Tx,
  userId: number,
  which: OfDraft,
  seconds: number,
  now: Date,
): Promise<number | Refusal> {
  await lockDraft(tx, which)
  if (!(await findDraft(tx, which))) return refuse(rosterProblems.unknown_draft)
  const before = await findSolve(tx, which)
  if (isRunning(before)) return refuse(rosterProblems.solving)
  const latest = await latestVersion(tx, which)
  const kept = before && before.version === null && before.from_version === (latest?.version ?? 0) ? before : undefined
  const { solve_id } = await tx
    .insertInto('roster_solves')
    .values({
      unit_id: which.unit_id,
      draft_id: which.draft_id,
      from_version: latest?.version ?? 0,
      seconds_max: seconds,
      by_user_id: userId,
      asked_at: now,
      ...(kept?.best == null ? {} : { best: JSON.stringify(kept.best), curve: JSON.stringify(kept.curve) }),
    })
    .returning('solve_id')
    .executeTakeFirstOrThrow()
  return solve_id
}

/** Which job runs a solve: what it says counts where the solve was left without a word. */
export async function nameJob(tx: Tx, input: SolveInput, job_id: string): Promise<void> {
  await change(tx, input, { job_id })
}

interface Changes {
  readonly job_id?: string
  readonly state?: string
  readonly curve?: string
  readonly best?: string
  readonly mistakes?: string
  readonly version?: number
  readonly crashed_threads?: number
  readonly ended_at?: Date
}

async function change(tx: Tx, { unit_id, draft_id, solve_id }: SolveInput, changes: Changes): Promise<void> {
  await tx
    .updateTable('roster_solves')
    .set(changes)
    .where('unit_id', '=', unit_id)
    .where('draft_id', '=', draft_id)
    .where('solve_id', '=', solve_id)
    .execute()
}

/** Where a solve begins: what a cut-off attempt of it had found, or the latest roster. */
async function beginning(database: Database, input: SolveInput) {
  return database.read(CONTEXT, async (tx) => {
    const draft = await findDraft(tx, input)
    const solve = await findSolve(tx, input)
    const latest = await latestVersion(tx, input)
    if (!draft || !solve || !isRunning(solve)) return undefined
    const kept = solve.best === null ? undefined : Cells.parse(solve.best)
    return { draft, latest, solve, curve: Curve.parse(solve.curve), start: kept ?? latest?.cells }
  })
}

class Keeper {
  curve: CurvePoint[]
  readonly #database: Database
  readonly #input: SolveInput
  readonly #offset: number
  #keptAt = 0
  #writing: Promise<void> = Promise.resolve()

  constructor(database: Database, input: SolveInput, curve: readonly CurvePoint[]) {
    this.#database = database
    this.#input = input
    this.curve = [...curve]
    this.#offset = curve.at(-1)?.seconds ?? 0
  }

  note({ seconds, cost, bound, roster }: Progress): void {
    const last = this.curve.at(-1)
    const hard = Math.floor(cost / HARD_PRICE)
    const known = bound === undefined || bound < 0 ? null : bound
    const point = { seconds: round(this.#offset + seconds), hard, penalty: cost - hard * HARD_PRICE, bound: known }
    const before = last === undefined ? Number.POSITIVE_INFINITY : (last.hard ?? 0) * HARD_PRICE + last.penalty
    const says = cost < before || known !== last?.bound
    if (!says) return
    if (this.curve.length >= CURVE_POINTS_MAX) this.curve = this.curve.filter((_, index) => index % 2 === 0)
    this.curve.push(point)
    const now = performance.now()
    if (now - this.#keptAt < KEEP_EVERY_MS) return
    this.#keptAt = now
    const changes = { curve: JSON.stringify(this.curve), best: JSON.stringify(roster()) }
    this.#writing = this.#writing
      .then(() => this.#database.transact(CONTEXT, (tx) => change(tx, this.#input, changes)))
      // What is kept on the way is a convenience: the end of the run writes the roster itself.
      .catch(() => undefined)
  }

  async settled(): Promise<void> {
    await this.#writing
  }
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100
}

/** A solve that somebody waits for: two threads, for as long as they asked. */
export function solveJob(database: Database, clock: Clock): JobKind<SolveInput, unknown> {
  return {
    kind: SOLVE_JOB,
    run: ({ input, progress }) => runSolve({ database, clock }, input, progress, { threads: THREADS }),
  }
}

export interface Solved {
  readonly hard: number
  readonly penalty: number
  readonly bound: number | null
  readonly is_proven: boolean
  readonly crashes: readonly string[]
  /** Of the solving threads. */
  readonly cpu_seconds: number
}

/**
 * Runs a solve outside any transaction; only the last step writes a version, so that a run that dies changes nothing that anybody uses.
 * Null when there is nothing left to run.
 */
export async function runSolve(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  input: SolveInput,
  progress: JobRun<unknown>['progress'],
  how: Pick<SolveOptions, 'threads' | 'isEnough'>,
): Promise<Solved | Refusal | null> {
  const begun = await beginning(database, input)
  if (!begun) return null
  const { draft, latest, solve, start } = begun
  await database.transact(CONTEXT, (tx) => change(tx, input, { state: 'running' }))
  const problem = withPins(draft.problem, latest?.cells ?? {}, latest?.pinned ?? {})
  const keeper = new Keeper(database, input, begun.curve)
  const stop = new AbortController()
  const seconds = solve.seconds_max
  const beat = reportTime(progress, seconds, stop)
  try {
    const outcome = await solveRoster(problem, {
      ...how,
      seed: SEED,
      limit: { kind: 'seconds', seconds },
      signal: stop.signal,
      onProgress: (at) => keeper.note(at),
      ...(start === undefined ? {} : { start }),
    })
    await keeper.settled()
    if (!outcome.ok) return await refuseProblem(database, input, mistakeText(outcome.mistakes), clock.now())
    const { crashes, is_cut_off } = outcome
    await finish(database, input, {
      roster: outcome.roster,
      before: latest?.cells ?? {},
      curve: keeper.curve,
      state: is_cut_off ? 'crashed' : stop.signal.aborted ? 'stopped' : 'ended',
      crashed_threads: crashes.length,
      now: clock.now(),
    })
    // Whoever runs the house reads in its log why; whoever asked is told on the board.
    if (is_cut_off) throw new SolveCrash(crashes)
    const { score, bound, is_proven, cpu_seconds } = outcome
    return { hard: score.hard, penalty: score.total, bound: bound ?? null, is_proven, crashes, cpu_seconds }
  } catch (error) {
    if (error instanceof SolveCrash) await noteCrash(database, input, error, clock.now())
    throw error
  } finally {
    clearInterval(beat)
  }
}

/** Tells twice a second how long it has taken, and hears whether it shall stop. */
function reportTime(progress: JobRun<unknown>['progress'], seconds: number, stop: AbortController): NodeJS.Timeout {
  let spent = 0
  return setInterval(() => {
    spent += BEAT_MS / 1000
    progress(Math.min(spent, seconds), seconds, 'solving').then(
      (goesOn) => (goesOn ? undefined : stop.abort()),
      () => undefined,
    )
  }, BEAT_MS)
}

async function refuseProblem(database: Database, input: SolveInput, what: string, now: Date): Promise<Refusal> {
  const mistakes = JSON.stringify([what])
  await database.transact(CONTEXT, (tx) => change(tx, input, { state: 'refused', mistakes, ended_at: now }))
  return refuse(rosterProblems.wrong_problem, { what })
}

/** A run of which not even one roster is left; what an earlier attempt had kept stays for the next. */
async function noteCrash(database: Database, input: SolveInput, { crashes }: SolveCrash, now: Date): Promise<void> {
  await database.transact(CONTEXT, async (tx) => {
    if (!isRunning(await findSolve(tx, input))) return
    await change(tx, input, { state: 'crashed', crashed_threads: crashes.length, ended_at: now })
  })
}

interface Finish {
  readonly roster: Roster
  /** What the run set out from. */
  readonly before: Roster
  readonly curve: readonly CurvePoint[]
  readonly state: 'ended' | 'stopped' | 'crashed'
  readonly crashed_threads: number
  readonly now: Date
}

/** The next version, once: a second attempt of the same run finds it written. */
async function finish(database: Database, input: SolveInput, finished: Finish): Promise<void> {
  const { curve, state, crashed_threads, now } = finished
  await database.transact(CONTEXT, async (tx) => {
    await lockDraft(tx, input)
    const draft = await findDraft(tx, input)
    const solve = await findSolve(tx, input)
    if (!draft || !solve || !isRunning(solve)) return
    const latest = await latestVersion(tx, input)
    const version = (latest?.version ?? 0) + 1
    const roster = withChangesSince(finished.roster, finished.before, latest?.cells ?? {})
    const { score } = scoreRoster(draft.problem, roster)
    const last = curve.at(-1)
    const { unit_id, draft_id } = input
    const row = { unit_id, draft_id, version, cells: roster, pinned: latest?.pinned ?? {}, origin: 'solved' } as const
    await addVersion(tx, { ...row, score, by_user_id: null, made_at: now })
    const end: CurvePoint = {
      seconds: last?.seconds ?? 0,
      hard: score.hard,
      penalty: score.total,
      bound: last?.bound ?? null,
    }
    await change(tx, input, {
      state,
      crashed_threads,
      curve: JSON.stringify([...curve, end]),
      best: JSON.stringify(roster),
      version,
      ended_at: now,
    })
  })
}

/** Shifts that changed hands while the solver ran stay with whoever has them now. */
export function withChangesSince(solved: Roster, before: Roster, now: Roster): Roster {
  return Object.fromEntries(
    Object.entries(solved).map(([person, row]) => [
      person,
      row.map((cell, day) => {
        const current = now[person]?.[day] ?? null
        return current === (before[person]?.[day] ?? null) ? cell : current
      }),
    ]),
  )
}
