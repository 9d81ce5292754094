import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Drawer, Select } from 'antd'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { chooseLanguage, signOut } from '#platform/access/contract.ts'
import { civilDate, zonedText } from '#platform/calendar/zone.ts'
import { call } from '#platform/ui/client.ts'
import { dayText } from '#platform/ui/formats.ts'
import { keptLanguage, switchLanguage } from '#platform/ui/language.ts'
import { ProblemNotice, useLanguage } from '#platform/ui/problem-notice.tsx'
import { SESSION_KEY, useEndpoint } from '#platform/ui/queries.ts'
import { Waiting } from '#platform/ui/states.tsx'
import { type Workplace, WorkplaceProvider } from '#platform/ui/workplace.tsx'
import { listOperations, type OperationView } from '#records/operations/contract.ts'
import { readUnit } from '#records/org/contract.ts'
import { UnitSelect } from '#records/org/web/unit-select.tsx'
import { Navigation } from './navigation.tsx'
import { type SessionState, useSession } from './session.ts'
import { SignIn } from './sign-in.tsx'

/** Everything around the pages: who is signed in, where they look, the navigation. */
export function Shell({ children }: { children: ReactNode }) {
  const query = useSession()
  if (query.data === undefined)
    return (
      <div className="page">
        {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : <Waiting />}
      </div>
    )
  if (query.data === null) return <SignIn />
  return <SignedIn state={query.data}>{children}</SignedIn>
}

function SignedIn({ state, children }: { state: SessionState; children: ReactNode }) {
  const workplace = useStanding(state)
  const { session } = state
  useEffect(() => {
    if (keptLanguage() === undefined && session.language === 'en') void switchLanguage('en')
  }, [session.language])
  if (workplace.error || !workplace.place)
    return (
      <div className="page">
        {workplace.error ? <ProblemNotice error={workplace.error} onRetry={workplace.retry} /> : <Waiting />}
      </div>
    )
  return (
    <WorkplaceProvider value={workplace.place}>
      <Frame place={workplace.place} operations={workplace.operations}>
        {children}
      </Frame>
    </WorkplaceProvider>
  )
}

/** The operation and the unit that the address names, or else the newest running operation and the unit of the reader's role. */
function useStanding({ session, clock_ahead_ms }: SessionState) {
  const { op, unit } = useSearch({ strict: false })
  const home = session.roles.find(({ everywhere }) => everywhere) ?? session.roles[0]
  const unitId = unit ?? home?.unit_id ?? 1
  const operations = useEndpoint(listOperations, {})
  const unitView = useEndpoint(readUnit, { params: { unit_id: String(unitId) } }, { keep: true })
  const known = operations.data?.operations ?? []
  const operation =
    known.find(({ operation_id }) => operation_id === op) ?? known.find(({ ended_on }) => ended_on === null) ?? known[0]
  const time_zone = operation?.time_zone ?? 'Asia/Shanghai'
  const today = useToday(time_zone, clock_ahead_ms)
  const unitName = unitView.data?.name
  const place = useMemo<Workplace | undefined>(() => {
    if (!operations.data || unitName === undefined) return undefined
    return {
      session,
      operation_id: operation?.operation_id,
      operation_name: operation?.name ?? '',
      started_on: operation?.started_on ?? today,
      ended_on: operation?.ended_on ?? null,
      time_zone,
      unit_id: unitId,
      unit_name: unitName,
      today,
      clock_ahead_ms,
    }
  }, [session, operations.data, operation, unitName, unitId, today, time_zone, clock_ahead_ms])
  const error = operations.error ?? (unitName === undefined ? unitView.error : null)
  const retry = () => {
    void operations.refetch()
    void unitView.refetch()
  }
  return { place, operations: known, error, retry }
}

function useToday(timeZone: string, clockAheadMs: number): string {
  const read = () => civilDate(timeZone, new Date(Date.now() + clockAheadMs))
  const [today, setToday] = useState(read)
  useEffect(() => {
    const update = () => setToday(civilDate(timeZone, new Date(Date.now() + clockAheadMs)))
    update()
    const timer = setInterval(update, 30_000)
    return () => clearInterval(timer)
  }, [timeZone, clockAheadMs])
  return today
}

interface FrameProps {
  readonly place: Workplace
  readonly operations: readonly OperationView[]
  readonly children: ReactNode
}

function Frame({ place, operations, children }: FrameProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <>
      <a className="skip-link" href="#content">
        {t('shell.skip')}
      </a>
      <div className="shell">
        <aside className="shell-side">
          <div className="shell-side-inner">
            <Brand />
            <Navigation />
          </div>
        </aside>
        <div className="shell-main">
          <header className="shell-head">
            <Button className="shell-menu" onClick={() => setOpen(true)}>
              {t('shell.menu')}
            </Button>
            <Standing place={place} operations={operations} />
            <Account place={place} />
          </header>
          <ClockBanner place={place} />
          <main id="content" tabIndex={-1}>
            {children}
          </main>
        </div>
      </div>
      <Drawer open={open} onClose={() => setOpen(false)} placement="left" size={264} title={<Brand />}>
        <Navigation onGo={() => setOpen(false)} />
      </Drawer>
    </>
  )
}

function Brand() {
  const { t } = useTranslation()
  return (
    <div className="brand">
      <img src="/icon.svg" alt="" width={28} height={28} />
      <span>{t('common.product')}</span>
    </div>
  )
}

function Standing({ place, operations }: { place: Workplace; operations: readonly OperationView[] }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const stand = (to: { op?: number; unit?: number }) =>
    void navigate({ to: '.', search: (before) => ({ ...before, ...to }) })
  return (
    <div className="shell-standing">
      {operations.length > 0 ? (
        <Select
          aria-label={t('shell.operation')}
          value={place.operation_id}
          onChange={(op) => stand({ op })}
          options={operations.map(({ operation_id, name, ended_on }) => ({
            value: operation_id,
            label: ended_on === null ? name : t('shell.operation_ended', { name }),
          }))}
          popupMatchSelectWidth={false}
          className="shell-operation"
        />
      ) : (
        <span className="soft">{t('shell.no_operation')}</span>
      )}
      <UnitSelect
        label={t('shell.unit')}
        value={place.unit_id}
        valueName={place.unit_name}
        onChange={(unit) => stand({ unit })}
        className="shell-unit"
      />
    </div>
  )
}

function Account({ place }: { place: Workplace }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const language = useLanguage()
  const other = language === 'zh' ? 'en' : 'zh'
  const leave = async () => {
    await call(signOut, {}).catch(() => undefined)
    // What was read belongs to whoever was signed in.
    client.clear()
    client.setQueryData(SESSION_KEY, null)
  }
  const change = async () => {
    await switchLanguage(other)
    await call(chooseLanguage, { body: { language: other } }).catch(() => undefined)
  }
  return (
    <div className="shell-account">
      <Link to="/me" className="shell-name" title={place.session.display_name}>
        {place.session.display_name}
      </Link>
      <Button type="text" size="small" onClick={() => void change()} lang={other === 'zh' ? 'zh-CN' : 'en'}>
        {other === 'zh' ? '中文' : 'English'}
      </Button>
      <Button type="text" size="small" onClick={() => void leave()}>
        {t('shell.sign_out')}
      </Button>
    </div>
  )
}

/** The product's own time, where it is not the world's, and that the people are made up. */
function ClockBanner({ place }: { place: Workplace }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const { session, time_zone, clock_ahead_ms } = place
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 15_000)
    return () => clearInterval(timer)
  }, [])
  if (!session.clock_shifted && !session.demo) return null
  const local = zonedText(time_zone, new Date(now + clock_ahead_ms))
  const moment = `${dayText(local.slice(0, 10), language, '')} ${local.slice(11, 16)}`
  return (
    <div className="banner" role="note">
      {session.clock_shifted ? <span>{t('shell.clock', { moment })}</span> : null}
      {session.demo ? <span> {t('shell.made_up')}</span> : null}
    </div>
  )
}
