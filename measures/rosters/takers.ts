import type { WhyNot } from './offer-contract.ts'

/** Who can take a shift: pure, in local minutes. */

export interface Span {
  readonly from: number
  readonly to: number
}

export interface TakerFacts {
  readonly person_id: number
  readonly name: string
  readonly title: string
  readonly skills: readonly string[]
  /** Planned and done, wherever, from two weeks before the shift to three days after it. */
  readonly spans: readonly (Span & { readonly post_id: number })[]
  readonly resting: readonly Span[]
  readonly cannot: readonly Span[]
  readonly leave: readonly Span[]
  readonly rather_not: readonly Span[]
}

export interface Wanted extends Span {
  readonly post_id: number
  readonly skill: string | null
  readonly rest_minutes: number
  readonly run_days_max: number
}

export interface Judged {
  readonly why_not: readonly WhyNot[]
  readonly rather_not: boolean
  readonly same_post: boolean
  readonly week_minutes: number
  readonly run_days: number
  readonly rest_before_minutes: number | null
  readonly rest_after_minutes: number | null
}

const DAY = 1440
const NEAR_MINUTES = 3 * DAY
const WEEK = 7 * DAY

const meets = (left: Span, right: Span) => left.from < right.to && left.to > right.from

/**
 * What stands in the way of a person taking a shift, and what it would mean for them: the rest on both sides, the hours of the fullest seven
 * days around it, the days in a row with it.
 *
 * @example judgeTaker({ spans: [], … }, { from: 0, to: 480, … }).why_not // []
 */
export function judgeTaker(person: TakerFacts, wanted: Wanted): Judged {
  const before = Math.max(...person.spans.filter(({ to }) => to <= wanted.from).map(({ to }) => to))
  const after = Math.min(...person.spans.filter(({ from }) => from >= wanted.to).map(({ from }) => from))
  const rest_before = wanted.from - before
  const rest_after = after - wanted.to
  const run_days = runWith(person.spans, wanted)
  const why_not: WhyNot[] = []
  const isOverlapping = person.spans.some((span) => meets(span, wanted))
  if (isOverlapping) why_not.push('overlap')
  else if (Math.min(rest_before, rest_after) < wanted.rest_minutes) why_not.push('rest')
  if (person.resting.some((span) => meets(span, wanted))) why_not.push('rest_order')
  if (person.cannot.some((span) => meets(span, wanted))) why_not.push('cannot')
  if (person.leave.some((span) => meets(span, wanted))) why_not.push('leave')
  if (run_days > wanted.run_days_max) why_not.push('run')
  if (wanted.skill !== null && !person.skills.includes(wanted.skill)) why_not.push('skill')
  return {
    why_not,
    rather_not: person.rather_not.some((span) => meets(span, wanted)),
    same_post: person.spans.some(({ post_id }) => post_id === wanted.post_id),
    week_minutes: fullestWeek(person.spans, wanted),
    run_days,
    rest_before_minutes: near(rest_before),
    rest_after_minutes: near(rest_after),
  }
}

function near(minutes: number): number | null {
  return minutes >= 0 && minutes <= NEAR_MINUTES ? minutes : null
}

function runWith(spans: readonly Span[], wanted: Span): number {
  const days = new Set(spans.map(({ from }) => Math.floor(from / DAY)))
  const own = Math.floor(wanted.from / DAY)
  let run = 1
  for (let day = own - 1; days.has(day); day--) run++
  for (let day = own + 1; days.has(day); day++) run++
  return run
}

/** Minutes in the seven days that end with the shift, or begin with it: whichever is more. */
function fullestWeek(spans: readonly Span[], wanted: Span): number {
  const within = (window: Span) =>
    spans.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, window.to) - Math.max(from, window.from)), 0)
  const own = wanted.to - wanted.from
  return (
    own +
    Math.max(within({ from: wanted.to - WEEK, to: wanted.to }), within({ from: wanted.from, to: wanted.from + WEEK }))
  )
}

/**
 * Whoever may take it first; then, where the engine has judged them, by what it does to the roster's penalty (rest, hours, fairness,
 * wishes); then who knows the post, who does not mind, whose week stays lightest; ids settle ties.
 */
export function rankTakers<One extends Judged & { readonly person_id: number; readonly penalty: number | null }>(
  takers: readonly One[],
): One[] {
  return [...takers].sort(
    (left, right) =>
      left.why_not.length - right.why_not.length ||
      (left.penalty === null || right.penalty === null ? 0 : left.penalty - right.penalty) ||
      Number(right.same_post) - Number(left.same_post) ||
      Number(left.rather_not) - Number(right.rather_not) ||
      left.week_minutes - right.week_minutes ||
      left.run_days - right.run_days ||
      left.person_id - right.person_id,
  )
}
