import type { Mistake, Pack, Stack } from '#engines/policy/pack.ts'
import type { Tx } from '#platform/db/database.ts'
import { type Refusal, refuse } from '#platform/http/problem.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import { policyProblems } from '../contract.ts'
import { draftProblems, type PackCheck } from '../contract-drafts.ts'
import type { MistakeOut } from '../pack-shapes.ts'
import type { Loaded } from './load-and-test.ts'
import { loadAside, type TooHeavy } from './load-aside.ts'
import { type AreaStack, areasOf, filesInFolder, hashesAt, lowestOf, PACKS_FOLDER, presentMistake } from './packs.ts'
import { findPacks, listLayersInForce, type PackFile, type StoredPack } from './packs-store.ts'
import {
  presentClause,
  presentDecisionPoint,
  presentEntitlement,
  presentParameter,
  presentSource,
} from './present-pack.ts'

/** A draft read together with what is in force around it. */

const DRAFT_FOLDER = `${PACKS_FOLDER}/~`

function filesOfDraft(files: readonly PackFile[]): PackFile[] {
  return files.map(({ path, text }) => ({ path: `${DRAFT_FOLDER}/${path}`, text }))
}

/** The id that a pack gives itself, read without a parser: a text that cannot be read yet has one too. */
export function codeOf(files: readonly PackFile[]): string | undefined {
  for (const { text } of files) {
    const head = /^pack:[^\S\n]*(?:#.*)?\n((?:[ \t]+.*\n|[ \t]*\n|[ \t]*#.*\n)*)/m.exec(text)
    const id = head?.[1] && /^[ \t]+id:[ \t]*["']?([\w-]+)/m.exec(head[1])
    if (id?.[1]) return id[1]
  }
  return undefined
}

/** The other layers in force in the operation, each code once. */
async function listOthers(tx: Tx, operationId: number, code: string | undefined): Promise<readonly StoredPack[]> {
  const layers = await listLayersInForce(tx, operationId, undefined)
  const byCode = new Map(layers.filter((layer) => layer.code !== code).map((layer) => [layer.code, layer.pack_hash]))
  return findPacks(tx, [...byCode.values()])
}

interface ReadDraft extends Loaded {
  readonly pack: Pack | undefined
  readonly stack: Stack | undefined
}

/** Reads a draft with the layers above and below it, and runs its examples. */
export async function loadDraft(
  others: readonly StoredPack[],
  files: readonly PackFile[],
): Promise<ReadDraft | TooHeavy> {
  const loaded = await loadAside({
    files: [...filesOfDraft(files), ...others.flatMap(filesInFolder)],
    test: DRAFT_FOLDER,
  })
  if ('too_heavy' in loaded) return loaded
  const stack = [...loaded.stacks.values()].find(({ layers }) =>
    layers.at(-1)?.place.file.startsWith(`${DRAFT_FOLDER}/`),
  )
  return { ...loaded, stack, pack: stack?.layers.at(-1) }
}

export function readOthers(tx: Tx, operationId: number, files: readonly PackFile[]): Promise<readonly StoredPack[]> {
  return listOthers(tx, operationId, codeOf(files))
}

/** Files of the draft are named as the office named them; those of other layers with their pack before them. */
function presentDraftMistake(mistake: Mistake): MistakeOut {
  return mistake.place.file.startsWith(`${DRAFT_FOLDER}/`)
    ? presentMistake(mistake, DRAFT_FOLDER)
    : presentMistake(mistake, PACKS_FOLDER)
}

function withoutFolder<T extends { readonly file: string }>(one: T): T {
  return one.file.startsWith(`${DRAFT_FOLDER}/`) ? { ...one, file: one.file.slice(DRAFT_FOLDER.length + 1) } : one
}

export function presentCheck({ mistakes, tested, pack, stack }: ReadDraft): PackCheck {
  const ofCases = tested?.mistakes ?? []
  return {
    mistakes: [...mistakes, ...ofCases].map(presentDraftMistake),
    cases: {
      count: tested?.cases ?? 0,
      misses: (tested?.misses ?? []).slice(0, 100).map(({ place, ...miss }) => withoutFolder({ ...miss, ...place })),
    },
    pack: pack && stack ? presentRead(pack, stack) : null,
  }
}

function presentRead(pack: Pack, stack: Stack): PackCheck['pack'] {
  // A figure of a higher layer that this one sets, or may set, belongs to its forms too.
  const parameters = [...stack.parameters.values()].filter(
    ({ code, values, open }) =>
      pack.parameters.has(code) || values.some((value) => value.pack === pack.id) || open?.to.includes(pack.level),
  )
  return {
    code: pack.id,
    version: pack.version,
    title: pack.title,
    pack_hash: pack.hash,
    clauses: [...pack.clauses.values()].map(presentClause).map(withoutFolder),
    parameters: parameters.map((parameter) => {
      const shown = withoutFolder(presentParameter(parameter, stack))
      return { ...shown, values: shown.values.map(withoutFolder) }
    }),
    entitlements: [...pack.entitlements.values()].map((one) => withoutFolder(presentEntitlement(one, stack))),
    decision_points: [...pack.decision_points.values()].map((one) => withoutFolder(presentDecisionPoint(one, stack))),
    sources: [...stack.sources.values()].map(presentSource),
  }
}

export function refuseHeavy({ seconds }: TooHeavy): Refusal {
  return refuse(draftProblems.too_heavy, { seconds })
}

export interface DraftAt {
  readonly area_unit_id: number
  readonly files: readonly PackFile[]
}

/**
 * The stacks of every area of an operation as they would be with a draft in force at its place: what a trial run is computed
 * with.
 */
export async function stacksWith(
  tx: Tx,
  operation: OperationFacts,
  draft: DraftAt,
  knownAt?: Date,
): Promise<ReadonlyMap<number, AreaStack> | Refusal> {
  const code = codeOf(draft.files)
  const layers = (await listLayersInForce(tx, operation.operation_id, knownAt)).filter(
    (layer) => layer.code !== code || layer.area_unit_id !== draft.area_unit_id,
  )
  const found = new Map<number, AreaStack>()
  for (const [unitId, above] of await areasOf(tx, operation.area_unit_id)) {
    const packs = await findPacks(tx, hashesAt(layers, above))
    const own = above.includes(draft.area_unit_id) ? filesOfDraft(draft.files) : []
    const files = [...own, ...packs.flatMap(filesInFolder)]
    if (files.length === 0) continue
    const loaded = await loadAside({ files })
    if ('too_heavy' in loaded) return refuseHeavy(loaded)
    if (loaded.mistakes.length > 0) {
      const mistakes = loaded.mistakes.map(presentDraftMistake)
      return refuse(policyProblems.mistakes, { count: mistakes.length, mistakes })
    }
    const stack = lowestOf(loaded.stacks.values())
    if (stack) found.set(unitId, { stack, layers: Object.fromEntries(stack.layers.map(({ id, hash }) => [id, hash])) })
  }
  return found
}
