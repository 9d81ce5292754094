import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import { Id, InstantOut, SixDigits, Text } from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from './password-rules.ts'
import { ROLES } from './permissions.ts'

/** Signing in and out, one's own account, and the printed code with which an account begins. */

export const accessProblems = problems('access', {
  wrong: { status: 401, zh: '账号、密码或验证码不正确。', en: 'The account, password or code is not correct.' },
  locked: {
    status: 423,
    zh: '连续输错次数过多，请在 {minutes} 分钟后再试，或请单位重新发放登录码。',
    en: 'Too many wrong attempts; try again in {minutes} minutes or ask your unit for a new sign-in code.',
  },
  too_many: {
    status: 429,
    zh: '这个网络出错次数过多，请在 {minutes} 分钟后再试。',
    en: 'Too many wrong attempts from this network; try again in {minutes} minutes.',
  },
  second_factor: {
    status: 401,
    zh: '您的岗位需要动态验证码，请打开验证器输入 6 位数字。',
    en: 'Your role needs a second factor; enter the 6 digits from your authenticator.',
  },
  second_factor_missing: {
    status: 401,
    zh: '您的岗位须先绑定验证器，绑定后才能登录。',
    en: 'Your role needs a second factor; set up an authenticator to sign in.',
  },
  second_factor_present: {
    status: 409,
    zh: '验证器已经绑定。更换手机请找管理员解除绑定。',
    en: 'An authenticator is set up already; ask an administrator to reset it if you changed telephones.',
  },
  second_factor_wrong: {
    status: 422,
    zh: '验证码不正确，请核对手机时间后输入最新的 6 位数字。',
    en: 'The code is not correct; check the clock of your telephone and enter the newest 6 digits.',
  },
  demo_second_factor: {
    status: 409,
    zh: '演示城市的账号是公开的，不绑定验证器。',
    en: 'The accounts of the demo city are public and take no authenticator.',
  },
  password_short: {
    status: 422,
    zh: '密码至少 {length_min} 个字，可以用一句话。',
    en: 'A password has at least {length_min} characters; a sentence will do.',
  },
  password_common: {
    status: 422,
    zh: '这个密码太常见，请换一个别人猜不到的。',
    en: 'This password is too common; choose one that nobody would guess.',
  },
  password_login: {
    status: 422,
    zh: '密码不能用账号名，请换一个。',
    en: 'The password may not be the account’s name; choose another.',
  },
  password_wrong: { status: 422, zh: '原密码不正确。', en: 'The current password is not correct.' },
  code_unknown: {
    status: 410,
    zh: '登录码不正确、已用过或已过期，请单位重新发放。',
    en: 'This sign-in code is wrong, used or expired; ask your unit for a new one.',
  },
  // The sign-in page shows these when the identity provider sends somebody back (`/?sign_in_problem=…`).
  single_sign_on_failed: {
    status: 401,
    zh: '单点登录没有成功，请重试，或用本地账号登录。',
    en: 'Single sign-on did not succeed; try again or use a local account.',
  },
  single_sign_on_unknown: {
    status: 401,
    zh: '单点登录成功，但您在这里还没有账号，请单位开通。',
    en: 'You are known to the identity provider but have no account here; ask your unit for one.',
  },
  // Shown by the page between DingTalk or WeCom and the house.
  outside_unreachable: {
    status: 503,
    zh: '暂时连不上登录服务，请稍后再试，或用账号密码登录。',
    en: 'The sign-in service does not answer; try again later or use a local account.',
  },
  outside_code: {
    status: 401,
    zh: '登录没有完成或已过期，请重新进入。',
    en: 'The sign-in was not completed or has expired; please begin again.',
  },
  outside_settings: {
    status: 503,
    zh: '登录服务拒绝了本系统的请求，请管理员检查钉钉或企业微信的应用设置。',
    en: 'The sign-in service refuses this house; an administrator should check the settings of the app there.',
  },
  outside_stranger: {
    status: 403,
    zh: '您不是本组织的成员，请用账号密码登录。',
    en: 'You are not a member of this organisation there; use a local account.',
  },
  outside_state: {
    status: 401,
    zh: '登录已过期或不是从这里开始的，请重新进入。',
    en: 'This sign-in has expired or did not begin here; please begin again.',
  },
  outside_disabled: {
    status: 403,
    zh: '账号已停用，请找单位管理员。',
    en: 'This account is disabled; ask your administrator.',
  },
  outside_factor_missing: {
    status: 401,
    zh: '您的岗位须先用账号密码登录一次并绑定验证器，之后才能从这里进入。',
    en: 'Your role needs an authenticator: sign in once with your password to set it up.',
  },
  outside_wait: {
    status: 429,
    zh: '出错次数过多，请过几分钟再试。',
    en: 'Too many wrong attempts; try again in a few minutes.',
  },
})

const Login = Text(64).transform((login) => login.toLowerCase())
const Password = z.string().min(1).max(PASSWORD_LENGTH_MAX)
const NewPassword = Password.meta({ description: `At least ${PASSWORD_LENGTH_MIN} characters, none of the commonest` })

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

const credentialProblems = [accessProblems.wrong, accessProblems.locked, accessProblems.too_many]

export const signIn = endpoint({
  method: 'POST',
  path: '/api/session',
  summary: 'Signs in with a local account',
  permission: 'public',
  input: { body: z.object({ login: Login, password: Password, code: SixDigits.optional() }) },
  output: SessionView,
  problems: [...credentialProblems, accessProblems.second_factor, accessProblems.second_factor_missing],
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

export const readSignInWays = endpoint({
  method: 'GET',
  path: '/api/session/ways',
  summary: 'How one can sign in here: whether single sign-on is set up, whether this is the demo city',
  permission: 'public',
  input: {},
  output: z.object({
    single_sign_on: z.object({ name: z.string(), url: z.string() }).nullable(),
    /** DingTalk and WeCom, where they are set up; `?to=phone` leads to the phone page afterwards. */
    outside: z.array(z.object({ provider: z.enum(['dingtalk', 'wecom']), name: z.string(), url: z.string() })),
    demo: z.boolean(),
  }),
  problems: [],
})

export const beginSecondFactor = endpoint({
  method: 'POST',
  path: '/api/session/second-factor',
  summary: 'Gives the secret for an authenticator, at the first sign-in of an account that needs one',
  permission: 'public',
  input: { body: z.object({ login: Login, password: Password }) },
  output: z.object({ secret: z.string(), uri: z.string(), qr_svg: z.string() }),
  problems: [...credentialProblems, accessProblems.second_factor_present, accessProblems.demo_second_factor],
})

export const confirmSecondFactor = endpoint({
  method: 'POST',
  path: '/api/session/second-factor/confirmation',
  summary: 'Confirms the authenticator with its first code and signs in',
  permission: 'public',
  input: { body: z.object({ login: Login, password: Password, code: SixDigits }) },
  output: SessionView,
  problems: [
    ...credentialProblems,
    accessProblems.second_factor_present,
    accessProblems.second_factor_missing,
    accessProblems.second_factor_wrong,
  ],
})

const passwordProblems = [accessProblems.password_short, accessProblems.password_common, accessProblems.password_login]

export const changeOwnPassword = endpoint({
  method: 'POST',
  path: '/api/me/password',
  summary: 'Changes one’s own password; other devices are signed out',
  permission: 'signed-in',
  input: { body: z.object({ current_password: Password, new_password: NewPassword }) },
  output: z.object({ changed: z.literal(true) }),
  problems: [...passwordProblems, accessProblems.password_wrong, accessProblems.locked],
})

export const chooseLanguage = endpoint({
  method: 'POST',
  path: '/api/me/language',
  summary: 'Chooses the language of the pages',
  permission: 'signed-in',
  input: { body: z.object({ language: z.enum(['zh', 'en']) }) },
  output: z.object({ language: z.enum(['zh', 'en']) }),
  problems: [],
})

export const redeemCode = endpoint({
  method: 'POST',
  path: '/api/enrolments',
  summary: 'Redeems a printed one-time code: sets the password and signs in',
  permission: 'public',
  input: { body: z.object({ code: Text(40), password: NewPassword }) },
  output: z.object({
    login: z.string(),
    /** Null where the role needs a second factor: the password is set, and signing in asks for the rest. */
    session: SessionView.nullable(),
  }),
  problems: [accessProblems.code_unknown, accessProblems.too_many, ...passwordProblems],
})
