import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import type { Routes } from '#platform/http/routes.ts'
import type { Platform } from '#platform/platform.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import {
  beginDraft,
  checkDraftText,
  closeDraft,
  listDrafts,
  publishDraft,
  putDraftForward,
  readDraft,
  runSamples,
  saveDraft,
  signDraft,
} from '../contract-drafts.ts'
import { decideLess, listLess } from '../contract-less.ts'
import { askWhatIf, readWhatIf } from '../contract-what-if.ts'
import { loadDraft, presentCheck, readOthers, refuseHeavy } from './draft-layers.ts'
import { begin, checkForward, close, findOpenDraft, putForward, save, sign } from './drafts.ts'
import { presentLess, settleLess } from './less.ts'
import { presentDraft, presentDrafts } from './present-drafts.ts'
import { publish } from './publish-draft.ts'
import { sample } from './samples.ts'
import { presentWhatIf, WHAT_IF_JOB, whatIfJob, whatIfOrder } from './what-if-job.ts'

export function mountDrafts(routes: Routes, platform: Platform): void {
  mountWriting(routes, platform)
  mountSigning(routes, platform)
  mountTrials(routes, platform)
  mountLess(routes, platform)
}

function mountWriting(routes: Routes, { clock }: Platform): void {
  routes.bind(listDrafts, ({ input, actor, read }) => read((tx) => presentDrafts(tx, actor, input.params.operation_id)))
  routes.bind(readDraft, ({ input, actor, read }) => read((tx) => presentDraft(tx, actor, input.params.draft_id)))
  routes.bind(beginDraft, ({ input, actor, transact }) =>
    transact((tx) => begin(tx, actor, input.params.operation_id, input.body, clock.now())),
  )
  routes.bind(saveDraft, ({ input, actor, transact }) =>
    transact((tx) => save(tx, actor, input.params.draft_id, input.body, clock.now())),
  )
  routes.bind(closeDraft, ({ input, actor, transact }) =>
    transact((tx) => close(tx, actor, input.params.draft_id, input.body.reason, clock.now())),
  )
  routes.bind(checkDraftText, async ({ input, read }) => {
    const { files } = input.body
    const others = await read((tx) => readOthers(tx, input.params.operation_id, files))
    const loaded = await loadDraft(others, files)
    return 'too_heavy' in loaded ? refuseHeavy(loaded) : presentCheck(loaded)
  })
}

function mountSigning(routes: Routes, { clock, jobs }: Platform): void {
  routes.bind(putDraftForward, async ({ input, actor, read, transact }) => {
    const { draft_id } = input.params
    const { revision, note } = input.body
    const found = await read(async (tx) => {
      const open = await findOpenDraft(tx, draft_id, revision)
      if (open instanceof Refusal) return open
      return { open, others: await readOthers(tx, open.draft.operation_id, open.newest.files) }
    })
    if (found instanceof Refusal) return found
    const pack_hash = await checkForward(found.others, found.open)
    if (pack_hash instanceof Refusal) return pack_hash
    return transact(async (tx) => {
      const open = await findOpenDraft(tx, draft_id, revision)
      return open instanceof Refusal ? open : putForward(tx, actor, open, { pack_hash, note }, clock.now())
    })
  })
  routes.bind(signDraft, ({ input, actor, transact }) =>
    transact((tx) => sign(tx, actor, input.params.draft_id, input.body, clock.now())),
  )
  routes.bind(publishDraft, ({ input, actor, transact }) =>
    transact((tx) => {
      const { revision, known_from } = input.body
      const now = clock.now()
      const since = known_from === null ? now : new Date(known_from)
      return publish(tx, actor, jobs, { draft_id: input.params.draft_id, revision, known_from: since }, now)
    }),
  )
}

function mountTrials(routes: Routes, { database, longDatabase, clock, jobs }: Platform): void {
  jobs.register(whatIfJob(longDatabase, clock))
  routes.bind(runSamples, ({ input, context }) =>
    sample(database, context, input.params.operation_id, input.body, clock.now()),
  )
  routes.bind(askWhatIf, ({ input, actor, transact }) =>
    transact(async (tx) => {
      const { operation_id } = input.params
      const asked = await whatIfOrder(tx, operation_id, input.body, clock.now())
      if (asked instanceof Refusal) return asked
      const { area_unit_id } = input.body
      const job_id = await jobs.ask(tx, actor, {
        kind: WHAT_IF_JOB,
        unit_id: area_unit_id,
        operation_id,
        input: asked.order,
      })
      return { job_id }
    }),
  )
  routes.bind(readWhatIf, ({ input, actor, read }) =>
    read((tx) => presentWhatIf(tx, actor.user_id, input.params.operation_id, input.params.job_id)),
  )
}

function mountLess(routes: Routes, { clock }: Platform): void {
  routes.bind(listLess, ({ input, read }) =>
    read(async (tx) => {
      const operation = await findOperation(tx, input.params.operation_id)
      return operation ? presentLess(tx, operation, input.query) : refuse(httpProblems.not_found)
    }),
  )
  routes.bind(decideLess, ({ input, actor, transact }) =>
    transact(async (tx) => {
      const operation = await findOperation(tx, input.params.operation_id)
      return operation ? settleLess(tx, actor, operation, input.body, clock.now()) : refuse(httpProblems.not_found)
    }),
  )
}
