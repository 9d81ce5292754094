import { openProblem, openRoster, PROBLEM_OPTIONS, ROSTER_OPTION, wrongRoster } from '#apps/cli/roster-files.ts'
import { obstacleText, substituteText } from '#engines/rostering/explain-text.ts'
import type { RosterProblem } from '#engines/rostering/problem.ts'
import { type Gap, SubstituteSearch } from '#engines/rostering/substitute.ts'
import { dayOf, parseDay } from '#engines/values/time.ts'
import type { Call, Command } from '../command.ts'

export const command: Command = {
  usage: '--problem P.json --roster S.json --day D --shift ID [--absent PERSON]',
  text: {
    zh: '谁能顶这个班：按对休息、工时和均衡的影响排序；顶不了的人各因什么。退出状态 1：没有人能顶。',
    en: 'Who can take this shift, ranked by what it does to rest, hours and fairness, and why the others cannot. Exit status 1: nobody can.',
  },
  options: {
    ...PROBLEM_OPTIONS,
    roster: ROSTER_OPTION,
    day: { value: 'D', text: { zh: '哪天：日期，或从 0 数的天数', en: 'the day: a date, or a number from 0' } },
    shift: { value: 'ID', text: { zh: '班次', en: 'the shift' } },
    absent: { value: 'PERSON', text: { zh: '不能来的人', en: 'who dropped out' } },
    most: { value: 'N', text: { zh: '最多列几人，默认 10', en: 'how many to list, standard 10' } },
  },
  settings: [],
  printsData: true,
  async run(call) {
    const problem = openProblem(call)
    const roster = openRoster(call, problem)
    const most = Number(call.option('most') ?? 10)
    if (!Number.isInteger(most) || most < 1)
      throw wrongRoster('--most 应为正整数', '--most must be a whole number from 1')
    const gap = gapOf(call, problem)
    const found = new SubstituteSearch(problem).find(roster, gap, most)
    const refused = found.refused.map(({ person, obstacles }) => {
      const texts = obstacles.map((one) => obstacleText(problem, one))
      return {
        zh: `${person}：${texts.map(({ zh }) => zh).join('，')}`,
        en: `${person}: ${texts.map(({ en }) => en).join(', ')}`,
      }
    })
    const possible = found.possible.map((one) => substituteText(problem, one))
    call.print(
      {
        zh: [
          `能顶班的 ${found.possible_count} 人：`,
          ...possible.map(({ zh }) => zh),
          `不能的 ${found.refused_count} 人，最接近的：`,
          ...refused.map(({ zh }) => zh),
        ].join('\n'),
        en: [
          `${found.possible_count} could take it:`,
          ...possible.map(({ en }) => en),
          `${found.refused_count} cannot; nearest:`,
          ...refused.map(({ en }) => en),
        ].join('\n'),
      },
      { format: 'tongpao-roster-substitutes/1', ...gap, ...found },
    )
    return found.possible_count === 0 ? 1 : 0
  },
}

function gapOf(call: Call, problem: RosterProblem): Gap {
  const text = call.required('day')
  const date = parseDay(text)
  const day = date === undefined ? Number(text) : date - dayOf(problem.first_day)
  if (!Number.isInteger(day) || day < 0 || day >= problem.days)
    throw wrongRoster(`“${text}”不在排班期内`, `${text} lies outside the period`)
  const shift = call.required('shift')
  const ids = problem.shifts.map(({ id }) => id)
  if (!ids.includes(shift))
    throw wrongRoster(
      `没有班次“${shift}”。有：${ids.join('、')}`,
      `there is no shift ${shift}; there are: ${ids.join(', ')}`,
    )
  const absent = call.option('absent')
  if (absent === undefined) return { day, shift }
  if (!problem.people.some(({ id }) => id === absent))
    throw wrongRoster(`没有这个人：${absent}`, `there is no person ${absent}`)
  return { day, shift, absent }
}
