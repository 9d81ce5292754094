import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import { CivilDateText, Id, IdText, Text } from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'

export const operationProblems = problems('operations', {
  ended: { status: 409, zh: '“{name}”已于 {ended_on} 结束。', en: '"{name}" ended on {ended_on}.' },
  before_start: {
    status: 422,
    zh: '日期早于响应开始日 {started_on}。',
    en: 'The day is before the response began on {started_on}.',
  },
})

export const OperationView = z.object({
  operation_id: Id,
  name: z.string(),
  kind: z.enum(['epidemic', 'flood', 'typhoon', 'other']),
  area_unit_id: Id,
  area_name: z.string(),
  time_zone: z.string(),
  started_on: z.string(),
  ended_on: z.string().nullable(),
  made_up: z.boolean(),
  /** Level per area from a day on, newest first. */
  levels: z.array(
    z.object({
      area_unit_id: Id,
      area_name: z.string(),
      from_on: z.string(),
      level: z.int().min(1).max(4),
      source: z.string(),
    }),
  ),
})
export type OperationView = z.output<typeof OperationView>

export const OperationParams = z.object({ operation_id: IdText })

export const listOperations = endpoint({
  method: 'GET',
  path: '/api/operations',
  summary: 'Declared responses, the newest first',
  permission: 'signed-in',
  input: {},
  output: z.object({ operations: z.array(OperationView) }),
  problems: [],
})

export const readOperation = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id',
  summary: 'A declared response with its levels',
  permission: 'signed-in',
  input: { params: OperationParams },
  output: OperationView,
  problems: [],
})

const Level = z.int().min(1).max(4)

export const declareOperation = endpoint({
  method: 'POST',
  path: '/api/operations',
  summary: 'Declares a response: everything else hangs on it',
  permission: 'operations.write',
  place: ({ body }) => body.area_unit_id,
  input: {
    body: z.object({
      name: Text(100),
      kind: OperationView.shape.kind,
      area_unit_id: Id,
      time_zone: z
        .string()
        .max(60)
        .default('Asia/Shanghai')
        .refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone), {
          params: { zh: '不是已知的时区，例如 Asia/Shanghai', en: 'not a known time zone, such as Asia/Shanghai' },
        }),
      started_on: CivilDateText,
      level: Level,
      source: Text(200),
    }),
  },
  output: OperationView,
  problems: [],
})

export const changeLevel = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/levels',
  summary: 'Changes the response level of an area from a day on',
  permission: 'operations.write',
  place: ({ body }) => body.area_unit_id,
  input: {
    params: OperationParams,
    body: z.object({ area_unit_id: Id, from_on: CivilDateText, level: Level, source: Text(200) }),
  },
  output: OperationView,
  problems: [operationProblems.ended, operationProblems.before_start],
})

export const endOperation = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/endings',
  summary: 'Ends a response: what exists only for the emergency switches off',
  permission: 'operations.write',
  input: { params: OperationParams, body: z.object({ ended_on: CivilDateText }) },
  output: OperationView,
  problems: [operationProblems.ended, operationProblems.before_start],
})
