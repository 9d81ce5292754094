import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CellJudge } from './cell-judge.ts'
import type { Roster, RosterProblem } from './problem.ts'
import { Random } from './random.ts'
import { scoreRoster } from './score.ts'
import { toRoster } from './solve.ts'
import { smallWard } from './test-problems.ts'

/** Soft and hard units of the rules about rows, without what other people have a part in. */
function byRule(problem: RosterProblem, roster: Roster): Map<string, number> {
  const { score } = scoreRoster(problem, roster)
  return new Map(score.by_rule.map(({ rule, hard, soft }) => [rule, hard + soft]))
}

it('the judge of one cell says what the judge of whole rosters finds changed, rule by rule', () => {
  const ward = smallWard()
  const own = { ...ward, rules: ward.rules.filter(({ kind }) => kind !== 'apart' && kind !== 'together') }
  const judge = new CellJudge(own)
  const names = new Set([...own.rules.map(({ id }) => id), 'overlap', 'not_next_day'])
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
      const random = new Random(seed)
      const rows = Int32Array.from({ length: own.people.length * own.days }, () => random.below(4))
      const person = random.below(own.people.length)
      const day = random.below(own.days)
      const option = random.below(4)
      const before = byRule(own, toRoster(own, rows))
      const row = rows.slice(person * own.days, (person + 1) * own.days)
      // A rule with both limits answers for each.
      const said = new Map<string, number>()
      for (const { rule, hard, units, cost } of judge.changes(person, row, day, option)) {
        said.set(rule, (said.get(rule) ?? 0) + (hard ? units : cost))
      }
      rows[person * own.days + day] = option
      const after = byRule(own, toRoster(own, rows))
      for (const name of names) {
        expect([name, said.get(name) ?? 0]).toEqual([name, (after.get(name) ?? 0) - (before.get(name) ?? 0)])
      }
    }),
    { numRuns: 300 },
  )
})
