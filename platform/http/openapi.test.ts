import { expect, it } from 'vitest'
import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Id, IdText, InstantOut, PageQuery, Text } from './fields.ts'
import { openApiDocument, problemsOf } from './openapi.ts'
import { problems } from './problem.ts'
import { FileOut } from './routes.ts'

const pearProblems = problems('pears', { eaten: { status: 409, zh: '已吃掉。', en: 'Eaten already.' } })

const rename = endpoint({
  method: 'POST',
  path: '/api/pears/:pear_id/renames',
  summary: 'Renames a pear',
  permission: 'org.write',
  place: ({ params }) => params.pear_id,
  input: { params: z.object({ pear_id: IdText }), body: z.object({ name: Text(20), note: z.string().default('') }) },
  output: z.object({ pear_id: Id, renamed_at: InstantOut, eaten_at: InstantOut.nullable() }),
  problems: [pearProblems.eaten],
  idempotent: true,
})
const list = endpoint({
  method: 'GET',
  path: '/api/pears',
  summary: 'Lists pears',
  permission: 'public',
  input: { query: z.object({ kind: z.enum(['conference', 'nashi']), ...PageQuery }) },
  output: z.object({ pears: z.array(z.string()) }),
  problems: [],
})
const sheet = endpoint({
  method: 'GET',
  path: '/api/pears.xlsx',
  summary: 'The list as a sheet',
  permission: 'signed-in',
  input: {},
  output: FileOut,
  problems: [],
  file: true,
})
const INFO = { title: 'Pears', version: '1', description: '' }
// biome-ignore lint/suspicious/noExplicitAny: single fields of a JSON document are looked at
const document: any = openApiDocument([rename, list, sheet] as unknown as Parameters<typeof openApiDocument>[0], INFO)
/** What a reference within the document points at. */
// biome-ignore lint/suspicious/noExplicitAny: as above
function resolve(value: any): any {
  if (typeof value.$ref !== 'string') return value
  return value.$ref
    .split('/')
    .slice(1)
    .reduce((found: never, step: string) => found[step], document)
}
const renaming = document.paths['/api/pears/{pear_id}/renames'].post

it('describes input as it is sent and output as it is received', () => {
  const body = renaming.requestBody.content['application/json'].schema
  expect(body.required).toEqual(['name'])
  const answer = renaming.responses['200'].content['application/json'].schema
  expect(answer.properties.renamed_at).toEqual({ type: 'string', format: 'date-time' })
  expect(answer.properties.eaten_at).toEqual({ anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] })
  expect(answer.required).toEqual(['pear_id', 'renamed_at', 'eaten_at'])
})

it('names every parameter with its place, and the key of a command that may be repeated', () => {
  expect(
    renaming.parameters.map(resolve).map(({ name, in: place, required }: never) => [name, place, required]),
  ).toEqual([
    ['pear_id', 'path', true],
    ['Idempotency-Key', 'header', true],
  ])
  const query = document.paths['/api/pears'].get.parameters
  expect(query.map(({ name, required }: never) => [name, required])).toEqual([
    ['kind', true],
    ['after', undefined],
    ['limit', undefined],
  ])
})

it('lists the problems of every status by their codes', () => {
  expect(Object.keys(renaming.responses)).toEqual([
    '200',
    '400',
    '401',
    '403',
    '404',
    '409',
    '413',
    '415',
    '422',
    '503',
  ])
  const conflict = renaming.responses['409'].content['application/problem+json'].schema
  expect(conflict.allOf[1].properties.code.enum).toEqual(['pears.eaten'])
  const busy = resolve(renaming.responses['503'])
  expect(busy.content['application/problem+json'].schema.allOf[1].properties.code.enum).toEqual(['http.busy'])
  expect(busy.headers).toHaveProperty('Retry-After')
  const open = problemsOf(list as unknown as Parameters<typeof problemsOf>[0]).map(({ code }) => code)
  expect(open).toEqual(['http.invalid', 'http.busy'])
})

it('says who must be signed in, and what is a file', () => {
  expect(renaming.security).toEqual([{ session: [] }])
  expect(renaming['x-permission']).toBe('org.write')
  expect(document.paths['/api/pears'].get.security).toEqual([])
  expect(document.paths['/api/pears.xlsx'].get.responses['200'].content).toHaveProperty('application/octet-stream')
})

it('refuses two endpoints with the same method and path', () => {
  const twice = [list, list] as unknown as Parameters<typeof openApiDocument>[0]
  expect(() => openApiDocument(twice, INFO)).toThrow('declared twice: GET /api/pears')
})
