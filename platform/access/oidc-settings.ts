import { OperatorError } from '#platform/db/operator-error.ts'
import type { OidcSettings } from './oidc.ts'

/**
 * Single sign-on is set up by the environment alone: a secret has no place on a command line, where other processes see it.
 * Undefined when none of it is set.
 *
 * @example readOidcSettings({ TONGPAO_OIDC_ISSUER: 'https://id.example.gov.cn', TONGPAO_OIDC_CLIENT_ID: 'tongpao',
 *            TONGPAO_OIDC_CLIENT_SECRET: '…' })
 */
export function readOidcSettings(environment: Readonly<Record<string, string | undefined>>): OidcSettings | undefined {
  const required = {
    TONGPAO_OIDC_ISSUER: environment.TONGPAO_OIDC_ISSUER ?? '',
    TONGPAO_OIDC_CLIENT_ID: environment.TONGPAO_OIDC_CLIENT_ID ?? '',
    TONGPAO_OIDC_CLIENT_SECRET: environment.TONGPAO_OIDC_CLIENT_SECRET ?? '',
  }
  const missing = Object.entries(required).flatMap(([name, value]) => (value === '' ? [name] : []))
  if (missing.length === Object.keys(required).length) return undefined
  if (missing.length > 0) {
    throw new OperatorError(
      `单点登录的设置不全，还缺 ${missing.join('、')}。`,
      `The settings of single sign-on are incomplete; missing: ${missing.join(', ')}.`,
      { exitStatus: 2 },
    )
  }
  if (!URL.canParse(required.TONGPAO_OIDC_ISSUER)) {
    throw new OperatorError(
      'TONGPAO_OIDC_ISSUER 应是身份提供方的网址，例如 https://id.example.gov.cn。',
      'TONGPAO_OIDC_ISSUER is the address of the identity provider, such as https://id.example.gov.cn.',
      { exitStatus: 2 },
    )
  }
  return {
    name: environment.TONGPAO_OIDC_NAME || '单点登录',
    issuer: required.TONGPAO_OIDC_ISSUER,
    client_id: required.TONGPAO_OIDC_CLIENT_ID,
    client_secret: required.TONGPAO_OIDC_CLIENT_SECRET,
    login_claim: environment.TONGPAO_OIDC_LOGIN_CLAIM || 'preferred_username',
  }
}
