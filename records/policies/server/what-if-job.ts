import { z } from 'zod'
import { civilDate } from '#platform/calendar/zone.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import type { JobKind } from '#platform/jobs/jobs.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import { policyProblems } from '../contract.ts'
import { draftProblems } from '../contract-drafts.ts'
import { type askWhatIf, type readWhatIf, WhatIfResult } from '../contract-what-if.ts'
import { setFigure } from '../set-figure.ts'
import { findDraft, findNewestRevision } from './drafts-store.ts'
import { lastDay } from './evaluation-job.ts'
import { findPacks, listLayersInForce, type PackFile } from './packs-store.ts'
import { NotEvaluable } from './programs.ts'
import { type WhatIfOrder, whatIf } from './what-if.ts'

export const WHAT_IF_JOB = 'policies.what_if'

type Body = z.output<typeof askWhatIf.input.body>

const Most = z.object({
  person_id: z.int(),
  before_fen: z.int(),
  after_fen: z.int(),
})
const Stored = z.object({ result: WhatIfResult, most: z.array(Most) })

export function whatIfJob(database: Database, clock: Clock): JobKind<WhatIfOrder, unknown> {
  return {
    kind: WHAT_IF_JOB,
    attempts_max: 1,
    async run(job) {
      try {
        const outcome = await whatIf(database, job.input, {
          now: clock.now(),
          progress: (done, total, stage) => job.progress(done, total, stage),
        })
        return outcome === 'cancelled' ? undefined : outcome
      } catch (error) {
        if (!(error instanceof NotEvaluable)) throw error
        const [first] = error.problems
        return refuse(policyProblems.not_evaluable, {
          reason: first?.message.zh ?? '',
          reason_en: first?.message.en ?? '',
          count: error.problems.length,
        })
      }
    },
  }
}

/** What the job is given: the files of the change, so that what is computed is what was on the screen when it was asked for. */
export async function whatIfOrder(
  tx: Tx,
  operationId: number,
  body: Body,
  now: Date,
): Promise<{ order: WhatIfOrder } | Refusal> {
  const operation = await findOperation(tx, operationId)
  if (!operation) return refuse(httpProblems.not_found)
  const known = {
    at: body.known_at === null ? undefined : new Date(body.known_at),
    today: civilDate(operation.time_zone, now),
  }
  const files = await filesOfChange(tx, operationId, body, known)
  if (files instanceof Refusal) return files
  return {
    order: {
      operation_id: operationId,
      area_unit_id: body.area_unit_id,
      on_date: body.on_date ?? lastDay(operation, now),
      known_at: body.known_at,
      files,
    },
  }
}

/** The moment of which the packs are asked, none: now; and the day on which the trial is made. */
interface Known {
  readonly at: Date | undefined
  readonly today: string
}

async function filesOfChange(
  tx: Tx,
  operationId: number,
  { area_unit_id, change }: Body,
  known: Known,
): Promise<readonly PackFile[] | Refusal> {
  if (change.kind === 'draft') {
    const draft = await findDraft(tx, change.draft_id)
    if (!draft || draft.operation_id !== operationId || draft.area_unit_id !== area_unit_id)
      return refuse(draftProblems.no_draft)
    const { revision, files } = await findNewestRevision(tx, draft.draft_id)
    return revision === change.revision ? files : refuse(draftProblems.not_newest, { revision })
  }
  if (change.kind === 'pack') {
    const [stored] = await findPacks(tx, [change.pack_hash])
    return stored ? stored.files : refuse(policyProblems.unknown_pack)
  }
  return changedFigure(tx, operationId, area_unit_id, change, known)
}

/** The packs in force at the place, the lowest that speaks of the figure first; the change is known from today. */
async function changedFigure(
  tx: Tx,
  operationId: number,
  areaUnitId: number,
  change: Extract<Body['change'], { kind: 'figure' }>,
  { at, today }: Known,
): Promise<readonly PackFile[] | Refusal> {
  const layers = (await listLayersInForce(tx, operationId, at)).filter((one) => one.area_unit_id === areaUnitId)
  const packs = await findPacks(
    tx,
    layers.map(({ pack_hash }) => pack_hash),
  )
  const mention = new RegExp(`^\\s+${change.parameter.replace(/[^\w-]/g, '')}:`, 'm')
  const holder = packs.find(({ files }) => files.some(({ text }) => mention.test(text))) ?? packs.at(-1)
  const changed =
    holder &&
    setFigure(holder.files, {
      parameter: change.parameter,
      value: change.value,
      from_on: change.from_on,
      known_on: null,
      over_later: true,
      document: { kind: 'new', title: '试算', number: null, issued_by: '试算', published: today },
    })
  return changed ?? refuse(draftProblems.unknown_figure, { parameter: change.parameter })
}

/** The stored result with the names that the reader may see; another's run answers like one that does not exist. */
export async function presentWhatIf(
  tx: Tx,
  userId: number,
  operationId: number,
  jobId: string,
): Promise<z.input<typeof readWhatIf.output> | Refusal> {
  const job = await tx
    .selectFrom('job_runs')
    .select('result')
    .where('job_id', '=', jobId)
    .where('operation_id', '=', operationId)
    .where('kind', '=', WHAT_IF_JOB)
    .where('asked_by_user_id', '=', userId)
    .where('state', '=', 'done')
    .executeTakeFirst()
  const stored = Stored.safeParse(job?.result)
  if (!stored.success) return refuse(draftProblems.no_what_if)
  const { result, most } = stored.data
  const people = await tx
    .selectFrom('people')
    .innerJoin('units', 'units.unit_id', 'people.home_unit_id')
    .select(['people.person_id', 'people.name', 'units.name as unit_name'])
    .where('people.person_id', 'in', [0, ...most.map(({ person_id }) => person_id)])
    .execute()
  const byId = new Map(people.map((person) => [person.person_id, person]))
  return {
    ...result,
    most: most.flatMap(({ person_id, before_fen, after_fen }) => {
      const person = byId.get(person_id)
      return person ? [{ ...person, before_fen, after_fen, difference_fen: after_fen - before_fen }] : []
    }),
  }
}
