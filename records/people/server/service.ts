import { pinyin } from 'pinyin-pro'
import { z } from 'zod'
import type { Vault } from '#platform/access/vault.ts'
import { recordAudit } from '#platform/audit/record.ts'
import { databaseError, type Tx } from '#platform/db/database.ts'
import { httpProblems, type Refusal, refuse } from '#platform/http/problem.ts'
import {
  type addAppointment,
  type addFamilyTie,
  type createPerson,
  Party,
  PersonRow,
  PersonView,
  peopleProblems,
} from '../contract.ts'
import { checkIdNumber, dayBefore, maskIdNumber, maskPhone, oppositeTie, tidyName } from '../rules.ts'
import {
  findByIdNumber,
  findPerson,
  listAppointments,
  listFamilyTies,
  listPartyStandings,
  listSkills,
  mirrorMainAppointment,
  nextPersonId,
  type StoredPerson,
} from './store.ts'

const AppointmentOut = PersonView.shape.appointments.element
const FamilyTieOut = PersonView.shape.family_ties.element

export function presentRow(row: StoredPerson): PersonRow {
  return PersonRow.parse(row)
}

/** How a name is ordered: as it is read aloud. */
export function sortKeyOf(name: string): string {
  return pinyin(name, { toneType: 'none', surname: 'head' }).toLowerCase()
}

async function openNumber(vault: Vault, row: StoredPerson, column: 'id_number' | 'phone'): Promise<string | null> {
  const envelope = row[column]
  return envelope ? vault.open(column, { table: 'people', column, row: row.person_id }, envelope) : null
}

export async function presentPerson(tx: Tx, vault: Vault, personId: number): Promise<PersonView | Refusal> {
  const row = await findPerson(tx, personId)
  if (!row) return refuse(httpProblems.not_found)
  const idNumber = await openNumber(vault, row, 'id_number')
  const phone = await openNumber(vault, row, 'phone')
  const standings = await listPartyStandings(tx, personId)
  const appointments = await listAppointments(tx, personId)
  return {
    ...presentRow(row),
    id_number_masked: idNumber && maskIdNumber(idNumber),
    phone_masked: phone && maskPhone(phone),
    appointments: z.array(AppointmentOut).parse(appointments),
    party_standings: standings.map(({ from_on, party }) => ({ from_on, party: Party.parse(party) })),
    skills: await listSkills(tx, personId),
    family_ties: z.array(FamilyTieOut).parse(await listFamilyTies(tx, personId)),
  }
}

export async function revealNumbers(
  tx: Tx,
  vault: Vault,
  personId: number,
  purpose: string,
): Promise<{ id_number: string | null; phone: string | null } | Refusal> {
  const row = await findPerson(tx, personId)
  if (!row) return refuse(httpProblems.not_found)
  await recordAudit(tx, {
    action: 'people.reveal',
    subject_kind: 'person',
    subject_id: personId,
    unit_id: row.home_unit_id,
    facts: { purpose_length: purpose.length },
  })
  return { id_number: await openNumber(vault, row, 'id_number'), phone: await openNumber(vault, row, 'phone') }
}

type NewPerson = z.output<typeof createPerson.input.body>

async function refuseKnownIdNumber(tx: Tx, hash: Buffer): Promise<Refusal | undefined> {
  const known = await findByIdNumber(tx, hash)
  return known && refuse(peopleProblems.same_id_number, { name: known.name, unit_name: known.unit_name })
}

/** Records a person. Duplicate ID numbers are refused, and named as far as the reader may know them. */
export async function addPerson(tx: Tx, vault: Vault, body: NewPerson): Promise<PersonView | Refusal> {
  const person_id = await nextPersonId(tx)
  const name = tidyName(body.name)
  let id_number: Buffer | null = null
  let id_number_hash: Buffer | null = null
  if (body.id_number !== null) {
    const checked = checkIdNumber(body.id_number)
    if ('reason' in checked) {
      return refuse(peopleProblems.id_number, { reason: checked.reason.zh, reason_en: checked.reason.en }, [
        { field: 'body.id_number', ...checked.reason },
      ])
    }
    id_number_hash = vault.lookupHash('id_number', checked.id_number)
    const known = await refuseKnownIdNumber(tx, id_number_hash)
    if (known) return known
    id_number = await vault.seal(
      'id_number',
      { table: 'people', column: 'id_number', row: person_id },
      checked.id_number,
    )
  }
  const phone =
    body.phone === null
      ? null
      : await vault.seal('phone', { table: 'people', column: 'phone', row: person_id }, body.phone)
  const { from_on, id_number: _plain, ...fields } = body
  try {
    await tx
      .insertInto('people')
      .values({
        ...fields,
        person_id,
        name,
        name_sort: sortKeyOf(name),
        id_number,
        id_number_hash,
        phone,
        phone_hash: body.phone === null ? null : vault.lookupHash('phone', body.phone),
      })
      .execute()
  } catch (error) {
    // The row that has this number lies outside the reader's scope, or was written at this very moment.
    if (databaseError(error)?.constraint === 'people_id_number_hash_key')
      return refuse(peopleProblems.same_id_number_elsewhere)
    throw error
  }
  await tx
    .insertInto('appointments')
    .values({
      person_id,
      unit_id: body.home_unit_id,
      title: body.title,
      employment: body.employment,
      established: body.established,
      from_on,
    })
    .execute()
  if (body.party !== 'unknown') {
    await tx.insertInto('party_standings').values({ person_id, from_on, party: body.party }).execute()
  }
  await recordAudit(tx, {
    action: 'people.create',
    subject_kind: 'person',
    subject_id: person_id,
    unit_id: body.home_unit_id,
  })
  return presentPerson(tx, vault, person_id)
}

type NewAppointment = z.output<typeof addAppointment.input.body>

export async function appoint(
  tx: Tx,
  vault: Vault,
  personId: number,
  body: NewAppointment,
): Promise<PersonView | Refusal> {
  const person = await findPerson(tx, personId)
  if (!person) return refuse(httpProblems.not_found)
  if (body.is_main) {
    await tx
      .updateTable('appointments')
      .set({ to_on: dayBefore(body.from_on), end_recorded_at: new Date() })
      .where('person_id', '=', personId)
      .where('is_main', '=', true)
      .where('to_on', 'is', null)
      .where('from_on', '<', body.from_on)
      .execute()
  }
  try {
    await tx
      .insertInto('appointments')
      .values({ person_id: personId, ...body })
      .execute()
  } catch (error) {
    if (databaseError(error)?.code === '23P01')
      return refuse(peopleProblems.appointment_overlap, { from_on: body.from_on })
    throw error
  }
  await recordAudit(tx, {
    action: 'people.appoint',
    subject_kind: 'person',
    subject_id: personId,
    unit_id: body.unit_id,
    facts: { from_on: body.from_on, is_main: body.is_main },
  })
  if (body.is_main) await mirrorMainAppointment(tx, personId)
  return presentPerson(tx, vault, personId)
}

export async function recordPartyStanding(
  tx: Tx,
  vault: Vault,
  personId: number,
  standing: { party: z.output<typeof Party>; from_on: string },
): Promise<PersonView | Refusal> {
  const person = await findPerson(tx, personId)
  if (!person) return refuse(httpProblems.not_found)
  await tx
    .insertInto('party_standings')
    .values({ person_id: personId, ...standing })
    .execute()
  const [latest] = await listPartyStandings(tx, personId)
  await tx.updateTable('people').set({ party: latest.party }).where('person_id', '=', personId).execute()
  await recordAudit(tx, {
    action: 'people.party_standing',
    subject_kind: 'person',
    subject_id: personId,
    unit_id: person.home_unit_id,
    facts: { from_on: standing.from_on },
  })
  return presentPerson(tx, vault, personId)
}

export async function replaceSkills(
  tx: Tx,
  vault: Vault,
  personId: number,
  skills: readonly string[],
): Promise<PersonView | Refusal> {
  const person = await findPerson(tx, personId)
  if (!person) return refuse(httpProblems.not_found)
  await tx.deleteFrom('skills').where('person_id', '=', personId).execute()
  const distinct = [...new Set(skills)]
  if (distinct.length > 0) {
    await tx
      .insertInto('skills')
      .values(distinct.map((skill) => ({ person_id: personId, skill })))
      .execute()
  }
  await recordAudit(tx, {
    action: 'people.skills',
    subject_kind: 'person',
    subject_id: personId,
    unit_id: person.home_unit_id,
    facts: { count: distinct.length },
  })
  return presentPerson(tx, vault, personId)
}

export async function tieRelatives(
  tx: Tx,
  vault: Vault,
  personId: number,
  body: z.output<typeof addFamilyTie.input.body>,
): Promise<PersonView | Refusal> {
  if (body.other_person_id === personId) return refuse(peopleProblems.tie_to_self)
  const person = await findPerson(tx, personId)
  const other = await findPerson(tx, body.other_person_id)
  if (!person || !other) return refuse(httpProblems.not_found)
  await tx
    .insertInto('family_ties')
    .values([
      { person_id: personId, other_person_id: body.other_person_id, tie: body.tie },
      { person_id: body.other_person_id, other_person_id: personId, tie: oppositeTie(body.tie) },
    ])
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await recordAudit(tx, {
    action: 'people.tie',
    subject_kind: 'person',
    subject_id: personId,
    unit_id: person.home_unit_id,
  })
  return presentPerson(tx, vault, personId)
}
