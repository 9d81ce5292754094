import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { readSession, type SessionView } from '#platform/access/contract.ts'
import { httpProblems } from '#platform/http/problem.ts'
import { call, ProblemError } from '#platform/ui/client.ts'
import { SESSION_KEY } from '#platform/ui/queries.ts'

export interface SessionState {
  readonly session: SessionView
  /** Measured when the answer came: the product's clock minus this device's. */
  readonly clock_ahead_ms: number
}

export function sessionState(session: SessionView): SessionState {
  return { session, clock_ahead_ms: new Date(session.now).getTime() - Date.now() }
}

/** Who is signed in; `null` when nobody is. */
export function useSession(): UseQueryResult<SessionState | null, Error> {
  return useQuery<SessionState | null, Error>({
    queryKey: SESSION_KEY,
    staleTime: 5 * 60_000,
    queryFn: async ({ signal }) => {
      try {
        return sessionState(await call(readSession, {}, { signal }))
      } catch (error) {
        if (error instanceof ProblemError && error.is(httpProblems.signed_out)) return null
        throw error
      }
    },
  })
}
