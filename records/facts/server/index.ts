import { recordAudit } from '#platform/audit/record.ts'
import { civilDate } from '#platform/calendar/zone.ts'
import type { Tx } from '#platform/db/database.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import type { Routes } from '#platform/http/routes.ts'
import type { Platform } from '#platform/platform.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import { listStaff } from '#records/people/server/reads.ts'
import {
  actOnClosedFact,
  actOnPersonFact,
  actOnUnitFact,
  CLOSED_SORTS,
  type FactAct,
  type FactSort,
  type FactStatement,
  factProblems,
  listClosedFacts,
  listOwnFacts,
  listPersonFacts,
  listUnitFacts,
  OPEN_SORTS,
  OWN_SORTS,
  stateClosedFact,
  stateOwnFact,
  statePersonFact,
  stateUnitFact,
  UNIT_SORTS,
  withdrawOwnFact,
} from '../contract.ts'
import { mountEventSheets } from './mount-event-sheets.ts'
import { type Actor, type AskedFor, actOnFact, listFacts, presentWaiting, type Saying, stateFact } from './service.ts'
import type { Subject } from './store.ts'

/** Everything of oneself is read; only `OWN_SORTS` are stated by oneself. */
const ALL_OF_A_PERSON: readonly FactSort[] = [...OPEN_SORTS, ...CLOSED_SORTS]

export function mountFacts(routes: Routes, platform: Platform, askedFor: AskedFor): void {
  const { clock } = platform
  mountEventSheets(routes, platform, askedFor)
  const sayingOf = async (
    tx: Tx,
    place: { readonly operation_id: number; readonly subject: Subject },
    sorts: readonly FactSort[],
    actor: Actor,
  ): Promise<Saying | Refusal> => {
    const operation = await findOperation(tx, place.operation_id)
    if (!operation) return refuse(httpProblems.not_found)
    const now = clock.now()
    const names = await askedFor(tx, place.operation_id)
    return { ...place, sorts, actor, now, today: civilDate(operation.time_zone, now), names }
  }
  const personSaying = async (
    tx: Tx,
    { operation_id, person_id }: { readonly operation_id: number; readonly person_id: number },
    sorts: readonly FactSort[],
    actor: Actor,
  ): Promise<Saying | Refusal> => {
    const [person] = await listStaff(tx, [person_id])
    if (!person) return refuse(factProblems.unknown_fact)
    const subject = { of: 'person', id: person_id, unit_id: person.unit_ids[0] } as const
    return sayingOf(tx, { operation_id, subject }, sorts, actor)
  }
  mountPeoplesFacts(routes, personSaying)
  mountOwnFacts(routes, personSaying)

  const unitSaying = (tx: Tx, params: { operation_id: number; unit_id: number }, actor: Actor) => {
    const subject = { of: 'unit', id: params.unit_id, unit_id: params.unit_id } as const
    return sayingOf(tx, { operation_id: params.operation_id, subject }, UNIT_SORTS, actor)
  }
  routes.bind(listUnitFacts, ({ input, actor, read }) =>
    read(async (tx) => {
      const saying = await unitSaying(tx, input.params, actor)
      if (saying instanceof Refusal) return saying
      const { operation_id, unit_id } = input.params
      return {
        ...(await listFacts(tx, saying)),
        ...(await presentWaiting(tx, unit_id, operation_id, saying.names, actor)),
      }
    }),
  )
  routes.bind(stateUnitFact, ({ input, actor, transact }) =>
    transact(async (tx) => {
      const saying = await unitSaying(tx, input.params, actor)
      return saying instanceof Refusal ? saying : stateFact(tx, saying, input.body)
    }),
  )
  routes.bind(actOnUnitFact, ({ input, actor, transact }) =>
    transact(async (tx) => {
      const saying = await unitSaying(tx, input.params, actor)
      return saying instanceof Refusal ? saying : actOnFact(tx, saying, input.params.fact_id, input.body)
    }),
  )
}

type PersonSaying = (
  tx: Tx,
  place: { readonly operation_id: number; readonly person_id: number },
  sorts: readonly FactSort[],
  actor: Actor,
) => Promise<Saying | Refusal>

function mountPeoplesFacts(routes: Routes, sayingOf: PersonSaying): void {
  routes.bind(listPersonFacts, ({ input, actor, read }) =>
    read(async (tx) => {
      const saying = await sayingOf(tx, input.params, OPEN_SORTS, actor)
      return saying instanceof Refusal ? saying : listFacts(tx, saying)
    }),
  )
  routes.bind(listClosedFacts, ({ input, actor, transact }) =>
    transact(async (tx) => {
      const saying = await sayingOf(tx, input.params, CLOSED_SORTS, actor)
      if (saying instanceof Refusal) return saying
      const { subject, operation_id } = saying
      const looked = {
        action: 'facts.closed_read',
        subject_kind: 'person',
        subject_id: subject.id,
        unit_id: subject.unit_id,
      }
      await recordAudit(tx, { ...looked, operation_id })
      return listFacts(tx, saying)
    }),
  )
  type Place = { readonly operation_id: number; readonly person_id: number }
  const state = async (tx: Tx, at: Place, sorts: readonly FactSort[], actor: Actor, body: FactStatement) => {
    const saying = await sayingOf(tx, at, sorts, actor)
    return saying instanceof Refusal ? saying : stateFact(tx, saying, body)
  }
  const act = async (
    tx: Tx,
    at: Place & { fact_id: string },
    sorts: readonly FactSort[],
    actor: Actor,
    body: FactAct,
  ) => {
    const saying = await sayingOf(tx, at, sorts, actor)
    return saying instanceof Refusal ? saying : actOnFact(tx, saying, at.fact_id, body)
  }
  routes.bind(statePersonFact, ({ input, actor, transact }) =>
    transact((tx) => state(tx, input.params, OPEN_SORTS, actor, input.body)),
  )
  routes.bind(actOnPersonFact, ({ input, actor, transact }) =>
    transact((tx) => act(tx, input.params, OPEN_SORTS, actor, input.body)),
  )
  routes.bind(stateClosedFact, ({ input, actor, transact }) =>
    transact((tx) => state(tx, input.params, CLOSED_SORTS, actor, input.body)),
  )
  routes.bind(actOnClosedFact, ({ input, actor, transact }) =>
    transact((tx) => act(tx, input.params, CLOSED_SORTS, actor, input.body)),
  )
}

function mountOwnFacts(routes: Routes, sayingOf: PersonSaying): void {
  const own = (tx: Tx, operation_id: number, sorts: readonly FactSort[], actor: Actor) =>
    actor.person_id === undefined
      ? refuse(factProblems.unknown_fact)
      : sayingOf(tx, { operation_id, person_id: actor.person_id }, sorts, actor)
  routes.bind(listOwnFacts, ({ input, actor, read }) =>
    read(async (tx) => {
      const saying = await own(tx, input.query.operation_id, ALL_OF_A_PERSON, actor)
      if (saying instanceof Refusal) return saying
      const listed = await listFacts(tx, saying)
      const mine: readonly FactSort[] = OWN_SORTS
      return { ...listed, asked: listed.asked.filter(({ sort }) => mine.includes(sort)) }
    }),
  )
  routes.bind(stateOwnFact, ({ input, actor, transact }) =>
    transact(async (tx) => {
      const saying = await own(tx, input.body.operation_id, OWN_SORTS, actor)
      return saying instanceof Refusal ? saying : stateFact(tx, saying, input.body)
    }),
  )
  routes.bind(withdrawOwnFact, ({ input, actor, transact }) =>
    transact(async (tx) => {
      const { operation_id, ...body } = input.body
      const saying = await own(tx, operation_id, OWN_SORTS, actor)
      return saying instanceof Refusal
        ? saying
        : actOnFact(tx, saying, input.params.fact_id, { act: 'withdrawn', ...body })
    }),
  )
}
