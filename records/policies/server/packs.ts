import type { Mistake, Pack, Stack } from '#engines/policy/pack.ts'
import { recordAudit } from '#platform/audit/record.ts'
import type { Tx } from '#platform/db/database.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import { policyProblems } from '../contract.ts'
import { draftProblems } from '../contract-drafts.ts'
import type { MistakeOut } from '../pack-shapes.ts'
import { loadAside } from './load-aside.ts'
import {
  findNewestVersions,
  findPacks,
  insertInForce,
  insertPack,
  type LayerInForce,
  listCountiesAndAbove,
  listLayersInForce,
  type PackFile,
  type StoredPack,
} from './packs-store.ts'

/** Where a pack's files are said to stand: `policies/shaoxing-2020/pack.yaml`, whoever published them and from where. */
export const PACKS_FOLDER = 'policies'

/** The layers of one area joined: what its people are evaluated with. */
export interface AreaStack {
  readonly stack: Stack
  /** Code → hash of every layer in it. */
  readonly layers: Readonly<Record<string, string>>
}

const STACKS_MAX = 200
const stacks = new Map<string, Stack>()

/** Joins published packs into the stack of the lowest of them. Stacks are kept by the hashes of their layers. */
export async function stackOf(tx: Tx, hashes: readonly string[]): Promise<AreaStack | readonly Mistake[] | undefined> {
  const key = [...hashes].sort().join(' ')
  const known = stacks.get(key)
  if (known) return { stack: known, layers: layersOf(known) }
  const packs = await findPacks(tx, hashes)
  if (packs.length === 0) return undefined
  const loaded = await joinPacks(packs.flatMap(filesInFolder))
  if (!('stack' in loaded)) return loaded.mistakes
  if (stacks.size >= STACKS_MAX) stacks.clear()
  stacks.set(key, loaded.stack)
  return { stack: loaded.stack, layers: layersOf(loaded.stack) }
}

function layersOf(stack: Stack): Readonly<Record<string, string>> {
  return Object.fromEntries(stack.layers.map(({ id, hash }) => [id, hash]))
}

export function filesInFolder({ code, files }: Pick<StoredPack, 'code' | 'files'>): PackFile[] {
  return files.map(({ path, text }) => ({ path: `${PACKS_FOLDER}/${code}/${path}`, text }))
}

/** The stack with the most layers: the others are on the way to it. */
async function joinPacks(files: readonly PackFile[]): Promise<{ stack: Stack } | { mistakes: readonly Mistake[] }> {
  const loaded = await loadAside({ files })
  // What is in force was read before it was published.
  if ('too_heavy' in loaded) throw new Error(`packs in force were not read within ${loaded.seconds} s`)
  const stack = lowestOf(loaded.stacks.values())
  if (loaded.mistakes.length > 0) return { mistakes: loaded.mistakes }
  if (!stack) throw new Error('packs were loaded and gave no stack')
  return { stack }
}

export function lowestOf(found: Iterable<Stack>): Stack | undefined {
  let lowest: Stack | undefined
  for (const stack of found) if (!lowest || stack.layers.length > lowest.layers.length) lowest = stack
  return lowest
}

/**
 * The stack of every county of an operation, and under the operation's own area the stack without any county layer: for
 * people who belong to the city itself.
 *
 * @returns keyed by unit; empty when no pack is in force. Throws when a stored pack no longer loads: that is a defect, since
 * packs are checked together when they are put in force.
 */
export async function stacksFor(
  tx: Tx,
  operation: { readonly operation_id: number; readonly area_unit_id: number },
  knownAt?: Date,
): Promise<ReadonlyMap<number, AreaStack>> {
  const layers = await listLayersInForce(tx, operation.operation_id, knownAt)
  const areas = await areasOf(tx, operation.area_unit_id)
  const found = new Map<number, AreaStack>()
  for (const [unitId, above] of areas) {
    const joined = await stackOf(tx, hashesAt(layers, above))
    if (joined === undefined) continue
    if (!('stack' in joined)) throw new Error(`packs in force do not load: ${JSON.stringify(joined.slice(0, 3))}`)
    found.set(unitId, joined)
  }
  return found
}

/** Each county with the units above it; and the operation's own area, whose people belong to no county. */
export async function areasOf(tx: Tx, areaUnitId: number): Promise<ReadonlyMap<number, readonly number[]>> {
  const counties = await listCountiesAndAbove(tx, areaUnitId)
  const above = await tx
    .selectFrom('unit_ancestors')
    .select('ancestor_id')
    .where('unit_id', '=', areaUnitId)
    .orderBy('distance')
    .execute()
  const areas = new Map<number, readonly number[]>([[areaUnitId, above.map(({ ancestor_id }) => ancestor_id)]])
  for (const [unitId, county] of counties) areas.set(unitId, county.above)
  return areas
}

export function hashesAt(layers: readonly LayerInForce[], above: readonly number[]): readonly string[] {
  return layers.filter(({ area_unit_id }) => above.includes(area_unit_id)).map(({ pack_hash }) => pack_hash)
}

/** A stored version with the stack that it stands in: with the newest versions of the layers above it. */
export async function loadStoredPack(tx: Tx, stored: StoredPack): Promise<{ pack: Pack; stack: Stack }> {
  const key = `alone ${stored.pack_hash}`
  const known = stacks.get(key)
  const stack = known ?? (await loadWithLayersAbove(tx, filesInFolder(stored)))
  if (stack instanceof Refusal) throw new Error(`the stored pack ${stored.code} no longer loads`)
  stacks.set(key, stack)
  const pack = stack.layers.find(({ hash }) => hash === stored.pack_hash)
  if (!pack) throw new Error(`the stored pack ${stored.code} is not the one that its hash names`)
  return { pack, stack }
}

/** The mistake as it travels; the folder in which the house keeps packs is left out of the file's name. */
export function presentMistake({ place, ...mistake }: Mistake, folder: string): MistakeOut {
  const file = place.file.startsWith(`${folder}/`) ? place.file.slice(folder.length + 1) : place.file
  return { ...mistake, ...place, file }
}

const UPLOAD = `${PACKS_FOLDER}/~`

/**
 * Checks a pack together with the newest published versions of the layers above it and stores it under its hash.
 *
 * Refuses with `policies.mistakes`, whose facts list file, line, what is wrong and what would be right.
 */
export async function publishPack(tx: Tx, files: readonly PackFile[], at: Date): Promise<Pack | Refusal> {
  const uploaded = files.map(({ path, text }) => ({ path: `${UPLOAD}/${path}`, text }))
  const stack = await loadWithLayersAbove(tx, uploaded)
  if (stack instanceof Refusal) return stack
  const pack = stack.layers.at(-1)
  if (!pack) throw new Error('a stack without layers')
  const isNew = await insertPack(tx, {
    pack_hash: pack.hash,
    code: pack.id,
    layer: pack.level,
    title: pack.title.zh,
    files,
    at,
  })
  if (isNew) {
    await recordAudit(tx, {
      action: 'policies.publish',
      subject_kind: 'pack',
      subject_id: pack.hash,
      facts: { code: pack.id, version: pack.version, layer: pack.level },
    })
  }
  return pack
}

/** Each round adds the packs that the highest layers so far extend, until none is missing. Answers the lowest stack. */
async function loadWithLayersAbove(tx: Tx, own: readonly PackFile[]): Promise<Stack | Refusal> {
  const above = new Map<string, readonly PackFile[]>()
  for (;;) {
    const loaded = await loadAside({ files: [...own, ...[...above.values()].flat()] })
    if ('too_heavy' in loaded) return refuse(draftProblems.too_heavy, { seconds: loaded.seconds })
    if (loaded.mistakes.length === 0) {
      const stack = lowestOf(loaded.stacks.values())
      if (!stack) throw new Error('packs were loaded and gave no stack')
      return stack
    }
    const missing = loaded.mistakes.filter(({ code }) => code === 'pack.no_parent').map(({ value }) => value)
    const wanted = missing.filter((code) => !above.has(code))
    const found = await findPacks(tx, await findNewestVersions(tx, wanted))
    if (found.length === 0) {
      const mistakes = loaded.mistakes.map((mistake) => presentMistake(mistake, UPLOAD))
      return refuse(policyProblems.mistakes, { count: mistakes.length, mistakes })
    }
    for (const pack of found) above.set(pack.code, filesInFolder(pack))
  }
}

/** Puts a version in force for an area, after checking that every county's layers still fit together with it. */
export async function putInForce(
  tx: Tx,
  operationId: number,
  body: { readonly area_unit_id: number; readonly pack_hash: string; readonly known_from: string },
  at: Date,
): Promise<{ put_in_force: true } | Refusal> {
  const operation = await findOperation(tx, operationId)
  if (!operation) return refuse(httpProblems.not_found)
  const [stored] = await findPacks(tx, [body.pack_hash])
  if (!stored) return refuse(policyProblems.unknown_pack)
  const { code } = stored
  await insertInForce(tx, { ...body, operation_id: operationId, code, known_from: new Date(body.known_from), at })
  const layers = await listLayersInForce(tx, operationId, undefined)
  let pack: Pack | undefined
  for (const above of (await areasOf(tx, operation.area_unit_id)).values()) {
    const joined = await stackOf(tx, hashesAt(layers, above))
    if (joined && !('stack' in joined)) {
      const mistakes = joined.map((mistake) => presentMistake(mistake, PACKS_FOLDER))
      return refuse(policyProblems.mistakes, { count: mistakes.length, mistakes })
    }
    pack ??= joined?.stack.layers.find(({ hash }) => hash === body.pack_hash)
  }
  const misplaced = await refuseMisplaced(tx, pack, body.area_unit_id, operation.area_unit_id)
  if (misplaced) return misplaced
  await recordAudit(tx, {
    action: 'policies.put_in_force',
    subject_kind: 'pack',
    subject_id: body.pack_hash,
    unit_id: body.area_unit_id,
    operation_id: operationId,
    facts: { code, known_from: body.known_from },
  })
  return { put_in_force: true }
}

/** A county's layer stands at that county; layers of the city and above stand at the operation's own area. */
async function refuseMisplaced(
  tx: Tx,
  pack: Pack | undefined,
  areaUnitId: number,
  operationAreaId: number,
): Promise<Refusal | undefined> {
  const unit = await tx
    .selectFrom('units')
    .select(['name', 'division_code'])
    .where('unit_id', '=', areaUnitId)
    .executeTakeFirst()
  if (!unit) return refuse(httpProblems.not_found)
  const fits = pack?.level === 'county' ? unit.division_code === pack.area : pack && areaUnitId === operationAreaId
  if (fits) return undefined
  return refuse(policyProblems.wrong_area, {
    pack: pack?.id ?? '',
    pack_area: pack?.area ?? '',
    unit_name: unit.name,
    unit_area: unit.division_code ?? '',
  })
}
