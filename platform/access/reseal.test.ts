import { randomBytes } from 'node:crypto'
import { afterAll, expect, it } from 'vitest'
import { ACCESS_CONTEXT, jobContext } from '#platform/db/context.ts'
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

it('seals uploaded files again too, in a table where the app may not update', async () => {
  const import_id = '11111111-1111-4111-8111-111111111111'
  const place = { table: 'duty_import_files', column: 'sealed', row: import_id }
  const sealed = await vault.seal('duty_sheet', place, '虚构的表格')
  await database.transact(JOB, async (tx) => {
    const user = { login: 'importer', display_name: '虚构' }
    const { user_id } = await database.transact(ACCESS_CONTEXT, (inner) =>
      inner.insertInto('users').values(user).returning('user_id').executeTakeFirstOrThrow(),
    )
    const operation = { name: '虚构响应', kind: 'epidemic', area_unit_id: 1, started_on: '2020-01-20' }
    const { operation_id } = await tx
      .insertInto('operations')
      .values(operation)
      .returning('operation_id')
      .executeTakeFirstOrThrow()
    await tx
      .insertInto('duty_imports')
      .values({
        import_id,
        operation_id,
        unit_id: 1,
        file_name: 'x.xlsx',
        file_sha256: randomBytes(32),
        understood: '{}',
        uploaded_by_user_id: user_id,
      })
      .execute()
    await tx
      .insertInto('duty_import_files')
      .values({ unit_id: 1, import_id, sealed, kept_until: new Date('2030-01-01T00:00:00Z') })
      .execute()
  })
  const files: SealedColumn = {
    class: 'duty_sheet',
    table: 'duty_import_files',
    key: 'import_id',
    column: 'sealed',
    kept: ['unit_id', 'import_id', 'kept_until'],
    batch_size: 1,
  }
  expect(await rotateKeys(database, vault, [files], { settle_ms: 0 })).toBe(1)
  const kept = await database.read(JOB, (tx) =>
    tx.selectFrom('duty_import_files').selectAll().executeTakeFirstOrThrow(),
  )
  expect(keyIdOf(kept.sealed)).not.toBe(keyIdOf(sealed))
  expect(kept.kept_until).toEqual(new Date('2030-01-01T00:00:00Z'))
  expect(await vault.open('duty_sheet', place, kept.sealed)).toBe('虚构的表格')
})
