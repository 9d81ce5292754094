import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import { Id, IdText, InstantOut, PageQuery, Pattern, Text } from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'
import { ROLES } from './permissions.ts'

/** Accounts of others: who has one, with what roles where, and the codes with which they begin. */

export const accountProblems = problems('accounts', {
  login_taken: {
    status: 409,
    zh: '账号“{login}”已存在，请换一个。',
    en: 'The account "{login}" exists; choose another.',
  },
  person_has_account: { status: 409, zh: '此人已有账号。', en: 'This person has an account already.' },
  unknown_person: {
    status: 404,
    zh: '没有找到此人，或不在您的管理范围内。',
    en: 'This person was not found or is outside your scope.',
  },
  own_account: {
    status: 403,
    zh: '不能改动自己的账号权限，请另一位管理员办理。',
    en: 'Nobody changes the rights of their own account; ask another administrator.',
  },
  beyond_scope: {
    status: 403,
    zh: '此账号还有您管理范围以外的职责，请上级管理员办理。',
    en: 'This account also has duties outside your scope; ask an administrator above you.',
  },
  role_held: { status: 409, zh: '此账号在该单位已有这个角色。', en: 'The account holds this role there already.' },
  role_ended: { status: 409, zh: '这个角色已经结束。', en: 'This role has ended already.' },
  second_person: {
    status: 403,
    zh: '这个角色由您提出，须由另一位管理员批准后才生效。',
    en: 'You put this role up yourself; another administrator approves it before it takes effect.',
  },
  role_in_effect: { status: 409, zh: '这个角色已经生效，不用再批准。', en: 'This role is in effect already.' },
  outside_taken: {
    status: 409,
    zh: '这个身份已绑定别的账号，或此账号已绑定同一平台的另一个身份，请先解除。',
    en: 'This identity is tied to another account, or the account to another identity there; untie it first.',
  },
  outside_unknown: { status: 409, zh: '此账号没有绑定这个平台。', en: 'The account has no identity tied there.' },
  outside_off: { status: 409, zh: '没有设置这个平台的登录。', en: 'Sign-in with this service is not set up.' },
  disabled: { status: 409, zh: '账号已停用，请先恢复。', en: 'The account is disabled; enable it first.' },
})

export const RoleView = z.object({
  assignment_id: Id,
  role: z.enum(ROLES),
  unit_id: Id,
  unit_name: z.string(),
  granted_at: InstantOut,
  /** False while a role of a closed circle waits for a second person. */
  in_effect: z.boolean(),
})

export const AccountView = z.object({
  user_id: Id,
  login: z.string(),
  display_name: z.string(),
  person_id: Id.nullable(),
  state: z.enum(['active', 'disabled']),
  has_password: z.boolean(),
  second_factor: z.boolean(),
  locked_until: InstantOut.nullable(),
  /** Where else the account may sign in from. */
  outside: z.array(z.enum(['dingtalk', 'wecom'])),
  roles: z.array(RoleView),
})
export type AccountView = z.output<typeof AccountView>

/** A code to be printed and handed over: it opens the account once. */
export const PrintedCode = z.object({
  user_id: Id,
  display_name: z.string(),
  login: z.string(),
  code: z.string(),
  url: z.string(),
  qr_svg: z.string(),
  expires_at: InstantOut,
})
export type PrintedCode = z.output<typeof PrintedCode>

export const issueCodes = endpoint({
  method: 'POST',
  path: '/api/units/:unit_id/enrolment-codes',
  summary: 'Prints one-time sign-in codes for people of a unit; makes the accounts that are missing',
  permission: 'users.enrol',
  place: ({ params }) => params.unit_id,
  input: {
    params: z.object({ unit_id: IdText }),
    body: z.object({ person_ids: z.array(Id).min(1).max(100) }),
  },
  output: z.object({
    codes: z.array(PrintedCode),
    /** Who got none: not of this unit, one’s own account, a disabled one, or one with duties beyond the issuer’s reach. */
    skipped: z.array(
      z.object({ person_id: Id, reason: z.enum(['not_in_unit', 'own_account', 'disabled', 'beyond_scope']) }),
    ),
  }),
  problems: [],
})

export const listAccounts = endpoint({
  method: 'GET',
  path: '/api/accounts',
  summary: 'Accounts with a role in a unit or below it, or anywhere in one’s scope',
  permission: 'users.write',
  place: ({ query }) => query.unit_id,
  input: {
    query: z.object({
      unit_id: IdText.optional(),
      name_contains: z.string().trim().max(50).optional(),
      ...PageQuery,
    }),
  },
  output: z.object({ accounts: z.array(AccountView), next: z.string().nullable() }),
  problems: [],
})

const Role = { role: z.enum(ROLES), unit_id: Id }

const LoginName = Pattern(/^[a-z0-9][a-z0-9._-]{1,63}$/, {
  zh: '用小写字母、数字、点、横线，2 至 64 个字符，字母或数字开头',
  en: 'lower-case letters, digits, dots and dashes, 2 to 64 of them, a letter or digit first',
})

export const createAccount = endpoint({
  method: 'POST',
  path: '/api/accounts',
  summary: 'Makes an account with its first role and prints the code with which it begins',
  permission: 'users.write',
  place: ({ body }) => body.unit_id,
  input: {
    body: z.object({
      login: Text(64)
        .transform((login) => login.toLowerCase())
        .pipe(LoginName),
      display_name: Text(60),
      person_id: Id.nullable().default(null),
      ...Role,
    }),
  },
  output: z.object({ account: AccountView, code: PrintedCode }),
  problems: [accountProblems.login_taken, accountProblems.person_has_account, accountProblems.unknown_person],
})

const AccountParams = z.object({ user_id: IdText })

export const grantRole = endpoint({
  method: 'POST',
  path: '/api/accounts/:user_id/roles',
  summary: 'Gives an account a role in a unit and below it',
  permission: 'users.write',
  place: ({ body }) => body.unit_id,
  input: { params: AccountParams, body: z.object(Role) },
  output: AccountView,
  problems: [accountProblems.own_account, accountProblems.role_held],
})

export const endRole = endpoint({
  method: 'POST',
  path: '/api/accounts/:user_id/roles/:assignment_id/endings',
  summary: 'Ends a role of an account',
  permission: 'users.write',
  input: { params: AccountParams.extend({ assignment_id: IdText }), body: z.object({ reason: Text(300) }) },
  output: AccountView,
  problems: [accountProblems.own_account, accountProblems.role_ended],
})

export const approveRole = endpoint({
  method: 'POST',
  path: '/api/accounts/:user_id/roles/:assignment_id/approvals',
  summary: 'Approves, as a second person, a role of a closed circle that another administrator has given',
  permission: 'users.write',
  input: { params: AccountParams.extend({ assignment_id: IdText }) },
  output: AccountView,
  problems: [
    accountProblems.own_account,
    accountProblems.second_person,
    accountProblems.role_in_effect,
    accountProblems.role_ended,
  ],
})

const wholeAccountProblems = [accountProblems.own_account, accountProblems.beyond_scope]

export const disableAccount = endpoint({
  method: 'POST',
  path: '/api/accounts/:user_id/disablings',
  summary: 'Disables an account; it is signed out everywhere',
  permission: 'users.write',
  input: { params: AccountParams },
  output: AccountView,
  problems: wholeAccountProblems,
})

export const enableAccount = endpoint({
  method: 'POST',
  path: '/api/accounts/:user_id/enablings',
  summary: 'Lets a disabled account sign in again',
  permission: 'users.write',
  input: { params: AccountParams },
  output: AccountView,
  problems: wholeAccountProblems,
})

export const resetSecondFactor = endpoint({
  method: 'POST',
  path: '/api/accounts/:user_id/second-factor/resets',
  summary: 'Forgets the authenticator of an account, for instance after a lost telephone',
  permission: 'users.write',
  input: { params: AccountParams },
  output: AccountView,
  problems: wholeAccountProblems,
})

export const issueAccountCode = endpoint({
  method: 'POST',
  path: '/api/accounts/:user_id/enrolment-codes',
  summary: 'Prints a new one-time sign-in code for an account, for instance after a forgotten password',
  permission: 'users.write',
  input: { params: AccountParams },
  output: PrintedCode,
  problems: [...wholeAccountProblems, accountProblems.disabled],
})

const Provider = z.enum(['dingtalk', 'wecom'])

export const tieOutside = endpoint({
  method: 'POST',
  path: '/api/accounts/:user_id/outside-identities',
  summary: 'Ties an account to a person of DingTalk (union id) or WeCom (userid)',
  permission: 'users.write',
  input: { params: AccountParams, body: z.object({ provider: Provider, subject: Text(128) }) },
  output: AccountView,
  problems: [...wholeAccountProblems, accountProblems.outside_taken, accountProblems.outside_off],
})

export const untieOutside = endpoint({
  method: 'POST',
  path: '/api/accounts/:user_id/outside-identities/removals',
  summary: 'Unties an account from DingTalk or WeCom, for instance when somebody leaves; it is signed out everywhere',
  permission: 'users.write',
  input: { params: AccountParams, body: z.object({ provider: Provider }) },
  output: AccountView,
  problems: [...wholeAccountProblems, accountProblems.outside_unknown],
})
