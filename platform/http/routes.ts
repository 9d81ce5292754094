import { hash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { z } from 'zod'
import { type Actor, holds, reaches, scopeOf } from '#platform/access/actor.ts'
import type { Permission } from '#platform/access/permissions.ts'
import { type Context, requestContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { refusalOfDatabase } from './database-refusals.ts'
import type { Endpoint, Input, InputSchemas } from './endpoint.ts'
import { fieldErrors } from './field-errors.ts'
import { findAnswer, keepAnswer } from './idempotency.ts'
import { placesOf } from './places.ts'
import { httpProblems, problemDocument, Refusal, refuse } from './problem.ts'

/** What a handler is given: parsed input, who acts, and transactions that already carry the actor's context. */
export interface Handling<I extends InputSchemas> {
  readonly input: Input<I>
  readonly actor: Actor
  readonly context: Context
  /** Another context than the request's own is given only to narrow or to name what may be written, never to widen the scope. */
  readonly transact: <T>(work: (tx: Tx) => Promise<T>, context?: Context) => Promise<T>
  readonly read: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /** The Idempotency-Key and the fingerprint of the content, on endpoints that ask for them. */
  readonly repeatable: Repeatable | undefined
}

export interface Repeatable {
  readonly key: string
  readonly request_hash: Buffer
}

export type Handler<I extends InputSchemas, O extends z.ZodType> = (
  handling: Handling<I>,
) => Promise<z.input<O> | Refusal>

export interface Routes {
  bind<I extends InputSchemas, O extends z.ZodType>(endpoint: Endpoint<I, O>, handler: Handler<I, O>): void
  readonly endpoints: readonly Endpoint[]
}

export interface RoutesOptions {
  readonly app: FastifyInstance
  readonly database: Database
  readonly findActor: (request: FastifyRequest) => Promise<Actor | undefined>
  /** Whether there is a unit of this number at all: a role that reaches everywhere reaches none that does not exist. */
  readonly placeExists?: (unitId: number) => Promise<boolean>
}

/** A file as an answer. */
export const FileOut = z.object({ name: z.string(), media_type: z.string(), bytes: z.instanceof(Uint8Array) })

const NOBODY: Actor = { user_id: 0, person_id: undefined, display_name: '', language: 'zh', assignments: [] }
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i
const BODY_BYTES_MAX = 1_048_576

function parseInput<I extends InputSchemas>(endpoint: Endpoint<I>, request: FastifyRequest): Input<I> | Refusal {
  const parts = { params: request.params, query: request.query, body: request.body }
  const parsed: Record<string, unknown> = { params: undefined, query: undefined, body: undefined }
  const errors = []
  for (const part of ['params', 'query', 'body'] as const) {
    const schema = endpoint.input[part]
    if (!schema) continue
    const result = schema.safeParse(parts[part])
    if (result.success) parsed[part] = result.data
    else errors.push(...fieldErrors(schema, parts[part], part))
  }
  if (errors.length > 0) return refuse(httpProblems.invalid, { count: errors.length }, errors)
  return parsed as unknown as Input<I>
}

const NO_UNIT = { zh: '没有这个单位，或不在您的管理范围内', en: 'no such unit, or not within your scope' }

/** Nothing there, or nothing for this actor; where the unit was written into the request, with the field. */
function notThere({ query, body }: { query: unknown; body: unknown }, unitId: number): Refusal {
  const isUnit = (key: string, value: unknown) => value === unitId && /(^|_)unit_id$|^parent_id$/.test(key)
  const errors = placesOf({ query, body }, isUnit).map((field) => ({ field, ...NO_UNIT }))
  return refuse(httpProblems.not_found, {}, errors.length > 0 ? errors : undefined)
}

/** Refuses what the actor may not do here. A place outside the scope answers like a place that does not exist. */
function admit<I extends InputSchemas>(
  endpoint: Endpoint<I>,
  actor: Actor | undefined,
  input: Input<I>,
): Refusal | undefined {
  if (endpoint.permission === 'public') return undefined
  if (!actor) return refuse(httpProblems.signed_out)
  if (endpoint.permission === 'signed-in') return undefined
  if (!holds(actor, endpoint.permission)) return refuse(httpProblems.not_permitted, { permission: endpoint.permission })
  const place = endpoint.place?.(input)
  if (place !== undefined && !reaches(scopeOf(actor, endpoint.permission), place)) return notThere(input, place)
  return undefined
}

/** Whoever reaches some units reaches those that are there; only a reach without end has to be looked up. */
async function isPlace(
  unitId: number,
  permission: Endpoint['permission'],
  actor: Actor | undefined,
  placeExists: (unitId: number) => Promise<boolean>,
): Promise<boolean> {
  if (!actor || permission === 'public' || permission === 'signed-in') return true
  return !scopeOf(actor, permission).everywhere || placeExists(unitId)
}

function permissionOf(endpoint: Endpoint): Permission | undefined {
  return endpoint.permission === 'public' || endpoint.permission === 'signed-in' ? undefined : endpoint.permission
}

/** Browsers say where a request comes from; another site's pages may not send commands with our cookie. */
function fromForeignSite(request: FastifyRequest): boolean {
  const { origin } = request.headers
  return request.method !== 'GET' && origin !== undefined && origin !== `${request.protocol}://${request.host}`
}

/**
 * A page may say for whom it was drawn. When somebody else has signed in meanwhile, its session is over: what it would
 * send is not this person's, and what it would be given is not that one's.
 */
function drawnForAnother({ headers }: FastifyRequest, actor: Actor | undefined): boolean {
  const user = headers['tongpao-user']
  return user !== undefined && actor !== undefined && user !== String(actor.user_id)
}

function repeatableOf(request: FastifyRequest, input: { params: unknown; body: unknown }): Repeatable | Refusal {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string' || !UUID.test(key)) return refuse(httpProblems.key_missing)
  const content = JSON.stringify([request.method, request.url, input.body])
  return { key, request_hash: hash('sha256', content, 'buffer') }
}

export function sendRefusal(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const { status } = refusal.problem
  if (status === 503) reply.header('retry-after', '1')
  return reply
    .status(status)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problemDocument(refusal)))
}

function sendFile(reply: FastifyReply, file: z.output<typeof FileOut>): FastifyReply {
  return reply
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`)
    .type(file.media_type)
    .send(Buffer.from(file.bytes))
}

export function createRoutes({ app, database, findActor, placeExists }: RoutesOptions): Routes {
  const endpoints: Endpoint[] = []

  async function answer<I extends InputSchemas, O extends z.ZodType>(
    endpoint: Endpoint<I, O>,
    handler: Handler<I, O>,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    if (fromForeignSite(request)) return sendRefusal(reply, refuse(httpProblems.foreign_origin))
    const actor = endpoint.permission === 'public' ? undefined : await findActor(request)
    const signedOut = endpoint.permission !== 'public' && (!actor || drawnForAnother(request, actor))
    if (signedOut) return sendRefusal(reply, refuse(httpProblems.signed_out))
    const input = parseInput(endpoint, request)
    if (input instanceof Refusal) return sendRefusal(reply, input)
    const refused = admit(endpoint, actor, input)
    if (refused) return sendRefusal(reply, refused)
    const place = endpoint.permission === 'public' ? undefined : endpoint.place?.(input)
    if (place !== undefined && placeExists && !(await isPlace(place, endpoint.permission, actor, placeExists)))
      return sendRefusal(reply, notThere(input, place))
    const repeatable = endpoint.idempotent ? repeatableOf(request, input) : undefined
    if (repeatable instanceof Refusal) return sendRefusal(reply, repeatable)

    const who = actor ?? NOBODY
    const context = requestContext(who, permissionOf(endpoint as Endpoint), request.id)
    const handling: Handling<I> = {
      input,
      actor: who,
      context,
      transact: (work, named) => database.transact(named ?? context, repeatable ? once(repeatable, who, work) : work),
      read: (work) => database.read(context, work),
      request,
      reply,
      repeatable,
    }
    const outcome = await handler(handling).catch((error: unknown) => {
      const refusal = refusalOfDatabase(error, input)
      if (!refusal) throw error
      return refusal
    })
    if (outcome instanceof Refusal) return sendRefusal(reply, outcome)
    const output = endpoint.output.parse(outcome)
    if (endpoint.file) return sendFile(reply, FileOut.parse(output))
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(output))
  }

  /** A route of its own kind of body: nothing but a file, and that only from somebody who is signed in. */
  function routeForFiles(route: RouteOptions): void {
    app.register(async (inner) => {
      inner.removeAllContentTypeParsers()
      inner.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
        done(null, body),
      )
      inner.route({
        ...route,
        onRequest: async (request, reply) =>
          (await findActor(request)) ? undefined : sendRefusal(reply, refuse(httpProblems.signed_out)),
      })
    })
  }

  return {
    endpoints,
    bind(endpoint, handler) {
      endpoints.push(endpoint as unknown as Endpoint)
      const route: RouteOptions = {
        method: endpoint.method,
        url: endpoint.path,
        bodyLimit: endpoint.body_bytes_max ?? BODY_BYTES_MAX,
        handler: (request, reply) => answer(endpoint, handler, request, reply),
      }
      if (endpoint.takes_file) routeForFiles(route)
      else app.route(route)
    },
  }
}

/**
 * Runs a command once per key: its answer is kept in the command's own transaction, and given again when the same
 * request comes back. The key is written last; of two racing requests one waits for the other and then reads its answer.
 */
function once<T>(
  { key, request_hash }: Repeatable,
  actor: Actor,
  work: (tx: Tx) => Promise<T>,
): (tx: Tx) => Promise<T> {
  return async (tx) => {
    const known = await findAnswer(tx, actor.user_id, key, request_hash, { claim: true })
    if (known instanceof Refusal) return known as T
    if (known) return known.response as T
    const result = await work(tx)
    if (!(result instanceof Refusal)) await keepAnswer(tx, actor.user_id, key, request_hash, result)
    return result
  }
}
