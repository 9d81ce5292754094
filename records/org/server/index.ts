import { reaches, scopeOf } from '#platform/access/actor.ts'
import { httpProblems, refuse } from '#platform/http/problem.ts'
import type { Routes } from '#platform/http/routes.ts'
import {
  closeUnit,
  createUnit,
  listUnits,
  moveUnit,
  readUnit,
  readUnitHistory,
  renameUnit,
  UnitKind,
} from '../contract.ts'
import { addUnit, closeUnitFrom, moveUnitFrom, presentUnits, renameUnitFrom } from './service.ts'
import { findUnit, listHistory, listPath, listUnits as selectUnits } from './store.ts'

export function mountOrg(routes: Routes): void {
  routes.bind(readUnit, ({ input, read }) =>
    read(async (tx) => {
      const row = await findUnit(tx, input.params.unit_id)
      if (!row) return refuse(httpProblems.not_found)
      const [view] = await presentUnits(tx, [row])
      const path = await listPath(tx, row.unit_id)
      return { ...view, path: path.map((unit) => ({ ...unit, kind: UnitKind.parse(unit.kind) })) }
    }),
  )

  routes.bind(listUnits, ({ input, read }) =>
    read(async (tx) => {
      const { after, limit, ...filter } = input.query
      const rows = await selectUnits(tx, {
        ...filter,
        limit,
        after: after === undefined ? undefined : Number(after) || 0,
      })
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return { units: await presentUnits(tx, page), next: rows.length > limit && last ? String(last.unit_id) : null }
    }),
  )

  routes.bind(readUnitHistory, ({ input, read }) =>
    read(async (tx) => {
      if (!(await findUnit(tx, input.params.unit_id))) return refuse(httpProblems.not_found)
      return { states: await listHistory(tx, input.params.unit_id) }
    }),
  )

  routes.bind(createUnit, ({ input, transact }) => transact((tx) => addUnit(tx, input.body)))
  routes.bind(renameUnit, ({ input, transact }) =>
    transact((tx) => renameUnitFrom(tx, input.params.unit_id, input.body)),
  )
  routes.bind(moveUnit, async ({ input, actor, transact }) => {
    if (!reaches(scopeOf(actor, 'org.write'), input.body.parent_id)) return refuse(httpProblems.not_found)
    return transact((tx) => moveUnitFrom(tx, input.params.unit_id, input.body))
  })
  routes.bind(closeUnit, ({ input, transact }) => transact((tx) => closeUnitFrom(tx, input.params.unit_id, input.body)))
}
