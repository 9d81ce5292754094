import { reaches, scopeOf } from '#platform/access/actor.ts'
import { httpProblems, refuse } from '#platform/http/problem.ts'
import type { Routes } from '#platform/http/routes.ts'
import { changeLevel, declareOperation, endOperation, listOperations, readOperation } from '../contract.ts'
import { findOperation } from './reads.ts'
import { declare, end, presentOperation, presentOperations, setLevel } from './service.ts'

export function mountOperations(routes: Routes): void {
  routes.bind(listOperations, ({ read }) => read(async (tx) => ({ operations: await presentOperations(tx) })))
  routes.bind(readOperation, ({ input, read }) => read((tx) => presentOperation(tx, input.params.operation_id)))
  routes.bind(declareOperation, ({ input, transact }) => transact((tx) => declare(tx, input.body)))
  routes.bind(changeLevel, ({ input, transact }) =>
    transact((tx) => setLevel(tx, input.params.operation_id, input.body)),
  )
  routes.bind(endOperation, ({ input, actor, transact }) =>
    transact(async (tx) => {
      const operation = await findOperation(tx, input.params.operation_id)
      // Whoever ends a response answers for its whole area.
      if (!operation || !reaches(scopeOf(actor, 'operations.write'), operation.area_unit_id))
        return refuse(httpProblems.not_found)
      return end(tx, operation.operation_id, input.body.ended_on)
    }),
  )
}
