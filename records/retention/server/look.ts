import type { Role } from '#platform/access/permissions.ts'
import { civilDate } from '#platform/calendar/zone.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { type Context, jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { type Repeating, repeat } from '#platform/jobs/repeat.ts'
import { raise, settle } from '#platform/worklist/items.ts'
import { findOperation, type OperationFacts } from '#records/operations/server/reads.ts'
import { RETENTION_CLASSES, type RetentionClass } from '../contract.ts'
import { listDue } from './due.ts'
import { termsOf } from './terms.ts'

const EVERY_MS = 60 * 60_000
const COUNT_MAX = 10_000
/** Sees that closed facts are there, never what they say: those are sealed. */
const CONTEXT: Context = { ...jobContext('retention'), circles: ['health'] }
/** Health officers have no worklist of their own: command is told how many, never who, and tells them. */
const ROLE_OF = { health_flags: 'command', volunteer_identifiers: 'hr_clerk' } as const satisfies Record<
  RetentionClass,
  Role
>
const CLASSES = Object.keys(RETENTION_CLASSES).filter((name): name is RetentionClass => name in ROLE_OF)

/** Looks every hour what has outlived its term in responses that are over, and says so in the worklist. Erases nothing. */
export function startRetentionLooks(
  database: Database,
  clock: Clock,
  options: { readonly onError: (error: unknown) => void },
): Repeating {
  return repeat({
    every_ms: EVERY_MS,
    onError: options.onError,
    run: async () => {
      await lookAtRetention(database, clock.now())
      return 'rest'
    },
  })
}

export async function lookAtRetention(database: Database, now: Date): Promise<void> {
  const ended = await database.read(CONTEXT, (tx) =>
    tx
      .selectFrom('operations')
      .select(['operation_id', 'time_zone', 'ended_on'])
      .where('ended_on', 'is not', null)
      .execute(),
  )
  for (const { operation_id, time_zone, ended_on } of ended) {
    if (ended_on === null || ended_on >= civilDate(time_zone, now)) continue
    await database.transact(CONTEXT, async (tx) => {
      const operation = await findOperation(tx, operation_id)
      if (!operation) return
      for (const name of CLASSES) await lookAt(tx, operation, name, now)
    })
  }
}

async function lookAt(tx: Tx, operation: OperationFacts, name: RetentionClass, now: Date): Promise<void> {
  const terms = await termsOf(tx, operation, name, now)
  const due = await listDue(tx, operation, name, terms, { now, limit: COUNT_MAX })
  const isOpen = terms.length > 0 && terms.every(({ term_days }) => term_days === null)
  await tell(
    tx,
    operation,
    name,
    { kind: 'retention.due', stands: due.length > 0, facts: { class: name, count: due.length } },
    now,
  )
  await tell(tx, operation, name, { kind: 'retention.term_open', stands: isOpen, facts: { class: name } }, now)
}

async function tell(
  tx: Tx,
  { operation_id, area_unit_id }: OperationFacts,
  name: RetentionClass,
  item: { readonly kind: string; readonly stands: boolean; readonly facts: Readonly<Record<string, unknown>> },
  now: Date,
): Promise<void> {
  const subject = { operation_id, kind: item.kind, subject_kind: 'retention_class', subject_id: name }
  if (!item.stands) {
    await settle(tx, { ...subject, outcome: {} })
    return
  }
  const { facts } = item
  const raised = { unit_id: area_unit_id, role: ROLE_OF[name], clause: null, facts, raised_at: now, due_at: null }
  await raise(tx, { ...subject, ...raised })
}
