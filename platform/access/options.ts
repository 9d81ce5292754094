import type { FastifyInstance } from 'fastify'
import type { Tx } from '#platform/db/database.ts'
import type { Platform } from '#platform/platform.ts'
import type { OidcSettings } from './oidc.ts'
import type { OutsideSettings } from './outside-settings.ts'

/** A person as enrolment needs them: every unit that counts them as its own, the main one first. */
export interface StaffMember {
  readonly person_id: number
  readonly name: string
  readonly unit_ids: readonly [number, ...number[]]
}

/** What the records above fill in; the platform knows neither units nor people. */
export interface AccessOptions {
  readonly listUnitNames: (tx: Tx, unitIds: readonly number[]) => Promise<ReadonlyMap<number, string>>
  readonly findUnitsBelow: (tx: Tx, unitId: number) => Promise<{ units: ReadonlySet<number>; everywhere: boolean }>
  /** Those of the people whom the transaction's context may see. */
  readonly listStaff: (tx: Tx, personIds: readonly number[]) => Promise<readonly StaffMember[]>
  /** Whether a response runs today: closed circles are opened in an emergency only while it does. */
  readonly isRunning: (tx: Tx, operationId: number) => Promise<boolean>
  /** Single sign-on, where an identity provider is set up. */
  readonly oidc?: { readonly app: FastifyInstance; readonly settings: OidcSettings }
  /** Sign-in from DingTalk and WeCom, where they are set up. */
  readonly outside?: { readonly app: FastifyInstance; readonly settings: OutsideSettings }
}

export type AccessPlatform = Pick<Platform, 'database' | 'clock' | 'sessions' | 'vault' | 'demo'>
