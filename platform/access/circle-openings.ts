import type { z } from 'zod'
import { recordAudit } from '#platform/audit/record.ts'
import { databaseError, type Tx } from '#platform/db/database.ts'
import { type Refusal, refuse } from '#platform/http/problem.ts'
import { raise, settle } from '#platform/worklist/items.ts'
import { type Actor, reaches, scopeOf } from './actor.ts'
import {
  circleProblems,
  LOOK_PURPOSES,
  type LookPurpose,
  type Opening,
  type openCircle,
  type reviewOpening,
} from './contract-circles.ts'
import type { AccessOptions, AccessPlatform } from './options.ts'
import type { Vault } from './vault.ts'

/** Commands and reads about opened circles. Times are real time: an opening is not prolonged by a demo's clock. */

const REVIEW_KIND = 'access.circle_review'
const REVIEW_DAYS = 7
const OWN_VIEWS_MAX = 50

const reasonPlace = (openingId: string) => ({ table: 'circle_openings', column: 'reason', row: openingId })

function selectOpenings(tx: Tx) {
  return tx
    .selectFrom('circle_openings')
    .innerJoin('user_names as opener', 'opener.user_id', 'circle_openings.opened_by_user_id')
    .leftJoin('circle_reviews', (join) =>
      join
        .onRef('circle_reviews.person_id', '=', 'circle_openings.person_id')
        .onRef('circle_reviews.opening_id', '=', 'circle_openings.opening_id'),
    )
    .leftJoin('user_names as reviewer', 'reviewer.user_id', 'circle_reviews.reviewed_by_user_id')
    .select([
      'circle_openings.opening_id',
      'circle_openings.circle',
      'circle_openings.person_id',
      'circle_openings.unit_id',
      'circle_openings.operation_id',
      'circle_openings.opened_by_user_id',
      'opener.display_name as opener_name',
      'circle_openings.opened_at',
      'circle_openings.until_at',
      'circle_openings.closed_at',
      'circle_openings.reason',
      'circle_reviews.outcome',
      'circle_reviews.words',
      'circle_reviews.reviewed_by_user_id',
      'circle_reviews.reviewed_at',
      'reviewer.display_name as reviewer_name',
    ])
}

type OpeningRow = Awaited<ReturnType<ReturnType<typeof selectOpenings>['execute']>>[number]

/** Names of the people concerned, as far as the transaction's context may see them. */
export type NamesOf = (tx: Tx, personIds: readonly number[]) => Promise<ReadonlyMap<number, string>>

async function presentAll(
  tx: Tx,
  vault: Vault,
  namesOf: NamesOf,
  rows: readonly OpeningRow[],
): Promise<z.input<typeof Opening>[]> {
  const names = await namesOf(tx, [...new Set(rows.map(({ person_id }) => person_id))])
  const openings = []
  for (const row of rows) openings.push(await present(vault, row, names.get(row.person_id) ?? null))
  return openings
}

async function present(vault: Vault, row: OpeningRow, person_name: string | null): Promise<z.input<typeof Opening>> {
  const { opening_id, person_id, unit_id, operation_id, opened_at, until_at, closed_at } = row
  const { outcome, words, reviewed_by_user_id, reviewed_at } = row
  return {
    opening_id,
    circle: 'health',
    person_id,
    person_name,
    unit_id,
    operation_id,
    opened_by: { user_id: row.opened_by_user_id, display_name: row.opener_name ?? '' },
    opened_at,
    until_at,
    closed_at,
    reason: (await vault.openForSubject(person_id, reasonPlace(opening_id), row.reason)) ?? null,
    review:
      reviewed_by_user_id === null || reviewed_at === null || outcome === null
        ? null
        : {
            outcome: outcome === 'justified' ? 'justified' : 'not_justified',
            words: words ?? '',
            reviewed_by: { user_id: reviewed_by_user_id, display_name: row.reviewer_name ?? '' },
            reviewed_at,
          },
  }
}

async function presentOne(tx: Tx, vault: Vault, namesOf: NamesOf, openingId: string) {
  const row = await selectOpenings(tx).where('circle_openings.opening_id', '=', openingId).executeTakeFirstOrThrow()
  const [opening] = await presentAll(tx, vault, namesOf, [row])
  return opening
}

export function findOpen(tx: Tx, userId: number, personId: number) {
  const now = new Date()
  return tx
    .selectFrom('circle_openings')
    .select(['opening_id', 'until_at', 'unit_id'])
    .where('person_id', '=', personId)
    .where('opened_by_user_id', '=', userId)
    .where('closed_at', 'is', null)
    .where('until_at', '>', now)
    .executeTakeFirst()
}

/** Notes a look at closed facts, for the person concerned and for the audit. Part of the command that shows the facts. */
export async function noteView(
  tx: Tx,
  look: {
    circle: 'health'
    person_id: number
    unit_id: number
    user_id: number
    opening_id: string | null
    purpose?: LookPurpose | undefined
  },
): Promise<void> {
  const { circle, person_id, unit_id, user_id, opening_id, purpose } = look
  await tx
    .insertInto('circle_views')
    .values({ circle, person_id, viewed_by_user_id: user_id, opening_id, purpose: purpose ?? null })
    .execute()
  await recordAudit(tx, {
    action: opening_id === null ? 'people.health_read' : 'circles.viewed',
    subject_kind: 'person',
    subject_id: person_id,
    unit_id,
    facts: opening_id === null ? (purpose === undefined ? {} : { purpose }) : { circle, opening_id },
  })
}

/** Opens a circle for one person: reason sealed, audit row and worklist item for the second person in one transaction. */
export async function open(
  tx: Tx,
  { vault, clock }: Pick<AccessPlatform, 'vault' | 'clock'>,
  { listStaff, isRunning, namesOf }: Pick<AccessOptions, 'listStaff' | 'isRunning'> & { readonly namesOf: NamesOf },
  actor: Actor,
  personId: number,
  body: z.output<typeof openCircle.input.body>,
): Promise<z.input<typeof Opening> | Refusal> {
  if (actor.person_id === personId) return refuse(circleProblems.own_facts)
  const [member] = await listStaff(tx, [personId])
  if (!member) return refuse(circleProblems.unknown_person)
  if (!(await isRunning(tx, body.operation_id))) return refuse(circleProblems.not_running)
  if (await findOpen(tx, actor.user_id, personId)) return refuse(circleProblems.open_already)
  const scope = scopeOf(actor, 'circles.open')
  const unit_id = member.unit_ids.find((unitId) => reaches(scope, unitId)) ?? member.unit_ids[0]
  const { circle, operation_id, minutes } = body
  const opening_id = crypto.randomUUID()
  const opened_at = new Date()
  await tx
    .insertInto('circle_openings')
    .values({
      person_id: personId,
      opening_id,
      circle,
      operation_id,
      unit_id,
      opened_by_user_id: actor.user_id,
      opened_at,
      until_at: new Date(opened_at.getTime() + minutes * 60_000),
      reason: await vault.sealForSubject(personId, reasonPlace(opening_id), body.reason),
    })
    .execute()
  await recordAudit(tx, {
    action: 'circles.opened',
    subject_kind: 'person',
    subject_id: personId,
    unit_id,
    operation_id,
    facts: { circle, opening_id, minutes, reason_length: body.reason.length },
  })
  const raised_at = clock.now()
  await raise(tx, {
    operation_id,
    unit_id,
    role: 'auditor',
    kind: REVIEW_KIND,
    subject_kind: 'circle_opening',
    subject_id: opening_id,
    clause: null,
    facts: { circle, minutes, opened_by_user_id: actor.user_id },
    raised_at,
    due_at: new Date(raised_at.getTime() + REVIEW_DAYS * 86_400_000),
  })
  return presentOne(tx, vault, namesOf, opening_id)
}

export async function close(tx: Tx, vault: Vault, namesOf: NamesOf, actor: Actor, openingId: string) {
  const row = await selectOpenings(tx)
    .where('circle_openings.opening_id', '=', openingId)
    .where('opened_by_user_id', '=', actor.user_id)
    .executeTakeFirst()
  if (!row) return refuse(circleProblems.unknown_opening)
  if (row.closed_at !== null || row.until_at <= new Date()) return refuse(circleProblems.not_open)
  await tx
    .updateTable('circle_openings')
    .set({ closed_at: new Date() })
    .where('opening_id', '=', openingId)
    .where('person_id', '=', row.person_id)
    .execute()
  await recordAudit(tx, {
    action: 'circles.closed',
    subject_kind: 'person',
    subject_id: row.person_id,
    unit_id: row.unit_id,
    operation_id: row.operation_id,
    facts: { opening_id: openingId },
  })
  return presentOne(tx, vault, namesOf, openingId)
}

export interface OpeningFilter {
  /** Undefined: the whole tree. */
  readonly units: ReadonlySet<number> | undefined
  readonly waiting: boolean | undefined
  readonly opening_id: string | undefined
  readonly before: Date | undefined
  readonly limit: number
}

export async function listForReview(tx: Tx, vault: Vault, namesOf: NamesOf, filter: OpeningFilter) {
  let query = selectOpenings(tx)
  if (filter.units) query = query.where('circle_openings.unit_id', 'in', [0, ...filter.units])
  if (filter.opening_id) query = query.where('circle_openings.opening_id', '=', filter.opening_id)
  if (filter.waiting !== undefined)
    query = query.where('circle_reviews.opening_id', filter.waiting ? 'is' : 'is not', null)
  if (filter.before) query = query.where('circle_openings.opened_at', '<', filter.before)
  const rows = await query
    .orderBy('circle_openings.opened_at', 'desc')
    .limit(filter.limit + 1)
    .execute()
  const shown = rows.slice(0, filter.limit)
  const openings = await presentAll(tx, vault, namesOf, shown)
  const last = shown.at(-1)
  return { openings, next: rows.length > filter.limit && last ? last.opened_at.toISOString() : null }
}

export async function review(
  tx: Tx,
  vault: Vault,
  namesOf: NamesOf,
  actor: Actor,
  openingId: string,
  { outcome, words }: z.output<typeof reviewOpening.input.body>,
): Promise<z.input<typeof Opening> | Refusal> {
  const row = await selectOpenings(tx).where('circle_openings.opening_id', '=', openingId).executeTakeFirst()
  if (!row) return refuse(circleProblems.unknown_opening)
  const isOwn = row.opened_by_user_id === actor.user_id || row.person_id === actor.person_id
  if (isOwn) return refuse(circleProblems.own_opening)
  const { person_id, unit_id, operation_id } = row
  try {
    await tx
      .insertInto('circle_reviews')
      .values({ person_id, opening_id: openingId, unit_id, outcome, words, reviewed_by_user_id: actor.user_id })
      .execute()
  } catch (error) {
    if (databaseError(error)?.code === '23505') return refuse(circleProblems.reviewed)
    throw error
  }
  await settle(tx, {
    operation_id,
    kind: REVIEW_KIND,
    subject_kind: 'circle_opening',
    subject_id: openingId,
    outcome: { outcome },
  })
  await recordAudit(tx, {
    action: 'circles.reviewed',
    subject_kind: 'person',
    subject_id: person_id,
    unit_id,
    operation_id,
    facts: { opening_id: openingId, outcome },
  })
  return presentOne(tx, vault, namesOf, openingId)
}

/** What the person concerned is shown. */
export async function listOwn(tx: Tx, vault: Vault, namesOf: NamesOf, personId: number) {
  const rows = await selectOpenings(tx)
    .where('circle_openings.person_id', '=', personId)
    .orderBy('circle_openings.opened_at', 'desc')
    .limit(OWN_VIEWS_MAX)
    .execute()
  const views = await tx
    .selectFrom('circle_views')
    .innerJoin('user_names', 'user_names.user_id', 'circle_views.viewed_by_user_id')
    .select(['circle', 'viewed_by_user_id', 'display_name', 'viewed_at', 'opening_id', 'purpose'])
    .where('circle_views.person_id', '=', personId)
    .orderBy('viewed_at', 'desc')
    .limit(OWN_VIEWS_MAX)
    .execute()
  return {
    openings: await presentAll(tx, vault, namesOf, rows),
    views: views.map(({ viewed_by_user_id, display_name, purpose, ...view }) => ({
      ...view,
      purpose: LOOK_PURPOSES.find((known) => known === purpose) ?? null,
      viewed_by: { user_id: viewed_by_user_id, display_name: display_name ?? '' },
    })),
  }
}
