import { dayOf, formatDay } from '../values/time.ts'
import type { RosterProblem } from './problem.ts'

export interface Text {
  readonly zh: string
  readonly en: string
}

/** How ids are called where the text is read; left out, the id itself stands there. */
export interface Names {
  readonly shift?: (id: string) => string
  readonly person?: (id: string) => string
  readonly skill?: (id: string) => string
  readonly rule?: (id: string) => Text
}

/** The words of one problem: dates instead of day numbers, names instead of ids. */
export class Wording {
  readonly #first: number
  readonly #names: Names
  readonly problem: RosterProblem

  constructor(problem: RosterProblem, names: Names = {}) {
    this.problem = problem
    this.#first = dayOf(problem.first_day)
    this.#names = names
  }

  day(day: number): Text {
    const iso = formatDay(this.#first + day)
    return { zh: `${Number(iso.slice(5, 7))}月${Number(iso.slice(8))}日`, en: iso }
  }

  shifts(ids: readonly string[]): Text {
    const names = ids.map((id) => this.shift(id))
    return { zh: names.join('、'), en: names.join(' + ') }
  }

  shift(id: string): string {
    return this.#names.shift?.(id) ?? id
  }

  person(id: string): string {
    return this.#names.person?.(id) ?? id
  }

  skill(id: string): string {
    return this.#names.skill?.(id) ?? id
  }

  rule(id: string): Text {
    return this.#names.rule?.(id) ?? ruleText(this.problem, id)
  }
}

const OWN: Readonly<Record<string, Text>> = {
  cover: { zh: '在岗人数', en: 'people on duty' },
  wishes: { zh: '本人意愿', en: 'wishes' },
  published: { zh: '改动已通知的班', en: 'changes to what people were told' },
  days_off: { zh: '不排班的日子', en: 'days off' },
  unavailable: { zh: '来不了的班', en: 'shifts that cannot be taken' },
  skills: { zh: '技能', en: 'skills' },
  pinned: { zh: '固定的班', en: 'fixed cells' },
  overlap: { zh: '两班时间重叠', en: 'shifts that overlap' },
  not_next_day: { zh: '次日不能接的班', en: 'shifts that may not follow' },
}

/** A rule in general words: what kind it is, with its figures. */
export function ruleText(problem: RosterProblem, id: string): Text {
  const rule = problem.rules.find((one) => one.id === id)
  if (rule === undefined) return OWN[id] ?? { zh: id, en: id }
  const limit = 'max' in rule || 'min' in rule ? limitText(rule.min, rule.max) : { zh: '', en: '' }
  switch (rule.kind) {
    case 'rest':
      return {
        zh: `两班之间至少休息 ${hours(rule.minutes_min)} 小时`,
        en: `${hours(rule.minutes_min)} h between shifts`,
      }
    case 'clock_window': {
      const [most, length] = [hours(rule.minutes_max), hours(rule.length_minutes)]
      return { zh: `任意 ${length} 小时内最多 ${most} 小时`, en: `at most ${most} h in any ${length} h` }
    }
    case 'run':
      return { zh: `连续天数${limit.zh}（${id}）`, en: `days in a row ${limit.en} (${id})` }
    case 'rest_after_run':
      return {
        zh: `连续 ${rule.after} 个班后休息 ${rule.days_off} 天（${id}）`,
        en: `${rule.days_off} days off after ${rule.after} shifts in a row (${id})`,
      }
    case 'rotation':
      return {
        zh: `${rule.after_days} 天后轮换 ${rule.off_days} 天（${id}）`,
        en: `off for ${rule.off_days} days after ${rule.after_days} (${id})`,
      }
    case 'window':
      return {
        zh: `任意 ${rule.length_days} 天内${limit.zh}（${id}）`,
        en: `in any ${rule.length_days} days ${limit.en} (${id})`,
      }
    case 'tally':
      return { zh: `本期合计${limit.zh}（${id}）`, en: `in the period ${limit.en} (${id})` }
    case 'fairness':
      return { zh: `负担均衡（${id}）`, en: `fair load (${id})` }
    case 'apart':
      return { zh: `不同时在岗（${id}）`, en: `not on duty at once (${id})` }
    case 'together':
      return { zh: `同组同班（${id}）`, en: `the team works the same (${id})` }
    case 'whole_weekend':
      return { zh: '周末要么都上要么都休', en: 'whole weekends' }
    case 'succession':
      return { zh: `不能接的班（${id}）`, en: `may not follow (${id})` }
    case 'pattern':
      return rule.wanted
        ? { zh: `固定的接续（${id}）`, en: `wanted pattern (${id})` }
        : { zh: `不宜的接续（${id}）`, en: `unwanted pattern (${id})` }
  }
}

function limitText(min: number | undefined, max: number | undefined): Text {
  const zh = [min === undefined ? '' : `至少 ${min}`, max === undefined ? '' : `最多 ${max}`].filter(Boolean)
  const en = [min === undefined ? '' : `at least ${min}`, max === undefined ? '' : `at most ${max}`].filter(Boolean)
  return { zh: zh.join('、'), en: en.join(', ') }
}

/** Minutes as hours with at most one decimal. */
export const hours = (minutes: number): string => String(Math.round(minutes / 6) / 10)
