import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { listen } from '#platform/http/server.ts'
import { openTestHouse, UNITS } from './testing-house.ts'

const { house, account, ask } = await openTestHouse()
const clerk = await account('clerk', 'hr_clerk', UNITS.city)
const command = await account('command', 'command', UNITS.city)
const admin = await account('admin', 'administrator', UNITS.city)

const somebody = {
  home_unit_id: UNITS.hospital,
  name: '虚构',
  employment: 'medical',
  established: true,
  from_on: '2020-02-01',
}
const add = (change: object) => ask(clerk, 'POST', '/api/people', { body: { ...somebody, ...change } })

const noUnit = (field: string) => ({
  field,
  zh: '没有这个单位，或不在您的管理范围内',
  en: 'no such unit, or not within your scope',
})

describe('bad input', () => {
  it('that names a record which does not exist is refused with its field, also where somebody reaches everything', async () => {
    const unit = { kind: 'township', name: '虚构镇', opened_on: '2020-02-01' }
    const below = await ask(admin, 'POST', '/api/units', { body: { ...unit, parent_id: 99_999_999 } })
    expect([below.status, below.body.errors]).toEqual([404, [noUnit('body.parent_id')]])
    const person = await add({ home_unit_id: 99_999_999 })
    expect([person.status, person.body.errors]).toEqual([404, [noUnit('body.home_unit_id')]])
    for (const url of [
      '/api/operations/1/statements/units/99999999',
      '/api/operations/1/statements/units/99999999/people',
    ])
      expect([url, (await ask(clerk, 'GET', url)).status]).toEqual([url, 404])
    const response = {
      name: '虚构响应',
      kind: 'epidemic',
      area_unit_id: 99_999_999,
      started_on: '2020-02-01',
      level: 1,
    }
    const declared = await ask(command, 'POST', '/api/operations', { body: { ...response, source: '虚构' } })
    expect([declared.status, declared.body.errors]).toEqual([404, [noUnit('body.area_unit_id')]])
  })

  it('that names a unit outside one’s scope is told the same as for one that does not exist', async () => {
    const countyClerk = await account('county-clerk', 'hr_clerk', UNITS.county)
    const named = async (home_unit_id: number) =>
      (await ask(countyClerk, 'POST', '/api/people', { body: { ...somebody, home_unit_id } })).body
    const outside = await named(UNITS.station)
    expect(outside.errors).toEqual([noUnit('body.home_unit_id')])
    expect(outside).toEqual(await named(99_999_999))
  })

  it('with characters that cannot be kept is refused with its field; nothing is stored in their place', async () => {
    for (const [change, field] of [
      [{ name: 'a\u0000b' }, 'body.name'],
      [{ title: 'a\u0000b' }, 'body.title'],
      [{ name: '半\ud842' }, 'body.name'],
    ] as const) {
      const { status, body } = await add(change)
      expect(status).toBe(400)
      expect(body.errors[0]).toMatchObject({ field, zh: '含有不可见的控制字符' })
    }
    for (const url of ['/api/people?name_contains=%00', '/api/units?name_contains=%00', '/api/packs?code=%00'])
      expect([url, (await ask(clerk, 'GET', url)).status]).toEqual([url, 400])
  })

  it('with rare characters is kept as it was written', async () => {
    for (const name of ['𠮷野', '龚䶮', '阿依古丽·买买提']) expect((await add({ name })).body.name).toBe(name)
  })

  it('of ten megabytes is told the limit, also to a client that reads only after it has sent everything', async () => {
    const port = await listen(house.app, { port: 0, host: '127.0.0.1' })
    const body = Buffer.from(JSON.stringify({ ...somebody, name: '长'.repeat(3_500_000) }))
    const answer = await new Promise((resolve, reject) => {
      const sending = request({
        ...{ port, host: '127.0.0.1', method: 'POST', path: '/api/people' },
        headers: { 'content-type': 'application/json', 'content-length': body.length },
      })
      sending.on('error', reject)
      sending.on('response', (response) => json(response).then(resolve, reject))
      sending.end(body)
    })
    expect(answer).toMatchObject({ code: 'http.too_large', facts: { size_max_mb: 1 } })
  })
})
