import type { EntitlementScope } from './compile-entitlements.ts'
import { FINDING, NOT_RECORDED } from './facts.ts'
import { missingNameOf } from './marks.ts'
import { daysIn } from './parameters.ts'
import { MISSING, type Situation } from './situations.ts'
import {
  EMPLOYMENTS,
  ESTABLISHMENTS,
  EXPOSURES,
  FAMILY_FACTS,
  PARTY_STATUSES,
  POST_KINDS,
  UNIT_KINDS,
  wordsOf,
} from './vocabulary.ts'

/**
 * A fact that is not recorded is missing only if it matters: where every answer that it could have gives the same outcome, that
 * is the outcome. Nothing is assumed for it; explanations say that it is not recorded and why that does not matter.
 */

/** A fact taken to be one of its possible answers, so that the rules can be run or explained. */
export interface TakenAnswer {
  /** As missing facts are named: `established`, `finding:work-injury`. */
  readonly fact: string
  take(situation: Situation): void
}

interface Question {
  readonly answers: readonly TakenAnswer[]
  /** Leaves the situation as it was before any answer was taken. */
  forget(situation: Situation): void
}

interface Outcome {
  readonly status: number
  readonly number: number
  readonly decision: number
  readonly taken: readonly TakenAnswer[]
}

const WORD_FACTS = {
  employment: wordsOf(EMPLOYMENTS),
  established: wordsOf(ESTABLISHMENTS),
  party: wordsOf(PARTY_STATUSES),
  post_kind: wordsOf(POST_KINDS),
  exposure: wordsOf(EXPOSURES),
  unit_kind: wordsOf(UNIT_KINDS),
} as const satisfies Record<string, readonly string[]>

/** So many runs of the rules at most for one situation on one day; beyond that the fact counts as missing. */
const RUNS_MAX = 400

/**
 * Settles a situation in which a fact is missing by every answer it could have. Gives the outcome they share with the answers
 * of one way to it, or `null` (with the situation as it was left by the first run) when they differ or cannot be listed.
 */
export function tryAnswers(
  scope: EntitlementScope,
  run: (situation: Situation) => number,
  situation: Situation,
): Outcome | null {
  const { missing } = situation
  const found = outcomeOf(scope, run, situation, { left: RUNS_MAX })
  situation.missing = missing
  situation.status = found?.status ?? MISSING
  situation.decision = found?.decision ?? -1
  return found
}

/**
 * All facts that are missing for a situation: the one that stopped the rules, and those that would stop them next whatever the answer to it;
 * none that gives the same outcome by every answer.
 * Numbers are tried at nothing and at very much, since only their bounds matter.
 *
 * @param run leaves `situation.status`
 */
export function allMissing(
  scope: EntitlementScope,
  run: (situation: Situation) => number,
  situation: Situation,
): ReadonlySet<string> {
  const found = new Set<string>()
  const runs = { left: RUNS_MAX }
  const explore = () => {
    runs.left -= 1
    if (runs.left < 0) return
    run(situation)
    if (situation.status !== MISSING) return
    const { missing } = situation
    // What is asked on the way but changes nothing is not worth anybody's looking up.
    if (outcomeOf(scope, run, situation, { left: RUNS_MAX })) return
    const fact = scope.names.list[missing] ?? ''
    found.add(fact)
    const question = questionAbout(scope, fact, situation) ?? probesAbout(scope, fact, situation)
    for (const answer of question?.answers ?? []) {
      answer.take(situation)
      explore()
    }
    question?.forget(situation)
  }
  explore()
  return found
}

function probesAbout(scope: EntitlementScope, fact: string, situation: Situation): Question | null {
  return fact.startsWith('number:') ? markQuestion(scope, fact, [0, NUMBER_PROBE], situation) : null
}

/** Beyond every bound that a pack could mean, and far from where whole numbers end. */
const NUMBER_PROBE = 1_000_000_000

function outcomeOf(
  scope: EntitlementScope,
  run: (situation: Situation) => number,
  situation: Situation,
  runs: { left: number },
): Outcome | null {
  const question = questionAbout(scope, scope.names.list[situation.missing] ?? '', situation)
  let shared: Outcome | null = null
  for (const answer of question?.answers ?? []) {
    answer.take(situation)
    const one = outcomeAfter(scope, run, situation, runs)
    if (!one || (shared && !same(shared, one))) {
      shared = null
      break
    }
    shared ??= { ...one, taken: [answer, ...one.taken] }
  }
  question?.forget(situation)
  return shared
}

/** With one answer taken another fact may still be missing: then all of its answers are tried in turn. */
function outcomeAfter(
  scope: EntitlementScope,
  run: (situation: Situation) => number,
  situation: Situation,
  runs: { left: number },
): Outcome | null {
  runs.left -= 1
  if (runs.left < 0) return null
  const number = run(situation)
  const { status, decision } = situation
  return status === MISSING ? outcomeOf(scope, run, situation, runs) : { status, number, decision, taken: [] }
}

function same(left: Outcome, right: Outcome): boolean {
  return left.status === right.status && left.number === right.number && left.decision === right.decision
}

/** The answers that a missing fact could have; `null` for numbers, places and dates, of which there is no end. */
function questionAbout(scope: EntitlementScope, fact: string, situation: Situation): Question | null {
  const [kind = '', code = ''] = fact.split(':')
  if (Object.hasOwn(WORD_FACTS, fact)) return wordQuestion(fact, situation)
  if (kind === 'finding') return findingQuestion(fact, scope.asked.findings.indexOf(code), situation)
  if (kind === 'family' && Object.hasOwn(FAMILY_FACTS, code))
    return markQuestion(scope, fact, [FINDING.yes, FINDING.no], situation)
  if (fact === 'home_unit_kind') return markQuestion(scope, fact, [...wordsOf(UNIT_KINDS).keys()], situation)
  return null
}

function isWordFact(fact: string): fact is keyof typeof WORD_FACTS {
  return Object.hasOwn(WORD_FACTS, fact)
}

function wordQuestion(fact: string, situation: Situation): Question | null {
  if (!isWordFact(fact)) return null
  const before = situation[fact]
  const words: readonly string[] = WORD_FACTS[fact]
  const answers = [...words.keys()].filter((position) => words[position] !== 'unknown' && position !== NOT_RECORDED)
  return {
    answers: answers.map((position) => ({
      fact,
      take(one) {
        one[fact] = position
      },
    })),
    forget(one) {
      one[fact] = before
    },
  }
}

function findingQuestion(fact: string, position: number, situation: Situation): Question | null {
  if (position < 0) return null
  const before = situation.findings[position] ?? FINDING.unknown
  return {
    answers: [FINDING.yes, FINDING.no].map((answer) => ({
      fact,
      take(one) {
        one.findings[position] = answer
      },
    })),
    forget(one) {
      one.findings[position] = before
    },
  }
}

function markQuestion(
  scope: EntitlementScope,
  fact: string,
  answers: readonly number[],
  situation: Situation,
): Question | null {
  const position = scope.asked.marks.findIndex((mark) => missingNameOf(mark) === fact)
  const before = situation.marks[position]
  if (position < 0 || !before) return null
  return {
    answers: answers.map((answer) => {
      const values = new Float64Array(daysIn(scope.window)).fill(answer)
      return {
        fact,
        take(one) {
          one.marks[position] = values
        },
      }
    }),
    forget(one) {
      one.marks[position] = before
    },
  }
}
