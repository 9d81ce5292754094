import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { accessProblems, readSignInWays, type SessionView, signIn } from '#platform/access/contract.ts'
import { call, ProblemError } from '#platform/ui/client.ts'
import { switchLanguage } from '#platform/ui/language.ts'
import { ProblemNotice, useLanguage } from '#platform/ui/problem-notice.tsx'
import { SESSION_KEY, useEndpoint } from '#platform/ui/queries.ts'
import { sessionState } from './session.ts'
import { RedeemCode } from './sign-in-code.tsx'
import { DemoAccounts } from './sign-in-demo.tsx'
import { BindAuthenticator } from './sign-in-second-factor.tsx'

export interface Credentials {
  readonly login: string
  readonly password: string
  readonly code?: string
}

/** The printed code travels behind the hash, so that it reaches no server log. */
function codeInAddress(): string {
  return new URLSearchParams(location.hash.slice(1)).get('code') ?? ''
}

/** The identity provider sent somebody back: with which problem stands in the address. */
function problemInAddress() {
  const code = new URLSearchParams(location.search).get('sign_in_problem')
  return Object.values(accessProblems).find((problem) => problem.code === code)
}

type Step = { kind: 'password' } | { kind: 'bind'; credentials: Credentials } | { kind: 'code'; login?: string }

export function SignIn() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const ways = useEndpoint(readSignInWays, {})
  const [step, setStep] = useState<Step>(codeInAddress() === '' ? { kind: 'password' } : { kind: 'code' })
  const [login, setLogin] = useState('')
  const [returned] = useState(problemInAddress)
  const language = useLanguage()
  const enter = (session: SessionView) => {
    if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search)
    client.setQueryData(SESSION_KEY, sessionState(session))
  }
  return (
    <main className="door" id="content">
      <LanguageSwitch />
      <div className="door-head">
        <img src="/icon.svg" alt="" width={48} height={48} />
        <h1>{t('common.product')}</h1>
        <p className="soft">{t('door.motto')}</p>
      </div>
      <div className="panel door-panel stack">
        {returned ? <Alert type="error" showIcon role="alert" title={returned[language]} /> : null}
        {step.kind === 'password' ? (
          <PasswordForm
            key={login}
            login={login}
            onEnter={enter}
            onBind={(credentials) => setStep({ kind: 'bind', credentials })}
            onCode={() => setStep({ kind: 'code' })}
          />
        ) : null}
        {step.kind === 'bind' ? (
          <BindAuthenticator
            credentials={step.credentials}
            onEnter={enter}
            onBack={() => setStep({ kind: 'password' })}
          />
        ) : null}
        {step.kind === 'code' ? (
          <RedeemCode
            code={codeInAddress()}
            onEnter={enter}
            onBack={(known) => {
              setLogin(known ?? '')
              setStep({ kind: 'password' })
            }}
          />
        ) : null}
        {step.kind === 'password'
          ? ways.data?.outside.map(({ provider, name, url }) => (
              <Button key={provider} block href={url}>
                {t('door.single_sign_on', { name })}
              </Button>
            ))
          : null}
        {ways.data?.single_sign_on && step.kind === 'password' ? (
          <Button block href={ways.data.single_sign_on.url}>
            {t('door.single_sign_on', { name: ways.data.single_sign_on.name })}
          </Button>
        ) : null}
      </div>
      {ways.data?.demo ? <DemoAccounts onEnter={enter} /> : null}
    </main>
  )
}

function LanguageSwitch() {
  const other = useLanguage() === 'zh' ? 'en' : 'zh'
  return (
    <Button type="text" size="small" onClick={() => void switchLanguage(other)} style={{ justifySelf: 'end' }}>
      {other === 'zh' ? '中文' : 'English'}
    </Button>
  )
}

interface PasswordFormProps {
  readonly login: string
  readonly onEnter: (session: SessionView) => void
  readonly onBind: (credentials: Credentials) => void
  readonly onCode: () => void
}

function PasswordForm({ login, onEnter, onBind, onCode }: PasswordFormProps) {
  const { t } = useTranslation()
  const [error, setError] = useState<Error | undefined>(undefined)
  const [busy, setBusy] = useState(false)
  const [asksCode, setAsksCode] = useState(false)
  const submit = async (values: Credentials) => {
    setBusy(true)
    setError(undefined)
    try {
      const { code, ...rest } = values
      onEnter(await call(signIn, { body: code ? { ...rest, code } : rest }))
    } catch (failure) {
      if (failure instanceof ProblemError && failure.is(accessProblems.second_factor_missing)) onBind(values)
      else if (failure instanceof ProblemError && failure.is(accessProblems.second_factor) && !asksCode)
        setAsksCode(true)
      else setError(failure instanceof Error ? failure : new Error(String(failure)))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Form layout="vertical" requiredMark={false} initialValues={{ login }} onFinish={(values) => void submit(values)}>
      <Form.Item name="login" label={t('door.login')} rules={[{ required: true, message: t('door.login_needed') }]}>
        <Input autoComplete="username" autoCapitalize="none" autoFocus />
      </Form.Item>
      <Form.Item
        name="password"
        label={t('door.password')}
        rules={[{ required: true, message: t('door.password_needed') }]}
      >
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      {asksCode ? (
        <Form.Item
          name="code"
          label={t('door.code')}
          extra={t('door.code_help')}
          rules={[{ required: true, pattern: /^\d{6}$/, message: t('door.code_needed') }]}
        >
          <Input inputMode="numeric" autoComplete="one-time-code" maxLength={6} autoFocus />
        </Form.Item>
      ) : null}
      <div className="stack tight">
        <ProblemNotice error={error} />
        <Button type="primary" htmlType="submit" block loading={busy}>
          {t('door.sign_in')}
        </Button>
        <Button type="link" onClick={onCode}>
          {t('door.have_code')}
        </Button>
      </div>
    </Form>
  )
}
