import { type Day, formatDay } from '#engines/values/time.ts'
import { resolveCalendar, UNPUBLISHED } from './calendar.ts'
import { type CompiledEntitlement, compileEntitlement, type EntitlementScope } from './compile-entitlements.ts'
import { cutStack } from './cut-stack.ts'
import { DecisionBook, misfitOf } from './decisions.ts'
import { evaluateBatch } from './evaluate.ts'
import type { Decision, FactBatch } from './facts.ts'
import type { OperationFacts } from './operation.ts'
import type { Stack } from './pack.ts'
import { daysIn, type Window } from './parameters.ts'
import { type EntitlementResult, type EvaluationColumns, type Program, QUANTITY_UNITS, STATES } from './results.ts'
import type { Running } from './segments.ts'
import { Settling } from './settle-days.ts'
import { Names, type Situation, SituationTable, UNSETTLED } from './situations.ts'
import type { Label } from './vocabulary.ts'
import { evaluateWithin, LayersWithin } from './within-areas.ts'

export interface CompileOptions {
  /** First day evaluated. */
  readonly from: Day
  /** Last day evaluated: "as of". */
  readonly on: Day
  /** Nothing published or decided after this day is used: "as known at". */
  readonly known: Day
  readonly decisions?: readonly Decision[]
  /** Levels, start and end of the operation; rules that ask for them find them missing where it is left out. */
  readonly operation?: OperationFacts
}

export interface CompileProblem {
  readonly code: string
  readonly message: Label
}

/** A program with what explanations need of its inside. */
export interface CompiledProgram extends Program {
  readonly stack: Stack
  readonly scope: EntitlementScope
  readonly running: Running
  readonly unit_running: Running
  /** Which layers hold where. */
  readonly within: LayersWithin
}

export type CompileResult =
  | { readonly ok: true; readonly program: CompiledProgram }
  | { readonly ok: false; readonly problems: readonly CompileProblem[] }

const DAYS_MAX = 3_660

/**
 * Compiles a stack for the days `from … on`, as known at `known`, with the decisions recorded.
 *
 * Refused: no days at all, days for which no holiday schedule was published by `known` (where a rule asks for the kind of
 * day), and decisions that the pack does not allow.
 *
 * @example
 * const compiled = compileStack(stack, { from: dayOf('2020-02-01'), on: dayOf('2020-02-29'), known: dayOf('2020-03-05') })
 * if (compiled.ok) compiled.program.evaluate(batchOf(people))
 */
export function compileStack(stack: Stack, options: CompileOptions): CompileResult {
  const window: Window = { from: options.from, to: options.on, known: options.known }
  const problems: CompileProblem[] = []
  if (daysIn(window) < 1 || daysIn(window) > DAYS_MAX) return { ok: false, problems: [refuseWindow(window)] }
  const decisions = options.decisions ?? []
  for (const decision of decisions) {
    const misfit = misfitOf(stack, decision)
    if (!misfit) continue
    const zh = `决定 ${misfit.ref}(${misfit.point}):${misfit.message.zh}`
    problems.push({
      code: misfit.code,
      message: { zh, en: `decision ${misfit.ref} (${misfit.point}): ${misfit.message.en}` },
    })
  }
  const scope = scopeOf(stack, window, decisions, options.operation ?? null)
  const others = new Map<string, CompiledEntitlement>()
  const compiled = [...stack.entitlements.values()].map((entitlement) => {
    const exceptions = stack.exceptions.filter((exception) => exception.to_entitlement === entitlement.code)
    const one = compileEntitlement(scope, entitlement, exceptions, others)
    others.set(entitlement.code, one)
    return one
  })
  const situation = emptySituation(scope)
  // Steps, caps and earnings are compiled with the settlings, before the table is told which facts are read.
  const { asked } = scope
  const table = new SituationTable(asked, scope.book)
  const settlings = compiled.map((one) => new Settling(scope, one, table, situation))
  if (asked.day_kind || [...stack.entitlements.values()].some(({ gives }) => gives === 'minutes')) {
    const unpublished = scope.calendar.kinds.indexOf(UNPUBLISHED)
    if (unpublished >= 0) problems.push(refuseCalendar(window.from + unpublished, window.known))
  }
  if (problems.length > 0) return { ok: false, problems }
  const running: Running = {
    from: window.from,
    days: daysIn(window),
    month_on: monthsOf(window),
    table,
    settlings: settlings.filter(({ compiled: { entitlement } }) => entitlement.subject === 'person'),
    names: scope.names,
    by_start: settlings.some(({ by_start, by_night }) => by_start && !by_night),
    by_night: settlings.some(({ by_night }) => by_night),
    timed: settlings.some(({ only }) => only !== null),
    known: window.known,
    last_month_over: formatDay(window.to + 1).endsWith('-01'),
  }
  const unit_running: Running = {
    ...running,
    settlings: settlings.filter(({ compiled: { entitlement } }) => entitlement.subject === 'unit'),
  }
  const plain = {
    stack,
    scope,
    running,
    hash: stack.hash,
    from: window.from,
    to: window.to,
    known: window.known,
    unit_running,
    entitlements: running.settlings.map((settling) => settling.compiled.entitlement),
    unit_entitlements: unit_running.settlings.map((settling) => settling.compiled.entitlement),
    decision_points: scope.book.points,
    missing_facts: scope.names.list,
  }
  return { ok: true, program: withinAreas(plain, options) }
}

type PlainProgram = Omit<CompiledProgram, 'within' | 'evaluate' | 'evaluateUnits'>

/** A layer's rules reach only people of its area; whoever belongs elsewhere is settled by the layers above. */
function withinAreas(plain: PlainProgram, options: CompileOptions): CompiledProgram {
  const program: CompiledProgram = {
    ...plain,
    get within() {
      return within
    },
    evaluate: (batch) => evaluateWithin(program, within, batch, (by, part) => evaluateBatch(by.running, part)),
    evaluateUnits: (batch) =>
      evaluateWithin(program, within, batch, (by, part) => evaluateBatch(by.unit_running, part)),
  }
  const within: LayersWithin = new LayersWithin(program, (kept) => {
    const stack = cutStack(plain.stack, kept)
    const decisions = (options.decisions ?? []).filter((decision) => misfitOf(stack, decision) === undefined)
    const compiled = compileStack(stack, { ...options, decisions })
    if (!compiled.ok)
      throw new RangeError(compiled.problems.map(({ message }) => `${message.zh} (${message.en})`).join('; '))
    return compiled.program
  })
  return program
}

function scopeOf(
  stack: Stack,
  window: Window,
  decisions: readonly Decision[],
  operation: OperationFacts | null,
): EntitlementScope {
  const points = [...stack.decision_points.values()]
  return {
    stack,
    window,
    names: new Names(),
    calendar: resolveCalendar(stack.calendar, window),
    categories: new Map(),
    asked: {
      employment: false,
      established: false,
      party: false,
      post_kind: false,
      exposure: false,
      unit_kind: false,
      day_kind: false,
      findings: [],
      area_prefixes: [],
      marks: [],
    },
    operation,
    parameters: new Map(),
    book: new DecisionBook(points, decisions, window),
  }
}

function emptySituation(scope: EntitlementScope): Situation {
  const nothing = 255
  return {
    employment: nothing,
    established: nothing,
    party: nothing,
    belongs_to: 0,
    findings: new Uint8Array(scope.stack.findings.size),
    timelines: [],
    marks: [],
    post_kind: nothing,
    exposure: nothing,
    unit_kind: nothing,
    works_in: 0,
    day: 0,
    status: UNSETTLED,
    missing: -1,
    decision: -1,
    unrecorded: [],
  }
}

function monthsOf(window: Window): Int32Array {
  return Int32Array.from({ length: daysIn(window) }, (_, index) => {
    const [year = 0, month = 0] = formatDay(window.from + index)
      .split('-')
      .map(Number)
    return year * 12 + month
  })
}

function refuseWindow(window: Window): CompileProblem {
  const [from, to] = [formatDay(window.from), formatDay(window.to)]
  return {
    code: 'window.days',
    message: {
      zh: `${from} 至 ${to} 不是可计算的一段日子`,
      en: `${from} to ${to} is no run of days that can be evaluated`,
    },
  }
}

function refuseCalendar(day: Day, known: Day): CompileProblem {
  const year = formatDay(day).slice(0, 4)
  return {
    code: 'calendar.unpublished',
    message: {
      zh: `${formatDay(day)}：截至 ${formatDay(known)} 没有公布 ${year} 年的放假安排，不能推算；请在政策包的 calendar 中补上已公布的安排`,
      en: `${formatDay(day)}: no holiday schedule for ${year} had been published by ${formatDay(known)}; add the published one under calendar, it is never guessed`,
    },
  }
}

/** One cell of a batch's columns as an object. */
export function resultAt(
  program: Program,
  columns: EvaluationColumns,
  batch: FactBatch,
  row: number,
  entitlement: number,
): EntitlementResult {
  const cell = row * columns.entitlements.length + entitlement
  const written = program.entitlements[entitlement]
  const state = STATES[columns.state[cell] ?? 0]
  if (!written || !state) throw new RangeError(`no entitlement ${entitlement}`)
  const amount = columns.amount_fen[cell] ?? Number.NaN
  const quantity = columns.quantity[cell] ?? -1
  return {
    person: batch.person[row] ?? 0,
    entitlement: written.code,
    state,
    amount_fen: Number.isNaN(amount) ? null : amount,
    quantity: quantity < 0 ? null : quantity,
    quantity_unit: QUANTITY_UNITS[written.gives],
    from: program.from,
    to: program.to,
    open_days: columns.open_days[cell] ?? 0,
    decision_point: program.decision_points[columns.decision_point[cell] ?? -1]?.code ?? null,
    missing: program.missing_facts[columns.missing[cell] ?? -1] ?? null,
  }
}
