import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type SessionView, signIn } from '#platform/access/contract.ts'
import { call } from '#platform/ui/client.ts'
import { ProblemNotice, useLanguage } from '#platform/ui/problem-notice.tsx'

/** The demo city is open to whoever runs it: one press signs in as one of its made-up people. */
export function DemoAccounts({ onEnter }: { onEnter: (session: SessionView) => void }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const shown = useQuery({ queryKey: ['demo-accounts'], queryFn: () => import('#apps/demo/shown-accounts.ts') })
  const [busy, setBusy] = useState<string | undefined>(undefined)
  const [error, setError] = useState<unknown>(undefined)
  const enter = async (login: string, password: string) => {
    setBusy(login)
    setError(undefined)
    try {
      onEnter(await call(signIn, { body: { login, password } }))
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(undefined)
    }
  }
  if (!shown.data) return null
  const { DEMO_ACCOUNTS, DEMO_PASSWORD } = shown.data
  return (
    <section className="panel door-accounts stack tight">
      <h2 className="section-title">{t('door.demo_accounts')}</h2>
      <p className="soft">{t('door.demo_about')}</p>
      <ProblemNotice error={error} />
      <ul className="door-account-list">
        {DEMO_ACCOUNTS.map((account) => (
          <li key={account.login}>
            <Button block onClick={() => void enter(account.login, DEMO_PASSWORD)} loading={busy === account.login}>
              {account[language]}
            </Button>
          </li>
        ))}
      </ul>
      <p className="soft small">{t('door.demo_password', { password: DEMO_PASSWORD })}</p>
    </section>
  )
}
