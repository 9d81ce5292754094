import type { z } from 'zod'
import type { Permission } from '#platform/access/permissions.ts'
import type { Problem } from './problem.ts'

/** Who may call: anyone, anyone signed in, or whoever holds the permission at the request's place. */
export type Access = 'public' | 'signed-in' | Permission

export interface InputSchemas {
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: z.ZodType
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined
type Sent<S> = S extends z.ZodType ? z.input<S> : undefined

export interface Input<I extends InputSchemas> {
  readonly params: Parsed<I['params']>
  readonly query: Parsed<I['query']>
  readonly body: Parsed<I['body']>
}

/** What a page passes to call the endpoint; parts without a schema are left out. */
export type Call<I extends InputSchemas> = {
  readonly [K in keyof I & keyof InputSchemas as I[K] extends z.ZodType ? K : never]: Sent<I[K]>
}

export interface Endpoint<I extends InputSchemas = InputSchemas, O extends z.ZodType = z.ZodType> {
  readonly method: 'GET' | 'POST'
  /** With `:name` for parameters, `/api/units/:unit_id`. */
  readonly path: string
  readonly summary: string
  readonly permission: Access
  /** The unit that the request is about. A unit outside the actor's scope answers like one that does not exist. */
  readonly place?: (input: Input<I>) => number | undefined
  readonly input: I
  readonly output: O
  readonly problems: readonly Problem[]
  /** Commands that a phone may repeat: the first answer is kept and given again for the same Idempotency-Key. */
  readonly idempotent?: boolean
  /** The answer is a file and not JSON; `output` then describes the file's name and bytes. */
  readonly file?: boolean
  /** The body is a file as it is (`application/octet-stream`) and not JSON; its schema is `FileIn`. */
  readonly takes_file?: boolean
  /** Upper bound of the request body. */
  readonly body_bytes_max?: number
}

/**
 * Declares an endpoint. `permission` has no default, so that an endpoint without an access decision does not compile.
 */
export function endpoint<const I extends InputSchemas, O extends z.ZodType>(shape: Endpoint<I, O>): Endpoint<I, O> {
  return Object.freeze(shape)
}

export type OutputOf<E> = E extends Endpoint<infer _I, infer O> ? z.output<O> : never
