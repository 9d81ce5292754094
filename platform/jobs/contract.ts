import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import { Id, InstantOut, LocalText, PageQuery, Uuid } from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'

export const jobProblems = problems('jobs', {
  not_found: {
    status: 404,
    zh: '没有找到这项作业，或不在您的管理范围内。',
    en: 'There is no such job, or it is not within your scope.',
  },
  ended: {
    status: 409,
    zh: '这项作业已经结束，不能再取消。',
    en: 'This job has ended and can no longer be cancelled.',
  },
  failed: {
    status: 503,
    zh: '作业出错，已记录（编号 {job_id}）。没有保存任何结果，请稍后重试。',
    en: 'The job failed and this was logged (number {job_id}). No result was stored; please try again later.',
  },
  lost: {
    status: 503,
    zh: '运行这项作业的程序多次中断，已停止重试。请稍后重新发起，仍不成功请联系管理员。',
    en: 'The program that ran this job was cut off several times and it is not tried again. Ask for it again later; if that fails, tell the administrator.',
  },
  unknown_kind: {
    status: 503,
    zh: '本程序不认识“{kind}”这种作业，请把各节点升级到同一版本。',
    en: 'This program does not know jobs of kind {kind}; bring all nodes to the same version.',
  },
})

export const JOB_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const

export const JobView = z.object({
  job_id: Uuid,
  kind: z.string(),
  unit_id: Id,
  operation_id: Id.nullable(),
  state: z.enum(JOB_STATES),
  done: z.int(),
  total: z.int().nullable(),
  stage: z.string(),
  cancel_asked: z.boolean(),
  mine: z.boolean(),
  asked_at: InstantOut,
  started_at: InstantOut.nullable(),
  finished_at: InstantOut.nullable(),
  /** Only for whoever asked for the job. */
  result: z.unknown(),
  problem: z.object({ code: z.string(), title: LocalText, facts: z.record(z.string(), z.unknown()) }).nullable(),
})
export type JobView = z.output<typeof JobView>

const JobParams = z.object({ job_id: Uuid })

export const readJob = endpoint({
  method: 'GET',
  path: '/api/jobs/:job_id',
  summary: 'How far a job is: own jobs, and those of units where the reader may run such jobs',
  permission: 'signed-in',
  input: { params: JobParams },
  output: JobView,
  problems: [jobProblems.not_found],
})

export const listJobs = endpoint({
  method: 'GET',
  path: '/api/jobs',
  summary: 'Own jobs, newest first; with whose=scope also those of units in scope',
  permission: 'signed-in',
  input: {
    query: z.object({
      whose: z.enum(['mine', 'scope']).default('mine'),
      state: z.enum(JOB_STATES).optional(),
      kind: z.string().max(64).optional(),
      after: Uuid.optional(),
      limit: PageQuery.limit,
    }),
  },
  output: z.object({ items: z.array(JobView), next: Uuid.nullable() }),
  problems: [],
})

export const cancelJob = endpoint({
  method: 'POST',
  path: '/api/jobs/:job_id/cancellations',
  summary: 'Asks a job to stop; one that has not begun is cancelled at once',
  permission: 'signed-in',
  input: { params: JobParams },
  output: JobView,
  problems: [jobProblems.not_found, jobProblems.ended],
})
