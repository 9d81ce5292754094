import type { CompiledProgram } from '#engines/policy/compile.ts'
import { missingText } from '#engines/policy/explain-rules.ts'
import { missingFacts } from '#engines/policy/missing-facts.ts'
import { missingFactsOfUnit } from '#engines/policy/units.ts'
import type { Label } from '#engines/policy/vocabulary.ts'
import type { TracedPerson } from './regenerate.ts'
import type { TracedUnit } from './unit-results.ts'

/**
 * Every fact that an open result of a traced person waits for, in words: stored is only the one that stopped it first, and whoever has to
 * bring them wants to ask once. `null` where no fact is missing.
 */
export function allMissing({ program, facts }: TracedPerson, entitlement: string): Label | null {
  return inWords(program, missingFacts(program, facts, entitlement))
}

/** As `allMissing`, of a unit's own amount. */
export function allMissingOfUnit({ program, facts }: TracedUnit, entitlement: string): Label | null {
  return inWords(program, missingFactsOfUnit(program, facts, entitlement))
}

function inWords(program: CompiledProgram, facts: readonly string[]): Label | null {
  if (facts.length === 0) return null
  return {
    zh: facts.map((fact) => missingText(program, fact, 'zh')).join('、'),
    en: facts.map((fact) => missingText(program, fact, 'en')).join(', '),
  }
}
