import { z } from 'zod'
import { SESSION_COOKIE } from '#platform/access/sessions.ts'
import type { Endpoint } from './endpoint.ts'
import { InstantOut } from './fields.ts'
import { httpProblems, type Problem } from './problem.ts'

/** The published description of the interface (OpenAPI 3.1), made from the endpoint objects that the server binds. */

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }
type JsonObject = { readonly [key: string]: Json | undefined }

export interface OpenApiInfo {
  readonly title: string
  readonly version: string
  readonly description: string
}

/** What the schema library cannot say of a schema is said here: instants are text, files are bytes. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
    reused: 'inline',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema !== InstantOut) return
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key as keyof typeof jsonSchema]
      Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
    },
  })
  return JSON.parse(JSON.stringify(json))
}

function propertiesOf(schema: JsonObject): readonly (readonly [string, JsonObject, boolean])[] {
  const required = Array.isArray(schema.required) ? schema.required : []
  return Object.entries(schema.properties ?? {}).map(([name, property]) => [name, property, required.includes(name)])
}

/** `/api/units/:unit_id` as OpenAPI writes it, `/api/units/{unit_id}`. */
export function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}')
}

const KEY_HEADER = { $ref: '#/components/parameters/IdempotencyKey' } as const

const KEY_PARAMETER = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description: 'A UUID that the client makes for the command. Sent again, the first answer is given again.',
  schema: { type: 'string', format: 'uuid' },
} as const

function parametersOf(endpoint: Endpoint): JsonObject[] {
  const { params, query } = endpoint.input
  const inPath = params ? propertiesOf(schemaOf(params, 'input')) : []
  const inQuery = query ? propertiesOf(schemaOf(query, 'input')) : []
  return [
    ...inPath.map(([name, schema]) => ({ name, in: 'path', required: true, schema })),
    ...inQuery.map(([name, schema, required]) => ({ name, in: 'query', ...(required ? { required } : {}), schema })),
    ...(endpoint.idempotent ? [KEY_HEADER] : []),
  ]
}

/** Every problem that an endpoint may answer with: its own, and those of the way every request goes. */
export function problemsOf(endpoint: Endpoint): readonly Problem[] {
  const { permission, input, idempotent, place } = endpoint
  const common = [
    ...(permission === 'public' ? [] : [httpProblems.signed_out]),
    ...(permission === 'public' || permission === 'signed-in' ? [] : [httpProblems.not_permitted]),
    ...(place || input.params ? [httpProblems.not_found] : []),
    ...(input.params || input.query || input.body ? [httpProblems.invalid] : []),
    ...(input.body ? [httpProblems.malformed, httpProblems.too_large, httpProblems.media_type] : []),
    ...(endpoint.method === 'GET' ? [] : [httpProblems.foreign_origin]),
    ...(idempotent ? [httpProblems.key_missing, httpProblems.key_reused] : []),
    httpProblems.busy,
  ]
  return [...new Set([...common, ...endpoint.problems])]
}

function problemAnswer(status: number, problems: readonly Problem[]): JsonObject {
  const codes = problems.map(({ code }) => code).sort()
  const description = problems.map(({ code, en }) => `\`${code}\`: ${en}`).sort()
  const schema = {
    allOf: [{ $ref: '#/components/schemas/Problem' }, { type: 'object', properties: { code: { enum: codes } } }],
  }
  const headers = status === 503 ? { headers: { 'Retry-After': { schema: { type: 'integer' } } } } : {}
  return { description: description.join('\n\n'), ...headers, content: { 'application/problem+json': { schema } } }
}

/** Answers of the way that every request goes are the same everywhere: described once, and referred to. */
type SharedAnswers = Map<string, JsonObject>

function problemAnswers(endpoint: Endpoint, shared: SharedAnswers): JsonObject {
  const byStatus = Map.groupBy(problemsOf(endpoint), ({ status }) => status)
  const statuses = [...byStatus].sort(([one], [other]) => one - other)
  const answers = statuses.map(([status, problems]) => {
    const answer = problemAnswer(status, problems)
    if (!problems.every(({ code }) => code.startsWith('http.'))) return [String(status), answer]
    const name = problems
      .map(({ code }) => code.replace('http.', ''))
      .sort()
      .join('_or_')
    shared.set(name, answer)
    return [String(status), { $ref: `#/components/responses/${name}` }]
  })
  return Object.fromEntries(answers)
}

function successOf(endpoint: Endpoint): JsonObject {
  if (endpoint.file) {
    return {
      description: 'The file',
      headers: { 'Content-Disposition': { schema: { type: 'string' } } },
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
    }
  }
  return {
    description: 'Done',
    content: { 'application/json': { schema: schemaOf(endpoint.output, 'output') } },
  }
}

function bodyOf(endpoint: Endpoint, body: z.ZodType): JsonObject {
  const content: JsonObject = endpoint.takes_file
    ? { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
    : { 'application/json': { schema: schemaOf(body, 'input') } }
  return { required: true, content }
}

/** `/api/units/:unit_id/renames` and POST give `post_units_by_unit_id_renames`. */
function nameOf({ method, path }: Endpoint): string {
  const words = path
    .replace(/^\/(api\/)?/, '')
    .replace(/:(\w+)/g, 'by_$1')
    .replace(/[^A-Za-z0-9]+/g, '_')
  return `${method.toLowerCase()}_${words}`
}

function operationOf(endpoint: Endpoint, shared: SharedAnswers): JsonObject {
  const { summary, permission, input, method, path } = endpoint
  const parameters = parametersOf(endpoint)
  const [, room = 'api'] = /^\/api\/([^/]+)/.exec(path) ?? []
  return {
    operationId: nameOf(endpoint),
    summary,
    tags: [room],
    'x-permission': permission,
    security: permission === 'public' ? [] : [{ session: [] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(input.body && method === 'POST' ? { requestBody: bodyOf(endpoint, input.body) } : {}),
    responses: { '200': successOf(endpoint), ...problemAnswers(endpoint, shared) },
  }
}

const BILINGUAL = {
  type: 'object',
  required: ['zh', 'en'],
  properties: { zh: { type: 'string' }, en: { type: 'string' } },
} as const

const PROBLEM_SCHEMA = {
  type: 'object',
  description: 'A problem document (RFC 9457): a stable code, the facts, and what to do next in two languages.',
  required: ['type', 'status', 'code', 'title', 'facts'],
  properties: {
    type: { type: 'string', format: 'uri' },
    status: { type: 'integer' },
    code: { type: 'string' },
    title: BILINGUAL,
    facts: { type: 'object', additionalProperties: true },
    errors: {
      type: 'array',
      description: 'Field by field, where the input was not taken.',
      items: {
        type: 'object',
        required: ['field', 'zh', 'en'],
        properties: { field: { type: 'string' }, zh: { type: 'string' }, en: { type: 'string' } },
      },
    },
  },
} as const

/**
 * The description of all endpoints, paths in alphabetical order so that the committed file changes only where the
 * interface does.
 *
 * @throws when two endpoints share a method and a path
 */
export function openApiDocument(endpoints: readonly Endpoint[], info: OpenApiInfo): JsonObject {
  const paths = new Map<string, Record<string, JsonObject>>()
  const shared: SharedAnswers = new Map()
  for (const endpoint of endpoints) {
    const path = templateOf(endpoint.path)
    const method = endpoint.method.toLowerCase()
    const operations = paths.get(path) ?? {}
    if (operations[method]) throw new Error(`declared twice: ${endpoint.method} ${endpoint.path}`)
    paths.set(path, { ...operations, [method]: operationOf(endpoint, shared) })
  }
  return {
    openapi: '3.1.0',
    info: { ...info },
    servers: [{ url: '/' }],
    paths: Object.fromEntries([...paths].sort(([one], [other]) => (one < other ? -1 : 1))),
    components: {
      schemas: { Problem: PROBLEM_SCHEMA },
      responses: Object.fromEntries([...shared].sort(([one], [other]) => (one < other ? -1 : 1))),
      parameters: { IdempotencyKey: KEY_PARAMETER },
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE } },
    },
  }
}

/** What stands in `docs/openapi.json`. */
export function openApiText(document: JsonObject): string {
  return `${JSON.stringify(document, null, 2)}\n`
}
