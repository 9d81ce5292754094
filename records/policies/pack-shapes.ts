import { z } from 'zod'
import { LEVELS, UNITS } from '#engines/policy/pack.ts'
import { GRADES, MEASURES } from '#engines/policy/vocabulary.ts'
import { Code, InstantOut, LocalText } from '#platform/http/fields.ts'

/** What a pack looks like on the wire; the endpoints stand in `contract.ts`. */

const Level = z.enum(LEVELS)
const Grade = Code(GRADES)
export const PackHash = z.string().regex(/^[0-9a-f]{64}$/)

/** Where something stands in a pack's files. */
const PlaceOut = { file: z.string(), line: z.int(), column: z.int() }

/** One thing that is wrong in a pack: these stand in `facts.mistakes` of the problem `policies.mistakes`. */
export const MistakeOut = z.object({
  code: z.string(),
  ...PlaceOut,
  value: z.string(),
  wrong: LocalText,
  right: LocalText,
})
export type MistakeOut = z.output<typeof MistakeOut>

export const PackRow = z.object({
  pack_hash: PackHash,
  code: z.string(),
  version: z.string(),
  layer: Level,
  title: LocalText,
  area: z.string(),
  extends: z.string().nullable(),
  published: z.string(),
  recorded_at: InstantOut,
})
export type PackRow = z.output<typeof PackRow>

/** A dated figure with where it comes from. `value` is in whole base units of `unit`: fen, minutes, hundredths; `text` is for reading. */
export const FigureOut = z.object({
  from: z.string(),
  to: z.string().nullable(),
  known: z.string(),
  value: z.number().nullable(),
  text: LocalText,
  source: z.string(),
  source_title: z.string(),
  source_number: z.string().nullable(),
  article: z.string().nullable(),
  grade: Grade,
  /** Grades C and U: shown as 未核实. */
  unverified: z.boolean(),
  /** Shown as 示例: no fact. */
  example: z.boolean(),
  pack: z.string(),
  layer: Level,
  ...PlaceOut,
})
export type FigureOut = z.output<typeof FigureOut>

export const ParameterOut = z.object({
  code: z.string(),
  title: LocalText,
  unit: z.enum(UNITS),
  clause: z.string().nullable(),
  pack: z.string(),
  /** Which lower layers may set it, and within what; null when nobody below may. */
  open_to: z.array(Level).nullable(),
  at_least: z.number().nullable(),
  at_most: z.number().nullable(),
  values: z.array(FigureOut),
  ...PlaceOut,
})
export type ParameterOut = z.output<typeof ParameterOut>

export const EntitlementOut = z.object({
  code: z.string(),
  title: LocalText,
  clause: z.string(),
  pack: z.string(),
  gives: z.enum([
    'money_per_day',
    'money_per_hour',
    'money_per_month',
    'money_once',
    'money_per_event',
    'minutes',
    'in_kind',
    'right',
  ]),
  from: z.string(),
  to: z.string().nullable(),
  known: z.string(),
  source: z.string(),
  source_title: z.string(),
  paid_by: LocalText.nullable(),
  /** Who has it: first match wins, everybody is spoken about. */
  who: z.array(
    z.object({
      outcome: z.enum(['entitled', 'undecided', 'not_covered']),
      when: LocalText,
      decision: z.string().nullable(),
      basis: z.string().nullable(),
      article: z.string().nullable(),
      reason: LocalText.nullable(),
    }),
  ),
  /** Parameters that the rule reads. */
  parameters: z.array(z.string()),
  exceptions: z.array(
    z.object({ code: z.string(), title: LocalText, from: z.string(), known: z.string(), source_title: z.string() }),
  ),
  ...PlaceOut,
})
export type EntitlementOut = z.output<typeof EntitlementOut>

/** What may be decided: one of some choices, or an amount in base units between bounds. */
export const DecisionRange = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('choices'),
    choices: z.array(z.object({ choice: z.string(), title: LocalText, outcome: z.enum(['entitled', 'not_covered']) })),
  }),
  z.object({
    kind: z.literal('amount'),
    unit: z.enum(UNITS),
    at_least: z.number().nullable(),
    at_most: z.number().nullable(),
  }),
  z.object({ kind: z.literal('free') }),
])
export type DecisionRange = z.output<typeof DecisionRange>

export const DecisionPointOut = z.object({
  point: z.string(),
  clause: z.string(),
  question: LocalText,
  /** The notice's own word that leaves it open. */
  word: z.string(),
  decided_by: z.array(z.string()),
  scope: z.enum(['person', 'unit', 'area', 'operation']),
  basis: z.string(),
  basis_title: z.string(),
  range: DecisionRange,
  pack: z.string(),
  ...PlaceOut,
})
export type DecisionPointOut = z.output<typeof DecisionPointOut>

export const ClauseOut = z.object({
  number: z.string(),
  title: LocalText,
  summary: LocalText,
  source: z.string(),
  article: z.string().nullable(),
  offices: z.array(z.string()),
  /** The room of the house that carries it out. */
  measure: Code(MEASURES).nullable(),
  /** Entitlements of higher layers through which it reaches people. */
  carries: z.array(z.string()),
  pack: z.string(),
  ...PlaceOut,
})
export type ClauseOut = z.output<typeof ClauseOut>

export const SourceOut = z.object({
  code: z.string(),
  title: z.string(),
  number: z.string().nullable(),
  issuers: z.array(z.string()),
  published: z.string(),
  grade: Grade,
  note: LocalText.nullable(),
})
