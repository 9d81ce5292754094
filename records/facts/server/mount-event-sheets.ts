import type { Scope } from '#platform/access/actor.ts'
import { scopeOf } from '#platform/access/actor.ts'
import { civilDate } from '#platform/calendar/zone.ts'
import type { Tx } from '#platform/db/database.ts'
import { describeFileProblem } from '#platform/files/problems.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import type { Routes } from '#platform/http/routes.ts'
import type { Platform } from '#platform/platform.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import { findUnitName } from '#records/org/server/reads.ts'
import {
  checkEventSheet,
  downloadEventTemplate,
  EVENT_ROWS_MAX,
  eventSheetProblems,
  stateEventSheet,
} from '../event-sheet-contract.ts'
import { eventSheetTemplate } from '../sheet/event-template.ts'
import type { EventSheetReading } from '../sheet/shapes.ts'
import { readEventSheet } from './event-sheet-reading.ts'
import { type HandingIn, matchEvents } from './event-sheets.ts'
import { type Actor, type AskedFor, stateEvents } from './service.ts'
import { lockFact } from './store.ts'

const WORKBOOK = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

interface Place {
  readonly operation_id: number
  readonly unit_id: number
}

interface HandedIn {
  readonly bytes: Uint8Array
  readonly file_name: string
  readonly answers: Readonly<Record<string, string>>
}

/** Events from a sheet: read in a thread of its own outside of any transaction, then put beside what is recorded. */
export function mountEventSheets(routes: Routes, { clock, vault }: Platform, askedFor: AskedFor): void {
  const groundOf = async (tx: Tx, { operation_id, unit_id }: Place) => {
    const operation = await findOperation(tx, operation_id)
    const name = await findUnitName(tx, unit_id)
    if (!operation || name === undefined) return refuse(httpProblems.not_found)
    return { operation, unit: { unit_id, name }, names: await askedFor(tx, operation_id) }
  }
  type Ground = Exclude<Awaited<ReturnType<typeof groundOf>>, Refusal>
  const read = async ({ operation }: Ground, { bytes, file_name, answers }: HandedIn) => {
    const window = { first: operation.started_on, last: operation.ended_on }
    const read = await readEventSheet({ bytes, name: file_name, context: { window, answers } })
    if (!read.ok) {
      const said = { zh: describeFileProblem(read.problem, 'zh'), en: describeFileProblem(read.problem, 'en') }
      return refuse({ ...eventSheetProblems.unreadable_sheet, ...said }, { reason: read.problem.code })
    }
    const count = read.reading.rows.length
    if (count > EVENT_ROWS_MAX) return refuse(eventSheetProblems.too_many_rows, { count, limit: EVENT_ROWS_MAX })
    return read.reading
  }
  const handingIn = (
    { operation, unit, names }: Ground,
    { answers }: HandedIn,
    { scope, actor }: { readonly scope: Scope; readonly actor: Actor },
  ): HandingIn => ({
    ...{ operation_id: operation.operation_id, unit, names, answers, scope, vault },
    own_person_id: actor.person_id,
    today: civilDate(operation.time_zone, clock.now()),
  })
  /** Reads the file once the place is known to be there. */
  const take = async (
    within: <Value>(work: (tx: Tx) => Promise<Value>) => Promise<Value>,
    place: Place,
    handed: HandedIn,
  ): Promise<Refusal | { readonly ground: Ground; readonly reading: EventSheetReading }> => {
    const ground = await within((tx) => groundOf(tx, place))
    if (ground instanceof Refusal) return ground
    const reading = await read(ground, handed)
    return reading instanceof Refusal ? reading : { ground, reading }
  }

  routes.bind(checkEventSheet, async ({ input, actor, read: within }) => {
    const handed = { bytes: input.body, ...input.query }
    const taken = await take(within, input.params, handed)
    if (taken instanceof Refusal) return taken
    const at = handingIn(taken.ground, handed, { scope: scopeOf(actor, 'facts.write'), actor })
    return within(async (tx) => (await matchEvents(tx, at, taken.reading)).sheet)
  })

  routes.bind(stateEventSheet, async ({ input, actor, read: within, transact }) => {
    const handed = { bytes: input.body, ...input.query }
    const taken = await take(within, input.params, handed)
    if (taken instanceof Refusal) return taken
    const at = handingIn(taken.ground, handed, { scope: scopeOf(actor, 'facts.write'), actor })
    return transact(async (tx) => {
      // Two who hand in the same sheet at once meet here.
      await lockFact(tx, `event sheet ${at.operation_id}`)
      const { sheet, ready } = await matchEvents(tx, at, taken.reading)
      const { stated_count } = input.query
      if (ready.length === 0 && stated_count === 0) return refuse(eventSheetProblems.nothing_to_state)
      // Handed in again after an answer was lost: everything stands already.
      if (ready.length > 0 && ready.length !== stated_count) return refuse(eventSheetProblems.sheet_changed)
      const { operation_id, today, names } = at
      await stateEvents(tx, { operation_id, actor, now: clock.now(), today, names }, ready)
      return { stated_count: ready.length, already_count: sheet.counts.already }
    })
  })

  routes.bind(downloadEventTemplate, ({ input, read: within }) =>
    within(async (tx) => {
      const ground = await groundOf(tx, input.params)
      if (ground instanceof Refusal) return ground
      const events = [...ground.names.events.values()].map(({ zh }) => zh)
      const { name } = ground.unit
      return { name: `${name}事项登记表.xlsx`, media_type: WORKBOOK, bytes: eventSheetTemplate(name, events) }
    }),
  )
}
