import { SUBJECT_CONDITIONS } from './ask.ts'
import type { Building } from './build-parameters.ts'
import { buildProvision } from './build-provisions.ts'
import { checkFirstMatch, checkWho } from './build-rules.ts'
import { refuseForm, spanOf } from './build-time-span.ts'
import type { Condition, Place, Quantity } from './pack.ts'
import type { Deadline, Duty, Missed, Privilege, PrivilegeEffect, Quota, Rhythm } from './pack-provisions.ts'
import type {
  WrittenDeadline,
  WrittenDuty,
  WrittenMissed,
  WrittenPriority,
  WrittenQuota,
  WrittenWaiver,
} from './schema/procedure-shape.ts'
import type { Named } from './schema/shape.ts'

/** These rules are asked about one subject on one day, so that their conditions can ask less. */
function checkCondition(building: Building, when: Condition | null, place: Place): void {
  if (when === null) return
  if (when.kind === 'all' || when.kind === 'any') for (const part of when.of) checkCondition(building, part, place)
  else if (when.kind === 'not') checkCondition(building, when.of, place)
  else if (!SUBJECT_CONDITIONS.includes(when.kind)) {
    building.mistakes.add(
      'provision.condition',
      place,
      when.kind,
      { zh: '这里不能问这一项', en: 'this cannot be asked here' },
      {
        zh: '改问：人员、岗位、单位、地区、分档、值守天数（served）或 finding',
        en: 'ask about the person, post, unit, area, category, days of duty (served) or a finding',
      },
    )
  }
}

function sizeOf(building: Building, written: WrittenQuota, place: Place): Quota['size'] | undefined {
  const { share, fixed, unlimited, of } = written
  const count = Number(share !== null) + Number(fixed !== null) + Number(unlimited)
  if (count !== 1) return refuseForm(building, place, 'share / fixed / unlimited', ['share', 'fixed', 'unlimited'])
  if (unlimited) return { kind: 'unlimited' }
  if (fixed !== null) return { kind: 'fixed', count: fixed }
  if (share === null || of === null || written.rounding === null) {
    return building.mistakes.add(
      'quota.share',
      place,
      'share',
      { zh: '按比例的名额要写 of（占谁的）和 rounding（怎样取整）', en: 'a share needs "of" and "rounding"' },
      { zh: '如 of: assessed 和 rounding: down', en: 'such as of: assessed and rounding: down' },
    )
  }
  if ('literal' in share && share.literal > 10_000) {
    building.mistakes.add(
      'quota.share',
      place,
      `${share.literal / 100} %`,
      { zh: '比例超过 100%', en: 'the share is above 100 %' },
      { zh: '写 0 到 100 之间的百分数', en: 'write a percentage from 0 to 100' },
    )
  }
  return { kind: 'share', percent: share, headcount: of }
}

export function buildQuota(building: Building, named: Named<WrittenQuota>): Quota | undefined {
  const { value: written, place } = named
  const base = buildProvision(building, named)
  const size = sizeOf(building, written, place)
  checkCondition(building, written.who, place)
  if (!base || !size) return undefined
  const { award, at_least, who, outside, over, decision } = written
  return { ...base, award, size, rounding: written.rounding ?? 'down', at_least, who, outside, over, decision }
}

function missedOf(building: Building, written: WrittenMissed | null): Missed | null | undefined {
  if (written === null) return null
  const given: Missed[] = []
  if (written.decision !== null) given.push({ kind: 'undecided', decision: written.decision })
  if (written.deadline !== null) given.push({ kind: 'deadline', deadline: written.deadline })
  if (written.says !== null) given.push({ kind: 'said', text: written.says })
  const [missed] = given
  return missed && given.length === 1
    ? missed
    : refuseForm(building, written.place, 'missed', ['decision', 'deadline', 'says'])
}

export function buildDeadline(building: Building, named: Named<WrittenDeadline>): Deadline | undefined {
  const { value: written, place } = named
  const base = buildProvision(building, named)
  const missed = missedOf(building, written.missed)
  const { within } = written
  if ((within === null) === (written.cases === null)) {
    return refuseForm(building, place, 'within / cases', ['within', 'cases'])
  }
  const cases = written.cases ?? (within === null ? [] : [{ when: null, within, article: null, place }])
  checkFirstMatch(building, cases, place)
  const built = cases.flatMap(({ when, within: span, article, place: at }) => {
    checkCondition(building, when, at)
    const read = spanOf(building, span)
    return read ? [{ when, within: read, article, place: at }] : []
  })
  if (!base || missed === undefined || built.length !== cases.length) return undefined
  const { after, kind, first_day, ends_on_day_off, by } = written
  return { ...base, after, kind, cases: built, first_day, ends_on_day_off, offices: by, missed }
}

const BY_DAY_MAX = { day: 1, week: 7, month: 31, quarter: 92, year: 366 } as const

function rhythmOf(building: Building, { when }: WrittenDuty): Rhythm | undefined {
  const { once, every, by_day, after, within, place } = when
  if ([once, every, after].filter((one) => one !== null).length !== 1)
    return refuseForm(building, place, 'when', ['once', 'every', 'after'])
  if (once !== null) return { kind: 'once', by: once }
  if (every !== null) {
    const day = by_day === null ? null : 'literal' in by_day ? by_day.literal : Number.POSITIVE_INFINITY
    if (day === null || day <= BY_DAY_MAX[every]) return { kind: 'every', unit: every, by_day: day }
    return building.mistakes.add(
      'duty.by_day',
      place,
      `${day}`,
      { zh: '这个周期里没有这一天', en: 'the period has no such day' },
      { zh: `写 1 到 ${BY_DAY_MAX[every]} 的整数`, en: `write a whole number from 1 to ${BY_DAY_MAX[every]}` },
    )
  }
  const span = within === null ? refuseForm(building, place, 'after', ['within']) : spanOf(building, within)
  return span && after !== null ? { kind: 'after', event: after, within: span } : undefined
}

export function buildDuty(building: Building, named: Named<WrittenDuty>): Duty | undefined {
  const base = buildProvision(building, named)
  const rhythm = rhythmOf(building, named.value)
  const missed = missedOf(building, named.value.missed)
  if (!base || !rhythm || missed === undefined) return undefined
  return { ...base, offices: named.value.by, rhythm, missed }
}

type Written = WrittenWaiver | WrittenPriority

function buildPrivilege(
  building: Building,
  section: Privilege['section'],
  named: Named<Written>,
  effect: PrivilegeEffect | undefined,
): Privilege | undefined {
  const { value: written, place } = named
  const base = buildProvision(building, named)
  const who = checkWho(building, written.who, place)
  for (const one of who) checkCondition(building, one.when, one.place)
  const uses = usesOf(building, written)
  if (!base || !effect || uses === undefined) return undefined
  const { step, awards, not_with, over, gives_way_to } = written
  return { ...base, section, step, effect, awards, who, uses, not_with, over, gives_way_to }
}

function usesOf(building: Building, { uses }: Written): Privilege['uses'] | undefined {
  if (uses === null) return null
  const { at_most, per, place } = uses
  if ('literal' in at_most) return { at_most: at_most.literal, per }
  return refuseLiteral(building, place, at_most)
}

function refuseLiteral(building: Building, place: Place, quantity: Quantity): undefined {
  return building.mistakes.add(
    'uses.number',
    place,
    'parameter' in quantity ? quantity.parameter : '',
    { zh: '次数直接写整数', en: 'write the number itself' },
    { zh: '如 at_most: 1', en: 'such as at_most: 1' },
  )
}

export function buildWaiver(building: Building, named: Named<WrittenWaiver>): Privilege | undefined {
  return buildPrivilege(building, 'waiver', named, { kind: named.value.effect })
}

export function buildPriority(building: Building, named: Named<WrittenPriority>): Privilege | undefined {
  return buildPrivilege(building, 'priority', named, effectOf(building, named.value))
}

function effectOf(building: Building, { effect }: WrittenPriority): PrivilegeEffect | undefined {
  if (effect === 'first' || effect === 'next_grade') return { kind: effect }
  const given: PrivilegeEffect[] = []
  if (effect.earlier_months !== null) given.push({ kind: 'earlier', months: effect.earlier_months })
  if (effect.outside_limit !== null) given.push({ kind: 'outside_limit', limit: effect.outside_limit })
  if (effect.counts_as !== null) given.push({ kind: 'counts_as', what: effect.counts_as })
  const [only] = given
  return only && given.length === 1
    ? only
    : refuseForm(building, effect.place, 'effect', ['earlier_months', 'outside_limit', 'counts_as'])
}
