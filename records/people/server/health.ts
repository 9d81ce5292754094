import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { z } from 'zod'
import type { Vault } from '#platform/access/vault.ts'
import { recordAudit } from '#platform/audit/record.ts'
import type { Tx } from '#platform/db/database.ts'
import { httpProblems, type Refusal, refuse } from '#platform/http/problem.ts'
import type { addHealthFlag, HealthFlag } from '../contract.ts'
import { findPerson } from './store.ts'

/** Health facts are sealed with a key per person: erasing that key erases them, in backups too. */

function seal(key: Buffer, text: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
}

function open(key: Buffer, envelope: Buffer): string {
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
  const key = rows.length > 0 ? await vault.subjectKey(personId, { create: false }) : undefined
  const flags = rows.map(({ flag_id, flag, from_on, to_on, confirmed_at }) => ({
    flag_id,
    flag: key ? open(key, flag) : '已删除',
    from_on,
    to_on,
    confirmed_at,
  }))
  return { flags }
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
  const key = await vault.subjectKey(personId, { create: true })
  if (!key) throw new Error(`no key for person ${personId}`)
  await tx
    .insertInto('health_flags')
    .values({
      person_id: personId,
      flag: seal(key, body.flag),
      from_on: body.from_on,
      to_on: body.to_on,
      confirmed_by_user_id: userId,
    })
    .execute()
  await recordAudit(tx, {
    action: 'people.health_flag',
    subject_kind: 'person',
    subject_id: personId,
    unit_id: person.home_unit_id,
  })
  return listFlags(tx, vault, personId)
}
