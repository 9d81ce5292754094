import { type Refusal, refuse } from '#platform/http/problem.ts'
import { accessProblems } from './contract.ts'
import { PASSWORD_LENGTH_MIN, type PasswordFault, passwordFault } from './password-rules.ts'

const PROBLEMS = {
  too_short: accessProblems.password_short,
  too_common: accessProblems.password_common,
  is_login: accessProblems.password_login,
} as const satisfies Record<PasswordFault, unknown>

export function refusePassword(password: string, login: string): Refusal | undefined {
  const fault = passwordFault(password, login)
  return fault && refuse(PROBLEMS[fault], { length_min: PASSWORD_LENGTH_MIN })
}
