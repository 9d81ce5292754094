import { z } from 'zod'
import { UNIT_KINDS } from '#engines/policy/vocabulary.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { CivilDateText, Code, Id, IdText, MaybeText, PageQuery, Text } from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'

export const orgProblems = problems('org', {
  name_taken: { status: 409, zh: '上级单位下已有“{name}”。', en: '"{name}" already exists under that unit.' },
  cycle: { status: 422, zh: '不能把单位移到它自己或它的下级之下。', en: 'A unit cannot be moved below itself.' },
  closed: { status: 409, zh: '单位已于 {closed_on} 撤销。', en: 'The unit was closed on {closed_on}.' },
  has_children: {
    status: 409,
    zh: '还有 {count} 个下级单位，请先调整。',
    en: 'It still has {count} unit(s) below it; move those first.',
  },
  division: {
    status: 422,
    zh: '行政区划由国家统一编码，不能在这里改动。',
    en: 'Administrative divisions follow the national code and are not changed here.',
  },
})

export const UnitKind = Code(UNIT_KINDS)
export type UnitKind = z.output<typeof UnitKind>

export const UnitView = z.object({
  unit_id: Id,
  parent_id: Id.nullable(),
  kind: UnitKind,
  name: z.string(),
  division_code: z.string().nullable(),
  opened_on: z.string(),
  closed_on: z.string().nullable(),
  made_up: z.boolean(),
  child_count: z.int(),
  people_count: z.int().nullable(),
})
export type UnitView = z.output<typeof UnitView>

export const UnitParams = z.object({ unit_id: IdText })

export const readUnit = endpoint({
  method: 'GET',
  path: '/api/units/:unit_id',
  summary: 'A unit with the units above it, from the root down',
  permission: 'signed-in',
  input: { params: UnitParams },
  output: UnitView.extend({ path: z.array(z.object({ unit_id: Id, name: z.string(), kind: UnitKind })) }),
  problems: [],
})

export const listUnits = endpoint({
  method: 'GET',
  path: '/api/units',
  summary: 'The units directly below one, or the root; or all units whose name contains a text',
  permission: 'signed-in',
  input: {
    query: z.object({
      parent_id: IdText.optional(),
      name_contains: MaybeText(50).optional(),
      kind: UnitKind.optional(),
      ...PageQuery,
    }),
  },
  output: z.object({ units: z.array(UnitView), next: z.string().nullable() }),
  problems: [],
})

export const createUnit = endpoint({
  method: 'POST',
  path: '/api/units',
  summary: 'Adds a unit below another',
  permission: 'org.write',
  place: ({ body }) => body.parent_id,
  input: { body: z.object({ parent_id: Id, kind: UnitKind, name: Text(100), opened_on: CivilDateText }) },
  output: UnitView,
  problems: [orgProblems.name_taken, orgProblems.closed, orgProblems.division],
})

const Change = { from_on: CivilDateText, reason: Text(300) }

export const renameUnit = endpoint({
  method: 'POST',
  path: '/api/units/:unit_id/renames',
  summary: 'Gives a unit another name from a day on; the old name stays readable',
  permission: 'org.write',
  place: ({ params }) => params.unit_id,
  input: { params: UnitParams, body: z.object({ name: Text(100), ...Change }) },
  output: UnitView,
  problems: [orgProblems.name_taken, orgProblems.closed, orgProblems.division],
})

export const moveUnit = endpoint({
  method: 'POST',
  path: '/api/units/:unit_id/moves',
  summary: 'Puts a unit below another from a day on; where it was stays readable',
  permission: 'org.write',
  place: ({ params }) => params.unit_id,
  input: { params: UnitParams, body: z.object({ parent_id: Id, ...Change }) },
  output: UnitView,
  problems: [orgProblems.cycle, orgProblems.closed, orgProblems.name_taken, orgProblems.division],
})

export const closeUnit = endpoint({
  method: 'POST',
  path: '/api/units/:unit_id/closures',
  summary: 'Closes a unit from a day on',
  permission: 'org.write',
  place: ({ params }) => params.unit_id,
  input: { params: UnitParams, body: z.object(Change) },
  output: UnitView,
  problems: [orgProblems.closed, orgProblems.has_children, orgProblems.division],
})

export const readUnitHistory = endpoint({
  method: 'GET',
  path: '/api/units/:unit_id/history',
  summary: 'What a unit was called and where it stood, since when and why',
  permission: 'signed-in',
  input: { params: UnitParams },
  output: z.object({
    states: z.array(
      z.object({
        from_on: z.string(),
        name: z.string(),
        parent_id: Id.nullable(),
        parent_name: z.string().nullable(),
        reason: z.string(),
      }),
    ),
  }),
  problems: [],
})
