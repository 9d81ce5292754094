import { z } from 'zod'
import { STATES } from '#engines/policy/results.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { CivilDateText, Fen, Id, IdText, InstantText, LocalText, Text } from '#platform/http/fields.ts'
import { policyProblems } from './contract.ts'
import { draftProblems } from './contract-drafts.ts'
import { PackHash } from './pack-shapes.ts'

/** What a change would come to, for everybody: worked out as a job over the records, stored as nobody's result. */

const Change = z.object({
  before_fen: Fen,
  after_fen: Fen,
  difference_fen: Fen,
  gains_fen: Fen,
  losses_fen: Fen,
  people_gaining: z.int(),
  people_losing: z.int(),
})

const StateShown = z.enum([...STATES, 'absent'])

/** Settled money only; what turns settled, or open, stands in `states` and in the days that wait. */
const EntitlementChange = Change.extend({
  entitlement: z.string(),
  title: LocalText,
  /** Only what is in force has it, or only the change. */
  only: z.enum(['before', 'after']).nullable(),
  quantity_unit: z.string(),
  quantity_before: z.int(),
  quantity_after: z.int(),
  open_days_before: z.int(),
  open_days_after: z.int(),
  states: z.array(z.object({ before: StateShown, after: StateShown, people: z.int() })),
})

const FundSide = z.object({
  cost_fen: Fen,
  /** What the fund holds, by the packs; null where they do not say. */
  total_fen: Fen.nullable(),
  /** Cost of each day from `from` on. */
  days_fen: z.array(Fen),
  /** Part of the last day: money that belongs to no single day. */
  undated_fen: Fen,
})

export const WhatIfResult = z.object({
  from: z.string(),
  on_date: z.string(),
  people_count: z.int(),
  people_changed: z.int(),
  total: Change,
  entitlements: z.array(EntitlementChange),
  /** What units are owed; `people` of these rows are units. */
  units_count: z.int(),
  units_changed: z.int(),
  unit_entitlements: z.array(EntitlementChange),
  counties: z.array(
    Change.extend({
      /** Six digits; null where no area was recorded. */
      area: z.string().nullable(),
      name: z.string(),
    }),
  ),
  /** Who pays, people and units together; a fund whose total a county says is that county's own. */
  funds: z.array(
    z.object({
      key: z.string(),
      fund: LocalText,
      area_name: z.string().nullable(),
      before: FundSide,
      after: FundSide,
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
      /** Packs, decisions and records that were known by then; now when left out. */
      known_at: InstantText.nullable().default(null),
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
