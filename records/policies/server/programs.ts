import { type CompiledProgram, type CompileProblem, compileStack } from '#engines/policy/compile.ts'
import { misfitOf } from '#engines/policy/decisions.ts'
import type { Decision } from '#engines/policy/facts.ts'
import type { OperationFacts } from '#engines/policy/operation.ts'
import type { Stack } from '#engines/policy/pack.ts'
import type { Day } from '#engines/values/time.ts'
import { sha256 } from './load-and-test.ts'

export interface ProgramWindow {
  readonly from: Day
  readonly on: Day
  readonly known: Day
  /** Start, end and levels of the operation; rules that ask for them find them missing where it is left out. */
  readonly operation?: OperationFacts
}

const PROGRAMS_MAX = 60
const programs = new Map<string, CompiledProgram>()

/** What cannot be evaluated as it is, in words for whoever asked; the job's problem. */
export class NotEvaluable extends Error {
  readonly problems: readonly CompileProblem[]
  constructor(problems: readonly CompileProblem[]) {
    super(problems.map(({ message }) => `${message.zh} (${message.en})`).join('; '))
    this.problems = problems
  }
}

/**
 * The program of a stack for a window and the decisions known, compiled once: kept by the hash of everything that goes into
 * it. Decisions on points of other stacks, or outside what this stack now allows, are left aside.
 */
export function programOf(stack: Stack, window: ProgramWindow, decisions: readonly Decision[]): CompiledProgram {
  const fitting = decisions.filter((decision) => misfitOf(stack, decision) === undefined)
  const key = sha256(JSON.stringify([stack.hash, window, fitting]))
  const known = programs.get(key)
  if (known) return known
  const compiled = compileStack(stack, { ...window, decisions: fitting })
  if (!compiled.ok) throw new NotEvaluable(compiled.problems)
  if (programs.size >= PROGRAMS_MAX) programs.clear()
  programs.set(key, compiled.program)
  return compiled.program
}
