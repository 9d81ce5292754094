import type { InputSchemas } from '#platform/http/endpoint.ts'
import { type Refusal, Refusal as Refused, refuse } from '#platform/http/problem.ts'
import type { Handling, Routes } from '#platform/http/routes.ts'
import type { Platform } from '#platform/platform.ts'
import {
  answerOffer,
  askTaker,
  closeOffer,
  listOffers,
  listSwaps,
  listTakers,
  offerOwnShift,
  offerProblems,
  openOffer,
  ownCalendar,
  personCalendar,
  readOwnRoster,
  sayUnavailable,
  withdrawOwnOffer,
  withdrawUnavailable,
} from '../offer-contract.ts'
import { writeCalendar } from '../roster-calendar.ts'
import { ask, close, openFor, openShift, takersOf } from './offers.ts'
import { listOpenOffers } from './offers-list.ts'
import {
  addUnavailable,
  answer,
  listCalendarShifts,
  listSwapsFor,
  offerOwn,
  readOwnShifts,
  type Self,
  unitOf,
  withdrawOwn,
} from './own-shifts.ts'
import { findPerson } from './people.ts'

const ICS = 'text/calendar; charset=utf-8'

export function mountOffers(routes: Routes, platform: Platform): void {
  mountManagers(routes, platform)
  mountOwn(routes, platform)
  mountCalendars(routes, platform)
}

function mountManagers(routes: Routes, { clock, database }: Platform): void {
  routes.bind(listOffers, ({ input, read }) => read((tx) => listOpenOffers(tx, input.params, clock.now())))
  routes.bind(openOffer, ({ input, actor, transact }) =>
    transact(async (tx) => {
      const handing = { actor, database, now: clock.now() }
      const opened = await openFor(tx, handing, { ...input.body, kind: 'drop_out' })
      if (opened instanceof Refused) return opened
      const { offer_id, shift } = opened
      return { offer_id, takers: await takersOf(tx, handing, { unit_id: shift.unit_id, offer_id }, shift) }
    }),
  )
  routes.bind(listTakers, ({ input, actor, read }) =>
    read(async (tx) => {
      const { unit_id, offer_id } = input.params
      const found = await openShift(tx, unit_id, offer_id, clock.now())
      if (found instanceof Refused) return found
      return { takers: await takersOf(tx, { actor, database, now: clock.now() }, found.offer, found.shift) }
    }),
  )
  routes.bind(askTaker, ({ input, actor, transact }) =>
    transact((tx) => ask(tx, { actor, database, now: clock.now() }, input.params, input.body)),
  )
  routes.bind(closeOffer, ({ input, transact }) =>
    transact(async (tx) => {
      const closed = await close(tx, { now: clock.now() }, input.params)
      return closed instanceof Refused ? closed : { closed: true as const }
    }),
  )
}

function mountOwn(routes: Routes, { clock, database }: Platform): void {
  const selfOf = ({ actor, transact }: Pick<Handling<InputSchemas>, 'actor' | 'transact'>): Self | Refusal =>
    actor.person_id === undefined
      ? refuse(offerProblems.no_person)
      : { actor, database, transact, now: clock.now(), person_id: actor.person_id }

  routes.bind(readOwnRoster, async ({ input, actor, transact }) => {
    const self = selfOf({ actor, transact })
    return self instanceof Refused ? self : readOwnShifts(self, input.query.operation_id)
  })
  routes.bind(listSwaps, async ({ input, actor, transact }) => {
    const self = selfOf({ actor, transact })
    return self instanceof Refused ? self : listSwapsFor(self, input.query.operation_id, input.params.shift_id)
  })
  routes.bind(offerOwnShift, async ({ input, actor, transact }) => {
    const self = selfOf({ actor, transact })
    return self instanceof Refused ? self : offerOwn(self, input.body)
  })
  routes.bind(answerOffer, async ({ input, actor, transact }) => {
    const self = selfOf({ actor, transact })
    return self instanceof Refused ? self : answer(self, input.params.offer_id, input.body)
  })
  routes.bind(withdrawOwnOffer, async ({ input, actor, transact }) => {
    const self = selfOf({ actor, transact })
    return self instanceof Refused ? self : withdrawOwn(self, input.params.offer_id)
  })
  routes.bind(sayUnavailable, async ({ input, actor, transact }) => {
    const self = selfOf({ actor, transact })
    if (self instanceof Refused) return self
    const unitId = await unitOf(self)
    if (unitId === undefined) return refuse(offerProblems.no_person)
    return transact((tx) => addUnavailable(tx, self, unitId, input.body))
  })
  routes.bind(withdrawUnavailable, async ({ input, actor, transact }) => {
    const { person_id } = actor
    if (person_id === undefined) return refuse(offerProblems.no_person)
    return transact(async (tx) => {
      await tx
        .updateTable('unavailable_times')
        .set({ withdrawn_at: clock.now() })
        .where('person_id', '=', person_id)
        .where('time_id', '=', input.params.time_id)
        .where('withdrawn_at', 'is', null)
        .execute()
      return { withdrawn: true as const }
    })
  })
}

function mountCalendars(routes: Routes, { clock }: Platform): void {
  const fileOf = (name: string, text: string) => ({
    name,
    media_type: ICS,
    bytes: new TextEncoder().encode(text),
  })
  routes.bind(ownCalendar, async ({ input, actor, read }) => {
    const { person_id } = actor
    if (person_id === undefined) return refuse(offerProblems.no_person)
    const { operation_id } = input.query
    const shifts = await read((tx) => listCalendarShifts(tx, { person_id, operation_id }, clock.now()))
    return fileOf('我的班表.ics', writeCalendar(shifts, clock.now()))
  })
  routes.bind(personCalendar, ({ input, read }) =>
    read(async (tx) => {
      const person = await findPerson(tx, input.params.person_id)
      if (!person) return refuse(offerProblems.unknown_person)
      const shifts = await listCalendarShifts(tx, input.params, clock.now())
      return fileOf(`${person.name}班表.ics`, writeCalendar(shifts, clock.now()))
    }),
  )
}
