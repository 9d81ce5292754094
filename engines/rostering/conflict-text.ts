import type { Conflict, PinAgainst, Why } from './conflict.ts'
import type { RosterProblem } from './problem.ts'
import { type Names, type Text, Wording } from './wording.ts'

const WHY: Readonly<Record<Why, Text>> = {
  skill: { zh: '没有所需技能', en: 'lack the skill' },
  day_off: { zh: '当天不排班', en: 'have the day off' },
  unavailable: { zh: '当班来不了', en: 'cannot come' },
  pinned: { zh: '已固定别的安排', en: 'are fixed elsewhere' },
  rules: { zh: '因之前的班还须休息', en: 'must still rest from before' },
}

const AGAINST: Readonly<Record<PinAgainst, Text>> = {
  day_off: { zh: '当天不排班', en: 'the day is off' },
  unavailable: { zh: '当班来不了', en: 'they cannot come' },
  skill: { zh: '缺少该班的技能', en: 'they lack the skill' },
  other_pin: { zh: '同一天又固定了另一个班', en: 'the same day is fixed otherwise, too' },
}

/**
 * A conflict as a manager would say it.
 *
 * @example conflictText(problem, conflict).zh // '2月26日 N 至少需要 4 人（技能 X），只有 3 人可排：1 人当天不排班'
 */
export function conflictText(problem: RosterProblem, conflict: Conflict, names: Names = {}): Text {
  const words = new Wording(problem, names)
  switch (conflict.kind) {
    case 'pin': {
      const [who, day, why] = [words.person(conflict.person), words.day(conflict.day), AGAINST[conflict.against]]
      return { zh: `${who} ${day.zh}固定了班，但${why.zh}`, en: `${who} is fixed on ${day.en}, but ${why.en}` }
    }
    case 'no_shift': {
      const who = words.person(conflict.person)
      return { zh: `${who}没有任何能上的班`, en: `${who} can take no shift on any day` }
    }
    case 'person':
      return personText(words, conflict)
    default:
      return countText(words, conflict)
  }
}

function personText(words: Wording, conflict: Extract<Conflict, { kind: 'person' }>): Text {
  const who = words.person(conflict.person)
  const rules = conflict.rules.map((id) => words.rule(id))
  if (rules.length === 0) {
    return {
      zh: `${who}的各项硬性要求互相矛盾，放弃任何一条都不够`,
      en: `the hard rules for ${who} contradict one another; giving up one is not enough`,
    }
  }
  return {
    zh: `${who}的硬性要求互相矛盾，放宽其中一条即可：${rules.map(({ zh }) => zh).join('；')}`,
    en: `the hard rules for ${who} contradict one another; relax one of: ${rules.map(({ en }) => en).join('; ')}`,
  }
}

type Counted = Extract<Conflict, { needed: number }>

function countText(words: Wording, conflict: Counted): Text {
  const { needed, available, hard } = conflict
  const shifts = words.shifts(conflict.shifts)
  const skill = conflict.skill === undefined ? undefined : words.skill(conflict.skill)
  const skilled = skill === undefined ? { zh: '', en: '' } : { zh: `（技能 ${skill}）`, en: ` with skill ${skill}` }
  const need = hard ? { zh: '至少需要', en: 'needs at least' } : { zh: '需要', en: 'wants' }
  if (conflict.kind === 'period') {
    return {
      zh: `整个排班期 ${shifts.zh} 共${need.zh} ${needed} 人次${skilled.zh}，按每人的工时和休息要求最多只有 ${available} 人次`,
      en: `${shifts.en} ${need.en} ${needed} person-days${skilled.en} in the period; people’s own rules leave ${available} at most`,
    }
  }
  const day = words.day(conflict.day)
  if (conflict.kind === 'together') {
    return {
      zh: `${day.zh} ${shifts.zh} 合计${need.zh} ${needed} 人${skilled.zh}，能上其中任何一班的只有 ${available} 人`,
      en: `${day.en}: ${shifts.en} together ${need.en} ${needed} people${skilled.en}; only ${available} could take any of them`,
    }
  }
  const why = Object.entries(conflict.why).flatMap(([name, count]) => {
    const said = isWhy(name) ? WHY[name] : undefined
    return said === undefined || (name === 'skill' && skill !== undefined) ? [] : [{ said, count }]
  })
  const tail = {
    zh: why.map(({ said, count }) => `${count} 人${said.zh}`).join('，'),
    en: why.map(({ said, count }) => `${count} ${said.en}`).join(', '),
  }
  return {
    zh: `${day.zh} ${shifts.zh} ${need.zh} ${needed} 人${skilled.zh}，只有 ${available} 人可排${tail.zh && `：${tail.zh}`}`,
    en: `${day.en}: ${shifts.en} ${need.en} ${needed} people${skilled.en}; ${available} could come${tail.en && ` (${tail.en})`}`,
  }
}

function isWhy(name: string): name is Why {
  return Object.hasOwn(WHY, name)
}
