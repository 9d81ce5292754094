import { openProblem, openRoster, PROBLEM_OPTIONS, ROSTER_OPTION } from '#apps/cli/roster-files.ts'
import { conflictText } from '#engines/rostering/conflict-text.ts'
import { findConflicts } from '#engines/rostering/conflicts.ts'
import { explainRoster } from '#engines/rostering/explain.ts'
import { explanationText } from '#engines/rostering/explain-text.ts'
import { prepare } from '#engines/rostering/solve.ts'
import type { Command } from '../command.ts'

export const command: Command = {
  usage: '--problem P.json --roster S.json',
  text: {
    zh: [
      '说明一份班表：按规则的扣分、违反了什么；每处缺人、每个未满足的意愿各因什么，最省的办法有哪些；',
      '以及无论怎样排都满足不了的要求。退出状态 1：有硬性要求未满足。',
    ].join('\n'),
    en: [
      'Explains a roster: its score by rule, what is broken, for each need and wish that is not met what stands in the way and the',
      'cheapest ways out, and what no roster could satisfy. Exit status 1: hard requirements are broken.',
    ].join('\n'),
  },
  options: { ...PROBLEM_OPTIONS, roster: ROSTER_OPTION },
  settings: [],
  printsData: true,
  async run(call) {
    const problem = openProblem(call)
    const roster = openRoster(call, problem)
    const explanation = explainRoster(problem, roster)
    const prepared = prepare(problem)
    const conflicts = findConflicts(problem, prepared.ok ? prepared.impossible : [])
    const named = conflicts.map((one) => conflictText(problem, one))
    const lines = [
      ...named.map(({ zh, en }) => ({ zh: `无法满足：${zh}`, en: `cannot be met: ${en}` })),
      ...explanationText(problem, explanation),
    ]
    call.print(
      { zh: lines.map(({ zh }) => zh).join('\n'), en: lines.map(({ en }) => en).join('\n') },
      { format: 'tongpao-roster-explanation/1', ...explanation, conflicts },
    )
    return explanation.score.hard > 0 ? 1 : 0
  },
}
