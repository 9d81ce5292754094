import { CIRCLES, type Permission, type Role, roleHolds } from './permissions.ts'

/** Who acts, and where each of their roles reaches. */
export interface Actor {
  readonly user_id: number
  readonly person_id: number | undefined
  readonly display_name: string
  readonly language: 'zh' | 'en'
  readonly assignments: readonly Assignment[]
}

export interface Assignment {
  readonly role: Role
  /** The root of the part of the tree that this assignment covers. */
  readonly unit_id: number
  /** Every unit at or below `unit_id`, filled by `records/org`. */
  readonly units: ReadonlySet<number>
  /** True when `unit_id` is the root of the whole tree. */
  readonly everywhere: boolean
}

/** Units in which a permission holds. */
export interface Scope {
  readonly everywhere: boolean
  readonly units: ReadonlySet<number>
}

const NOWHERE: Scope = { everywhere: false, units: new Set() }

export function scopeOf(actor: Actor, permission: Permission): Scope {
  const covering = actor.assignments.filter(({ role }) => roleHolds(role, permission))
  if (covering.length === 0) return NOWHERE
  if (covering.length === 1) return covering[0]
  return {
    everywhere: covering.some(({ everywhere }) => everywhere),
    units: new Set(covering.flatMap(({ units }) => [...units])),
  }
}

export function holds(actor: Actor, permission: Permission): boolean {
  return actor.assignments.some(({ role }) => roleHolds(role, permission))
}

export function reaches(scope: Scope, unitId: number): boolean {
  return scope.everywhere || scope.units.has(unitId)
}

/** Closed circles that the permission in use opens: only the one that it names. */
export function circlesOf(permission: Permission | undefined): readonly string[] {
  return Object.entries(CIRCLES)
    .filter(([, opener]) => opener === permission)
    .map(([circle]) => circle)
}
