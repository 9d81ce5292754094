import { performance } from 'node:perf_hooks'
import { markAsDemo } from '#apps/server/installation.ts'
import { evaluateUpTo, putShippedPacksInForce } from '#apps/server/shipped-packs.ts'
import { hashPassword } from '#platform/access/passwords.ts'
import { createVault } from '#platform/access/vault.ts'
import { jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import type { Say } from '#platform/db/operator-error.ts'
import { kindOfDivision, plantDivisions, readDivisions } from '#records/org/server/divisions.ts'
import { DEMO_ACCOUNTS, DEMO_PASSWORD, writeAccounts } from './accounts.ts'
import { type Division, inventCity } from './city.ts'
import { happen, OPERATION, planShifts } from './history.ts'
import { createChance } from './random.ts'
import { restInDemo } from './rest.ts'
import { rostersInDemo } from './rosters.ts'
import { writeDuty } from './write-duty.ts'
import { writeOperation, writePeople, writeUnits } from './write-records.ts'

export const DEMO_SEED = 20_200_203
const CITY_CODE = '3306'
const BEFORE_THE_DOCUMENT = '2020-02-21T18:00:00+08:00'

export interface Filling {
  readonly database: Database
  readonly rootKey: Buffer
  readonly say: Say
}

async function isEmpty(database: Database): Promise<boolean> {
  const row = await database.read(jobContext('demo'), (tx) =>
    tx.selectFrom('units').select('unit_id').limit(1).executeTakeFirst(),
  )
  return row === undefined
}

async function listDivisions(ids: ReadonlyMap<string, number>): Promise<Division[]> {
  const divisions = await readDivisions(CITY_CODE)
  return divisions.map(([code, name]) => ({
    unit_id: ids.get(code) ?? 0,
    code,
    name,
    kind: kindOfDivision(code, name),
  }))
}

/**
 * Fills an empty database with the made-up city: real divisions, invented people, sixty days of an operation. The same seed
 * makes the same city. A database that holds anything is left alone.
 */
export async function fillDemoCity({ database, rootKey, say }: Filling): Promise<void> {
  if (!(await isEmpty(database))) return
  const started = performance.now()
  const chance = createChance(DEMO_SEED)
  const vault = createVault(database, rootKey)
  const passwordHash = await hashPassword(DEMO_PASSWORD)
  const write = <T>(work: (tx: Tx) => Promise<T>) => database.transact(jobContext('demo'), work)

  say({ zh: '正在装入演示城市：绍兴的行政区划…', en: 'Filling the demo city: the divisions of Shaoxing…' })
  const divisions = await listDivisions(await write((tx) => plantDivisions(tx, CITY_CODE)))
  const city = inventCity(chance, divisions)
  const history = happen(chance, city, planShifts(chance, city))

  say({
    zh: `正在装入 ${city.fronts.length} 个一线单位、${city.people.length} 名虚构人员…`,
    en: `Filling ${city.fronts.length} front-line units and ${city.people.length} made-up people…`,
  })
  await write((tx) => writeUnits(tx, city))
  await writePeople(write, vault, chance, city)
  const operationId = await write((tx) => writeOperation(tx, divisions, city))
  const accounts = await write((tx) => writeAccounts(tx, city, divisions, passwordHash))

  say({
    zh: `正在装入 ${history.planned.length} 个班次、${history.entries.length} 条值守记录…`,
    en: `Filling ${history.planned.length} shifts and ${history.entries.length} duty entries…`,
  })
  await writeDuty(write, operationId, history, accounts)
  const now = new Date(OPERATION.now)
  await putShippedPacksInForce(write, operationId, now)
  say({ zh: '正在计算每个人应得的待遇…', en: 'Working out what everybody is owed…' })
  // As it stood before the national document of 22 February, and as it stands: the difference can be looked at.
  for (const known of [new Date(BEFORE_THE_DOCUMENT), now]) {
    await evaluateUpTo(database, operationId, OPERATION.last_confirmed_on, known)
  }
  await restInDemo(database, operationId, now, passwordHash)
  await rostersInDemo(database, operationId, now)
  await markAsDemo(database, now, DEMO_SEED)
  say({
    zh: `演示城市已就绪（${Math.round((performance.now() - started) / 1000)} 秒）。账号：${DEMO_ACCOUNTS.map(({ login }) => login).join('、')}；口令：${DEMO_PASSWORD}`,
    en: `The demo city is ready (${Math.round((performance.now() - started) / 1000)} s). Accounts: ${DEMO_ACCOUNTS.map(({ login }) => login).join(', ')}; password: ${DEMO_PASSWORD}`,
  })
}
