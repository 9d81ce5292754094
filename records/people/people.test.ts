import { describe, expect, it } from 'vitest'
import { openTestHouse, PEOPLE, UNITS } from '#apps/server/testing-house.ts'
import { checkCharacter, checkIdNumber, tidyName } from './rules.ts'

const { account, ask, look } = await openTestHouse()
const city = await account('hr-city', 'hr_clerk', UNITS.city)
const county = await account('hr-county', 'hr_clerk', UNITS.county)
const health = await account('health', 'health_officer', UNITS.city)
const administrator = await account('admin', 'administrator', UNITS.city)

const FIRST_17 = '99990119900101001'
const ID_NUMBER = `${FIRST_17}${checkCharacter(FIRST_17)}`

function person(over: object = {}) {
  return {
    home_unit_id: UNITS.hospital,
    name: '虚构者',
    employment: 'medical',
    established: true,
    from_on: '2020-01-20',
    ...over,
  }
}

describe('recording a person', () => {
  it('keeps names in any script, in one spelling, and orders them as they are read', async () => {
    const rare = await ask(city, 'POST', '/api/people', { body: person({ name: ' 𠮷 䶮 ' }) })
    expect(rare.body.name).toBe('𠮷䶮')
    const uyghur = await ask(city, 'POST', '/api/people', { body: person({ name: '买买提•艾力' }) })
    expect(uyghur.body.name).toBe('买买提·艾力')
    expect(tidyName('Anna  Maria')).toBe('Anna Maria')
  })

  it('shows numbers masked, and in full only where the role and the audit allow it', async () => {
    const made = await ask(city, 'POST', '/api/people', {
      body: person({ id_number: ID_NUMBER, phone: '19990000001' }),
    })
    expect(made.body).toMatchObject({
      id_number_masked: expect.stringMatching(/^9999\*+\d{3}[\dX]$/),
      phone_masked: '199****0001',
    })
    const url = `/api/people/${made.body.person_id}/identity-views`
    expect((await ask(administrator, 'POST', url, { body: { purpose: '核对' } })).status).toBe(403)
    const shown = await ask(county, 'POST', url, { body: { purpose: '核对补助发放' } })
    expect(shown.body).toEqual({ id_number: ID_NUMBER, phone: '19990000001' })
    const audited = await look((tx) =>
      tx.selectFrom('audit_rows').select('facts').where('action', '=', 'people.reveal').execute(),
    )
    expect(JSON.stringify(audited)).not.toContain(ID_NUMBER)
  })

  it('refuses the same ID number twice, naming the other person inside the scope and nobody outside it', async () => {
    const inside = await ask(county, 'POST', '/api/people', { body: person({ id_number: ID_NUMBER }) })
    expect(inside.body).toMatchObject({ code: 'people.same_id_number', facts: { unit_name: '甲县医院' } })
    const other = await account('hr-other', 'hr_clerk', UNITS.otherCounty)
    const outside = await ask(other, 'POST', '/api/people', {
      body: person({ home_unit_id: UNITS.station, id_number: ID_NUMBER }),
    })
    expect(outside.body.code).toBe('people.same_id_number_elsewhere')
    expect(JSON.stringify(outside.body)).not.toContain('甲县')
  })

  it('refuses an ID number that is none, and says why', () => {
    expect(checkIdNumber('123')).toMatchObject({ reason: { en: expect.stringContaining('18') } })
    expect(checkIdNumber('999901199002300011')).toMatchObject({ reason: { en: expect.stringContaining('1990-02-30') } })
    expect(checkIdNumber(`${FIRST_17}?`)).toHaveProperty('reason')
  })
})

describe('posts held', () => {
  it('are dated: a new main post ends the one before, and what was stays readable', async () => {
    const { body } = await ask(city, 'POST', '/api/people', { body: person({ title: '护士', from_on: '2018-01-01' }) })
    const moved = await ask(city, 'POST', `/api/people/${body.person_id}/appointments`, {
      body: {
        unit_id: UNITS.checkpoint,
        title: '带班',
        employment: 'medical',
        established: true,
        is_main: true,
        from_on: '2020-02-01',
      },
    })
    expect(moved.body).toMatchObject({ home_unit_id: UNITS.checkpoint, title: '带班' })
    expect(moved.body.appointments.map(({ title, to_on }: { title: string; to_on: string }) => [title, to_on])).toEqual(
      [
        ['带班', null],
        ['护士', '2020-01-31'],
      ],
    )
  })
})

describe('health facts', () => {
  it('stay within their circle, and are gone for good when the person’s key is erased', async () => {
    const url = `/api/people/${PEOPLE.nurse}/health-flags`
    const body = { flag: '妊娠', from_on: '2020-02-01' }
    expect((await ask(health, 'POST', url, { body })).body.flags[0].flag).toBe('妊娠')
    const read = `${url}?purpose=care`
    for (const session of [city, administrator]) expect((await ask(session, 'GET', read)).status).toBe(403)
    const stored = await look((tx) => tx.selectFrom('health_flags').selectAll().execute())
    expect(stored).toEqual([])
    await look((tx) => tx.deleteFrom('subject_keys').where('person_id', '=', PEOPLE.nurse).execute())
    expect((await ask(health, 'GET', read)).body.flags[0].flag).toBe('已删除')
  })
})
