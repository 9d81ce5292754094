import { refuse } from '#platform/http/problem.ts'
import type { Routes } from '#platform/http/routes.ts'
import type { Platform } from '#platform/platform.ts'
import { askProblems, askRosters, cancelAsk, listAskParts, listAsks, readAsk } from '../ask-contract.ts'
import { askJob } from './ask-job.ts'
import { askForRosters, cancelAskFor } from './asks.ts'
import { findAsk, listAsksOf, listParts } from './asks-read.ts'

/** Rosters of all units below a place at once. */
export function mountAsks(routes: Routes, { clock, jobs, longDatabase }: Platform): void {
  jobs.register(askJob(longDatabase, clock))
  routes.bind(askRosters, ({ input, actor, transact }) =>
    transact((tx) => askForRosters(tx, { actor, jobs, now: clock.now() }, input.params, input.body)),
  )
  routes.bind(listAsks, ({ input, read }) => read(async (tx) => ({ asks: await listAsksOf(tx, input.params) })))
  routes.bind(readAsk, ({ input, read }) =>
    read(async (tx) => (await findAsk(tx, input.params)) ?? refuse(askProblems.unknown_ask)),
  )
  routes.bind(listAskParts, ({ input, read }) =>
    read(async (tx) => {
      if (!(await findAsk(tx, input.params))) return refuse(askProblems.unknown_ask)
      return listParts(tx, input.params, input.query)
    }),
  )
  routes.bind(cancelAsk, ({ input, actor, transact }) =>
    transact((tx) => cancelAskFor(tx, { actor, jobs, now: clock.now() }, input.params)),
  )
}
