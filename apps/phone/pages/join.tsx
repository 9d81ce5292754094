import { useState } from 'preact/hooks'
import type { redeemCode, SessionView } from '#platform/access/contract.ts'
import type { OutputOf } from '#platform/http/endpoint.ts'
import type { ProblemDocument } from '#platform/http/problem.ts'
import { send } from '#platform/ui/phone/client.ts'
import { Button, ProblemText } from '#platform/ui/phone/parts.tsx'
import { useTexts } from '#platform/ui/phone/texts.ts'

type Redeemed = OutputOf<typeof redeemCode>

interface JoinProps {
  readonly code: string
  readonly lengthMin: number
  readonly onSignedIn: (session: SessionView, login: string) => void
  readonly onDone: () => void
}

/** Where the printed one-time code leads: a password of one's own, and in. */
export function JoinPage({ code: printed, lengthMin, onSignedIn, onDone }: JoinProps) {
  const { t } = useTexts()
  const [code, setCode] = useState(printed)
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const [problem, setProblem] = useState<ProblemDocument>()
  const [failing, setFailing] = useState<'differs' | 'unreachable'>()
  const [busy, setBusy] = useState(false)
  const [redeemed, setRedeemed] = useState<Redeemed>()

  async function redeem(): Promise<void> {
    setProblem(undefined)
    setFailing(undefined)
    if (password !== again) {
      setFailing('differs')
      return
    }
    setBusy(true)
    const answer = await send<Redeemed>('/api/enrolments', { code, password })
    setBusy(false)
    if (answer.kind === 'ok') setRedeemed(answer.value)
    else if (answer.kind === 'refused') setProblem(answer.problem)
    else setFailing('unreachable')
  }

  if (redeemed) return <Joined redeemed={redeemed} onSignedIn={onSignedIn} onDone={onDone} />
  return (
    <main class="page page-sign-in">
      <h1>{t('join_title')}</h1>
      <p class="quiet">{t('join_intro')}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!busy) void redeem()
        }}
      >
        <label class="field">
          {t('join_code')}
          <input
            name="code"
            autocapitalize="characters"
            autocomplete="off"
            required
            value={code}
            onInput={(event) => setCode(event.currentTarget.value)}
          />
        </label>
        <PasswordField
          name="password"
          label={t('join_password', { n: lengthMin })}
          value={password}
          onChange={setPassword}
        />
        <PasswordField name="again" label={t('join_again')} value={again} onChange={setAgain} />
        {problem ? <ProblemText problem={problem} /> : null}
        {failing ? (
          <p class="problem" role="alert">
            {t(failing === 'differs' ? 'join_differs' : 'sign_in_unreachable')}
          </p>
        ) : null}
        <button type="submit" class="button button-main" disabled={busy}>
          {t('join_submit')}
        </button>
      </form>
      <a class="button button-link" href="#/">
        {t('sign_in')}
      </a>
    </main>
  )
}

interface PasswordProps {
  readonly name: string
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

function PasswordField({ name, label, value, onChange }: PasswordProps) {
  return (
    <label class="field">
      {label}
      <input
        name={name}
        type="password"
        autocomplete="new-password"
        required
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  )
}

interface JoinedProps {
  readonly redeemed: Redeemed
  readonly onSignedIn: (session: SessionView, login: string) => void
  readonly onDone: () => void
}

function Joined({ redeemed: { login, session }, onSignedIn, onDone }: JoinedProps) {
  const { t } = useTexts()
  return (
    <main class="page page-sign-in">
      <h1>{t('join_title')}</h1>
      <p class="big">{t('join_login', { login })}</p>
      {session ? null : <p class="note">{t('join_second_factor')}</p>}
      <Button kind="main" onPress={() => (session ? onSignedIn(session, login) : onDone())}>
        {t(session ? 'join_continue' : 'sign_in')}
      </Button>
    </main>
  )
}
