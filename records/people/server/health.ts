import { createDecipheriv } from 'node:crypto'
import { sql } from 'kysely'
import type { z } from 'zod'
import { findOpen, noteView } from '#platform/access/circle-openings.ts'
import { circleProblems, type LookPurpose } from '#platform/access/contract-circles.ts'
import type { Vault } from '#platform/access/vault.ts'
import { recordAudit } from '#platform/audit/record.ts'
import type { Tx } from '#platform/db/database.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import type { addHealthFlag, HealthFlag } from '../contract.ts'
import { findPerson } from './store.ts'

/** Health facts are sealed with a key per person, bound to their row: erasing that key erases them all. */

export const flagPlace = (flagId: number) => ({ table: 'health_flags', column: 'flag', row: flagId })

/** As facts were sealed before version 2: without associated data. Read only; `tongpao keys rotate` seals them anew. */
export function openUnbound(key: Buffer, envelope: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key, envelope.subarray(0, 12)).setAuthTag(envelope.subarray(12, 28))
  return Buffer.concat([decipher.update(envelope.subarray(28)), decipher.final()]).toString('utf8')
}

export async function listFlags(
  tx: Tx,
  vault: Vault,
  personId: number,
): Promise<{ flags: z.input<typeof HealthFlag>[] } | Refusal> {
  const person = await findPerson(tx, personId)
  if (!person) return refuse(httpProblems.not_found)
  const rows = await tx
    .selectFrom('health_flags')
    .selectAll()
    .where('person_id', '=', personId)
    .orderBy('from_on', 'desc')
    .execute()
  const flags = []
  for (const { flag_id, flag, seal_version, from_on, to_on, confirmed_at } of rows) {
    const text = await openFlag(vault, personId, { flag_id, flag, seal_version })
    flags.push({ flag_id, flag: text ?? '已删除', from_on, to_on, confirmed_at })
  }
  return { flags }
}

interface SealedFlag {
  readonly flag_id: number
  readonly flag: Buffer
  readonly seal_version: number
}

/** Undefined where the person's key has been erased. */
async function openFlag(vault: Vault, personId: number, { flag_id, flag, seal_version }: SealedFlag) {
  if (seal_version !== 1) return vault.openForSubject(personId, flagPlace(flag_id), flag)
  const key = await vault.subjectKey(personId, { create: false })
  return key && openUnbound(key, flag)
}

/** The facts, with a note for the person concerned that they were looked at. */
export async function lookAtFlags(
  tx: Tx,
  vault: Vault,
  userId: number,
  personId: number,
  purpose: LookPurpose,
): Promise<{ flags: z.input<typeof HealthFlag>[] } | Refusal> {
  const person = await findPerson(tx, personId)
  if (!person) return refuse(httpProblems.not_found)
  const unit_id = person.home_unit_id
  await noteView(tx, { circle: 'health', person_id: personId, unit_id, user_id: userId, opening_id: null, purpose })
  return listFlags(tx, vault, personId)
}

/** The facts for somebody outside the circle who has opened it for this person. The database shows them for that reason alone. */
export async function lookAtOpenedFlags(tx: Tx, vault: Vault, userId: number, personId: number) {
  const person = await findPerson(tx, personId)
  if (!person) return refuse(httpProblems.not_found)
  const opened = await findOpen(tx, userId, personId)
  if (!opened) return refuse(circleProblems.not_open)
  const { opening_id, until_at } = opened
  await noteView(tx, {
    circle: 'health',
    person_id: personId,
    unit_id: person.home_unit_id,
    user_id: userId,
    opening_id,
  })
  const looked = await listFlags(tx, vault, personId)
  return looked instanceof Refusal ? looked : { ...looked, opening_id, until_at }
}

export async function addFlag(
  tx: Tx,
  vault: Vault,
  userId: number,
  personId: number,
  body: z.output<typeof addHealthFlag.input.body>,
): Promise<{ flags: z.input<typeof HealthFlag>[] } | Refusal> {
  const person = await findPerson(tx, personId)
  if (!person) return refuse(httpProblems.not_found)
  const flag_id = await nextFlagId(tx)
  const sealed = await vault.sealForSubject(personId, flagPlace(flag_id), body.flag)
  await sql`
    insert into health_flags (person_id, flag_id, seal_version, flag, from_on, to_on, confirmed_by_user_id)
    overriding system value
    values (${personId}, ${flag_id}, 2, ${sealed}, ${body.from_on}, ${body.to_on}, ${userId})`.execute(tx)
  if (body.protects) {
    // What it is stays sealed; that there is something is all that the look at rest is told.
    const { from_on, to_on } = body
    await tx.insertInto('protected_conditions').values({ person_id: personId, flag_id, from_on, to_on }).execute()
  }
  await recordAudit(tx, {
    action: 'people.health_flag',
    subject_kind: 'person',
    subject_id: personId,
    unit_id: person.home_unit_id,
  })
  return listFlags(tx, vault, personId)
}

/** The id that the next fact will have: it is sealed bound to its row before the row is written. */
async function nextFlagId(tx: Tx): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    select nextval(pg_get_serial_sequence('health_flags', 'flag_id'))::int as id`.execute(tx)
  return rows[0].id
}
