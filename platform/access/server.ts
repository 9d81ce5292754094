import type { Routes } from '#platform/http/routes.ts'
import { mountAccounts } from './mount-accounts.ts'
import { mountCircles } from './mount-circles.ts'
import { mountEnrolment } from './mount-enrolment.ts'
import { mountOwnAccount } from './mount-own.ts'
import { mountSessions } from './mount-sessions.ts'
import { mountTies } from './mount-ties.ts'
import { mountOidc } from './oidc.ts'
import type { AccessOptions, AccessPlatform } from './options.ts'
import { createProviders, mountOutside } from './outside.ts'
import { createSignIn } from './sign-in.ts'

export type { AccessOptions, StaffMember } from './options.ts'

/** Signing in and out, enrolment by printed codes, accounts and their roles. */
export function mountAccess(routes: Routes, platform: AccessPlatform, options: AccessOptions): void {
  const signing = createSignIn(platform)
  const providers = createProviders(options.outside?.settings ?? {})
  mountSessions(routes, platform, options, signing, providers)
  mountOwnAccount(routes, platform, signing)
  mountEnrolment(routes, platform, options, signing)
  mountAccounts(routes, platform, options)
  mountTies(routes, platform, options, providers)
  mountCircles(routes, platform, options)
  if (options.outside) mountOutside(options.outside.app, platform, providers, signing)
  if (options.oidc) mountOidc(options.oidc.app, platform, options.oidc.settings)
}
