import { expect, it } from 'vitest'
import { readOutsideSettings } from './outside-settings.ts'

const WECOM = { TONGPAO_WECOM_CORP_ID: 'ww1', TONGPAO_WECOM_AGENT_ID: '1000002', TONGPAO_WECOM_SECRET: 'secret' }
const DINGTALK = { TONGPAO_DINGTALK_CLIENT_ID: 'ding1', TONGPAO_DINGTALK_CLIENT_SECRET: 'secret' }

it('is off without settings, and each service is set up by itself', () => {
  expect(readOutsideSettings({})).toBeUndefined()
  expect(readOutsideSettings(WECOM)).toMatchObject({
    wecom: { corp_id: 'ww1', api_url: 'https://qyapi.weixin.qq.com' },
  })
  expect(readOutsideSettings(DINGTALK)).toEqual({
    dingtalk: expect.objectContaining({ client_id: 'ding1', api_url: 'https://api.dingtalk.com', corp_id: undefined }),
  })
})

it('names what is missing', () => {
  expect(() => readOutsideSettings({ ...WECOM, TONGPAO_WECOM_SECRET: '' })).toThrow('TONGPAO_WECOM_SECRET')
  expect(() => readOutsideSettings({ TONGPAO_DINGTALK_CLIENT_ID: 'x' })).toThrow('TONGPAO_DINGTALK_CLIENT_SECRET')
})

it('sends secrets to a private deployment, but never in the clear beyond this machine', () => {
  const at = (url: string) => readOutsideSettings({ ...WECOM, TONGPAO_WECOM_API_URL: url })?.wecom?.api_url
  expect(at('https://wecom.example.gov.cn/')).toBe('https://wecom.example.gov.cn')
  expect(at('http://127.0.0.1:9000')).toBe('http://127.0.0.1:9000')
  expect(() => at('http://wecom.example.gov.cn')).toThrow('TONGPAO_WECOM_API_URL')
})
