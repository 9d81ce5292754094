import { readdir, readFile } from 'node:fs/promises'
import type { Database, Tx } from '#platform/db/database.ts'
import type { Say } from '#platform/db/operator-error.ts'
import { problemDocument, Refusal } from '#platform/http/problem.ts'
import { evaluate } from '#records/policies/server/evaluate.ts'
import { publishPack, putInForce } from '#records/policies/server/packs.ts'
import type { Division } from './city.ts'
import { OPERATION } from './history.ts'

const POLICIES = new URL('../../policies/', import.meta.url)

/** The layers from the top down; the last one is one county's, with amounts that are examples. */
const LAYERS = [
  { folder: 'national-2020', division: '绍兴市' },
  { folder: 'zhejiang-2020', division: '绍兴市' },
  { folder: 'shaoxing-2020', division: '绍兴市' },
  { folder: 'shaoxing-keqiao-example-2020', division: '柯桥区' },
] as const

/** The packs' own dates say from when each figure was known; the packs themselves are in force from the first day. */
const KNOWN_FROM = '2020-01-20T00:00:00+08:00'

interface Publishing {
  readonly database: Database
  readonly write: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>
  readonly operationId: number
  readonly divisions: readonly Division[]
  readonly say: Say
}

async function readFiles(folder: string): Promise<{ path: string; text: string }[]> {
  const names = (await readdir(new URL(`${folder}/`, POLICIES))).filter((name) => name.endsWith('.yaml')).sort()
  return Promise.all(
    names.map(async (path) => ({ path, text: await readFile(new URL(`${folder}/${path}`, POLICIES), 'utf8') })),
  )
}

function orThrow<T>(result: T | Refusal): T {
  if (result instanceof Refusal) throw new Error(JSON.stringify(problemDocument(result)))
  return result
}

/** Publishes the packs that come with the product, puts them in force, and works out what everybody is owed so far. */
export async function putDemoPacksInForce({ database, write, operationId, divisions, say }: Publishing): Promise<void> {
  const now = new Date(OPERATION.now)
  for (const { folder, division } of LAYERS) {
    const files = await readFiles(folder)
    const area_unit_id = divisions.find(({ name }) => name === division)?.unit_id ?? divisions[0].unit_id
    await write(async (tx) => {
      const { hash } = orThrow(await publishPack(tx, files, now))
      orThrow(await putInForce(tx, operationId, { area_unit_id, pack_hash: hash, known_from: KNOWN_FROM }, now))
    })
  }
  say({ zh: '正在计算每个人应得的待遇…', en: 'Working out what everybody is owed…' })
  const order = {
    operation_id: operationId,
    on_date: OPERATION.last_confirmed_on,
    known_at: now,
    becomes_current: true,
  }
  orThrow(await evaluate(database, order, { now, progress: async () => true }))
}
