import type { Routes } from '#platform/http/routes.ts'
import { close, listForReview, listOwn, type NamesOf, open, review } from './circle-openings.ts'
import { closeOpening, listOpenings, openCircle, readOwnCircles, reviewOpening } from './contract-circles.ts'
import type { AccessOptions, AccessPlatform } from './options.ts'

export function mountCircles(routes: Routes, platform: AccessPlatform, options: AccessOptions): void {
  const { vault } = platform
  const namesOf: NamesOf = async (tx, personIds) =>
    new Map((await options.listStaff(tx, personIds)).map(({ person_id, name }) => [person_id, name]))
  routes.bind(openCircle, ({ input, actor, transact }) =>
    transact((tx) => open(tx, platform, { ...options, namesOf }, actor, input.params.person_id, input.body)),
  )
  routes.bind(closeOpening, ({ input, actor, transact }) =>
    transact((tx) => close(tx, vault, namesOf, actor, input.params.opening_id)),
  )
  routes.bind(listOpenings, ({ input, read }) =>
    read(async (tx) => {
      const { unit_id, waiting, opening_id, after, limit } = input.query
      const below = unit_id === undefined ? undefined : await options.findUnitsBelow(tx, unit_id)
      const units = below?.everywhere ? undefined : below?.units
      const position = after === undefined ? undefined : new Date(after)
      const before = position && !Number.isNaN(position.getTime()) ? position : undefined
      const isWaiting = waiting === undefined ? undefined : waiting === 'true'
      return listForReview(tx, vault, namesOf, { units, waiting: isWaiting, opening_id, before, limit })
    }),
  )
  routes.bind(reviewOpening, ({ input, actor, transact }) =>
    transact((tx) => review(tx, vault, namesOf, actor, input.params.opening_id, input.body)),
  )
  routes.bind(readOwnCircles, async ({ actor, read }) => {
    const { person_id } = actor
    return person_id === undefined ? { openings: [], views: [] } : read((tx) => listOwn(tx, vault, namesOf, person_id))
  })
}
