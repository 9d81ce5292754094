import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import { InstantOut, Pattern, SixDigits } from '#platform/http/fields.ts'
import { accessProblems } from './contract.ts'
import { PASSWORD_LENGTH_MAX } from './password-rules.ts'

/** One's own account beside its password: where it is signed in, and its authenticator. */

/** 160 bits in base32. */
const Secret = Pattern(/^[A-Z2-7]{32}$/, { zh: '不是这里给出的密钥', en: 'not a secret as it is given here' })

export const OwnAccount = z.object({
  login: z.string(),
  second_factor: z.boolean(),
  /** The role cannot sign in without an authenticator. */
  second_factor_needed: z.boolean(),
  sessions: z
    .array(z.object({ device: z.string(), created_at: InstantOut, expires_at: InstantOut, here: z.boolean() }))
    .max(100),
})
export type OwnAccount = z.output<typeof OwnAccount>

export const readOwnAccount = endpoint({
  method: 'GET',
  path: '/api/me/account',
  summary: 'One’s own account: whether an authenticator is set up, and where one is signed in',
  permission: 'signed-in',
  input: {},
  output: OwnAccount,
  problems: [],
})

export const endOtherSessions = endpoint({
  method: 'POST',
  path: '/api/me/sessions/endings',
  summary: 'Signs out everywhere else',
  permission: 'signed-in',
  input: {},
  output: OwnAccount,
  problems: [],
})

export const proposeSecondFactor = endpoint({
  method: 'POST',
  path: '/api/me/second-factor',
  summary: 'A fresh secret for an authenticator; nothing changes until it is confirmed',
  permission: 'signed-in',
  input: {},
  output: z.object({ secret: z.string(), qr_svg: z.string() }),
  problems: [accessProblems.demo_second_factor],
})

export const replaceSecondFactor = endpoint({
  method: 'POST',
  path: '/api/me/second-factor/confirmation',
  summary:
    'Sets up or renews one’s authenticator: proven by the password, the old code where there is one, and the new code',
  permission: 'signed-in',
  input: {
    body: z.object({
      current_password: z.string().min(1).max(PASSWORD_LENGTH_MAX),
      current_code: SixDigits.optional(),
      secret: Secret,
      code: SixDigits,
    }),
  },
  output: OwnAccount,
  problems: [
    accessProblems.password_wrong,
    accessProblems.locked,
    accessProblems.second_factor,
    accessProblems.second_factor_wrong,
    accessProblems.demo_second_factor,
  ],
})
