import type { Explanation, UnmetDemand, UnmetWish, WayOut } from './explain.ts'
import type { RosterProblem, Violation } from './problem.ts'
import type { Obstacle, Substitute } from './substitute.ts'
import { hours, type Names, type Text, Wording } from './wording.ts'

const OBSTACLES: Readonly<Record<string, Text>> = {
  skill: { zh: '没有所需技能', en: 'lack the skill' },
  day_off: { zh: '当天不排班', en: 'have the day off' },
  unavailable: { zh: '当班来不了', en: 'cannot come' },
  pinned: { zh: '已固定别的安排', en: 'are fixed elsewhere' },
  on_shift: { zh: '当天已有班', en: 'are on another shift' },
}

/**
 * An explanation as lines to read, in both languages.
 *
 * @param names how shifts, people, skills and rules are called where it is read
 */
export function explanationText(problem: RosterProblem, explanation: Explanation, names: Names = {}): Text[] {
  const words = new Wording(problem, names)
  const { score, broken, unmet, wishes } = explanation
  return [
    {
      zh: `扣分 ${round(score.total)}，硬性违反 ${score.hard}`,
      en: `penalty ${round(score.total)}, hard violations ${score.hard}`,
    },
    ...score.by_rule
      .toSorted((a, b) => b.hard - a.hard || b.soft - a.soft)
      .map(({ rule, hard, soft }) =>
        indented(
          1,
          `${words.rule(rule).zh}：${figure(hard, soft).zh}`,
          `${words.rule(rule).en}: ${figure(hard, soft).en}`,
        ),
      ),
    ...broken.map((one) => brokenText(words, one)),
    ...unmet.flatMap((one) => {
      const { head, why, ways } = unmetText(words, one)
      return [head, ...[...(why === undefined ? [] : [why]), ...ways].map(({ zh, en }) => indented(1, zh, en))]
    }),
    ...wishes.map((one) => wishText(words, one)),
  ]
}

/** A need that is not met, in words: what is missing, why, and the ways out in the order of `ways_out`. */
export interface UnmetText {
  readonly head: Text
  /** Undefined when nothing stands in anybody's way. */
  readonly why: Text | undefined
  readonly ways: readonly Text[]
}

/** @example unmetDemandText(problem, explanation.unmet[0], names).head.zh // '缺人：2月25日 N 至少需要 2 人，现有 1 人' */
export function unmetDemandText(problem: RosterProblem, unmet: UnmetDemand, names: Names = {}): UnmetText {
  return unmetText(new Wording(problem, names), unmet)
}

/** Why a wish was not granted, and who could stand in, in one line. */
export function unmetWishText(problem: RosterProblem, wish: UnmetWish, names: Names = {}): Text {
  return wishText(new Wording(problem, names), wish)
}

const round = (value: number): number => Math.round(value * 100) / 100

const indented = (depth: number, zh: string, en: string): Text => ({
  zh: `${'  '.repeat(depth)}${zh}`,
  en: `${'  '.repeat(depth)}${en}`,
})

function figure(hard: number, soft: number): Text {
  if (hard === 0) return { zh: String(round(soft)), en: String(round(soft)) }
  const more = soft > 0 ? [`，另 ${round(soft)}`, `, and ${round(soft)}`] : ['', '']
  return { zh: `硬性 ${hard}${more[0]}`, en: `hard ${hard}${more[1]}` }
}

function brokenText(words: Wording, { rule, person, day }: Violation): Text {
  const who = person === undefined ? '' : words.person(person)
  const at = day === undefined ? { zh: '', en: '' } : words.day(day)
  const said = words.rule(rule)
  return { zh: `违反：${who} ${at.zh} ${said.zh}`, en: `broken: ${[who, at.en, said.en].filter(Boolean).join(' ')}` }
}

function unmetText(words: Wording, unmet: UnmetDemand): UnmetText {
  const [day, shifts] = [words.day(unmet.day), words.shifts(unmet.shifts)]
  const skill = unmet.skill === undefined ? '' : words.skill(unmet.skill)
  const need = unmet.hard ? { zh: '至少需要', en: 'needs at least' } : { zh: '需要', en: 'wants' }
  const reasons = unmet.in_the_way.map(({ what, people }) => {
    const said = OBSTACLES[what]
    if (said !== undefined) return { zh: `${people} 人${said.zh}`, en: `${people} ${said.en}` }
    const rule = words.rule(what)
    return { zh: `${people} 人受“${rule.zh}”限制`, en: `${people} kept by “${rule.en}”` }
  })
  const head = {
    zh: `缺人：${day.zh} ${shifts.zh}${skill && `（技能 ${skill}）`} ${need.zh} ${unmet.needed} 人，现有 ${unmet.actual} 人`,
    en: `short: ${day.en} ${shifts.en}${skill && ` (${skill})`} ${need.en} ${unmet.needed}, has ${unmet.actual}`,
  }
  const why = {
    zh: `原因：${reasons.map(({ zh }) => zh).join('，')}`,
    en: `why: ${reasons.map(({ en }) => en).join(', ')}`,
  }
  return {
    head,
    why: reasons.length > 0 ? why : undefined,
    ways: unmet.ways_out.map((way) => wayText(words, way)),
  }
}

function wayText(words: Wording, way: WayOut): Text {
  const [who, shift] = [words.person(way.person), words.shift(way.shift)]
  switch (way.kind) {
    case 'take':
      return {
        zh: `可行：${who}上 ${shift}，扣分变化 ${signed(way.cost)}`,
        en: `could: ${who} takes ${shift}, penalty ${signed(way.cost)}`,
      }
    case 'move': {
      const from = words.shift(way.from)
      return {
        zh: `可行：${who}从 ${from} 改上 ${shift}，扣分变化 ${signed(way.cost)}`,
        en: `could: ${who} moves from ${from} to ${shift}, penalty ${signed(way.cost)}`,
      }
    }
    case 'relax': {
      const rule = words.rule(way.rule)
      return { zh: `若为${who}放宽“${rule.zh}”，可上 ${shift}`, en: `if “${rule.en}” gave way for ${who}: ${shift}` }
    }
    case 'ask': {
      const said = OBSTACLES[way.despite] ?? { zh: '', en: '' }
      return { zh: `可征求${who}意见（${said.zh}）：${shift}`, en: `could ask ${who} (${said.en}): ${shift}` }
    }
  }
}

const signed = (cost: number): string => (cost > 0 ? `+${round(cost)}` : String(round(cost)))

function wishText(words: Wording, wish: UnmetWish): Text {
  const [who, day] = [words.person(wish.person), words.day(wish.day)]
  const rules = wish.broken.map((what) => OBSTACLES[what] ?? words.rule(what))
  const zh: string[] = []
  const en: string[] = []
  if (wish.short.length > 0) {
    const short = wish.short.map((line) => words.rule(line))
    zh.push(`会缺人（${short.map((line) => line.zh).join('、')}）`)
    en.push(`people would be short (${short.map((line) => line.en).join(', ')})`)
  }
  if (rules.length > 0) {
    zh.push(`会违反：${rules.map((rule) => rule.zh).join('、')}`)
    en.push(`it would break: ${rules.map((rule) => rule.en).join(', ')}`)
  }
  if (zh.length === 0) {
    zh.push(wish.change > 0 ? `总扣分会多 ${round(wish.change)}` : '可以满足，扣分不增')
    en.push(wish.change > 0 ? `the penalty would grow by ${round(wish.change)}` : 'it could be granted at no cost')
  }
  if (wish.substitutes.length > 0) {
    zh.push(`可替班：${wish.substitutes.map((id) => words.person(id)).join('、')}`)
    en.push(`could stand in: ${wish.substitutes.map((id) => words.person(id)).join(', ')}`)
  }
  return { zh: `意愿未满足：${who} ${day.zh}，${zh.join('；')}`, en: `wish: ${who} ${day.en}: ${en.join('; ')}` }
}

/** Somebody who can take a shift, in one line: rest, days in a row, hours, cost. */
export function substituteText(problem: RosterProblem, one: Substitute, names: Names = {}): Text {
  const words = new Wording(problem, names)
  const rest = (minutes: number | null) =>
    minutes === null ? { zh: '充足', en: 'ample' } : { zh: `${hours(minutes)} 小时`, en: `${hours(minutes)} h` }
  const [before, after] = [rest(one.rest_before_min), rest(one.rest_after_min)]
  const loads = one.fairness.map(({ rule, load, fair }) => ({
    rule: words.rule(rule),
    load: round(load),
    fair: round(fair),
  }))
  return {
    zh: [
      `${words.person(one.person)}：扣分变化 ${signed(one.cost)}，班前休息${before.zh}、班后${after.zh}，连续第 ${one.run_days} 天，7 天内 ${hours(one.week_minutes)} 小时，本期 ${hours(one.minutes)} 小时`,
      ...loads.map(({ rule, load, fair }) => `  ${rule.zh}：${load}（均衡值 ${fair}）`),
    ].join('\n'),
    en: [
      `${words.person(one.person)}: penalty ${signed(one.cost)}, rest before ${before.en}, after ${after.en}, ${one.run_days} days in a row, ${hours(one.week_minutes)} h in 7 days, ${hours(one.minutes)} h in the period`,
      ...loads.map(({ rule, load, fair }) => `  ${rule.en}: ${load} (fair ${fair})`),
    ].join('\n'),
  }
}

/** What keeps somebody from a shift, in a few words. */
export function obstacleText(problem: RosterProblem, obstacle: Obstacle, names: Names = {}): Text {
  const words = new Wording(problem, names)
  if (obstacle.kind === 'skill') {
    const skill = words.skill(obstacle.skill)
    return { zh: `没有技能 ${skill}`, en: `lacks the skill ${skill}` }
  }
  if (obstacle.kind === 'on_shift') {
    const shift = words.shift(obstacle.shift)
    return { zh: `当天上 ${shift}`, en: `is on ${shift} that day` }
  }
  if (obstacle.kind === 'rule') {
    const rule = words.rule(obstacle.rule)
    return { zh: `会违反“${rule.zh}”`, en: `would break “${rule.en}”` }
  }
  const own = {
    day_off: ['当天不排班', 'has the day off'],
    unavailable: ['当班来不了', 'cannot come'],
    pinned: ['已固定别的安排', 'is fixed elsewhere'],
  } as const
  const [zh, en] = own[obstacle.kind]
  return { zh, en }
}
