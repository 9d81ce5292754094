import type { Day } from '#engines/values/time.ts'
import { liesIn, YES } from './areas.ts'
import type { Decision } from './facts.ts'
import { formatAmount } from './format-amount.ts'
import type { DecisionPoint, Stack } from './pack.ts'
import { daysIn, type Window } from './parameters.ts'
import type { Label } from './vocabulary.ts'

/** A recorded decision that the pack does not allow. */
export interface DecisionMisfit {
  readonly code: 'decision.unknown_point' | 'decision.unknown_choice' | 'decision.out_of_range' | 'decision.wrong_kind'
  readonly ref: string
  readonly point: string
  readonly message: Label
}

/** Whether a decision stays within what its point allows; rooms call it before they record one. */
export function misfitOf(stack: Stack, decision: Decision): DecisionMisfit | undefined {
  const point = stack.decision_points.get(decision.point)
  const misfit = (code: DecisionMisfit['code'], zh: string, en: string): DecisionMisfit => {
    return { code, ref: decision.ref, point: decision.point, message: { zh, en } }
  }
  if (!point) return misfit('decision.unknown_point', '政策包里没有这个决定事项', 'the pack has no such decision point')
  const { range } = point
  const { decided } = decision
  if (range.kind === 'free') {
    if (decided.kind === 'words' && decided.words.trim() !== '') return undefined
    return misfit('decision.wrong_kind', '应用文字写明决定', 'the decision must be put in words')
  }
  if (range.kind === 'choices') {
    const allowed = [...range.choices.keys()].join(', ')
    if (decided.kind !== 'choice')
      return misfit('decision.wrong_kind', `应从中选：${allowed}`, `choose one of: ${allowed}`)
    if (range.choices.has(decided.choice)) return undefined
    return misfit(
      'decision.unknown_choice',
      `没有这个选项，可选：${allowed}`,
      `no such choice; choose one of: ${allowed}`,
    )
  }
  if (decided.kind !== 'amount') return misfit('decision.wrong_kind', '应填数额', 'an amount is needed')
  const { unit } = range
  const { at_least, at_most } = boundsOf(stack, point.code, range)
  const fits =
    Number.isSafeInteger(decided.amount) &&
    decided.amount >= (at_least ?? 0) &&
    (at_most === null || decided.amount <= at_most)
  if (fits) return undefined
  const least = formatAmount(unit, at_least ?? 0)
  const most = at_most === null ? { zh: '不限', en: 'no cap' } : formatAmount(unit, at_most)
  return misfit(
    'decision.out_of_range',
    `应在 ${least.zh} 至 ${most.zh} 之间`,
    `must lie between ${least.en} and ${most.en}`,
  )
}

/** The point's own range, narrowed by what the layers leave open of the parameters that it sets. */
function boundsOf(
  stack: Stack,
  point: string,
  range: { readonly at_least: number | null; readonly at_most: number | null },
): { readonly at_least: number | null; readonly at_most: number | null } {
  let { at_least, at_most } = range
  for (const { open } of stack.parameters.values()) {
    if (open?.decision !== point) continue
    if (open.at_least !== null) at_least = Math.max(at_least ?? open.at_least, open.at_least)
    if (open.at_most !== null) at_most = Math.min(at_most ?? open.at_most, open.at_most)
  }
  return { at_least, at_most }
}

/** Whom a decision may name beside areas; NaN for none. */
export interface DecidedAbout {
  readonly person: number
  readonly unit: number
}

/** In a timeline of a point without choices or amount. */
export const WORDS_FOR = 0
export const WORDS_AGAINST = 1

function grouped(
  decisions: readonly Decision[],
  point: string,
  idOf: (decision: Decision) => number | undefined,
): ReadonlyMap<number, readonly Decision[]> {
  const groups = new Map<number, Decision[]>()
  for (const decision of decisions) {
    const id = decision.point === point ? idOf(decision) : undefined
    if (id === undefined) continue
    const group = groups.get(id)
    if (group) group.push(decision)
    else groups.set(id, [decision])
  }
  return groups
}

/** For each day of the window: the choice's position, or the amount; NaN where nothing has been decided. */
export type Timeline = Float64Array

/**
 * The decisions that are known, ready to be asked by person, area and day. What is told apart is what was decided, not by which
 * record, so that ten thousand equal decisions make one situation.
 */
export class DecisionBook {
  private readonly byPoint: readonly (readonly Decision[])[]
  private readonly byPerson: readonly ReadonlyMap<number, readonly Decision[]>[]
  private readonly byUnit: readonly ReadonlyMap<number, readonly Decision[]>[]
  private readonly timelines: Timeline[] = []
  private readonly positions = new Map<string, number>()
  private readonly window: Window
  readonly points: readonly DecisionPoint[]

  constructor(points: readonly DecisionPoint[], decisions: readonly Decision[], window: Window) {
    this.points = points
    this.window = window
    const known = decisions.filter((decision) => decision.decided_on <= window.known)
    this.byPoint = points.map(({ code }) =>
      known.filter(
        (decision) => decision.point === code && decision.about.kind !== 'person' && decision.about.kind !== 'unit',
      ),
    )
    this.byPerson = points.map(({ code }) =>
      grouped(known, code, ({ about }) => (about.kind === 'person' ? about.person : undefined)),
    )
    this.byUnit = points.map(({ code }) =>
      grouped(known, code, ({ about }) => (about.kind === 'unit' ? about.unit : undefined)),
    )
    this.intern(new Float64Array(daysIn(window)).fill(Number.NaN))
  }

  /** Area prefixes that decisions tell apart. */
  get prefixes(): readonly string[] {
    return this.byPoint.flat().flatMap(({ about }) => (about.kind === 'area' ? [about.area] : []))
  }

  isEmpty(point: number): boolean {
    const named = (this.byPerson[point]?.size ?? 0) + (this.byUnit[point]?.size ?? 0)
    return (this.byPoint[point]?.length ?? 0) + named === 0
  }

  timeline(position: number): Timeline {
    const found = this.timelines[position]
    if (!found) throw new RangeError(`no timeline ${position}`)
    return found
  }

  /** The position of the timeline that holds for a person; 0 is the empty one. */
  positionFor(point: number, about: DecidedAbout, area: number): number {
    const timeline = new Float64Array(daysIn(this.window)).fill(Number.NaN)
    let decided = false
    for (let index = 0; index < timeline.length; index++) {
      const decision = this.decisionFor(point, about, area, this.window.from + index)
      if (!decision) continue
      timeline[index] = this.numberOf(point, decision)
      decided = true
    }
    return decided ? this.intern(timeline) : 0
  }

  /** True when `positionFor` depends on the person and not only on the area. */
  speaksOf(point: number, { person, unit }: DecidedAbout): boolean {
    return (this.byPerson[point]?.has(person) ?? false) || (this.byUnit[point]?.has(unit) ?? false)
  }

  /** The decision that holds for a person on a day: the most specific, then the latest. */
  decisionFor(point: number, { person, unit }: DecidedAbout, area: number, day: Day): Decision | undefined {
    let chosen: Decision | undefined
    const candidates = [
      ...(this.byPoint[point] ?? []),
      ...(this.byPerson[point]?.get(person) ?? []),
      ...(this.byUnit[point]?.get(unit) ?? []),
    ]
    for (const decision of candidates) {
      if (day < decision.from || (decision.to !== null && day > decision.to)) continue
      if (decision.about.kind === 'area' && liesIn(area, decision.about.area) !== YES) continue
      if (!chosen || compare(decision, chosen) > 0) chosen = decision
    }
    return chosen
  }

  private numberOf(point: number, { decided }: Decision): number {
    if (decided.kind === 'amount') return decided.amount
    if (decided.kind === 'words') return decided.outcome === 'entitled' ? WORDS_FOR : WORDS_AGAINST
    const range = this.points[point]?.range
    const choices = range?.kind === 'choices' ? [...range.choices.keys()] : []
    return choices.indexOf(decided.choice)
  }

  private intern(timeline: Timeline): number {
    const key = timeline.join()
    const found = this.positions.get(key)
    if (found !== undefined) return found
    const position = this.timelines.length
    this.timelines.push(timeline)
    this.positions.set(key, position)
    return position
  }
}

function specificity({ about }: Decision): number {
  if (about.kind === 'person') return 100
  if (about.kind === 'unit') return 50
  return about.kind === 'area' ? about.area.length : 0
}

function compare(left: Decision, right: Decision): number {
  const bySpecificity = specificity(left) - specificity(right)
  if (bySpecificity !== 0) return bySpecificity
  if (left.decided_on !== right.decided_on) return left.decided_on - right.decided_on
  return left.ref < right.ref ? -1 : 1
}
