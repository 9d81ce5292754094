import {
  keepPreviousData,
  QueryCache,
  QueryClient,
  type UseMutationResult,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useRef } from 'react'
import type { z } from 'zod'
import type { Call, Endpoint, InputSchemas } from '#platform/http/endpoint.ts'
import { httpProblems } from '#platform/http/problem.ts'
import { call, ProblemError } from './client.ts'

export const SESSION_KEY = ['session'] as const

/** Refusals are answers and are not asked again; a server that is busy or out of reach is asked twice more. */
function mayRetry(failures: number, error: Error): boolean {
  return failures < 2 && error instanceof ProblemError && error.document.status === 503
}

export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError(error, query) {
        if (query.queryKey[0] === SESSION_KEY[0]) return
        // The session ended elsewhere: the shell shows the sign-in page again.
        if (error instanceof ProblemError && error.is(httpProblems.signed_out)) client.setQueryData(SESSION_KEY, null)
      },
    }),
    defaultOptions: {
      queries: { retry: mayRetry, staleTime: 15_000, refetchOnWindowFocus: false, throwOnError: false },
      mutations: { retry: false },
    },
  })
  return client
}

interface Reading {
  readonly enabled?: boolean
  /** Asks again after this time; for things that move by themselves, such as a job. */
  readonly every_ms?: number | false
  /** Shows what was there before while the next answer is on its way. */
  readonly keep?: boolean
}

export function keyOf(endpoint: Pick<Endpoint, 'method' | 'path'>, input: unknown): readonly unknown[] {
  return [endpoint.path, input]
}

/** Reads an endpoint and keeps the answer for as long as the page needs it. */
export function useEndpoint<I extends InputSchemas, O extends z.ZodType>(
  endpoint: Endpoint<I, O>,
  input: Call<I>,
  { enabled = true, every_ms = false, keep = false }: Reading = {},
): UseQueryResult<z.output<O>, Error> {
  return useQuery<z.output<O>, Error>({
    queryKey: keyOf(endpoint, input),
    queryFn: ({ signal }) => call(endpoint, input, { signal }),
    enabled,
    refetchInterval: every_ms,
    placeholderData: keep ? keepPreviousData : undefined,
  })
}

/** A list that is read one screenful at a time, continued by the key that the last answer gave. */
export function useEndless<Page extends { readonly next: string | null }>(
  key: readonly unknown[],
  read: (after: string | undefined, signal: AbortSignal) => Promise<Page>,
  enabled = true,
) {
  return useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    enabled,
  })
}

/**
 * Sends a command. The same content sent again after a lost answer carries the same idempotency key, so that it counts
 * once; afterwards whatever is on screen is read anew.
 */
export function useCommand<I extends InputSchemas, O extends z.ZodType>(
  endpoint: Endpoint<I, O>,
): UseMutationResult<z.output<O>, Error, Call<I>> {
  const client = useQueryClient()
  const pending = useRef<{ content: string; key: string } | undefined>(undefined)
  return useMutation<z.output<O>, Error, Call<I>>({
    mutationFn(input) {
      if (!endpoint.idempotent) return call(endpoint, input)
      const content = JSON.stringify(input)
      if (pending.current?.content !== content) pending.current = { content, key: crypto.randomUUID() }
      return call(endpoint, input, { idempotencyKey: pending.current.key })
    },
    async onSuccess() {
      pending.current = undefined
      await client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] })
    },
  })
}
