/** What a role may do. A permission is role × place × purpose: the role stands here, the place in the assignment. */

export const PERMISSIONS = [
  'org.read',
  'org.write',
  'people.read',
  'people.write',
  'people.identify',
  'people.health',
  'operations.write',
  'duty.read',
  'duty.plan',
  'duty.confirm',
  'duty.correct',
  'duty.import',
  'rosters.ask',
  'facts.read',
  'facts.write',
  'facts.closed',
  'policies.drafts',
  'policies.write',
  'policies.sign',
  'evaluations.run',
  'statements.read',
  'statements.export',
  'rest.read',
  'rest.order',
  'rest.override',
  'worklist.read',
  'worklist.decide',
  'audit.read',
  'circles.open',
  'circles.review',
  'users.enrol',
  'users.write',
] as const

export type Permission = (typeof PERMISSIONS)[number]

export const ROLES = [
  'worker',
  'unit_manager',
  'organisation_clerk',
  'finance_clerk',
  'hr_clerk',
  'command',
  'health_officer',
  'auditor',
  'administrator',
] as const

export type Role = (typeof ROLES)[number]

/** A worker's own data needs no permission: it is reached through `signed-in` endpoints about oneself. */
export const ROLE_PERMISSIONS = {
  worker: [],
  unit_manager: [
    'org.read',
    'people.read',
    'duty.read',
    'duty.plan',
    'duty.confirm',
    'duty.correct',
    'duty.import',
    'facts.read',
    'facts.write',
    'statements.read',
    'rest.read',
    'rest.order',
    'worklist.read',
    'users.enrol',
  ],
  organisation_clerk: [
    'org.read',
    'people.read',
    'duty.read',
    'facts.read',
    'policies.drafts',
    'policies.sign',
    'statements.read',
    'rest.read',
    'rest.order',
    'rest.override',
    'worklist.read',
    'worklist.decide',
  ],
  finance_clerk: [
    'org.read',
    'people.read',
    'people.identify',
    'duty.read',
    'facts.read',
    'statements.read',
    'statements.export',
    'evaluations.run',
    'policies.drafts',
    'policies.write',
    'policies.sign',
    'worklist.read',
    'worklist.decide',
  ],
  hr_clerk: [
    'org.read',
    'people.read',
    'people.write',
    'people.identify',
    'duty.read',
    'duty.import',
    'rosters.ask',
    'facts.read',
    'facts.write',
    'facts.closed',
    'statements.read',
    'statements.export',
    'evaluations.run',
    'policies.drafts',
    'policies.write',
    'policies.sign',
    'rest.read',
    'worklist.read',
    'worklist.decide',
  ],
  command: [
    'org.read',
    'org.write',
    'people.read',
    'operations.write',
    'duty.read',
    'rosters.ask',
    'facts.read',
    'statements.read',
    'evaluations.run',
    'policies.drafts',
    'policies.write',
    'policies.sign',
    'rest.read',
    'rest.order',
    'rest.override',
    'worklist.read',
    'worklist.decide',
    'circles.open',
  ],
  health_officer: ['org.read', 'people.read', 'people.health'],
  auditor: [
    'org.read',
    'people.read',
    'duty.read',
    'facts.read',
    'statements.read',
    'statements.export',
    'policies.drafts',
    'audit.read',
    'rest.read',
    'worklist.read',
    'circles.review',
  ],
  administrator: ['org.read', 'org.write', 'people.read', 'people.write', 'users.enrol', 'users.write'],
} as const satisfies Record<Role, readonly Permission[]>

/** Roles that see or change what others are owed sign in with a second factor. */
export const PRIVILEGED_ROLES: readonly Role[] = [
  'finance_clerk',
  'hr_clerk',
  'command',
  'auditor',
  'administrator',
  'health_officer',
]

/** Closed circles, entered only by the permission that names them. */
export const CIRCLES = { health: 'people.health', facts: 'facts.closed' } as const satisfies Record<string, Permission>

/**
 * Roles that enter the circle of health. No administrator gives one alone: a second person approves, and until then it is not
 * in effect.
 */
export function isClosedRole(role: Role): boolean {
  return CIRCLE_NAMES.some((circle) => roleHolds(role, CIRCLES[circle]))
}

/** Circles that are opened in an emergency, and whose roles two people give. */
export const CIRCLE_NAMES = ['health'] as const satisfies readonly (keyof typeof CIRCLES)[]

const holders: ReadonlyMap<Permission, ReadonlySet<Role>> = new Map(
  PERMISSIONS.map((permission) => [
    permission,
    new Set(ROLES.filter((role) => (ROLE_PERMISSIONS[role] as readonly Permission[]).includes(permission))),
  ]),
)

export function roleHolds(role: Role, permission: Permission): boolean {
  return holders.get(permission)?.has(role) ?? false
}

export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text)
}
