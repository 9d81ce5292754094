import { type Expression, type SqlBool, sql } from 'kysely'
import { z } from 'zod'
import type { Actor } from '#platform/access/actor.ts'
import { roleHolds } from '#platform/access/permissions.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Tx } from '#platform/db/database.ts'
import { refuse } from '#platform/http/problem.ts'
import type { Routes } from '#platform/http/routes.ts'
import type { Platform } from '#platform/platform.ts'
import { countWorklist, listWorklist, readWorklistItem, WorklistItemView, worklistProblems } from './contract.ts'

/** Sorts items without a date after all others. */
const NEVER = '9999-12-31T00:00:00.000Z'
const Role = WorklistItemView.shape.role

const Position = z.string().transform((text, context) => {
  const [due, id] = text.split('~')
  const parsed = z.tuple([z.iso.datetime(), z.coerce.number().int().positive()]).safeParse([due, id])
  if (parsed.success) return { due: parsed.data[0], item_id: parsed.data[1] }
  context.addIssue('not a position')
  return z.NEVER
})

/** A role and where it holds: an item is for a role at a place, and both must be one assignment's. */
function forRolesOf(actor: Actor): Expression<SqlBool> {
  const reading = actor.assignments.filter(({ role }) => roleHolds(role, 'worklist.read'))
  const parts = reading.map(({ role, units, everywhere }) =>
    everywhere
      ? sql<SqlBool>`worklist_items.role = ${role}`
      : sql<SqlBool>`(worklist_items.role = ${role} and worklist_items.unit_id = any(${[...units]}::int[]))`,
  )
  return parts.length === 0 ? sql<SqlBool>`false` : sql<SqlBool>`(${sql.join(parts, sql` or `)})`
}

function selectItems(tx: Tx, actor: Actor) {
  return tx
    .selectFrom('worklist_items')
    .leftJoin('user_names', 'user_names.user_id', 'worklist_items.settled_by_user_id')
    .selectAll('worklist_items')
    .select('user_names.display_name')
    .where(forRolesOf(actor))
}

type Item = Awaited<ReturnType<ReturnType<typeof selectItems>['execute']>>[number]

function present(row: Item, clock: Clock): z.input<typeof WorklistItemView> {
  const { display_name, settled_by_user_id, role, ...item } = row
  return {
    ...item,
    role: Role.parse(role),
    overdue: item.settled_at === null && item.due_at !== null && item.due_at < clock.now(),
    settled_by:
      settled_by_user_id === null
        ? null
        : { user_id: settled_by_user_id, display_name: display_name ?? `#${settled_by_user_id}` },
  }
}

export function mountWorklist(routes: Routes, { clock }: Platform): void {
  routes.bind(listWorklist, async ({ input, actor, read }) => {
    const { operation_id, unit_id, kind, clause, after, limit } = input.query
    const position = after === undefined ? undefined : Position.safeParse(after)
    if (position && !position.success) return refuse(worklistProblems.wrong_page)
    const due = sql<Date>`coalesce(worklist_items.due_at, ${NEVER}::timestamptz)`
    const rows = await read((tx) => {
      let query = selectItems(tx, actor).where('settled_at', 'is', null)
      if (operation_id) query = query.where('operation_id', '=', operation_id)
      if (unit_id) query = query.where('unit_id', '=', unit_id)
      if (kind) query = query.where('kind', '=', kind)
      if (clause) query = query.where('clause', '=', clause)
      if (position) {
        const { due: dueThen, item_id } = position.data
        query = query.where(sql<boolean>`(${due}, item_id) > (${dueThen}::timestamptz, ${item_id}::bigint)`)
      }
      return query
        .orderBy(due)
        .orderBy('item_id')
        .limit(limit + 1)
        .execute()
    })
    const shown = rows.slice(0, limit)
    const last = shown.at(-1)
    return {
      items: shown.map((row) => present(row, clock)),
      next: rows.length > limit && last ? `${last.due_at?.toISOString() ?? NEVER}~${last.item_id}` : null,
    }
  })

  routes.bind(countWorklist, async ({ input, actor, read }) => {
    const { operation_id, unit_id } = input.query
    const kinds = await read((tx) => {
      let query = tx
        .selectFrom('worklist_items')
        .select(['kind', 'clause'])
        .select((item) => [
          item.fn.countAll<number>().as('count'),
          item.fn.countAll<number>().filterWhere('due_at', '<', clock.now()).as('overdue_count'),
        ])
        .where(forRolesOf(actor))
        .where('settled_at', 'is', null)
      if (operation_id) query = query.where('operation_id', '=', operation_id)
      if (unit_id) query = query.where('unit_id', '=', unit_id)
      return query.groupBy(['kind', 'clause']).orderBy('kind').orderBy('clause').execute()
    })
    return {
      kinds,
      count: kinds.reduce((sum, { count }) => sum + count, 0),
      overdue_count: kinds.reduce((sum, { overdue_count }) => sum + overdue_count, 0),
    }
  })

  routes.bind(readWorklistItem, async ({ input, actor, read }) => {
    const row = await read((tx) =>
      selectItems(tx, actor).where('item_id', '=', input.params.item_id).executeTakeFirst(),
    )
    return row ? present(row, clock) : refuse(worklistProblems.not_found)
  })
}
