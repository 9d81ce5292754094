import { choose } from './choices.ts'
import type { PatternRule, RosterProblem } from './problem.ts'

/**
 * Hard wanted patterns that oblige one another for ever: whoever ends one has begun the next, no day off in any of them, so that
 * nobody who once begins may stop. Answers each ring as rule ids, the first repeated at the end.
 *
 * @example [L, N] and [N, L], both wanted and hard → [['a', 'b', 'a']]
 */
export function cyclesOf(problem: RosterProblem): readonly (readonly string[])[] {
  const patterns = problem.rules.filter(
    (rule) => rule.kind === 'pattern' && rule.wanted && rule.price === 'hard' && rule.days.length > 1,
  )
  const steps = patterns.flatMap((rule) => (rule.kind === 'pattern' ? [stepsOf(problem, rule)] : []))
  const onward = steps.map((pattern) =>
    steps.flatMap((next, to) => (isWithoutRest(next) && obliges(pattern, next) ? to : [])),
  )
  const rings: string[][] = []
  const settled = new Set<number>()
  const visit = (at: number, path: readonly number[]): void => {
    const seen = path.indexOf(at)
    if (seen >= 0) {
      rings.push([...path.slice(seen), at].map((each) => patterns[each]?.id ?? ''))
      return
    }
    if (settled.has(at)) return
    for (const next of onward[at] ?? []) visit(next, [...path, at])
    settled.add(at)
  }
  for (const [at, pattern] of steps.entries()) if (isWithoutRest(pattern)) visit(at, [])
  return rings
}

type Steps = readonly (readonly boolean[])[]

const stepsOf = (problem: RosterProblem, rule: PatternRule): Steps => rule.days.map((choice) => choose(problem, choice))

const isWithoutRest = (steps: Steps): boolean => steps.every((isIn) => !isIn[0])

/** Whoever does the last step of one has thereby begun the other: it was not met by the step before. */
function obliges(pattern: Steps, next: Steps): boolean {
  const last = pattern.at(-1) ?? []
  const before = pattern.at(-2) ?? []
  const first = next[0] ?? []
  const isMeaningful = last.some((isIn) => isIn)
  return (
    isMeaningful &&
    last.every((isIn, option) => !isIn || first[option]) &&
    before.every((isIn, option) => !isIn || !first[option])
  )
}
