import type { z } from 'zod'
import type { Pack } from '#engines/policy/pack.ts'
import { type Actor, reaches, scopeOf } from '#platform/access/actor.ts'
import type { Tx } from '#platform/db/database.ts'
import { type Refusal, refuse } from '#platform/http/problem.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import { type listPacks, type listPacksInForce, policyProblems, type readPack } from '../contract.ts'
import { loadStoredPack } from './packs.ts'
import {
  findPacks,
  listEverInForce,
  listLayersInForce,
  listPackHashes,
  listSigned,
  type StoredPack,
} from './packs-store.ts'
import {
  presentClause,
  presentDecisionPoint,
  presentEntitlement,
  presentPackRow,
  presentParameter,
  presentSource,
} from './present-pack.ts'

/** Pages that show packs. */

async function rowsOf(tx: Tx, hashes: readonly string[]) {
  const stored = await findPacks(tx, hashes)
  const byHash = new Map<string, { readonly pack: Pack; readonly stored: StoredPack }>()
  for (const one of stored) {
    const { pack } = await loadStoredPack(tx, one)
    byHash.set(one.pack_hash, { pack, stored: one })
  }
  return byHash
}

export async function presentPackList(
  tx: Tx,
  query: { readonly code?: string | undefined; readonly after?: string | undefined; readonly limit: number },
): Promise<z.input<typeof listPacks.output>> {
  const offset = Number(query.after ?? '0') || 0
  const { code, limit } = query
  const hashes = await listPackHashes(tx, { ...(code === undefined ? {} : { code }), offset, limit })
  const page = hashes.slice(0, limit)
  const rows = await rowsOf(tx, page)
  return {
    packs: page.flatMap((hash) => {
      const row = rows.get(hash)
      return row ? [presentPackRow(row.pack, row.stored.recorded_at)] : []
    }),
    next: hashes.length > limit ? String(offset + limit) : null,
  }
}

export async function presentInForce(
  tx: Tx,
  actor: Actor,
  operation: OperationFacts,
): Promise<z.input<typeof listPacksInForce.output>> {
  const ever = await listEverInForce(tx, operation.operation_id)
  const current = await listLayersInForce(tx, operation.operation_id, undefined)
  const keyOf = (row: { area_unit_id: number; code: string; recorded_at: Date }) =>
    `${row.area_unit_id} ${row.code} ${row.recorded_at.getTime()}`
  const standing = new Set(current.map(keyOf))
  const packs = await rowsOf(tx, [...new Set(ever.map(({ pack_hash }) => pack_hash))])
  const signed = await listSigned(tx, operation.operation_id)
  const users = await tx
    .selectFrom('user_names')
    .select(['user_id', 'display_name'])
    .where('user_id', 'in', [
      0,
      ...ever.flatMap(({ recorded_by_user_id }) => recorded_by_user_id ?? []),
      ...signed.flatMap(({ signers }) => signers),
    ])
    .execute()
  const names = new Map(users.map(({ user_id, display_name }) => [user_id, display_name]))
  return {
    layers: ever.flatMap((row) => {
      const found = packs.get(row.pack_hash)
      if (!found) return []
      return [
        {
          ...presentPackRow(found.pack, found.stored.recorded_at),
          area_unit_id: row.area_unit_id,
          area_name: row.area_name,
          known_from: row.known_from,
          put_in_force_at: row.recorded_at,
          put_in_force_by: names.get(row.recorded_by_user_id ?? 0) ?? null,
          signed_by: signed
            .filter(
              (one) =>
                one.pack_hash === row.pack_hash &&
                one.area_unit_id === row.area_unit_id &&
                one.known_from.getTime() === row.known_from.getTime(),
            )
            .flatMap(({ signers }) => signers.map((signer) => names.get(signer) ?? `#${signer}`)),
          current: standing.has(keyOf(row)),
          may_draft: reaches(scopeOf(actor, 'policies.write'), row.area_unit_id),
        },
      ]
    }),
  }
}

export async function presentPackPage(tx: Tx, hash: string): Promise<z.input<typeof readPack.output> | Refusal> {
  const [stored] = await findPacks(tx, [hash])
  if (!stored) return refuse(policyProblems.unknown_pack)
  const { pack, stack } = await loadStoredPack(tx, stored)
  // A figure of a higher layer that this one sets belongs on its page too.
  const parameters = [...stack.parameters.values()].filter(
    ({ code, values }) => pack.parameters.has(code) || values.some((value) => value.pack === pack.id),
  )
  return {
    ...presentPackRow(pack, stored.recorded_at),
    files: [...stored.files],
    sources: [...pack.sources.values()].map(presentSource),
    clauses: [...pack.clauses.values()].map(presentClause),
    parameters: parameters.map((parameter) => presentParameter(parameter, stack)),
    entitlements: [...pack.entitlements.values()].map((one) => presentEntitlement(one, stack)),
    decision_points: [...pack.decision_points.values()].map((point) => presentDecisionPoint(point, stack)),
  }
}
