import type { z } from 'zod'
import { type Actor, holds } from '#platform/access/actor.ts'
import { roleHolds } from '#platform/access/permissions.ts'
import { jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { refuse } from '#platform/http/problem.ts'
import type { Routes } from '#platform/http/routes.ts'
import type { Jobs } from '#platform/jobs/jobs.ts'
import type { Platform } from '#platform/platform.ts'
import { type AuditFilter, auditProblems, listAudit, listExports, readSealing, startVerification } from './contract.ts'
import { listExportRows, readExportNumber } from './exports.ts'
import type { Verification } from './findings.ts'
import { findLastHead } from './heads.ts'
import { recordAudit } from './record.ts'
import { findCursor, findPlace, readPage } from './sealing-place.ts'
import { VerificationStopped, verifyAudit } from './verify.ts'

const VERIFY_KIND = 'audit.verify'
const COUNT_MAX = 2_000

/** The unit at the root of the actor's own audit scope: what they do with the audit is shown there. */
function homeOf(actor: Actor): number {
  const assignment = actor.assignments.find(({ role }) => roleHolds(role, 'audit.read'))
  if (!assignment || !holds(actor, 'audit.read')) throw new Error('the route lets only holders of audit.read through')
  return assignment.unit_id
}

function selectRows(tx: Tx, filter: z.output<typeof AuditFilter>) {
  let query = tx
    .selectFrom('audit_rows')
    .leftJoin('audit_leaves', 'audit_leaves.audit_id', 'audit_rows.audit_id')
    .leftJoin('user_names', 'user_names.user_id', 'audit_rows.user_id')
    .selectAll('audit_rows')
    .select(['audit_leaves.leaf_index', 'user_names.display_name'])
    .orderBy('audit_rows.audit_id', 'desc')
    .limit(filter.limit + 1)
  if (filter.unit_id) query = query.where('audit_rows.unit_id', '=', filter.unit_id)
  if (filter.subject_kind) query = query.where('subject_kind', '=', filter.subject_kind)
  if (filter.subject_id) query = query.where('subject_id', '=', filter.subject_id)
  if (filter.action) query = query.where('action', '=', filter.action)
  if (filter.user_id) query = query.where('audit_rows.user_id', '=', filter.user_id)
  if (filter.from) query = query.where('at', '>=', new Date(filter.from))
  if (filter.to) query = query.where('at', '<', new Date(filter.to))
  if (filter.after) query = query.where('audit_rows.audit_id', '<', filter.after)
  return query.execute()
}

/** How far behind the sealing is. Counted up to a limit: the number is for a screen. */
async function readLag(database: Database): Promise<{ count: number; oldest_at: Date | null }> {
  return database.read(jobContext('audit-status'), async (tx) => {
    const place = await findPlace(tx)
    const cursor = place ? await findCursor(tx, place) : { recorded_in: '0', audit_id: 0 }
    const { rows } = await readPage(tx, cursor, { before: undefined, limit: COUNT_MAX })
    const oldest_at = rows.reduce<string | null>(
      (oldest, { at_text }) => (oldest && oldest < at_text ? oldest : at_text),
      null,
    )
    return { count: rows.length, oldest_at: oldest_at === null ? null : new Date(oldest_at) }
  })
}

export function mountAudit(routes: Routes, { database, longDatabase, jobs }: Platform): void {
  registerAuditJobs(jobs, longDatabase)

  routes.bind(listAudit, async ({ input, actor, transact }) => {
    const { from, to, limit, ...filter } = input.query
    if (from && to && new Date(from) >= new Date(to)) return refuse(auditProblems.wrong_order)
    return transact(async (tx) => {
      const rows = await selectRows(tx, input.query)
      const items = rows.slice(0, limit).map(({ recorded_in: _, display_name, user_id, ...row }) => ({
        ...row,
        account: user_id === null ? null : { user_id, display_name: display_name ?? `#${user_id}` },
      }))
      await recordAudit(tx, {
        action: 'audit.read',
        subject_kind: 'audit',
        subject_id: 'rows',
        unit_id: filter.unit_id ?? homeOf(actor),
        facts: { ...filter, from, to, rows: items.length },
      })
      return { items, next: rows.length > limit ? (items.at(-1)?.audit_id ?? null) : null }
    })
  })

  routes.bind(listExports, ({ input, read }) =>
    read(async (tx) => {
      const { unit_id, number, after, limit } = input.query
      const known = number === undefined ? undefined : readExportNumber(number)
      // A number that cannot be one of ours finds nothing, rather than everything.
      if (number !== undefined && known === undefined) return { exports: [], next: null }
      const rows = await listExportRows(tx, { unit_id, number: known, before: Number(after) || undefined, limit })
      const shown = rows.slice(0, limit)
      return {
        exports: shown.map(({ display_name, principal, sha256, ...row }) => ({
          ...row,
          by: display_name ?? principal,
          sha256: sha256.toString('hex'),
        })),
        next: rows.length > limit ? String(shown.at(-1)?.export_id) : null,
      }
    }),
  )

  routes.bind(readSealing, async ({ read }) => {
    const last = await read(findLastHead)
    const { count, oldest_at } = await readLag(database)
    return {
      last_head: last
        ? {
            tree_size: last.tree_size,
            root_hash: last.root_hash.toString('hex'),
            head: last.head.toString('hex'),
            sealed_at: last.sealed_at,
          }
        : null,
      unsealed_count: count,
      unsealed_more: count === COUNT_MAX,
      lag_ms: oldest_at ? Math.max(0, Date.now() - oldest_at.getTime()) : 0,
    }
  })

  routes.bind(startVerification, ({ actor, transact }) =>
    transact(async (tx) => {
      const unit_id = homeOf(actor)
      const job_id = await jobs.ask(tx, actor, { kind: VERIFY_KIND, unit_id, input: {} })
      await recordAudit(tx, { action: 'audit.verify', subject_kind: 'job', subject_id: job_id, unit_id })
      return { job_id }
    }),
  )
}

/** Also for nodes that only work. */
export function registerAuditJobs(jobs: Jobs, database: Database): void {
  jobs.register<Record<string, never>, Verification | undefined>({
    kind: VERIFY_KIND,
    async run(job) {
      try {
        return await verifyAudit(database, { onProgress: (done, total) => job.progress(done, total, 'checking') })
      } catch (error) {
        // Cancelled: there is no answer to keep.
        if (error instanceof VerificationStopped) return undefined
        throw error
      }
    },
  })
}
