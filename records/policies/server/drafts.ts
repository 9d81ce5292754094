import type { z } from 'zod'
import { LEVELS, type Level } from '#engines/policy/pack.ts'
import type { Actor } from '#platform/access/actor.ts'
import { recordAudit } from '#platform/audit/record.ts'
import { zonedText } from '#platform/calendar/zone.ts'
import type { Tx } from '#platform/db/database.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import { findOperation, type OperationFacts } from '#records/operations/server/reads.ts'
import { policyProblems } from '../contract.ts'
import { type beginDraft, draftProblems, type saveDraft, type signDraft } from '../contract-drafts.ts'
import { templateFiles } from '../pack-template.ts'
import { codeOf, loadDraft, presentCheck, refuseHeavy } from './draft-layers.ts'
import {
  type Draft,
  type DraftState,
  findDraft,
  findNewestRevision,
  insertDraft,
  insertRevision,
  isAuthor,
  namesOfUsers,
  type Revision,
  readStanding,
  type Standing,
  stateOf,
} from './drafts-store.ts'
import { areasOf, hashesAt, stackOf } from './packs.ts'
import { findPacks, listLayersInForce, type PackFile, type StoredPack } from './packs-store.ts'

const SETTLED_WORDS = {
  published: { zh: '发布', en: 'published' },
  closed: { zh: '搁置', en: 'laid aside' },
} as const

function audit(tx: Tx, draft: Draft, action: string, facts: Readonly<Record<string, unknown>> = {}): Promise<void> {
  return recordAudit(tx, {
    action: `policies.${action}`,
    subject_kind: 'pack_draft',
    subject_id: draft.draft_id,
    unit_id: draft.area_unit_id,
    operation_id: draft.operation_id,
    facts,
  })
}

export async function begin(
  tx: Tx,
  actor: Actor,
  operationId: number,
  body: z.output<typeof beginDraft.input.body>,
  at: Date,
): Promise<{ draft_id: number } | Refusal> {
  const operation = await findOperation(tx, operationId)
  if (!operation) return refuse(httpProblems.not_found)
  const files = await firstFiles(tx, operation, body)
  if (files instanceof Refusal) return files
  // Whatever it begins with, it is to go over the version that is in force at its place.
  const code = codeOf(files)
  const layers = await listLayersInForce(tx, operationId, undefined)
  const standing = layers.find((layer) => layer.area_unit_id === body.area_unit_id && layer.code === code)
  const base_hash = standing?.pack_hash ?? null
  const row = {
    operation_id: operationId,
    area_unit_id: body.area_unit_id,
    title: body.title,
    base_hash,
    begun_by_user_id: actor.user_id,
    begun_at: at,
  }
  const draft_id = await insertDraft(tx, row, { files, notice_text: '', notice_ties: [], note: '' })
  await audit(tx, { ...row, draft_id }, 'draft_begin', { with: body.begin.with, base_hash })
  return { draft_id }
}

async function firstFiles(
  tx: Tx,
  operation: OperationFacts,
  { area_unit_id, begin: written }: z.output<typeof beginDraft.input.body>,
): Promise<readonly PackFile[] | Refusal> {
  if (written.with === 'files') return written.files
  if (written.with === 'template') return templateAt(tx, operation, area_unit_id)
  const [stored] = await findPacks(tx, [written.pack_hash])
  return stored ? stored.files : refuse(policyProblems.unknown_pack)
}

/** The template for a place: its level, its division code, and the lowest pack in force above it. */
async function templateAt(tx: Tx, operation: OperationFacts, areaUnitId: number): Promise<readonly PackFile[]> {
  const unit = await tx
    .selectFrom('units')
    .select(['kind', 'division_code'])
    .where('unit_id', '=', areaUnitId)
    .executeTakeFirst()
  const level = LEVELS.find((one) => one === unit?.kind) ?? 'county'
  const layers = await listLayersInForce(tx, operation.operation_id, undefined)
  const above = (await areasOf(tx, operation.area_unit_id)).get(areaUnitId) ?? [operation.area_unit_id]
  const joined = await stackOf(tx, hashesAt(layers, above))
  const higher = joined && 'stack' in joined ? joined.stack.layers.filter((one) => isAbove(one.level, level)) : []
  const area = unit?.division_code ?? ''
  const files = templateFiles({ name: `pack-${area}`, level, area, above: higher.at(-1)?.id })
  return files.filter(({ path }) => path.endsWith('.yaml'))
}

function isAbove(level: Level, other: Level): boolean {
  return LEVELS.indexOf(level) < LEVELS.indexOf(other)
}

interface OpenDraft {
  readonly draft: Draft
  readonly newest: Revision
  readonly standing: Standing
  readonly state: DraftState
}

/** The draft with its newest revision; refuses one that is published or laid aside, or a revision that is not the newest. */
export async function findOpenDraft(tx: Tx, draftId: number, revision?: number): Promise<OpenDraft | Refusal> {
  const draft = await findDraft(tx, draftId)
  if (!draft) return refuse(draftProblems.no_draft)
  const newest = await findNewestRevision(tx, draftId)
  const standing = await readStanding(tx, draftId, newest.revision)
  const state = stateOf(standing)
  if (state === 'published' || state === 'closed') {
    const words = SETTLED_WORDS[state]
    return refuse(draftProblems.draft_settled, { how: words.zh, how_en: words.en })
  }
  if (revision !== undefined && revision !== newest.revision)
    return refuse(draftProblems.not_newest, { revision: newest.revision })
  return { draft, newest, standing, state }
}

/** Saves over the revision that was changed. Two who save over the same one: the second is told who came first. */
export async function save(
  tx: Tx,
  actor: Actor,
  draftId: number,
  body: z.output<typeof saveDraft.input.body>,
  at: Date,
): Promise<{ revision: number } | Refusal> {
  const open = await findOpenDraft(tx, draftId)
  if (open instanceof Refusal) return open
  const { expected_revision, ...content } = body
  const revision = expected_revision + 1
  if (open.newest.revision !== expected_revision) return refuseChanged(tx, open.draft, expected_revision, at)
  const row = { ...content, revision, saved_by_user_id: actor.user_id, saved_at: at }
  if (!(await insertRevision(tx, open.draft, row))) return refuseChanged(tx, open.draft, expected_revision, at)
  await audit(tx, open.draft, 'draft_save', { revision })
  return { revision }
}

async function refuseChanged(tx: Tx, draft: Draft, expected: number, at: Date): Promise<Refusal> {
  const operation = await findOperation(tx, draft.operation_id)
  const newest = await findNewestRevision(tx, draft.draft_id)
  const nameOf = await namesOfUsers(tx, [newest.saved_by_user_id])
  return refuse(draftProblems.draft_changed, {
    expected,
    revision: newest.revision,
    saved_by: nameOf(newest.saved_by_user_id),
    saved_at: zonedText(operation?.time_zone ?? 'Asia/Shanghai', newest.saved_at ?? at)
      .slice(0, 16)
      .replace('T', ' '),
  })
}

/** What a revision must be before anybody is asked to sign it. The reading is done outside of any transaction. */
export async function checkForward(
  others: readonly StoredPack[],
  { draft, newest }: OpenDraft,
): Promise<string | Refusal> {
  const read = await loadDraft(others, newest.files)
  if ('too_heavy' in read) return refuseHeavy(read)
  const { mistakes, cases, pack } = presentCheck(read)
  if (mistakes.length > 0 || !pack) return refuse(policyProblems.mistakes, { count: mistakes.length, mistakes })
  if (cases.misses.length > 0)
    return refuse(draftProblems.cases_fail, { count: cases.misses.length, misses: cases.misses.slice(0, 20) })
  if (pack.pack_hash === draft.base_hash) return refuse(draftProblems.nothing_changed)
  return pack.pack_hash
}

export async function putForward(
  tx: Tx,
  actor: Actor,
  { draft, newest }: OpenDraft,
  request: { readonly pack_hash: string; readonly note: string },
  at: Date,
): Promise<{ pack_hash: string }> {
  const added = await tx
    .insertInto('pack_draft_requests')
    .values({
      ...request,
      draft_id: draft.draft_id,
      revision: newest.revision,
      area_unit_id: draft.area_unit_id,
      asked_by_user_id: actor.user_id,
      asked_at: at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('revision')
    .executeTakeFirst()
  if (added) await audit(tx, draft, 'draft_put_forward', { revision: newest.revision, pack_hash: request.pack_hash })
  return { pack_hash: request.pack_hash }
}

/** Two people who had no hand in a draft agree to it; the database holds the same by a policy and by the keys of a publication. */
export async function sign(
  tx: Tx,
  actor: Actor,
  draftId: number,
  body: z.output<typeof signDraft.input.body>,
  at: Date,
): Promise<{ state: DraftState } | Refusal> {
  const open = await findOpenDraft(tx, draftId, body.revision)
  if (open instanceof Refusal) return open
  const { draft, standing } = open
  if (await isAuthor(tx, draftId, actor.user_id)) return refuse(draftProblems.own_draft)
  if (!standing.request) return refuse(draftProblems.not_put_forward)
  if (standing.signatures.some(({ signed_by_user_id }) => signed_by_user_id === actor.user_id))
    return refuse(draftProblems.signed_already)
  const added = await tx
    .insertInto('pack_draft_signatures')
    .values({
      ...body,
      draft_id: draftId,
      area_unit_id: draft.area_unit_id,
      signed_by_user_id: actor.user_id,
      signed_at: at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('revision')
    .executeTakeFirst()
  if (!added) return refuse(draftProblems.signed_already)
  await audit(tx, draft, 'draft_sign', { revision: body.revision, agreed: body.agreed })
  return { state: stateOf(await readStanding(tx, draftId, body.revision)) }
}

export async function close(
  tx: Tx,
  actor: Actor,
  draftId: number,
  reason: string,
  at: Date,
): Promise<{ closed: true } | Refusal> {
  const open = await findOpenDraft(tx, draftId)
  if (open instanceof Refusal) return open
  const { draft_id, area_unit_id } = open.draft
  await tx
    .insertInto('pack_draft_closings')
    .values({ draft_id, area_unit_id, reason, closed_by_user_id: actor.user_id, closed_at: at })
    .execute()
  await audit(tx, open.draft, 'draft_close')
  return { closed: true }
}
