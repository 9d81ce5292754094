import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import { Id, InstantOut, Text } from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'
import { ROLES } from './permissions.ts'

export const accessProblems = problems('access', {
  wrong: { status: 401, zh: '账号、密码或验证码不正确。', en: 'The account, password or code is not correct.' },
  locked: {
    status: 423,
    zh: '连续输错次数过多,请在 {minutes} 分钟后再试,或请单位重新发放登录码。',
    en: 'Too many wrong attempts; try again in {minutes} minutes or ask your unit for a new sign-in code.',
  },
  second_factor: {
    status: 401,
    zh: '您的岗位需要动态验证码,请打开验证器输入 6 位数字。',
    en: 'Your role needs a second factor; enter the 6 digits from your authenticator.',
  },
})

export const SessionView = z.object({
  user_id: Id,
  person_id: Id.nullable(),
  display_name: z.string(),
  language: z.enum(['zh', 'en']),
  roles: z.array(z.object({ role: z.enum(ROLES), unit_id: Id, unit_name: z.string(), everywhere: z.boolean() })),
  permissions: z.array(z.string()),
  now: InstantOut,
  clock_shifted: z.boolean(),
  demo: z.boolean(),
})
export type SessionView = z.output<typeof SessionView>

export const signIn = endpoint({
  method: 'POST',
  path: '/api/session',
  summary: 'Signs in with a local account',
  permission: 'public',
  input: {
    body: z.object({
      login: Text(64).transform((login) => login.toLowerCase()),
      password: z.string().min(1).max(200),
      code: z
        .string()
        .regex(/^\d{6}$/)
        .optional(),
    }),
  },
  output: SessionView,
  problems: [accessProblems.wrong, accessProblems.locked, accessProblems.second_factor],
})

export const readSession = endpoint({
  method: 'GET',
  path: '/api/session',
  summary: 'Who is signed in, with what roles, and what time it is for the product',
  permission: 'signed-in',
  input: {},
  output: SessionView,
  problems: [],
})

export const signOut = endpoint({
  method: 'POST',
  path: '/api/session/end',
  summary: 'Signs out',
  permission: 'signed-in',
  input: {},
  output: z.object({ signed_out: z.literal(true) }),
  problems: [],
})
