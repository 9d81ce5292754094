/** What measures may ask of duty: the plan of a unit, its posts, and the one command that changes the plan. */

export { recordedBy } from './known-times.ts'
export { plan as changePlan } from './planning.ts'
export { readPlan } from './shift-plan.ts'
export { listPosts } from './store.ts'
