import { type CompiledProgram, compileStack, resultAt } from './compile.ts'
import { batchOf, type Decision, type PersonFacts } from './facts.ts'
import type { MoreFacts } from './facts-more.ts'
import {
  Differences,
  daysText,
  factsText,
  itemsText,
  minutesText,
  pointText,
  stateText,
  yuanText,
} from './miss-texts.ts'
import { missingFacts } from './missing-facts.ts'
import { Mistakes } from './mistakes.ts'
import type { Mistake, Place, Stack } from './pack.ts'
import type { FatigueFunction } from './rest-results.ts'
import type { EntitlementResult } from './results.ts'
import { caseFileShape, type WrittenCase, type WrittenExpectation } from './schema/case-shape.ts'
import { readSource, type SourceFile } from './source.ts'
import { runCheck, spansOf } from './test-checks.ts'
import { missesOfRest } from './test-rest.ts'
import { evaluateUnits, missingFactsOfUnit, type UnitFacts } from './units.ts'
import type { Label } from './vocabulary.ts'

/** One example that came out otherwise than it says. */
export interface Miss {
  readonly place: Place
  readonly name: string
  readonly entitlement: string
  readonly wanted: Label
  readonly got: Label
}

export interface PackTestResult {
  readonly cases: number
  readonly misses: readonly Miss[]
  /** The case files themselves are wrong. */
  readonly mistakes: readonly Mistake[]
}

/**
 * Runs the examples of a pack against its stack.
 *
 * @example testPack(stack, [{ path: 'policies/a-2020/cases/doctors.yaml', text }]) // { cases: 4, misses: [], mistakes: [] }
 */
export function testPack(stack: Stack, files: readonly SourceFile[], fatigue?: FatigueFunction): PackTestResult {
  const mistakes = new Mistakes()
  const misses: Miss[] = []
  let cases = 0
  for (const file of files) {
    const located = readSource(file, mistakes)
    const read = located && caseFileShape.read(located, mistakes)
    for (const written of read?.cases ?? []) {
      cases += 1
      misses.push(...runCase(stack, written, fatigue))
    }
    for (const written of read?.checks ?? []) {
      cases += 1
      misses.push(...runCheck(stack, written))
    }
  }
  return { cases, misses, mistakes: mistakes.list }
}

export function personOf(written: WrittenCase): PersonFacts {
  const { person } = written
  const more = moreOf(written)
  return {
    person: 1,
    employment: person?.employment ?? null,
    established: person?.established ?? 'unknown',
    party: person?.party ?? 'unknown',
    area: person?.area ?? null,
    findings: Object.fromEntries((person?.findings ?? []).map((one) => [one.code, one.value])),
    ...more,
    spans: spansOf(written.spans),
  }
}

/** The unit of an example, and the home of its person. */
const UNIT = 1

function moreOf({ person, unit }: WrittenCase): MoreFacts {
  const refs = <Item>(items: readonly Item[], name: string) =>
    items.map((item, index) => ({ ...item, ref: `${name}-${index + 1}` }))
  return {
    ...(unit ? { home_unit: UNIT } : {}),
    ...(person?.home_unit_kind ? { home_unit_kind: person.home_unit_kind } : {}),
    ...(person?.family ? { family: Object.fromEntries(person.family) } : {}),
    ...(person?.counts ? { counts: Object.fromEntries(person.counts) } : {}),
    ...(person?.money ? { money: Object.fromEntries(person.money) } : {}),
    ...(person?.children ? { children: person.children } : {}),
    ...(person?.events ? { events: refs(person.events, 'event') } : {}),
    ...(person?.uses ? { uses: refs(person.uses, 'use') } : {}),
  }
}

/** The unit of an example, if it speaks of one. */
export function unitOf({ unit }: WrittenCase): UnitFacts | undefined {
  if (!unit) return undefined
  const { kind, area, findings, counts, money } = unit
  return {
    unit: UNIT,
    kind,
    area,
    findings: Object.fromEntries(findings.map((one) => [one.code, one.value])),
    ...(counts ? { counts: Object.fromEntries(counts) } : {}),
    ...(money ? { money: Object.fromEntries(money) } : {}),
  }
}

function decisionsOf(written: WrittenCase): readonly Decision[] {
  return written.decisions.map(({ point, about, of_unit, choice, amount, words, from, to, decided_on }, index) => ({
    point,
    about: of_unit
      ? { kind: 'unit', unit: UNIT }
      : about === null
        ? { kind: 'person', person: 1 }
        : { kind: 'area', area: about },
    decided:
      words !== null
        ? { kind: 'words', words, outcome: 'entitled' }
        : choice === null
          ? { kind: 'amount', amount: amount?.amount ?? 0 }
          : { kind: 'choice', choice },
    from,
    to,
    decided_on,
    ref: `decision-${index + 1}`,
  }))
}

/** The program and person of an example, for running and for explaining it. */
export function prepareCase(stack: Stack, written: WrittenCase) {
  const { from, on, operation } = written
  const compiled = compileStack(stack, {
    from,
    on,
    known: written.known ?? on,
    decisions: decisionsOf(written),
    ...(operation ? { operation } : {}),
  })
  return { compiled, person: personOf(written) }
}

function runCase(stack: Stack, written: WrittenCase, fatigue: FatigueFunction | undefined): readonly Miss[] {
  const { compiled, person } = prepareCase(stack, written)
  const { name, place } = written
  if (!compiled.ok) {
    const got = {
      zh: compiled.problems.map(({ message }) => message.zh).join('；'),
      en: compiled.problems.map(({ message }) => message.en).join('; '),
    }
    return [{ place, name, entitlement: '', wanted: { zh: '能计算', en: 'a program' }, got }]
  }
  const results = new Map(evaluateOne(compiled.program, person))
  const unit = unitOf(written)
  for (const result of unit ? evaluateUnits(compiled.program, [unit]) : []) results.set(result.entitlement, result)
  const isOfUnit = (code: string) => stack.entitlements.get(code)?.subject === 'unit'
  const { program } = compiled
  const missingFor = (code: string) =>
    unit && isOfUnit(code) ? missingFactsOfUnit(program, unit, code) : missingFacts(program, person, code)
  const known = written.known ?? written.on
  const rest = missesOfRest(stack, { from: written.from, on: written.on, known }, person, written.expect_rest, fatigue)
  const ofRest = rest.map(({ rule, ...miss }) => ({ ...miss, name, entitlement: rule }))
  const ofEntitlements = written.expect.flatMap(({ code, place: at, value: wanted }) => {
    const got = results.get(code)
    if (!got) {
      const none = { wanted: { zh: '有结果', en: 'a result' }, got: { zh: '没有这项待遇', en: 'no such entitlement' } }
      return [{ place: at, name, entitlement: code, ...none }]
    }
    const all = wanted.missing && got.missing !== null ? missingFor(code) : []
    return compareResult(stack, wanted, got, all).map((miss) => ({ place: at, name, entitlement: code, ...miss }))
  })
  return [...ofEntitlements, ...ofRest]
}

export function evaluateOne(program: CompiledProgram, person: PersonFacts): ReadonlyMap<string, EntitlementResult> {
  const batch = batchOf([person])
  const columns = program.evaluate(batch)
  const results = program.entitlements.map((_, index) => resultAt(program, columns, batch, 0, index))
  return new Map(results.map((result) => [result.entitlement, result]))
}

function compareResult(
  stack: Stack,
  wanted: WrittenExpectation,
  got: EntitlementResult,
  missing: readonly string[],
): readonly { wanted: Label; got: Label }[] {
  const differences = new Differences()
  const check = (expected: Label | null, actual: Label) => differences.check(expected, actual)
  check(wanted.state && stateText(wanted.state), stateText(got.state))
  check(wanted.amount && yuanText(wanted.amount.amount), yuanText(got.amount_fen))
  check(wanted.days && daysText(wanted.days.amount), daysText(got.quantity))
  check(wanted.minutes && minutesText(wanted.minutes.amount), minutesText(got.quantity))
  check(wanted.items && itemsText(wanted.items.amount), itemsText(got.quantity))
  check(wanted.open_days && daysText(wanted.open_days.amount), daysText(got.open_days * 100))
  check(
    wanted.decision_point === null ? null : pointText(stack, wanted.decision_point),
    pointText(stack, got.decision_point),
  )
  check(wanted.missing && factsText(stack, wanted.missing), factsText(stack, missing))
  return differences.list
}
