import type { z } from 'zod'
import type { Actor } from '#platform/access/actor.ts'
import { recordAudit } from '#platform/audit/record.ts'
import type { Tx } from '#platform/db/database.ts'
import { type Refusal, refuse } from '#platform/http/problem.ts'
import { raise, settle } from '#platform/worklist/items.ts'
import type { readOwnRest, reportOneself } from '../contract.ts'
import { restProblems } from '../rest-problems.ts'
import { foldOrder } from '../rules.ts'
import { readAccount, readLeaveEnds } from './leave.ts'
import type { LeaveTerms } from './leave-terms.ts'
import { listOrders } from './orders-store.ts'
import { findPerson } from './people.ts'

const REPORT_ITEM = 'rosters.self_report'
const ORDERS_SHOWN = 3

/** A person's own rest: nothing about anybody else. */
export async function readOwn(
  tx: Tx,
  operationId: number,
  personId: number,
  { now, terms }: { readonly now: Date; readonly terms: LeaveTerms },
): Promise<z.input<typeof readOwnRest.output>> {
  const standings = await tx
    .selectFrom('rest_standings')
    .select(['title', 'example', 'outcome', 'state', 'soon_days'])
    .where('operation_id', '=', operationId)
    .where('person_id', '=', personId)
    .orderBy('state')
    .execute()
  const orders = (await listOrders(tx, { operation_id: operationId, person_id: personId })).slice(-ORDERS_SHOWN)
  const report = await tx
    .selectFrom('self_reports')
    .leftJoin('self_report_answers', (join) =>
      join
        .onRef('self_report_answers.person_id', '=', 'self_reports.person_id')
        .onRef('self_report_answers.report_id', '=', 'self_reports.report_id'),
    )
    .leftJoin('user_names', 'user_names.user_id', 'self_report_answers.by_user_id')
    .select(['word', 'said_at', 'self_report_answers.words as answer', 'answered_at', 'display_name'])
    .where('self_reports.operation_id', '=', operationId)
    .where('self_reports.person_id', '=', personId)
    .orderBy('said_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return {
    standings: standings.map((row) => ({
      ...row,
      title: titleOf(row.title),
      outcome: row.outcome === 'must_rest' || row.outcome === 'should_rotate' ? row.outcome : 'limit',
      state: row.state === 'applies' ? 'applies' : 'soon',
    })),
    orders: orders.map(({ order_id, title, events }) => ({ order_id, title, ...foldOrder(events, now) })),
    leave: {
      ...(await readAccount(tx, operationId, personId)),
      ...(await readLeaveEnds(tx, operationId, personId, terms)),
    },
    asks: [],
    report: report
      ? {
          word: report.word === 'at_limit' ? 'at_limit' : 'can_go_on',
          said_at: report.said_at,
          answer:
            report.answer === null || report.answered_at === null
              ? null
              : { words: report.answer, by: report.display_name ?? '—', answered_at: report.answered_at },
        }
      : null,
  }
}

function titleOf(title: unknown): { zh: string; en: string } {
  if (typeof title !== 'object' || title === null || !('zh' in title) || !('en' in title)) return { zh: '', en: '' }
  return { zh: String(title.zh), en: String(title.en) }
}

/** Said of one's own accord. Only "at my limit" reaches anybody: the manager, who answers. */
export async function report(
  tx: Tx,
  personId: number,
  body: z.output<typeof reportOneself.input.body>,
): Promise<{ report_id: string } | Refusal> {
  const person = await findPerson(tx, personId)
  if (!person) return refuse(restProblems.no_person)
  const { report_id, operation_id, word, words } = body
  const said_at = new Date(body.said_at)
  const known = await tx
    .selectFrom('self_reports')
    .select('report_id')
    .where('person_id', '=', personId)
    .where('report_id', '=', report_id)
    .executeTakeFirst()
  if (known) return { report_id }
  await tx
    .insertInto('self_reports')
    .values({ person_id: personId, report_id, operation_id, unit_id: person.home_unit_id, word, words, said_at })
    .execute()
  const place = { operation_id, unit_id: person.home_unit_id }
  if (word === 'at_limit') {
    await raise(tx, {
      ...place,
      role: 'unit_manager',
      kind: REPORT_ITEM,
      subject_kind: 'self_report',
      subject_id: `${personId}/${report_id}`,
      clause: '3',
      facts: { person_id: personId },
      raised_at: said_at,
      due_at: null,
    })
  }
  // The audit says that something was said, not what.
  await recordAudit(tx, { action: 'rosters.self_report', subject_kind: 'self_report', subject_id: report_id, ...place })
  return { report_id }
}

export async function answer(
  tx: Tx,
  actor: Actor,
  which: { readonly person_id: number; readonly report_id: string },
  words: string,
): Promise<{ answered: true } | Refusal> {
  if (which.person_id === actor.person_id) return refuse(restProblems.own)
  if (!(await findPerson(tx, which.person_id))) return refuse(restProblems.unknown_person)
  const found = await tx
    .selectFrom('self_reports')
    .select(['unit_id', 'operation_id'])
    .where('person_id', '=', which.person_id)
    .where('report_id', '=', which.report_id)
    .executeTakeFirst()
  if (!found) return refuse(restProblems.unknown_report)
  await tx
    .insertInto('self_report_answers')
    .values({ ...which, unit_id: found.unit_id, words, by_user_id: actor.user_id })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await settle(tx, {
    operation_id: found.operation_id,
    kind: REPORT_ITEM,
    subject_kind: 'self_report',
    subject_id: `${which.person_id}/${which.report_id}`,
    outcome: { answered: true },
  })
  const place = { unit_id: found.unit_id, operation_id: found.operation_id }
  const subject = { subject_kind: 'self_report', subject_id: which.report_id }
  await recordAudit(tx, { action: 'rosters.answer_self_report', ...subject, ...place })
  return { answered: true }
}
