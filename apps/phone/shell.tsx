import { useEffect, useMemo, useState } from 'preact/hooks'
import { ExplanationPage, OwedCard, StatementPage, useExplanationPrefetch } from '#measures/benefits/web/phone.tsx'
import { AskedCard, CoverCard, CoverPage, OwnRestCard, OwnShiftsPage } from '#measures/rosters/web/phone.tsx'
import { read, send } from '#platform/ui/phone/client.ts'
import { localMoment, shortDayText } from '#platform/ui/phone/moments.ts'
import type { QueuedAction } from '#platform/ui/phone/outbox/action.ts'
import type { Outbox } from '#platform/ui/phone/outbox/outbox.ts'
import { type Phone, PhoneContext, usePhone } from '#platform/ui/phone/phone.ts'
import { type Language, type TextKey, useTexts } from '#platform/ui/phone/texts.ts'
import {
  ConfirmPage,
  LaterShifts,
  managedUnits,
  NextShiftCard,
  RecordsPage,
  RestCard,
  useDutyPrefetch,
} from '#records/duty/web/phone.tsx'
import { offlineState } from './offline-state.ts'
import { MePage } from './pages/me.tsx'
import { OutboxPage } from './pages/outbox.tsx'
import type { Remembered } from './remembered.ts'
import type { Route } from './route.ts'
import { useInstall } from './use-install.ts'
import type { Session } from './use-session.ts'

interface ShellProps {
  readonly route: Route
  readonly remembered: Remembered
  readonly session: Session
  readonly outbox: Outbox
  readonly actions: readonly QueuedAction[]
  readonly onLanguage: (language: Language) => void
}

/** Texts such as "until the next shift" stay right while the page is open. */
function useMinute(): number {
  const [minute, setMinute] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setMinute((count) => count + 1), 60_000)
    return () => clearInterval(timer)
  }, [])
  return minute
}

export function Shell({ route, remembered, session, outbox, actions, onLanguage }: ShellProps) {
  const { t } = useTexts()
  useMinute()
  const { session: signedIn, operation, clock_offset_ms } = remembered
  const own = useMemo(
    () => actions.filter((action) => action.user_id === signedIn.user_id),
    [actions, signedIn.user_id],
  )
  const others = actions.filter((action) => action.user_id !== signedIn.user_id && action.state === 'waiting')
  if (!operation)
    return (
      <main class="page">
        <p class="big">{t(session.reachable ? 'no_operation' : 'offline')}</p>
        <button type="button" class="button" onClick={() => void session.signOut()}>
          {t('me_sign_out')}
        </button>
      </main>
    )

  const now = () => new Date(Date.now() + clock_offset_ms)
  const phone: Phone = {
    session: signedIn,
    operation,
    reachable: session.reachable,
    actions: own,
    readings: session.readings,
    now,
    today: () => localMoment(now(), operation.time_zone).date,
    go: (place) => {
      location.hash = `#/${place}`
    },
    keep: (action, replaces) =>
      outbox.keep({ user_id: signedIn.user_id, user_name: signedIn.display_name }, action, replaces),
    discard: (key) => outbox.discard(key),
    notice: session.notice,
  }
  const onSend = () => {
    session.check()
    outbox.sendNow()
  }
  const chooseLanguage = (language: Language) => {
    onLanguage(language)
    void send('/api/me/language', { language })
  }
  return (
    <PhoneContext.Provider value={phone}>
      <Prefetch />
      <Banners />
      <main class="page">
        <Page route={route} others={others} onSend={onSend} onLanguage={chooseLanguage} onSignOut={session.signOut} />
      </main>
      <Tabs page={route.page} />
    </PhoneContext.Provider>
  )
}

/** Reads ahead what is wanted without a network; it waits until the page itself is there. */
function Prefetch() {
  const { session } = usePhone()
  const { language } = useTexts()
  const [quiet] = useState(() => new Promise<void>((resolve) => setTimeout(resolve, 1500)))
  const readAhead = async <T,>(path: string): Promise<T | undefined> => {
    await quiet
    const answer = await read<T>(path, session.user_id)
    return answer.kind === 'ok' ? answer.value : undefined
  }
  useDutyPrefetch(readAhead)
  useExplanationPrefetch(readAhead, language)
  return null
}

interface PageProps {
  readonly route: Route
  readonly others: readonly QueuedAction[]
  readonly onSend: () => void
  readonly onLanguage: (language: Language) => void
  readonly onSignOut: () => Promise<void>
}

function Page({ route, others, onSend, onLanguage, onSignOut }: PageProps) {
  const install = useInstall()
  const { query } = route
  if (route.page === 'records') return <RecordsPage />
  if (route.page === 'shifts') return <OwnShiftsPage />
  if (route.page === 'cover') return <CoverPage />
  if (route.page === 'owed') return route.rest ? <ExplanationPage entitlement={route.rest} /> : <StatementPage />
  if (route.page === 'confirm')
    return (
      <ConfirmPage
        unitId={Number(query.get('unit')) || undefined}
        date={query.get('day') ?? undefined}
        editKey={query.get('edit') ?? undefined}
      />
    )
  if (route.page === 'outbox') return <OutboxPage others={others} onSend={onSend} />
  if (route.page === 'me')
    return <MePage others={others} install={install} onLanguage={onLanguage} onSignOut={() => void onSignOut()} />
  return <TodayPage />
}

function TodayPage() {
  const { t } = useTexts()
  return (
    <>
      <h1 class="hidden">{t('tab_today')}</h1>
      <AskedCard />
      <CoverCard />
      <NextShiftCard />
      <OwnRestCard />
      <OwedCard />
      <RestCard />
      <LaterShifts />
    </>
  )
}

/** What matters everywhere: no network, what is not sent yet, and that the demo city is no real one. */
function Banners() {
  const { t, language } = useTexts()
  const { actions, reachable, session, operation, now } = usePhone()
  const waiting = actions.filter((action) => action.state === 'waiting').length
  const refused = actions.filter((action) => action.state === 'refused').length
  const moment = localMoment(now(), operation.time_zone)
  return (
    <header class="banners">
      {session.demo ? (
        <p class="banner banner-demo">{t('demo', { at: `${shortDayText(moment.date, language)} ${moment.time}` })}</p>
      ) : null}
      <div role="status">
        {reachable ? null : <p class="banner banner-offline">{t('offline')}</p>}
        {offlineState() === 'off' ? <p class="banner">{t('offline_mode_off')}</p> : null}
        {refused > 0 ? (
          <a class="banner banner-refused" href="#/outbox">
            {t('pending_refused', { n: refused })} ›
          </a>
        ) : null}
        {waiting > 0 ? (
          <a class="banner banner-waiting" href="#/outbox">
            {t('pending', { n: waiting })} ›
          </a>
        ) : null}
      </div>
    </header>
  )
}

function Tabs({ page }: { readonly page: string }) {
  const { t } = useTexts()
  const phone = usePhone()
  const manages = managedUnits(phone).length > 0
  const tabs: readonly (readonly [string, TextKey])[] = [
    ['today', 'tab_today'],
    ...(manages ? ([['confirm', 'tab_confirm']] as const) : []),
    ['records', 'tab_records'],
    ['owed', 'tab_owed'],
    ['me', 'tab_me'],
  ]
  const current = tabs.some(([name]) => name === page) ? page : page === 'outbox' ? 'me' : 'today'
  return (
    <nav class="tabs" aria-label={t('app_name')}>
      {tabs.map(([name, text]) => (
        <a key={name} href={`#/${name}`} aria-current={name === current ? 'page' : undefined}>
          {t(text)}
        </a>
      ))}
    </nav>
  )
}
