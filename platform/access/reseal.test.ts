import { randomBytes } from 'node:crypto'
import { afterAll, expect, it } from 'vitest'
import { jobContext } from '#platform/db/context.ts'
import { connect } from '#platform/db/database.ts'
import { testDatabase } from '#platform/db/testing.ts'
import { rotateKeys, type SealedColumn } from './reseal.ts'
import { createVault, keyIdOf, type Vault } from './vault.ts'

const database = connect((await testDatabase()).appConfig)
afterAll(() => database.close())

const rootKey = randomBytes(32)
const vault = createVault(database, rootKey)
const JOB = jobContext('test')
const COLUMNS: readonly SealedColumn[] = [
  { class: 'id_number', table: 'people', key: 'person_id', column: 'id_number' },
  { class: 'phone', table: 'people', key: 'person_id', column: 'phone' },
]
const PEOPLE = 25

const numberOf = (personId: number) => `9999011990010${String(personId).padStart(5, '0')}`

async function sealedPerson(person_id: number) {
  const at = { table: 'people', row: person_id }
  const phone = person_id % 2 === 0 ? `1390000${String(person_id).padStart(4, '0')}` : undefined
  return {
    person_id,
    home_unit_id: 1,
    name: '虚构',
    name_sort: 'x',
    employment: 'medical',
    id_number: await vault.seal('id_number', { ...at, column: 'id_number' }, numberOf(person_id)),
    phone: phone === undefined ? null : await vault.seal('phone', { ...at, column: 'phone' }, phone),
  }
}

async function fill(): Promise<void> {
  const people = await Promise.all(Array.from({ length: PEOPLE }, (_, index) => sealedPerson(index + 1)))
  await database.transact(JOB, async (tx) => {
    await tx.insertInto('units').values({ unit_id: 1, kind: 'city', name: '某市', opened_on: '2019-01-01' }).execute()
    await tx.insertInto('people').values(people).execute()
  })
}

function listSealed() {
  return database.read(JOB, (tx) =>
    tx.selectFrom('people').select(['person_id', 'id_number', 'phone']).orderBy('person_id').execute(),
  )
}

it('seals every value again with new keys, a batch at a time', async () => {
  await fill()
  const before = await listSealed()
  let batches = 0
  const done = await rotateKeys(database, vault, COLUMNS, {
    batch_size: 10,
    settle_ms: 0,
    onProgress: () => {
      batches += 1
    },
  })
  expect(done).toBe(PEOPLE + Math.floor(PEOPLE / 2))
  expect(batches).toBe(5)

  const after = await listSealed()
  const other = createVault(database, rootKey)
  for (const [index, { person_id, id_number, phone }] of after.entries()) {
    const was = before[index]?.id_number
    if (!id_number || !was) throw new Error('a value is gone')
    expect(keyIdOf(id_number)).not.toBe(keyIdOf(was))
    const at = { table: 'people', column: 'id_number', row: person_id }
    expect(await other.open('id_number', at, id_number)).toBe(numberOf(person_id))
    // What stands in an earlier backup opens as well.
    expect(await other.open('id_number', at, was)).toBe(numberOf(person_id))
    expect(phone === null).toBe(person_id % 2 === 1)
  }
})

it('leaves a value alone that was changed while it was being sealed again', async () => {
  const at = { table: 'people', column: 'id_number', row: 3 }
  let changed = false
  const meddled: Vault = {
    ...vault,
    async open(class_, place, envelope) {
      if (place.row === 3 && !changed) {
        changed = true
        const id_number = await vault.seal('id_number', at, numberOf(99))
        await database.transact(JOB, (tx) =>
          tx.updateTable('people').set({ id_number }).where('person_id', '=', 3).execute(),
        )
      }
      return vault.open(class_, place, envelope)
    },
  }
  await rotateKeys(database, meddled, COLUMNS, { settle_ms: 0 })
  const person = (await listSealed()).find(({ person_id }) => person_id === 3)
  if (!person?.id_number) throw new Error('the value is gone')
  expect(changed).toBe(true)
  expect(await vault.open('id_number', at, person.id_number)).toBe(numberOf(99))
})

it('may be repeated', async () => {
  expect(await rotateKeys(database, vault, COLUMNS, { settle_ms: 0 })).toBe(PEOPLE + Math.floor(PEOPLE / 2))
})
