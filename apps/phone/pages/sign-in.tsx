import { useEffect, useState } from 'preact/hooks'
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from '#apps/demo/shown-accounts.ts'
import type { readSignInWays, SessionView } from '#platform/access/contract.ts'
import type { OutputOf } from '#platform/http/endpoint.ts'
import type { ProblemDocument } from '#platform/http/problem.ts'
import { read, send } from '#platform/ui/phone/client.ts'
import type { QueuedAction } from '#platform/ui/phone/outbox/action.ts'
import { Button, ProblemText } from '#platform/ui/phone/parts.tsx'
import { useTexts } from '#platform/ui/phone/texts.ts'

type Ways = OutputOf<typeof readSignInWays>

interface SignInProps {
  readonly expired: boolean
  readonly login: string
  /** What waits on this phone, of everybody. */
  readonly waiting: readonly QueuedAction[]
  readonly onSignedIn: (session: SessionView, login: string) => void
}

export function SignInPage({ expired, login: lastLogin, waiting, onSignedIn }: SignInProps) {
  const { t } = useTexts()
  const [login, setLogin] = useState(lastLogin)
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [problem, setProblem] = useState<ProblemDocument>()
  const [unreachable, setUnreachable] = useState(false)
  const [busy, setBusy] = useState(false)
  const [ways, setWays] = useState<Ways>()

  useEffect(() => {
    void read<Ways>('/api/session/ways').then((answer) => answer.kind === 'ok' && setWays(answer.value))
  }, [])

  async function signIn(login: string, password: string): Promise<void> {
    setBusy(true)
    setProblem(undefined)
    setUnreachable(false)
    const body = code === '' ? { login, password } : { login, password, code }
    const answer = await send<SessionView>('/api/session', body)
    setBusy(false)
    if (answer.kind === 'ok') onSignedIn(answer.value, login)
    else if (answer.kind === 'refused') setProblem(answer.problem)
    else setUnreachable(true)
  }

  const asksCode = problem?.code === 'access.second_factor' || code !== ''
  return (
    <main class="page page-sign-in">
      <h1 class="brand">{t('app_name')}</h1>
      {expired ? <p class="note">{t('sign_in_expired')}</p> : null}
      <KeptNames waiting={waiting} />
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!busy) void signIn(login, password)
        }}
      >
        <label class="field">
          {t('sign_in_login')}
          <input
            name="login"
            autocomplete="username"
            autocapitalize="off"
            required
            value={login}
            onInput={(event) => setLogin(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          {t('sign_in_password')}
          <input
            name="password"
            type="password"
            autocomplete="current-password"
            required
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        {asksCode ? (
          <label class="field">
            {t('sign_in_code')}
            <input
              name="code"
              inputMode="numeric"
              autocomplete="one-time-code"
              pattern="[0-9]{6}"
              value={code}
              onInput={(event) => setCode(event.currentTarget.value)}
            />
          </label>
        ) : null}
        {problem ? <ProblemText problem={problem} /> : null}
        {problem?.code === 'access.second_factor_missing' ? <p class="note">{t('sign_in_setup')}</p> : null}
        {unreachable ? (
          <p class="problem" role="alert">
            {t('sign_in_unreachable')}
          </p>
        ) : null}
        <button type="submit" class="button button-main" disabled={busy}>
          {t('sign_in')}
        </button>
      </form>
      {ways?.demo ? <DemoAccounts disabled={busy} onChoose={(account) => void signIn(account, DEMO_PASSWORD)} /> : null}
      {ways?.outside.map(({ provider, name, url }) => (
        <a key={provider} class="button" href={`${url}?to=phone`}>
          {t('sign_in_single', { name })}
        </a>
      ))}
      {ways?.single_sign_on ? (
        <a class="button" href={ways.single_sign_on.url}>
          {t('sign_in_single', { name: ways.single_sign_on.name })}
        </a>
      ) : null}
      <p class="quiet">{t('sign_in_first')}</p>
      <a class="button button-link" href="#/join">
        {t('sign_in_join')}
      </a>
    </main>
  )
}

/** The people of the demo city who would use a phone; offices sign in on the console. */
const ON_THE_PHONE = new Set(['nurse', 'manager', 'deputy'])

interface DemoProps {
  readonly disabled: boolean
  readonly onChoose: (login: string) => void
}

function DemoAccounts({ disabled, onChoose }: DemoProps) {
  const { t, local } = useTexts()
  return (
    <section class="stack">
      <h2>{t('sign_in_demo')}</h2>
      {DEMO_ACCOUNTS.filter(({ login }) => ON_THE_PHONE.has(login)).map((account) => (
        <Button key={account.login} disabled={disabled} onPress={() => onChoose(account.login)}>
          {local(account)}
        </Button>
      ))}
    </section>
  )
}

function KeptNames({ waiting }: { readonly waiting: readonly QueuedAction[] }) {
  const { t } = useTexts()
  const counts = new Map<string, number>()
  for (const { user_name } of waiting) counts.set(user_name, (counts.get(user_name) ?? 0) + 1)
  return (
    <>
      {[...counts].map(([name, n]) => (
        <p class="saved-note" key={name}>
          {t('sign_in_kept', { name, n })}
        </p>
      ))}
    </>
  )
}
