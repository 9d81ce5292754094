import type { z } from 'zod'
import { type Actor, reaches, scopeOf } from '#platform/access/actor.ts'
import type { Tx } from '#platform/db/database.ts'
import { type Refusal, refuse } from '#platform/http/problem.ts'
import { draftProblems, type listDrafts, type readDraft } from '../contract-drafts.ts'
import {
  type Draft,
  findDraft,
  findNewestRevision,
  isAuthor,
  listDraftRows,
  listRevisions,
  namesOfUsers,
  readStanding,
  stateOf,
} from './drafts-store.ts'
import { findPacks } from './packs-store.ts'

async function areaNames(tx: Tx, drafts: readonly Draft[]): Promise<(unitId: number) => string> {
  const units = await tx
    .selectFrom('units')
    .select(['unit_id', 'name'])
    .where('unit_id', 'in', [0, ...drafts.map(({ area_unit_id }) => area_unit_id)])
    .execute()
  const names = new Map(units.map(({ unit_id, name }) => [unit_id, name]))
  return (unitId) => names.get(unitId) ?? ''
}

export async function presentDrafts(
  tx: Tx,
  actor: Actor,
  operationId: number,
): Promise<z.input<typeof listDrafts.output>> {
  const drafts = await listDraftRows(tx, operationId)
  const areaOf = await areaNames(tx, drafts)
  const rows = []
  for (const { begun_by_user_id, ...draft } of drafts) {
    const [newest] = await listRevisions(tx, draft.draft_id)
    if (!newest) throw new Error(`the draft ${draft.draft_id} has no revision`)
    const nameOf = await namesOfUsers(tx, [begun_by_user_id, newest.saved_by_user_id])
    const standing = await readStanding(tx, draft.draft_id, newest.revision)
    const state = stateOf(standing)
    const maySign =
      state === 'put_forward' &&
      reaches(scopeOf(actor, 'policies.sign'), draft.area_unit_id) &&
      !standing.signatures.some(({ signed_by_user_id }) => signed_by_user_id === actor.user_id) &&
      !(await isAuthor(tx, draft.draft_id, actor.user_id))
    rows.push({
      ...draft,
      area_name: areaOf(draft.area_unit_id),
      state,
      waits_for_me: maySign,
      revision: newest.revision,
      begun_by: nameOf(begun_by_user_id),
      saved_by: nameOf(newest.saved_by_user_id),
      saved_at: newest.saved_at,
    })
  }
  return { drafts: rows }
}

export async function presentDraft(
  tx: Tx,
  actor: Actor,
  draftId: number,
): Promise<z.input<typeof readDraft.output> | Refusal> {
  const found = await findDraft(tx, draftId)
  if (!found) return refuse(draftProblems.no_draft)
  const { begun_by_user_id, ...draft } = found
  const newest = await findNewestRevision(tx, draftId)
  const revisions = await listRevisions(tx, draftId)
  const standing = await readStanding(tx, draftId, newest.revision)
  const [base] = draft.base_hash === null ? [] : await findPacks(tx, [draft.base_hash])
  const { request, signatures, publication } = standing
  const nameOf = await namesOfUsers(tx, [
    begun_by_user_id,
    ...revisions.map(({ saved_by_user_id }) => saved_by_user_id),
    ...signatures.map(({ signed_by_user_id }) => signed_by_user_id),
    request?.asked_by_user_id ?? 0,
    publication?.published_by_user_id ?? 0,
  ])
  return {
    ...draft,
    area_name: (await areaNames(tx, [found]))(draft.area_unit_id),
    state: stateOf(standing),
    revision: newest.revision,
    begun_by: nameOf(begun_by_user_id),
    saved_by: nameOf(newest.saved_by_user_id),
    saved_at: newest.saved_at,
    files: [...newest.files],
    base_files: base ? [...base.files] : [],
    notice_text: newest.notice_text,
    notice_ties: [...newest.notice_ties],
    is_author: await isAuthor(tx, draftId, actor.user_id),
    revisions: revisions.map(({ saved_by_user_id, ...row }) => ({ ...row, saved_by: nameOf(saved_by_user_id) })),
    request: request
      ? {
          pack_hash: request.pack_hash,
          note: request.note,
          asked_by: nameOf(request.asked_by_user_id),
          asked_at: request.asked_at,
        }
      : null,
    signatures: signatures.map(({ signed_by_user_id, ...row }) => ({
      ...row,
      user_id: signed_by_user_id,
      name: nameOf(signed_by_user_id),
    })),
    publication: publication
      ? {
          pack_hash: publication.pack_hash,
          known_from: publication.known_from,
          published_by: nameOf(publication.published_by_user_id),
          published_at: publication.published_at,
        }
      : null,
  }
}
