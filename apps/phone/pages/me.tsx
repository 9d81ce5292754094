import { useEffect, useState } from 'preact/hooks'
import { ClosedFacts } from '#platform/access/web/phone/closed-facts.tsx'
import type { QueuedAction } from '#platform/ui/phone/outbox/action.ts'
import { Button, Card } from '#platform/ui/phone/parts.tsx'
import { usePhone } from '#platform/ui/phone/phone.ts'
import { type Language, type TextKey, useTexts } from '#platform/ui/phone/texts.ts'
import { OwnFactsCard } from '#records/facts/web/phone.tsx'
import { type OfflineState, offlineState } from '../offline-state.ts'
import { OthersNote } from './outbox.tsx'

interface MeProps {
  readonly others: readonly QueuedAction[]
  readonly install: (() => void) | undefined
  readonly onLanguage: (language: Language) => void
  readonly onSignOut: () => void
}

const OFFLINE_TEXTS = {
  ready: 'me_offline_ready',
  preparing: 'me_offline_preparing',
  off: 'me_offline_off',
} as const satisfies Record<OfflineState, TextKey>

export function MePage({ others, install, onLanguage, onSignOut }: MeProps) {
  const { t, language } = useTexts()
  const { session, go, actions } = usePhone()
  const [offline, setOffline] = useState<OfflineState>(offlineState())
  useEffect(() => {
    const timer = setInterval(() => setOffline(offlineState()), 1000)
    return () => clearInterval(timer)
  }, [])
  return (
    <>
      <h1>{session.display_name}</h1>
      <p class="quiet">{[...new Set(session.roles.map((role) => role.unit_name))].join(' · ')}</p>
      <Card>
        <fieldset class="choice">
          <legend>{t('me_language')}</legend>
          {(['zh', 'en'] as const).map((one) => (
            <label key={one}>
              <input type="radio" name="language" checked={language === one} onChange={() => onLanguage(one)} />
              {one === 'zh' ? '中文' : 'English'}
            </label>
          ))}
        </fieldset>
      </Card>
      <Card>
        <p>{t(OFFLINE_TEXTS[offline])}</p>
        {install ? (
          <>
            <p class="quiet">{t('me_install_intro')}</p>
            <Button onPress={install}>{t('me_install')}</Button>
          </>
        ) : null}
        <Button onPress={() => go('outbox')}>{t('me_outbox')}</Button>
        <OthersNote others={others} />
      </Card>
      <OwnFactsCard />
      <ClosedFacts />
      <SignOut waiting={actions.filter((action) => action.state !== 'recorded').length} onSignOut={onSignOut} />
      <p class="quiet">{t('me_privacy')}</p>
    </>
  )
}

function SignOut({ waiting, onSignOut }: { readonly waiting: number; readonly onSignOut: () => void }) {
  const { t } = useTexts()
  const [asking, setAsking] = useState(false)
  if (!asking) return <Button onPress={() => (waiting > 0 ? setAsking(true) : onSignOut())}>{t('me_sign_out')}</Button>
  return (
    <Card tone="warn">
      <p>{t('me_sign_out_pending', { n: waiting })}</p>
      <Button kind="danger" onPress={onSignOut}>
        {t('me_sign_out_sure')}
      </Button>
      <Button onPress={() => setAsking(false)}>{t('me_stay')}</Button>
    </Card>
  )
}
