import type { Routes } from '#platform/http/routes.ts'
import { close, listForReview, listOwn, open, review } from './circle-openings.ts'
import { closeOpening, listOpenings, openCircle, readOwnCircles, reviewOpening } from './contract-circles.ts'
import type { AccessOptions, AccessPlatform } from './options.ts'

export function mountCircles(routes: Routes, platform: AccessPlatform, options: AccessOptions): void {
  const { vault } = platform
  routes.bind(openCircle, ({ input, actor, transact }) =>
    transact((tx) => open(tx, platform, options, actor, input.params.person_id, input.body)),
  )
  routes.bind(closeOpening, ({ input, actor, transact }) =>
    transact((tx) => close(tx, vault, actor, input.params.opening_id)),
  )
  routes.bind(listOpenings, ({ input, read }) =>
    read(async (tx) => {
      const { unit_id, waiting, opening_id, after, limit } = input.query
      const units = unit_id === undefined ? undefined : (await options.findUnitsBelow(tx, unit_id)).units
      const position = after === undefined ? undefined : new Date(after)
      const before = position && !Number.isNaN(position.getTime()) ? position : undefined
      const isWaiting = waiting === undefined ? undefined : waiting === 'true'
      return listForReview(tx, vault, { units, waiting: isWaiting, opening_id, before, limit })
    }),
  )
  routes.bind(reviewOpening, ({ input, actor, transact }) =>
    transact((tx) => review(tx, vault, actor, input.params.opening_id, input.body)),
  )
  routes.bind(readOwnCircles, async ({ actor, read }) => {
    const { person_id } = actor
    return person_id === undefined ? { openings: [], views: [] } : read((tx) => listOwn(tx, vault, person_id))
  })
}
