/** Expected failures: what a problem is, and how a command says that it refuses. Used by the server and by the pages. */

export interface Problem {
  readonly code: string
  readonly status: 400 | 401 | 403 | 404 | 409 | 410 | 413 | 415 | 422 | 423 | 429 | 503
  /** Says what is wrong and what to do next; `{name}` is filled from the facts. */
  readonly zh: string
  readonly en: string
}

export type Facts = Readonly<Record<string, unknown>>

/** The body of an answer that refuses (RFC 9457). */
export interface ProblemDocument {
  readonly type: string
  readonly status: number
  readonly code: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly facts: Facts
  readonly errors?: readonly FieldError[]
}

export interface FieldError {
  /** Where, such as `body.lines[2].starts_at`. */
  readonly field: string
  readonly zh: string
  readonly en: string
}

/** A command's answer when it refuses. Its transaction is rolled back: a refused command leaves nothing behind. */
export class Refusal {
  readonly problem: Problem
  readonly facts: Facts
  readonly errors: readonly FieldError[] | undefined

  constructor(problem: Problem, facts: Facts, errors?: readonly FieldError[]) {
    this.problem = problem
    this.facts = facts
    this.errors = errors
  }
}

export function refuse(problem: Problem, facts: Facts = {}, errors?: readonly FieldError[]): Refusal {
  return new Refusal(problem, facts, errors)
}

/**
 * Names a room's problems once.
 *
 * @example const dutyProblems = problems('duty', { own_span: { status: 422, zh: '…', en: '…' } })
 *          dutyProblems.own_span.code // 'duty.own_span'
 */
export function problems<const T extends Record<string, Omit<Problem, 'code'>>>(
  room: string,
  entries: T,
): { readonly [K in keyof T]: Problem } {
  const named = Object.entries(entries).map(([name, entry]) => [
    name,
    Object.freeze({ code: `${room}.${name}`, ...entry }),
  ])
  return Object.freeze(Object.fromEntries(named))
}

function fill(text: string, facts: Facts): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (facts[name] === undefined ? whole : String(facts[name])))
}

export function problemDocument(refusal: Refusal): ProblemDocument {
  const { problem, facts, errors } = refusal
  return {
    type: `urn:tongpao:problem:${problem.code}`,
    status: problem.status,
    code: problem.code,
    title: { zh: fill(problem.zh, facts), en: fill(problem.en, facts) },
    facts,
    ...(errors ? { errors } : {}),
  }
}

export const httpProblems = problems('http', {
  malformed: {
    status: 400,
    zh: '请求不是有效的 JSON，请检查后重发。',
    en: 'The request is not valid JSON; check it and send it again.',
  },
  invalid: { status: 400, zh: '有 {count} 处内容需要改正。', en: '{count} thing(s) need correcting.' },
  too_large: {
    status: 413,
    zh: '内容太大，最多 {size_max_mb} MB，请减小后再提交。',
    en: 'This is too large: at most {size_max_mb} MB; make it smaller and send it again.',
  },
  media_type: { status: 415, zh: '不支持这种内容格式。', en: 'This kind of content is not accepted here.' },
  not_found: { status: 404, zh: '没有找到，或不在您的管理范围内。', en: 'Not found, or not within your scope.' },
  signed_out: { status: 401, zh: '请先登录。', en: 'Please sign in first.' },
  not_permitted: { status: 403, zh: '您的岗位没有这项权限。', en: 'Your role does not include this.' },
  foreign_origin: {
    status: 403,
    zh: '请求来自其他网站，已拒绝。',
    en: 'The request came from another site and was refused.',
  },
  key_missing: {
    status: 400,
    zh: '缺少 Idempotency-Key（操作编号，UUID）。',
    en: 'The Idempotency-Key header (a UUID) is missing.',
  },
  key_reused: {
    status: 422,
    zh: '同一操作编号已用于另一内容，请换一个编号。',
    en: 'This idempotency key was used with another content; use a new one.',
  },
  busy: { status: 503, zh: '现在很忙，请稍后再试。', en: 'Busy at the moment; please try again shortly.' },
  timed_out: { status: 503, zh: '处理超时，请稍后再试。', en: 'This took too long; please try again shortly.' },
})
