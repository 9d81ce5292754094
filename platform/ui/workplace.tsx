import { createContext, useContext } from 'react'
import type { SessionView } from '#platform/access/contract.ts'
import type { Permission } from '#platform/access/permissions.ts'

/** Where the reader stands: who they are, which operation and which unit they look at, and what time it is there. */
export interface Workplace {
  readonly session: SessionView
  /** Undefined until an operation has been declared. */
  readonly operation_id: number | undefined
  readonly operation_name: string
  readonly started_on: string
  readonly ended_on: string | null
  readonly time_zone: string
  readonly unit_id: number
  readonly unit_name: string
  /** The civil date in the operation's time zone, by the product's clock. */
  readonly today: string
  /** Milliseconds by which the product's clock is ahead of this device's. */
  readonly clock_ahead_ms: number
}

const WorkplaceContext = createContext<Workplace | undefined>(undefined)

export const WorkplaceProvider = WorkplaceContext.Provider

export function useWorkplace(): Workplace {
  const workplace = useContext(WorkplaceContext)
  if (!workplace) throw new Error('useWorkplace is used outside of the signed-in shell')
  return workplace
}

/** Whether the signed-in account holds a permission anywhere; the server decides about the place. */
export function useMay(permission: Permission): boolean {
  return useWorkplace().session.permissions.includes(permission)
}
