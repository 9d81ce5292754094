import { findMistakes, type Mistake } from './mistakes.ts'
import type { RosterProblem } from './problem.ts'
import { problemShape } from './schema/problem-shape.ts'

export type ReadProblem =
  | { readonly ok: true; readonly problem: RosterProblem }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] }

const MISTAKES_MAX = 200

/**
 * Reads a problem from JSON text: its shape (`problem.schema.json`), then its sense (`findMistakes`). Never throws.
 *
 * @example readProblem('{"format":"tongpao-ros') // { ok: false, mistakes: [{ code: 'text.cut_short', … }] }
 */
export function readProblem(text: string): ReadProblem {
  try {
    return checkProblem(JSON.parse(text))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const at = Number(/position (\d+)/.exec(error.message)?.[1] ?? 0)
    const isCut = /end of|unterminated/i.test(error.message) || at >= text.trimEnd().length
    const value = isCut ? text.slice(-40) : error.message
    return { ok: false, mistakes: [{ code: isCut ? 'text.cut_short' : 'text.no_json', where: '', value }] }
  }
}

/** The same for a value that is JSON already. */
export function checkProblem(value: unknown): ReadProblem {
  const mistakes: Mistake[] = []
  const isProblem = problemShape.check(value, '', (code, where, told) => {
    if (mistakes.length < MISTAKES_MAX) mistakes.push({ code, where, value: told })
  })
  if (!isProblem) return { ok: false, mistakes }
  const more = findMistakes(value)
  return more.length > 0 ? { ok: false, mistakes: more } : { ok: true, problem: value }
}
