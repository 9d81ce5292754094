import { expect, it } from 'vitest'
import { readOidcSettings } from './oidc-settings.ts'

const SET = {
  TONGPAO_OIDC_ISSUER: 'https://id.example.gov.cn',
  TONGPAO_OIDC_CLIENT_ID: 'tongpao',
  TONGPAO_OIDC_CLIENT_SECRET: 'secret',
}

it('is off without settings, and reads them with sensible standards', () => {
  expect(readOidcSettings({})).toBeUndefined()
  expect(readOidcSettings(SET)).toEqual({
    name: '单点登录',
    issuer: 'https://id.example.gov.cn',
    client_id: 'tongpao',
    client_secret: 'secret',
    login_claim: 'preferred_username',
  })
})

it('names what is missing or wrong', () => {
  expect(() => readOidcSettings({ ...SET, TONGPAO_OIDC_CLIENT_SECRET: '' })).toThrow('TONGPAO_OIDC_CLIENT_SECRET')
  expect(() => readOidcSettings({ ...SET, TONGPAO_OIDC_ISSUER: 'id' })).toThrow('TONGPAO_OIDC_ISSUER')
})
