import type { Routes } from '#platform/http/routes.ts'
import { mountAccounts } from './mount-accounts.ts'
import { mountCircles } from './mount-circles.ts'
import { mountEnrolment } from './mount-enrolment.ts'
import { mountOwnAccount } from './mount-own.ts'
import { mountSessions } from './mount-sessions.ts'
import { mountOidc } from './oidc.ts'
import type { AccessOptions, AccessPlatform } from './options.ts'
import { createSignIn } from './sign-in.ts'

export type { AccessOptions, StaffMember } from './options.ts'

/** Signing in and out, enrolment by printed codes, accounts and their roles. */
export function mountAccess(routes: Routes, platform: AccessPlatform, options: AccessOptions): void {
  const signing = createSignIn(platform)
  mountSessions(routes, platform, options, signing)
  mountOwnAccount(routes, platform, signing)
  mountEnrolment(routes, platform, options, signing)
  mountAccounts(routes, platform, options)
  mountCircles(routes, platform, options)
  if (options.oidc) mountOidc(options.oidc.app, platform, options.oidc.settings)
}
