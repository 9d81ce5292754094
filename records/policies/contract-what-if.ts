import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import { CivilDateText, Fen, Id, IdText, LocalText, Text } from '#platform/http/fields.ts'
import { policyProblems } from './contract.ts'
import { draftProblems } from './contract-drafts.ts'
import { PackHash } from './pack-shapes.ts'

/** What a change would come to, for everybody: worked out as a job over the records, stored as nobody's result. */

const Sum = z.object({ people_count: z.int(), amount_fen: Fen })

export const WhatIfResult = z.object({
  from: z.string(),
  on_date: z.string(),
  people_count: z.int(),
  people: z.object({ more: Sum, less: Sum, same_count: z.int() }),
  entitlements: z.array(
    z.object({
      entitlement: z.string(),
      title: LocalText,
      quantity_unit: z.string(),
      before_fen: Fen,
      after_fen: Fen,
      quantity_before: z.int(),
      quantity_after: z.int(),
      more: Sum,
      less: Sum,
      waiting_before: z.int(),
      waiting_after: z.int(),
    }),
  ),
  counties: z.array(
    z.object({
      unit_id: Id.nullable(),
      name: z.string(),
      people_count: z.int(),
      before_fen: Fen,
      after_fen: Fen,
      more: Sum,
      less: Sum,
    }),
  ),
  /** Who pays, in the pack's words; what falls on each day, a person's sum spread evenly over their spans. */
  funds: z.array(
    z.object({
      fund: LocalText,
      before_fen: Fen,
      after_fen: Fen,
      days_before_fen: z.array(Fen),
      days_after_fen: z.array(Fen),
    }),
  ),
  /** How many people gain or lose how much: from `from_fen`, not including `to_fen`; null: without end. */
  steps: z.array(z.object({ from_fen: Fen.nullable(), to_fen: Fen.nullable(), people_count: z.int() })),
})
export type WhatIfResult = z.output<typeof WhatIfResult>

export const WhatIfPerson = z.object({
  person_id: Id,
  name: z.string(),
  unit_name: z.string(),
  before_fen: Fen,
  after_fen: Fen,
  difference_fen: Fen,
})

/** A quantity as an office writes it in a pack: `320 yuan`, `4 hours`. */
const QuantityText = Text(40)

export const askWhatIf = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/what-ifs',
  summary:
    'Works out what a draft, another version, or one changed figure would come to; a job, stored as nobody’s result',
  permission: 'policies.drafts',
  place: ({ body }) => body.area_unit_id,
  input: {
    params: z.object({ operation_id: IdText }),
    body: z.object({
      /** Where the change would be in force; people there are counted. */
      area_unit_id: Id,
      change: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('draft'), draft_id: Id, revision: z.int().min(1) }),
        z.object({ kind: z.literal('pack'), pack_hash: PackHash }),
        z.object({
          kind: z.literal('figure'),
          parameter: z.string().max(64),
          value: QuantityText,
          from_on: CivilDateText,
        }),
      ]),
      /** The last day counted; today when left out. */
      on_date: CivilDateText.nullable().default(null),
    }),
  },
  output: z.object({ job_id: z.uuid() }),
  problems: [
    policyProblems.no_packs,
    policyProblems.unknown_pack,
    policyProblems.mistakes,
    draftProblems.no_draft,
    draftProblems.not_newest,
    draftProblems.unknown_figure,
    draftProblems.too_heavy,
  ],
})

export const readWhatIf = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/what-ifs/:job_id',
  summary: 'What a finished what-if came to, for whoever asked for it; names only of people in their scope',
  permission: 'policies.drafts',
  input: { params: z.object({ operation_id: IdText, job_id: z.uuid() }) },
  output: WhatIfResult.extend({ most: z.array(WhatIfPerson) }),
  problems: [draftProblems.no_what_if],
})
