import { readdir, readFile } from 'node:fs/promises'
import type { Database, Tx } from '#platform/db/database.ts'
import { problemDocument, Refusal } from '#platform/http/problem.ts'
import { evaluateAndRaise } from '#records/policies/server/evaluation-job.ts'
import { publishPack, putInForce } from '#records/policies/server/packs.ts'

type Write = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>

const POLICIES = new URL('../../policies/', import.meta.url)

/** The layers from the top down; the last one is one county's, with amounts that are examples. */
const LAYERS = [
  { folder: 'national-2020', division_code: '3306' },
  { folder: 'zhejiang-2020', division_code: '3306' },
  { folder: 'shaoxing-2020', division_code: '3306' },
  { folder: 'shaoxing-keqiao-example-2020', division_code: '330603' },
] as const

/** The packs' own dates say from when each figure was known; the packs themselves are in force from the first day. */
const KNOWN_FROM = '2020-01-20T00:00:00+08:00'

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

/** Publishes the packs that come with the product; answers with the hash of each. */
export async function publishShippedPacks(write: Write, now: Date): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>()
  for (const { folder } of LAYERS) {
    const files = await readFiles(folder)
    hashes.set(folder, orThrow(await write((tx) => publishPack(tx, files, now))).hash)
  }
  return hashes
}

/** Publishes them and puts them in force for an operation in Shaoxing. */
export async function putShippedPacksInForce(write: Write, operationId: number, now: Date): Promise<void> {
  const hashes = await publishShippedPacks(write, now)
  for (const { folder, division_code } of LAYERS) {
    const pack_hash = hashes.get(folder) ?? ''
    await write(async (tx) => {
      const { unit_id: area_unit_id } = await tx
        .selectFrom('units')
        .select('unit_id')
        .where('division_code', '=', division_code)
        .executeTakeFirstOrThrow()
      orThrow(await putInForce(tx, operationId, { area_unit_id, pack_hash, known_from: KNOWN_FROM }, now))
    })
  }
}

/** Works out what everybody is owed up to a day, as known at a moment, makes that the current statement and raises what waits. */
export async function evaluateUpTo(database: Database, operationId: number, onDate: string, now: Date): Promise<void> {
  const input = { operation_id: operationId, on_date: onDate, known_at: now.toISOString(), becomes_current: true }
  orThrow(await evaluateAndRaise(database, input, { now, progress: async () => true }))
}
