import { z } from 'zod'
import { EMPLOYMENTS, PARTY_STATUSES } from '#engines/policy/vocabulary.ts'
import { circleProblems, LOOK_PURPOSES } from '#platform/access/contract-circles.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import {
  CivilDateText,
  Code,
  Id,
  IdText,
  InstantOut,
  MaybeText,
  PageQuery,
  Pattern,
  Text,
} from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'

export const peopleProblems = problems('people', {
  same_id_number: {
    status: 409,
    zh: '这个身份证号已登记为{name}（{unit_name}）。',
    en: 'This ID number is already recorded for {name} ({unit_name}).',
  },
  same_id_number_elsewhere: {
    status: 409,
    zh: '这个身份证号已在您管理范围以外的单位登记，请联系市级组织人事部门合并。',
    en: 'This ID number is already recorded in a unit outside your scope; ask the city personnel office to merge.',
  },
  id_number: { status: 422, zh: '身份证号有误：{reason}。', en: 'The ID number is not valid: {reason_en}.' },
  appointment_overlap: {
    status: 409,
    zh: '与 {from_on} 起的任职时间重叠，请先填写前一任职的结束日期。',
    en: 'Overlaps the appointment from {from_on}; end that one first.',
  },
  tie_to_self: { status: 422, zh: '不能把本人登记为自己的亲属。', en: 'A person cannot be their own relative.' },
})

export const Employment = Code(EMPLOYMENTS)
export const Party = Code(PARTY_STATUSES)
export const Sex = z.enum(['female', 'male', 'unknown'])
export const Tie = z.enum(['spouse', 'parent', 'child', 'sibling'])

/** What lists show: no ID number, no telephone. */
export const PersonRow = z.object({
  person_id: Id,
  name: z.string(),
  sex: Sex,
  home_unit_id: Id,
  home_unit_name: z.string(),
  seconded_unit_id: Id.nullable(),
  seconded_unit_name: z.string().nullable(),
  employment: Employment,
  established: z.boolean().nullable(),
  party: Party,
  title: z.string(),
  staff_number: z.string().nullable(),
  made_up: z.boolean(),
})
export type PersonRow = z.output<typeof PersonRow>

export const PersonView = PersonRow.extend({
  /** `9999 **** **** 1234`, or null when none is recorded. */
  id_number_masked: z.string().nullable(),
  phone_masked: z.string().nullable(),
  appointments: z.array(
    z.object({
      appointment_id: Id,
      unit_id: Id,
      unit_name: z.string(),
      title: z.string(),
      employment: Employment,
      established: z.boolean().nullable(),
      is_main: z.boolean(),
      from_on: z.string(),
      to_on: z.string().nullable(),
    }),
  ),
  party_standings: z.array(z.object({ from_on: z.string(), party: Party })),
  skills: z.array(z.string()),
  /** Relatives on the staff; the name is null when that person is outside the reader's scope. */
  family_ties: z.array(z.object({ tie: Tie, other_person_id: Id.nullable(), other_name: z.string().nullable() })),
})
export type PersonView = z.output<typeof PersonView>

export const PersonParams = z.object({ person_id: IdText })

export const listPeople = endpoint({
  method: 'GET',
  path: '/api/people',
  summary: 'The people of a unit and of the units below it, or those whose name contains a text',
  permission: 'people.read',
  place: ({ query }) => query.unit_id,
  input: {
    query: z.object({
      unit_id: IdText.optional(),
      name_contains: Text(30).optional(),
      employment: Employment.optional(),
      ...PageQuery,
    }),
  },
  output: z.object({ people: z.array(PersonRow), next: z.string().nullable() }),
  problems: [],
})

export const readPerson = endpoint({
  method: 'GET',
  path: '/api/people/:person_id',
  summary: 'One person: posts held, party standing, skills, ties; numbers masked',
  permission: 'people.read',
  input: { params: PersonParams },
  output: PersonView,
  problems: [],
})

export const readSelf = endpoint({
  method: 'GET',
  path: '/api/me',
  summary: 'What is recorded about oneself',
  permission: 'signed-in',
  input: {},
  output: PersonView,
  problems: [],
})

export const revealIdentity = endpoint({
  method: 'POST',
  path: '/api/people/:person_id/identity-views',
  summary: 'Shows the full ID number and telephone; the view is audited with its purpose',
  permission: 'people.identify',
  input: { params: PersonParams, body: z.object({ purpose: Text(200) }) },
  output: z.object({ id_number: z.string().nullable(), phone: z.string().nullable() }),
  problems: [],
})

export const createPerson = endpoint({
  method: 'POST',
  path: '/api/people',
  summary: 'Records a person with the main post that they hold',
  permission: 'people.write',
  place: ({ body }) => body.home_unit_id,
  input: {
    body: z.object({
      home_unit_id: Id,
      name: Text(60),
      sex: Sex.default('unknown'),
      employment: Employment,
      established: z.boolean().nullable(),
      party: Party.default('unknown'),
      title: MaybeText(100).default(''),
      staff_number: Text(40).nullable().default(null),
      id_number: Text(18).nullable().default(null),
      phone: Pattern(/^\+?[0-9][0-9 -]{5,19}$/, {
        zh: '不是有效的电话号码，请写手机号，或区号加号码，如 0575-85001234',
        en: 'not a telephone number; write digits, such as 0575-85001234',
      })
        .nullable()
        .default(null),
      from_on: CivilDateText,
    }),
  },
  output: PersonView,
  problems: [peopleProblems.same_id_number, peopleProblems.same_id_number_elsewhere, peopleProblems.id_number],
})

export const addAppointment = endpoint({
  method: 'POST',
  path: '/api/people/:person_id/appointments',
  summary: 'Records a further post from a day on; a new main post ends the earlier one the day before',
  permission: 'people.write',
  place: ({ body }) => body.unit_id,
  input: {
    params: PersonParams,
    body: z.object({
      unit_id: Id,
      title: MaybeText(100),
      employment: Employment,
      established: z.boolean().nullable(),
      is_main: z.boolean(),
      from_on: CivilDateText,
      to_on: CivilDateText.nullable().default(null),
    }),
  },
  output: PersonView,
  problems: [peopleProblems.appointment_overlap],
})

export const changePartyStanding = endpoint({
  method: 'POST',
  path: '/api/people/:person_id/party-standings',
  summary: 'Records a party standing from a day on',
  permission: 'people.write',
  input: { params: PersonParams, body: z.object({ party: Party, from_on: CivilDateText }) },
  output: PersonView,
  problems: [],
})

export const setSkills = endpoint({
  method: 'POST',
  path: '/api/people/:person_id/skills',
  summary: 'Replaces the list of skills',
  permission: 'people.write',
  input: { params: PersonParams, body: z.object({ skills: z.array(Text(60)).max(50) }) },
  output: PersonView,
  problems: [],
})

export const addFamilyTie = endpoint({
  method: 'POST',
  path: '/api/people/:person_id/family-ties',
  summary: 'Records that two members of staff are relatives, in both directions',
  permission: 'people.write',
  input: { params: PersonParams, body: z.object({ other_person_id: Id, tie: Tie }) },
  output: PersonView,
  problems: [peopleProblems.tie_to_self],
})

export const HealthFlag = z.object({
  flag_id: Id,
  flag: z.string(),
  from_on: z.string(),
  to_on: z.string().nullable(),
  confirmed_at: InstantOut,
})

export const listHealthFlags = endpoint({
  method: 'GET',
  path: '/api/people/:person_id/health-flags',
  summary: 'Closed circle: confirmed health facts of a person',
  permission: 'people.health',
  input: { params: PersonParams, query: z.object({ purpose: z.enum(LOOK_PURPOSES) }) },
  output: z.object({ flags: z.array(HealthFlag) }),
  problems: [],
})

export const readOpenedHealthFlags = endpoint({
  method: 'GET',
  path: '/api/people/:person_id/opened-health-flags',
  summary: 'Health facts of a person for whom one has opened the closed circle in an emergency; every look is noted',
  permission: 'circles.open',
  input: { params: PersonParams },
  output: z.object({ flags: z.array(HealthFlag), opening_id: z.uuid(), until_at: InstantOut }),
  problems: [circleProblems.not_open],
})

export const addHealthFlag = endpoint({
  method: 'POST',
  path: '/api/people/:person_id/health-flags',
  summary: 'Closed circle: confirms a health fact, encrypted with the key of that person',
  permission: 'people.health',
  input: {
    params: PersonParams,
    body: z.object({
      flag: Text(200),
      from_on: CivilDateText,
      to_on: CivilDateText.nullable().default(null),
      /** Rules of rest are told that a protected condition is confirmed, and nothing else. */
      protects: z.boolean().default(true),
    }),
  },
  output: z.object({ flags: z.array(HealthFlag) }),
  problems: [],
})
