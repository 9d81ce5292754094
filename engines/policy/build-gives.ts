import type { Building } from './build-parameters.ts'
import type { Place } from './pack.ts'
import type { Assignment, HourCount, MonthCount, OnlyPart } from './pack-time.ts'
import type { WrittenEntitlement } from './schema/pack-shape.ts'

/** Builders for the parts of an entitlement that say which time counts and how. */

export function buildOnly(building: Building, written: WrittenEntitlement['only']): OnlyPart | null {
  if (written === null) return null
  const { working_day, rest_day, statutory_holiday, between, place } = written
  if (between && between.from === between.to) {
    building.mistakes.add(
      'only.between',
      between.place,
      'from = to',
      { zh: '起止是同一时刻', en: 'both times are the same' },
      {
        zh: '写成 { from: 22:00, to: 06:00 }；全天就不写 between',
        en: 'write { from: 22:00, to: 06:00 }, or leave it out',
      },
    )
  }
  return {
    earning: { working_day, rest_day, statutory_holiday },
    between: between && { from_minute: between.from, to_minute: between.to },
    place,
  }
}

/** Counting by the night needs to know which hours are the night. */
export function checkNight(
  building: Building,
  { assign, place }: { readonly assign: Assignment; readonly place: Place },
  only: OnlyPart | null,
): void {
  if (assign !== 'night' || only?.between) return
  building.mistakes.add(
    'count.night',
    place,
    'assign: night',
    { zh: '没有写几点到几点算夜里', en: 'it does not say which hours are the night' },
    {
      zh: "写 only: { between: { from: '22:00', to: '06:00' } }",
      en: "write only: { between: { from: '22:00', to: '06:00' } }",
    },
  )
}

const STEP_MINUTES_MAX = 24 * 60

export function buildHours(
  building: Building,
  written: NonNullable<WrittenEntitlement['hours']>,
  only: WrittenEntitlement['only'],
): HourCount {
  const { assign, mixed, step, mode, place } = written
  if (step.dimension !== 'minutes' || step.amount < 1 || step.amount > STEP_MINUTES_MAX) {
    building.mistakes.add(
      'hours.step',
      step.place,
      step.text,
      { zh: '计时单位不对', en: 'this is no step of time' },
      { zh: '写 1 minute、30 minutes 或 1 hour', en: 'write 1 minute, 30 minutes or 1 hour' },
    )
  }
  const beyond = only && [only.working_day, only.rest_day, only.statutory_holiday].some(({ kind }) => kind === 'over')
  if (mixed === 'each' && beyond) {
    building.mistakes.add(
      'hours.each',
      place,
      'mixed: each',
      {
        zh: '只计超过几小时的部分时，说不清超过的是哪个岗位的时间',
        en: 'with only the time beyond a threshold, it cannot be said whose time lies beyond',
      },
      {
        zh: 'mixed 写 highest 或 longest；或去掉 only 里的 over',
        en: 'write mixed: highest or longest, or leave out over',
      },
    )
  }
  return { assign, mixed, step_minutes: Math.max(1, step.amount), mode, place }
}

export function buildMonth(written: NonNullable<WrittenEntitlement['month']>): MonthCount {
  const { full, incomplete, mixed, place } = written
  return { full, incomplete, mixed, place }
}

/** What `uses: 1` says; only a right or goods given once can be used up. */
export function buildUses(building: Building, written: WrittenEntitlement, place: Place): number | null {
  const { uses, gives } = written
  if (uses === null) return null
  if (uses.dimension === 'count' && uses.amount > 0 && gives === 'right') return uses.amount
  building.mistakes.add(
    'uses.form',
    uses.place ?? place,
    uses.text,
    { zh: '使用次数只用于没有金额的权利，写整数', en: 'uses are counted for rights only, as a whole number' },
    { zh: 'gives: right 时写 uses: 1；其他去掉', en: 'write uses: 1 with gives: right, else leave it out' },
  )
  return null
}
