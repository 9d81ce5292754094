import type { Tx } from '#platform/db/database.ts'
import { type DRAFT_STATES, NoticeTies } from '../contract-drafts.ts'
import type { NoticeTie } from '../notice-paragraphs.ts'
import { filesOf, type PackFile } from './packs-store.ts'

export type DraftState = (typeof DRAFT_STATES)[number]

export interface Draft {
  readonly draft_id: number
  readonly operation_id: number
  readonly area_unit_id: number
  readonly title: string
  readonly base_hash: string | null
  readonly begun_by_user_id: number
  readonly begun_at: Date
}

export interface Revision {
  readonly revision: number
  readonly files: readonly PackFile[]
  readonly notice_text: string
  readonly notice_ties: readonly NoticeTie[]
  readonly note: string
  readonly saved_by_user_id: number
  readonly saved_at: Date
}

export interface SignatureRow {
  readonly signed_by_user_id: number
  readonly agreed: boolean
  readonly reason: string
  readonly signed_at: Date
}

/** The draft, if the context reaches it. */
export async function findDraft(tx: Tx, draftId: number): Promise<Draft | undefined> {
  return tx
    .selectFrom('pack_drafts')
    .select(['draft_id', 'operation_id', 'area_unit_id', 'title', 'base_hash', 'begun_by_user_id', 'begun_at'])
    .where('draft_id', '=', draftId)
    .executeTakeFirst()
}

export async function insertDraft(
  tx: Tx,
  row: Omit<Draft, 'draft_id'>,
  first: Omit<Revision, 'revision' | 'saved_at' | 'saved_by_user_id'>,
): Promise<number> {
  const { draft_id } = await tx.insertInto('pack_drafts').values(row).returning('draft_id').executeTakeFirstOrThrow()
  await insertRevision(
    tx,
    { ...row, draft_id },
    { ...first, revision: 1, saved_by_user_id: row.begun_by_user_id, saved_at: row.begun_at },
  )
  return draft_id
}

/** Answers false when that revision stands already: somebody else saved first. */
export async function insertRevision(
  tx: Tx,
  { draft_id, area_unit_id }: Pick<Draft, 'draft_id' | 'area_unit_id'>,
  { files, notice_ties, ...row }: Revision,
): Promise<boolean> {
  const added = await tx
    .insertInto('pack_draft_revisions')
    .values({ ...row, draft_id, area_unit_id, files: JSON.stringify(files), notice_ties: JSON.stringify(notice_ties) })
    .onConflict((conflict) => conflict.doNothing())
    .returning('revision')
    .executeTakeFirst()
  return added !== undefined
}

export async function findNewestRevision(tx: Tx, draftId: number): Promise<Revision> {
  const row = await tx
    .selectFrom('pack_draft_revisions')
    .select(['revision', 'files', 'notice_text', 'notice_ties', 'note', 'saved_by_user_id', 'saved_at'])
    .where('draft_id', '=', draftId)
    .orderBy('revision', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  return { ...row, files: filesOf(row.files), notice_ties: NoticeTies.parse(row.notice_ties) }
}

/** Without their files: who saved what when. */
export async function listRevisions(tx: Tx, draftId: number) {
  return tx
    .selectFrom('pack_draft_revisions')
    .select(['revision', 'note', 'saved_by_user_id', 'saved_at'])
    .where('draft_id', '=', draftId)
    .orderBy('revision', 'desc')
    .limit(500)
    .execute()
}

export async function isAuthor(tx: Tx, draftId: number, userId: number): Promise<boolean> {
  const found = await tx
    .selectFrom('pack_draft_revisions')
    .select('revision')
    .where('draft_id', '=', draftId)
    .where('saved_by_user_id', '=', userId)
    .limit(1)
    .executeTakeFirst()
  return found !== undefined
}

export interface Standing {
  readonly request: { pack_hash: string; note: string; asked_by_user_id: number; asked_at: Date } | undefined
  readonly signatures: readonly SignatureRow[]
  readonly publication:
    | { pack_hash: string; known_from: Date; published_by_user_id: number; published_at: Date }
    | undefined
  readonly closed: boolean
}

/** How a revision of a draft stands: put forward, signed, published. */
export async function readStanding(tx: Tx, draftId: number, revision: number): Promise<Standing> {
  const request = await tx
    .selectFrom('pack_draft_requests')
    .select(['pack_hash', 'note', 'asked_by_user_id', 'asked_at'])
    .where('draft_id', '=', draftId)
    .where('revision', '=', revision)
    .executeTakeFirst()
  const signatures = await tx
    .selectFrom('pack_draft_signatures')
    .select(['signed_by_user_id', 'agreed', 'reason', 'signed_at'])
    .where('draft_id', '=', draftId)
    .where('revision', '=', revision)
    .orderBy('signed_at')
    .execute()
  const publication = await tx
    .selectFrom('pack_publications')
    .select(['pack_hash', 'known_from', 'published_by_user_id', 'published_at'])
    .where('draft_id', '=', draftId)
    .executeTakeFirst()
  const closing = await tx
    .selectFrom('pack_draft_closings')
    .select('draft_id')
    .where('draft_id', '=', draftId)
    .executeTakeFirst()
  return { request, signatures, publication, closed: closing !== undefined }
}

export const SIGNATURES_MIN = 2

export function stateOf({ request, signatures, publication, closed }: Standing): DraftState {
  if (publication) return 'published'
  if (closed) return 'closed'
  if (!request) return 'open'
  if (signatures.some(({ agreed }) => !agreed)) return 'sent_back'
  return signatures.length >= SIGNATURES_MIN ? 'signed' : 'put_forward'
}

export async function listDraftRows(tx: Tx, operationId: number): Promise<readonly Draft[]> {
  return tx
    .selectFrom('pack_drafts')
    .select(['draft_id', 'operation_id', 'area_unit_id', 'title', 'base_hash', 'begun_by_user_id', 'begun_at'])
    .where('operation_id', '=', operationId)
    .orderBy('draft_id', 'desc')
    .limit(200)
    .execute()
}

export async function namesOfUsers(tx: Tx, userIds: readonly number[]): Promise<(userId: number) => string> {
  const rows = await tx
    .selectFrom('user_names')
    .select(['user_id', 'display_name'])
    .where('user_id', 'in', [0, ...userIds])
    .execute()
  const names = new Map(rows.map(({ user_id, display_name }) => [user_id, display_name]))
  return (userId) => names.get(userId) ?? `#${userId}`
}
