/** Pure decisions about rest orders and leave. */

/** All that anybody outside the circle is told of a closed fact. */
export const PROTECTED = { zh: '已确认的受保护情形', en: 'a confirmed protected condition' } as const

export interface OrderEvent {
  readonly act: 'ordered' | 'extended' | 'ended' | 'overridden'
  readonly starts_at: Date
  readonly ends_at: Date
}

export interface StandingOrder {
  readonly state: 'ordered' | 'in_force' | 'ended'
  readonly starts_at: Date
  readonly ends_at: Date
}

/**
 * How an order stands after its events: the last that set its times counts; an override lets somebody work and leaves the order as it is.
 *
 * @example foldOrder([{ act: 'ordered', starts_at, ends_at }], now).state // 'in_force' while now lies between
 */
export function foldOrder(events: readonly OrderEvent[], now: Date): StandingOrder {
  const setting = events.filter(({ act }) => act !== 'overridden').at(-1)
  if (!setting) throw new RangeError('an order without the event that ordered it')
  const { starts_at, ends_at } = setting
  if (setting.act === 'ended' || now >= ends_at) return { state: 'ended', starts_at, ends_at }
  return { state: now < starts_at ? 'ordered' : 'in_force', starts_at, ends_at }
}

/** Whether a stretch of duty inside a rest was approved: one override must hold the whole of what lies inside. */
export function isApproved(
  duty: { readonly starts_at: Date; readonly ends_at: Date },
  order: StandingOrder,
  overrides: readonly Pick<OrderEvent, 'starts_at' | 'ends_at'>[],
): boolean {
  const from = Math.max(duty.starts_at.getTime(), order.starts_at.getTime())
  const to = Math.min(duty.ends_at.getTime(), order.ends_at.getTime())
  if (to <= from) return true
  return overrides.some(({ starts_at, ends_at }) => starts_at.getTime() <= from && ends_at.getTime() >= to)
}

export interface LeaveEntry {
  readonly kind: string
  readonly minutes: number
}

export interface LeaveSums {
  readonly earned_minutes: number
  readonly taken_minutes: number
  readonly planned_minutes: number
  /** Began its term anew by somebody's decision; it is still owed. */
  readonly carried_minutes: number
  readonly expired_minutes: number
  readonly paid_minutes: number
  readonly owed_minutes: number
}

/** Kinds of entries that use up what was earned. */
export const USED_UP = ['taken', 'expired', 'paid_out'] as const

/**
 * The state of an account. Only what was taken, has expired or was paid out reduces what is owed; a plan, what is carried over, a forced rest
 * and annual leave do not. Leave that is taken uses up its plan.
 */
export function leaveSums(entries: readonly LeaveEntry[]): LeaveSums {
  const sum = (kind: string) => entries.reduce((total, entry) => total + (entry.kind === kind ? entry.minutes : 0), 0)
  const earned_minutes = sum('earned')
  const taken_minutes = sum('taken')
  const expired_minutes = sum('expired')
  const paid_minutes = sum('paid_out')
  const planned_minutes = Math.max(0, sum('planned') - sum('unplanned') - taken_minutes)
  const owed_minutes = USED_UP.reduce((owed, kind) => owed - sum(kind), earned_minutes)
  const carried_minutes = sum('carried')
  return {
    earned_minutes,
    taken_minutes,
    planned_minutes,
    carried_minutes,
    expired_minutes,
    paid_minutes,
    owed_minutes,
  }
}

export interface Candidate {
  readonly person_id: number
  readonly same_post: boolean
  readonly week_minutes: number
  readonly run_days: number
}

/** Most rested first: who has done such a post, then the shortest run of days, then the fewest hours; ids settle ties. */
export function rankSubstitutes<One extends Candidate>(candidates: readonly One[]): readonly One[] {
  return [...candidates].sort(
    (left, right) =>
      Number(right.same_post) - Number(left.same_post) ||
      left.run_days - right.run_days ||
      left.week_minutes - right.week_minutes ||
      left.person_id - right.person_id,
  )
}

/** Leave of so many minutes on a day keeps somebody from that day's shifts. */
export const LEAVE_DAY_MINUTES_MIN = 240
