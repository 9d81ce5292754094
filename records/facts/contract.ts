import { z } from 'zod'
import { COUNT_FACTS, FAMILY_FACTS, MONEY_FACTS } from '#engines/policy/vocabulary.ts'
import { dayOf } from '#engines/values/time.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { CivilDateText, Id, IdText, InstantOut, LocalText, Text, Uuid } from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'

export const factProblems = problems('facts', {
  unknown_fact: {
    status: 404,
    zh: '没有找到这条记录，或不在您的管理范围内。',
    en: 'This record was not found or is outside your scope.',
  },
  unknown_name: {
    status: 422,
    zh: '现行政策没有“{name}”这一项，可登记的有：{known}。',
    en: 'No policy in force knows "{name}"; what can be recorded: {known}.',
  },
  own_fact: {
    status: 422,
    zh: '不能登记或确认与本人有关的事项，请由他人办理。',
    en: 'Nobody records or confirms what is about themselves; somebody else does.',
  },
  own_statement: {
    status: 422,
    zh: '登记和确认必须由两个人办理，这一条是您自己登记的。',
    en: 'Who states and who confirms are two people; you stated this one.',
  },
  needs_consent: {
    status: 422,
    zh: '家庭和个人情况须经本人同意才能登记。',
    en: 'Facts of a family or a person are recorded only with the person’s consent.',
  },
  changed_meanwhile: {
    status: 409,
    zh: '这条记录刚刚有人改动，请查看后再试。',
    en: 'Somebody has just changed this record; look at it again first.',
  },
  nothing_to_confirm: {
    status: 409,
    zh: '这条记录没有等待确认的内容。',
    en: 'Nothing of this record waits for a confirmation.',
  },
  in_the_future: {
    status: 422,
    zh: '日期 {date} 还没有到，只能登记已经发生的事项。',
    en: '{date} has not come yet; only what has happened is recorded.',
  },
  counted_from_duty: {
    status: 422,
    zh: '“{name}”由值守记录直接算出，不用登记。',
    en: '"{name}" is counted from the duty records and is not stated.',
  },
})

export const OPEN_SORTS = ['event', 'use'] as const
export const CLOSED_SORTS = ['finding', 'family', 'children', 'number'] as const
export const UNIT_SORTS = ['event', 'use', 'finding', 'number', 'register'] as const
/** What a person states of themselves. */
export const OWN_SORTS = ['family', 'children', 'number'] as const
export type FactSort = (typeof OPEN_SORTS | typeof CLOSED_SORTS | typeof UNIT_SORTS)[number]

/** Numbers that the computation counts from duty; nobody states them. */
export const COUNTED_FROM_DUTY: ReadonlySet<string> = new Set(['front_line_people', 'duty_days', 'people_on_duty'])
/** Of a unit or of a person. Pay is in fen. */
export const PERSON_NUMBERS = ['dependants', 'monthly_base_pay'] as const
export const UNIT_NUMBERS = ['headcount', 'performance_pay_total'] as const
export const REGISTERS = {
  events: {
    zh: '逐次登记事件，没有登记的就是没有发生',
    en: 'keeps a register of events: what is not in it did not happen',
  },
  uses: {
    zh: '逐次登记权利的使用，没有登记的就是没有用过',
    en: 'keeps a register of rights used: what is not in it was not used',
  },
} as const
export const CHILD_NAMES = {
  born: { zh: '子女出生日期', en: 'birthday of a child' },
  none: { zh: '没有子女', en: 'no children' },
} as const

/** Names that are words of the house and not of a pack. */
export function wordOfHouse(sort: FactSort, name: string): { readonly zh: string; readonly en: string } | undefined {
  const lists: Readonly<Partial<Record<FactSort, Readonly<Record<string, { zh: string; en: string }>>>>> = {
    family: FAMILY_FACTS,
    children: CHILD_NAMES,
    number: { ...COUNT_FACTS, ...MONEY_FACTS },
    register: REGISTERS,
  }
  const list = lists[sort]
  return list && Object.hasOwn(list, name) ? list[name] : undefined
}

const Name = z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/)
const Values = {
  from_on: CivilDateText,
  to_on: CivilDateText.nullable().default(null),
  /** How often; 1 and 0 for yes and no; people; fen. */
  amount: z.int().min(0).max(1_000_000_000_000),
}
const inOrder = ({ from_on, to_on }: { from_on: string; to_on: string | null }) =>
  to_on === null || dayOf(to_on) >= dayOf(from_on)
const ORDER = { params: { zh: '止日早于起日', en: 'ends before it begins' }, path: ['to_on'] }

const Statement = <Sorts extends readonly [FactSort, ...FactSort[]]>(sorts: Sorts) =>
  z
    .object({ fact_id: Uuid, sort: z.enum(sorts), name: Name, ...Values, consented: z.boolean().default(false) })
    .refine(inOrder, ORDER)

export const FACT_ACTS = ['corrected', 'confirmed', 'withdrawn'] as const
/** What is done with a fact that is there. `after_entry_id` names the entry that was on the screen. */
const Act = z
  .discriminatedUnion('act', [
    z.object({ act: z.literal('confirmed'), after_entry_id: Id }),
    z.object({ act: z.literal('withdrawn'), after_entry_id: Id, reason: Text(500) }),
    z.object({ act: z.literal('corrected'), after_entry_id: Id, reason: Text(500), ...Values }),
  ])
  .refine((act) => act.act !== 'corrected' || inOrder(act), ORDER)
export type FactAct = z.output<typeof Act>
export type FactStatement = Omit<z.output<ReturnType<typeof Statement>>, 'sort'> & { readonly sort: FactSort }

export const FactEntry = z.object({
  entry_id: Id,
  act: z.enum(['stated', 'corrected', 'confirmed', 'withdrawn']),
  from_on: z.string(),
  to_on: z.string().nullable(),
  amount: z.int(),
  reason: z.string(),
  said_by: z.string(),
  said_by_me: z.boolean(),
  said_at: InstantOut,
})

/** A fact with all that was said of it, the newest last. */
export const Fact = z.object({
  fact_id: Uuid,
  ref: z.string(),
  sort: z.enum([...OPEN_SORTS, ...CLOSED_SORTS, 'register']),
  name: z.string(),
  title: LocalText,
  /** `counts`: confirmed; `waits`: nothing of it is confirmed yet; `change_waits`: the confirmed one holds until the newer one is confirmed. */
  state: z.enum(['waits', 'counts', 'change_waits', 'withdrawn']),
  entries: z.array(FactEntry).min(1),
})
export type Fact = z.output<typeof Fact>

/** What the packs in force and the house ask for, for the forms. */
export const Asked = z.object({
  sort: Fact.shape.sort,
  name: z.string(),
  title: LocalText,
})
export type Asked = z.output<typeof Asked>

const Facts = z.object({ asked: z.array(Asked), facts: z.array(Fact) })
const OfPerson = z.object({ operation_id: IdText, person_id: IdText })
const OneOfPerson = OfPerson.extend({ fact_id: Uuid })
const OfUnit = z.object({ operation_id: IdText, unit_id: IdText })
const people = '/api/operations/:operation_id/people/:person_id' as const
const units = '/api/operations/:operation_id/units/:unit_id' as const
const stating = [
  factProblems.unknown_fact,
  factProblems.unknown_name,
  factProblems.in_the_future,
  factProblems.counted_from_duty,
]
const acting = [
  factProblems.unknown_fact,
  factProblems.own_statement,
  factProblems.changed_meanwhile,
  factProblems.nothing_to_confirm,
  factProblems.in_the_future,
]

export const listPersonFacts = endpoint({
  method: 'GET',
  path: `${people}/facts`,
  summary: 'Events and used rights of a person, with what waits for a second person',
  permission: 'facts.read',
  input: { params: OfPerson },
  output: Facts,
  problems: [factProblems.unknown_fact],
})

export const statePersonFact = endpoint({
  method: 'POST',
  path: `${people}/facts`,
  summary: 'States an event or a used right of a person; it counts once somebody else has confirmed it',
  permission: 'facts.write',
  input: { params: OfPerson, body: Statement(OPEN_SORTS) },
  output: Fact,
  problems: [...stating, factProblems.own_fact],
})

export const actOnPersonFact = endpoint({
  method: 'POST',
  path: `${people}/facts/:fact_id/acts`,
  summary: 'Confirms, corrects or withdraws an event or a used right by a further entry',
  permission: 'facts.write',
  input: { params: OneOfPerson, body: Act },
  output: Fact,
  problems: [...acting, factProblems.own_fact],
})

export const listClosedFacts = endpoint({
  method: 'GET',
  path: `${people}/closed-facts`,
  summary: 'Closed circle: findings, family facts and numbers of a person; each look is audited',
  permission: 'facts.closed',
  input: { params: OfPerson },
  output: Facts,
  problems: [factProblems.unknown_fact],
})

export const stateClosedFact = endpoint({
  method: 'POST',
  path: `${people}/closed-facts`,
  summary: 'Closed circle: states a fact of a person who agrees to it',
  permission: 'facts.closed',
  input: { params: OfPerson, body: Statement(CLOSED_SORTS) },
  output: Fact,
  problems: [...stating, factProblems.own_fact, factProblems.needs_consent],
})

export const actOnClosedFact = endpoint({
  method: 'POST',
  path: `${people}/closed-facts/:fact_id/acts`,
  summary: 'Closed circle: confirms, corrects or withdraws a fact of a person by a further entry',
  permission: 'facts.closed',
  input: { params: OneOfPerson, body: Act },
  output: Fact,
  problems: [...acting, factProblems.own_fact],
})

export const listOwnFacts = endpoint({
  method: 'GET',
  path: '/api/me/facts',
  summary: 'What is recorded of me beside duty: events, findings, family, numbers',
  permission: 'signed-in',
  input: { query: z.object({ operation_id: IdText }) },
  output: Facts,
  problems: [factProblems.unknown_fact],
})

export const stateOwnFact = endpoint({
  method: 'POST',
  path: '/api/me/facts',
  summary:
    'States something of my family, agreeing that it is used to work out what I am owed; somebody else confirms it',
  permission: 'signed-in',
  input: { body: Statement(OWN_SORTS).and(z.object({ operation_id: Id })) },
  output: Fact,
  problems: [...stating, factProblems.needs_consent],
})

export const withdrawOwnFact = endpoint({
  method: 'POST',
  path: '/api/me/facts/:fact_id/withdrawals',
  summary: 'Takes back what I stated or agreed to; it no longer counts from the next evaluation on',
  permission: 'signed-in',
  input: {
    params: z.object({ fact_id: Uuid }),
    body: z.object({ operation_id: Id, after_entry_id: Id, reason: Text(500) }),
  },
  output: Fact,
  problems: [factProblems.unknown_fact, factProblems.changed_meanwhile, factProblems.own_fact],
})

/** A fact of somebody of the unit that waits for a second person. */
const Waiting = z.object({ person_id: Id, person_name: z.string(), fact: Fact })

export const listUnitFacts = endpoint({
  method: 'GET',
  path: `${units}/facts`,
  summary: 'Findings, numbers, events and registers of a unit, and events of its people that wait to be confirmed',
  permission: 'facts.read',
  place: ({ params }) => params.unit_id,
  input: { params: OfUnit },
  output: Facts.extend({ waiting: z.array(Waiting), waiting_count: z.int() }),
  problems: [],
})

export const stateUnitFact = endpoint({
  method: 'POST',
  path: `${units}/facts`,
  summary:
    'States a finding, a number, an event or a register of a unit; it counts once somebody else has confirmed it',
  permission: 'facts.write',
  place: ({ params }) => params.unit_id,
  input: { params: OfUnit, body: Statement(UNIT_SORTS) },
  output: Fact,
  problems: stating,
})

export const actOnUnitFact = endpoint({
  method: 'POST',
  path: `${units}/facts/:fact_id/acts`,
  summary: 'Confirms, corrects or withdraws a fact of a unit by a further entry',
  permission: 'facts.write',
  place: ({ params }) => params.unit_id,
  input: { params: OfUnit.extend({ fact_id: Uuid }), body: Act },
  output: Fact,
  problems: acting,
})
