import type { z } from 'zod'
import { quantityOn, type RestProgram } from '#engines/policy/rest-compile.ts'
import type { RestCondition, RestMeasureCondition } from '#engines/policy/rest-pack.ts'
import type { Rule, ShiftChoice } from '#engines/rostering/problem.ts'
import { MINUTES_PER_DAY } from '#engines/values/time.ts'
import type { RuleSource } from './roster-contract.ts'

/** What rest rules of a pack mean for a roster that is still to be made. */

export interface PackRules {
  readonly rules: readonly Rule[]
  readonly sources: readonly z.output<typeof RuleSource>[]
}

const DAY_HUNDREDTHS = 100
/** What breaking "should rotate" costs for each day: a request and no command, but a strong one. */
const ROTATION_PRICE = 40

/** Of conditions that must all hold, a roster need only avoid one: the one that says most about days comes first. */
const PREFERRED = ['days_off', 'days_in_a_row', 'duty_days', 'rest_between_shifts', 'nights', 'shifts', 'hours']

/**
 * Rules for the solver from the rest rules in force: a roster shall not lead anybody into a state that asks for rest. Conditions about the
 * person (ill, pregnant) are not for rosters; bounds that a pack leaves open give no rule.
 */
export function rulesOfPack(program: RestProgram): PackRules {
  const rules: Rule[] = []
  const sources: z.output<typeof RuleSource>[] = []
  for (const { rule } of program.rules) {
    const isHard = rule.outcome.kind !== 'should_rotate'
    const made = conditionsToAvoid(rule.when).flatMap((condition, at) => {
      const one = ruleOf(program, condition, { id: `pack_${rule.code}_${at}`, isHard })
      return one === undefined ? [] : [one]
    })
    rules.push(...made.map((one) => ({ ...one, source: rule.code })))
    sources.push(...made.map(({ id }) => ({ rule: id, title: rule.title, example: rule.example, from_pack: true })))
  }
  return { rules, sources }
}

function conditionsToAvoid(condition: RestCondition): readonly RestMeasureCondition[] {
  if (condition.kind === 'figure') return [condition]
  if (condition.kind === 'any') return condition.of.flatMap(conditionsToAvoid)
  if (condition.kind !== 'all') return []
  const parts = condition.of.flatMap(conditionsToAvoid)
  const [first] = parts.toSorted((left, right) => rank(left) - rank(right))
  return first === undefined ? [] : [first]
}

function rank({ figure }: RestMeasureCondition): number {
  const at = PREFERRED.indexOf(figure)
  return at < 0 ? PREFERRED.length : at
}

interface Head {
  readonly id: string
  readonly isHard: boolean
}

/** The most that is still allowed (or the least), in the figure's own unit, when the bound describes the state to avoid. */
function allowed(program: RestProgram, condition: RestMeasureCondition): { most?: number; least?: number } {
  const inDays = ['days_in_a_row', 'duty_days', 'days_off'].includes(condition.figure)
  const [bound] = condition.bounds
  if (bound === undefined) return {}
  const { number } = quantityOn(program, bound.of)
  if (number === null) return {}
  const value = inDays ? number / DAY_HUNDREDTHS : number
  if (bound.bound === 'at_least') return { most: Math.ceil(value) - 1 }
  if (bound.bound === 'more_than') return { most: Math.floor(value) }
  if (bound.bound === 'less_than') return { least: Math.ceil(value) }
  return { least: Math.floor(value) + 1 }
}

function ruleOf(program: RestProgram, condition: RestMeasureCondition, head: Head): Rule | undefined {
  const { most, least } = allowed(program, condition)
  const days = Math.round((condition.window_min ?? MINUTES_PER_DAY) / MINUTES_PER_DAY)
  const shifts: ShiftChoice = condition.on?.exposures?.includes('direct') ? { tags: ['front_line'] } : 'work'
  // Duty of certain kinds of posts only: the roster does not know which of its own are meant.
  if (condition.on?.post_kinds) return undefined
  const id = head.id
  const price = head.isHard ? 'hard' : ROTATION_PRICE
  const rest = Math.max(1, Math.round((condition.rest_min ?? MINUTES_PER_DAY) / MINUTES_PER_DAY))
  switch (condition.figure) {
    case 'days_in_a_row':
      if (most === undefined || most < 1) return undefined
      if (rest > 1) return { kind: 'rotation', id, shifts, after_days: most, off_days: rest, price }
      return { kind: 'run', id, shifts, max: most, price }
    case 'days_off':
      return least === undefined
        ? undefined
        : { kind: 'window', id, of: 'shifts', shifts, length_days: days, max: days - least, price }
    case 'duty_days':
    case 'shifts':
      return most === undefined
        ? undefined
        : { kind: 'window', id, of: 'shifts', shifts, length_days: days, max: most, price }
    case 'nights':
      return most === undefined
        ? undefined
        : { kind: 'window', id, of: 'shifts', shifts: { tags: ['night'] }, length_days: days, max: most, price }
    case 'hours':
      return most === undefined
        ? undefined
        : { kind: 'window', id, of: 'minutes', shifts, length_days: days, max: most, price }
    case 'rest_between_shifts':
      return least === undefined ? undefined : { kind: 'rest', id, minutes_min: least, price }
    default:
      return undefined
  }
}

const UNIT_TITLES: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  unit_rest: { zh: '两班之间的休息', en: 'rest between shifts' },
  unit_run: { zh: '连续上班天数', en: 'days in a row' },
  unit_nights: { zh: '连续夜班', en: 'nights in a row' },
  unit_after_nights: { zh: '夜班后休息', en: 'days off after nights' },
  unit_nights_max: { zh: '本期夜班总数', en: 'nights in the period' },
  unit_week: { zh: '七天内工时', en: 'hours in seven days' },
  single_days_off: { zh: '休息只有一天', en: 'a single day off' },
  single_days_on: { zh: '上班只有一天', en: 'a single day on' },
  fair_minutes: { zh: '工时均衡', en: 'fair hours' },
  fair_nights: { zh: '夜班均衡', en: 'fair nights' },
  fair_weekends: { zh: '周末均衡', en: 'fair weekends' },
  wishes: { zh: '本人意愿', en: 'wishes' },
  published: { zh: '改动已发布的班', en: 'changes to what is published' },
  days_off: { zh: '不能来', en: 'cannot come' },
  unavailable: { zh: '时间冲突', en: 'engaged then' },
  pinned: { zh: '已锁定', en: 'pinned' },
  skills: { zh: '缺技能', en: 'skill missing' },
  overlap: { zh: '班次重叠', en: 'shifts overlap' },
}

/** What rules that no pack gave are called on the board. */
export function titlesOf(
  rules: readonly Rule[],
  shifts: readonly { code: string; name: string }[],
): z.output<typeof RuleSource>[] {
  const own = Object.entries(UNIT_TITLES).map(([rule, title]) => ({ rule, title, example: false, from_pack: false }))
  const couples = rules
    .filter(({ kind }) => kind === 'apart')
    .map(({ id }) => ({
      rule: id,
      title: { zh: '夫妻同一天都在一线', en: 'a couple on the front line on one day' },
      example: false,
      from_pack: false,
    }))
  const cover = shifts.flatMap(({ code, name }) =>
    ['work', 'rest', 'closed', 'work_skill', 'rest_skill'].map((end) => ({
      rule: `${code}_${end}`,
      title: end.endsWith('skill')
        ? { zh: `${name}的技能人员`, en: `skilled people on ${name}` }
        : { zh: `${name}人数`, en: `people on ${name}` },
      example: false,
      from_pack: false,
    })),
  )
  return [...own, ...couples, ...cover]
}
