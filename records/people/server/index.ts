import { httpProblems, refuse } from '#platform/http/problem.ts'
import type { Routes } from '#platform/http/routes.ts'
import type { Platform } from '#platform/platform.ts'
import {
  addAppointment,
  addFamilyTie,
  addHealthFlag,
  changePartyStanding,
  createPerson,
  listHealthFlags,
  listPeople,
  readOpenedHealthFlags,
  readPerson,
  readSelf,
  revealIdentity,
  setSkills,
} from '../contract.ts'
import { addFlag, lookAtFlags, lookAtOpenedFlags } from './health.ts'
import {
  addPerson,
  appoint,
  presentPerson,
  presentRow,
  recordPartyStanding,
  replaceSkills,
  revealNumbers,
  tieRelatives,
} from './service.ts'
import { listPeople as selectPeople } from './store.ts'

/** The place where a page ends: `pinyin name|person id`. */
function parseAfter(text: string | undefined): { name_sort: string; person_id: number } | undefined {
  const match = text === undefined ? null : /^(.*)\|(\d{1,10})$/.exec(text)
  return match ? { name_sort: match[1], person_id: Number(match[2]) } : undefined
}

export function mountPeople(routes: Routes, { vault }: Platform): void {
  routes.bind(listPeople, ({ input, read }) =>
    read(async (tx) => {
      const { after, limit, ...filter } = input.query
      const rows = await selectPeople(tx, { ...filter, limit, after: parseAfter(after) })
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return {
        people: page.map(presentRow),
        next: rows.length > limit && last ? `${last.name_sort}|${last.person_id}` : null,
      }
    }),
  )
  routes.bind(readPerson, ({ input, read }) => read((tx) => presentPerson(tx, vault, input.params.person_id)))
  routes.bind(readSelf, async ({ actor, read }) => {
    const { person_id } = actor
    return person_id === undefined ? refuse(httpProblems.not_found) : read((tx) => presentPerson(tx, vault, person_id))
  })
  routes.bind(revealIdentity, ({ input, transact }) =>
    transact((tx) => revealNumbers(tx, vault, input.params.person_id, input.body.purpose)),
  )
  routes.bind(createPerson, ({ input, transact }) => transact((tx) => addPerson(tx, vault, input.body)))
  routes.bind(addAppointment, ({ input, transact }) =>
    transact((tx) => appoint(tx, vault, input.params.person_id, input.body)),
  )
  routes.bind(changePartyStanding, ({ input, transact }) =>
    transact((tx) => recordPartyStanding(tx, vault, input.params.person_id, input.body)),
  )
  routes.bind(setSkills, ({ input, transact }) =>
    transact((tx) => replaceSkills(tx, vault, input.params.person_id, input.body.skills)),
  )
  routes.bind(addFamilyTie, ({ input, transact }) =>
    transact((tx) => tieRelatives(tx, vault, input.params.person_id, input.body)),
  )
  routes.bind(listHealthFlags, ({ input, actor, transact }) =>
    transact((tx) => lookAtFlags(tx, vault, actor.user_id, input.params.person_id, input.query.purpose)),
  )
  routes.bind(readOpenedHealthFlags, ({ input, actor, transact }) =>
    transact((tx) => lookAtOpenedFlags(tx, vault, actor.user_id, input.params.person_id)),
  )
  routes.bind(addHealthFlag, ({ input, actor, transact }) =>
    transact((tx) => addFlag(tx, vault, actor.user_id, input.params.person_id, input.body)),
  )
}
