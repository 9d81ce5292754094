import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  parseSearchWith,
  retainSearchParams,
  stringifySearchWith,
} from '@tanstack/react-router'
import { STATES, type State } from '#engines/policy/results.ts'
import { Defect, NotFound } from './not-found.tsx'
import { Shell } from './shell.tsx'

/** What every address carries: the operation and the unit that one looks at, so that an address can be passed on. */
export interface Standing {
  op?: number
  unit?: number
}

function positive(value: unknown): number | undefined {
  const number = Number(value)
  return Number.isSafeInteger(number) && number > 0 ? number : undefined
}

/** A bare number in an address arrives as a number. */
function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

const root = createRootRoute({
  validateSearch: (search: Record<string, unknown>): Standing => ({
    ...(positive(search.op) ? { op: positive(search.op) } : {}),
    ...(positive(search.unit) ? { unit: positive(search.unit) } : {}),
  }),
  search: { middlewares: [retainSearchParams<Standing>(['op', 'unit'])] },
  component: () => (
    <Shell>
      <Outlet />
    </Shell>
  ),
  notFoundComponent: NotFound,
  errorComponent: Defect,
})

const board = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('./board.tsx'), 'Board'),
})

const org = createRoute({
  getParentRoute: () => root,
  path: '/org',
  component: lazyRouteComponent(() => import('./org-page.tsx'), 'OrgPage'),
})

const operations = createRoute({
  getParentRoute: () => root,
  path: '/operations',
  component: lazyRouteComponent(() => import('#records/operations/web/console.tsx'), 'OperationsPage'),
})

const people = createRoute({
  getParentRoute: () => root,
  path: '/people',
  validateSearch: (search: Record<string, unknown>): { name?: string } => ({
    ...(text(search.name) ? { name: text(search.name) } : {}),
  }),
  component: lazyRouteComponent(() => import('#records/people/web/console.tsx'), 'PeoplePage'),
})

const person = createRoute({
  getParentRoute: () => root,
  path: '/people/$person_id',
  component: lazyRouteComponent(() => import('./person-page.tsx'), 'PersonPage'),
})

const duty = createRoute({
  getParentRoute: () => root,
  path: '/duty',
  validateSearch: (search: Record<string, unknown>): { month?: string } => ({
    ...(/^\d{4}-\d{2}$/.test(text(search.month) ?? '') ? { month: text(search.month) } : {}),
  }),
  component: lazyRouteComponent(() => import('#records/duty/web/console.tsx'), 'DutyPage'),
})

const dutyDay = createRoute({
  getParentRoute: () => root,
  path: '/duty/$duty_date',
  component: lazyRouteComponent(() => import('#records/duty/web/console-day.tsx'), 'DutyDayPage'),
})

const posts = createRoute({
  getParentRoute: () => root,
  path: '/duty/posts',
  component: lazyRouteComponent(() => import('#records/duty/web/console-posts.tsx'), 'PostsPage'),
})

const plan = createRoute({
  getParentRoute: () => root,
  path: '/duty/plan',
  validateSearch: (search: Record<string, unknown>): { week?: string } => ({
    ...(/^\d{4}-\d{2}-\d{2}$/.test(text(search.week) ?? '') ? { week: text(search.week) } : {}),
  }),
  component: lazyRouteComponent(() => import('#records/duty/web/console-plan.tsx'), 'PlanPage'),
})

const dutyImports = createRoute({
  getParentRoute: () => root,
  path: '/duty/import',
  component: lazyRouteComponent(() => import('#records/duty/web/console-imports.tsx'), 'ImportsPage'),
})

const dutyImport = createRoute({
  getParentRoute: () => root,
  path: '/duty/import/$import_id',
  component: lazyRouteComponent(() => import('#records/duty/web/console-import.tsx'), 'ImportPage'),
})

const notice = createRoute({
  getParentRoute: () => root,
  path: '/notice',
  validateSearch: (search: Record<string, unknown>): { clause?: string } => {
    const clause = text(search.clause)
    return clause ? { clause } : {}
  },
  component: lazyRouteComponent(() => import('#records/policies/web/console.tsx'), 'NoticePage'),
})

const worklist = createRoute({
  getParentRoute: () => root,
  path: '/worklist',
  component: lazyRouteComponent(() => import('#records/policies/web/console-decisions.tsx'), 'WorklistPage'),
})

const drafts = createRoute({
  getParentRoute: () => root,
  path: '/drafts',
  component: lazyRouteComponent(() => import('#records/policies/web/drafts.tsx'), 'DraftsPage'),
})

const draft = createRoute({
  getParentRoute: () => root,
  path: '/drafts/$draft_id',
  component: lazyRouteComponent(() => import('#records/policies/web/draft.tsx'), 'DraftPage'),
})

interface VersionsSearch {
  place?: number
  before?: string
  after?: string
}

const packVersions = createRoute({
  getParentRoute: () => root,
  path: '/packs/$code',
  validateSearch: (search: Record<string, unknown>): VersionsSearch => ({
    ...(Number.isInteger(Number(search.place ?? Number.NaN)) ? { place: Number(search.place) } : {}),
    ...(typeof search.before === 'string' ? { before: search.before } : {}),
    ...(typeof search.after === 'string' ? { after: search.after } : {}),
  }),
  component: lazyRouteComponent(() => import('#records/policies/web/pack-versions.tsx'), 'PackVersionsPage'),
})

const whatIf = createRoute({
  getParentRoute: () => root,
  path: '/what-if',
  component: lazyRouteComponent(() => import('#records/policies/web/what-if.tsx'), 'WhatIfPage'),
})

interface StatementSearch {
  view?: 'people'
  entitlement?: string
  state?: State
}

const statement = createRoute({
  getParentRoute: () => root,
  path: '/statement',
  validateSearch: (search: Record<string, unknown>): StatementSearch => {
    const state = STATES.find((known) => known === search.state)
    return {
      ...(search.view === 'people' ? { view: 'people' } : {}),
      ...(text(search.entitlement) ? { entitlement: text(search.entitlement) } : {}),
      ...(state ? { state } : {}),
    }
  },
  component: lazyRouteComponent(() => import('#measures/benefits/web/console.tsx'), 'StatementPage'),
})

const differences = createRoute({
  getParentRoute: () => root,
  path: '/statement/differences',
  component: lazyRouteComponent(() => import('#measures/benefits/web/console-differences.tsx'), 'DifferencesPage'),
})

const rest = createRoute({
  getParentRoute: () => root,
  path: '/rest',
  component: lazyRouteComponent(() => import('#measures/rosters/web/console-rest.tsx'), 'RestPage'),
})

const rosters = createRoute({
  getParentRoute: () => root,
  path: '/rosters',
  component: lazyRouteComponent(() => import('#measures/rosters/web/console-rosters.tsx'), 'RostersPage'),
})

const rosterBoard = createRoute({
  getParentRoute: () => root,
  path: '/rosters/board',
  validateSearch: (search: Record<string, unknown>): { draft?: number } => {
    const draft = positive(search.draft)
    return draft ? { draft } : {}
  },
  component: lazyRouteComponent(() => import('#measures/rosters/web/board.tsx'), 'BoardPage'),
})

const rosterAsks = createRoute({
  getParentRoute: () => root,
  path: '/rosters/asks',
  validateSearch: (search: Record<string, unknown>): { ask?: number } => {
    const ask = positive(search.ask)
    return ask ? { ask } : {}
  },
  component: lazyRouteComponent(() => import('#measures/rosters/web/console-asks.tsx'), 'AsksPage'),
})

const insurance = createRoute({
  getParentRoute: () => root,
  path: '/insurance',
  component: lazyRouteComponent(() => import('#measures/benefits/web/console-insurance.tsx'), 'InsurancePage'),
})

const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  component: lazyRouteComponent(() => import('#platform/audit/web/console.tsx'), 'AuditPage'),
})

const exported = createRoute({
  getParentRoute: () => root,
  path: '/exports',
  component: lazyRouteComponent(() => import('#platform/audit/web/console-exports.tsx'), 'ExportsPage'),
})

const openings = createRoute({
  getParentRoute: () => root,
  path: '/openings',
  component: lazyRouteComponent(() => import('#platform/access/web/console-openings.tsx'), 'OpeningsPage'),
})

const retention = createRoute({
  getParentRoute: () => root,
  path: '/retention',
  component: lazyRouteComponent(() => import('#records/retention/web/console.tsx'), 'RetentionPage'),
})

const jobs = createRoute({
  getParentRoute: () => root,
  path: '/jobs',
  component: lazyRouteComponent(() => import('#platform/jobs/web/console.tsx'), 'JobsPage'),
})

const accounts = createRoute({
  getParentRoute: () => root,
  path: '/accounts',
  component: lazyRouteComponent(() => import('#platform/access/web/console.tsx'), 'AccountsPage'),
})

const own = createRoute({
  getParentRoute: () => root,
  path: '/me',
  component: lazyRouteComponent(() => import('./own-account.tsx'), 'OwnAccountPage'),
})

export const routeTree = root.addChildren([
  board,
  notice,
  worklist,
  drafts,
  draft,
  packVersions,
  whatIf,
  duty,
  dutyDay,
  posts,
  plan,
  dutyImports,
  dutyImport,
  people,
  person,
  org,
  operations,
  statement,
  differences,
  rest,
  rosters,
  rosterBoard,
  rosterAsks,
  insurance,
  audit,
  exported,
  openings,
  retention,
  jobs,
  accounts,
  own,
])

export function createConsoleRouter() {
  return createRouter({
    routeTree,
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultPendingMs: 200,
    // Addresses are passed on by people: plain words and numbers, no quotes; the pages read them from text.
    parseSearch: parseSearchWith((value) => value),
    stringifySearch: stringifySearchWith(String),
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>
  }
}
