import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Checkbox, Progress, Segmented } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { call } from '#platform/ui/client.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Page, Section } from '#platform/ui/page.tsx'
import { ProblemNotice, useLanguage } from '#platform/ui/problem-notice.tsx'
import { keyOf, useCommand, useEndless, useEndpoint } from '#platform/ui/queries.ts'
import { EndlessRows } from '#platform/ui/rows.tsx'
import { Loaded, Nothing } from '#platform/ui/states.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import {
  type AskPart,
  type AskView,
  askRosters,
  cancelAsk,
  listAskParts,
  listAsks,
  PART_CHOICES,
  readAsk,
  type Unmet,
} from '../ask-contract.ts'
import { PeriodFields, usualPeriod } from './period-fields.tsx'
import './board.css'

const READ_EVERY_MS = 1000
/** Unmet needs of a unit that are told in the list; the rest stands on its board. */
const UNMET_TOLD = 3

/** Rosters of all units at or below a place at once: asked for, watched, cancelled, and what each unit could not meet. */
export function AsksPage() {
  const { t } = useTranslation()
  const { operation_id, unit_id, unit_name } = useWorkplace()
  const { ask } = useSearch({ from: '/rosters/asks' })
  const params = { operation_id: String(operation_id), unit_id: String(unit_id) }
  const asks = useEndpoint(listAsks, { params }, { enabled: operation_id !== undefined })
  const chosen = ask ?? asks.data?.asks[0]?.ask_id
  return (
    <Page title={t('asks.title')} about={t('asks.about', { unit: unit_name })}>
      {operation_id === undefined ? (
        <Nothing>{t('common.no_operation')}</Nothing>
      ) : (
        <div className="stack">
          <AskForm />
          {chosen === undefined ? (
            <Loaded query={asks}>{() => <Nothing>{t('asks.none')}</Nothing>}</Loaded>
          ) : (
            <Ask key={chosen} askId={chosen} />
          )}
          <Earlier asks={(asks.data?.asks ?? []).filter(({ ask_id }) => ask_id !== chosen)} />
        </div>
      )}
    </Page>
  )
}

function AskForm() {
  const { t } = useTranslation()
  const may = useMay('rosters.ask')
  const navigate = useNavigate()
  const { operation_id, unit_id, today } = useWorkplace()
  const [period, setPeriod] = useState(usualPeriod(today))
  const [propose, setPropose] = useState(true)
  const ask = useCommand(askRosters)
  if (!may) return null
  const start = () =>
    ask.mutate(
      {
        params: { operation_id: String(operation_id), unit_id: String(unit_id) },
        body: { from_on: period.from, days: period.days, propose },
      },
      {
        onSuccess: ({ ask_id }) => void navigate({ to: '/rosters/asks', search: (old) => ({ ...old, ask: ask_id }) }),
      },
    )
  return (
    <div className="panel stack tight">
      <div className="row">
        <PeriodFields period={period} onChange={setPeriod} />
        <Button type="primary" onClick={start} loading={ask.isPending}>
          {t('asks.ask')}
        </Button>
      </div>
      <Checkbox checked={propose} onChange={({ target }) => setPropose(target.checked)}>
        {t('asks.propose')}
      </Checkbox>
      <p className="soft">{t('asks.what_happens')}</p>
      {ask.data && !ask.data.is_new ? <p role="status">{t('asks.same')}</p> : null}
      <ProblemNotice error={ask.error} />
    </div>
  )
}

function Ask({ askId }: { askId: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { operation_id, unit_id } = useWorkplace()
  const params = { operation_id: String(operation_id), unit_id: String(unit_id), ask_id: String(askId) }
  const isOver = useRef(false)
  const ask = useEndpoint(readAsk, { params }, { every_ms: isOver.current ? false : READ_EVERY_MS })
  isOver.current = ask.data?.ended_at != null
  return (
    <Loaded query={ask}>
      {(view) => (
        <Section
          title={t('asks.period', { from: formats.day(view.from_on), days: view.days })}
          aside={
            <span className="soft">{t('asks.asked', { name: view.asked_by, at: formats.moment(view.asked_at) })}</span>
          }
        >
          <div className="stack tight">
            <AskProgress ask={view} />
            <Parts ask={view} />
          </div>
        </Section>
      )}
    </Loaded>
  )
}

function AskProgress({ ask }: { ask: AskView }) {
  const { t } = useTranslation()
  const may = useMay('rosters.ask')
  const { operation_id, unit_id } = useWorkplace()
  const cancel = useCommand(cancelAsk)
  const params = { operation_id: String(operation_id), unit_id: String(unit_id), ask_id: String(ask.ask_id) }
  const isOver = ask.ended_at !== null
  return (
    <section className="panel stack tight" aria-label={t('asks.progress')}>
      <div className="row">
        <Progress
          percent={Math.floor((ask.done_count / Math.max(1, ask.parts_count)) * 100)}
          status={isOver && ask.failed_count === 0 && ask.cancelled_at === null ? 'success' : 'normal'}
          style={{ flex: 1, minWidth: 120 }}
          aria-label={t('asks.progress')}
        />
        {may && !isOver ? (
          <Button onClick={() => cancel.mutate({ params })} loading={cancel.isPending || ask.cancelled_at !== null}>
            {t('asks.cancel')}
          </Button>
        ) : null}
      </div>
      <p role="status">
        {t('asks.done', { done: ask.done_count, all: ask.parts_count, drafts: ask.drafts_count })}
        {ask.unmet_count > 0 ? ` ${t('asks.unmet_units', { count: ask.unmet_count })}` : ''}
        {ask.failed_count > 0 ? ` ${t('asks.failed_units', { count: ask.failed_count })}` : ''}
        {ask.cancelled_at === null ? '' : ` ${t('asks.cancelled')}`}
      </p>
      <ProblemNotice error={cancel.error} />
    </section>
  )
}

type PartPage = OutputOf<typeof listAskParts>

function Parts({ ask }: { ask: AskView }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { operation_id, unit_id } = useWorkplace()
  const [which, setWhich] = useState<(typeof PART_CHOICES)[number]>('all')
  const params = { operation_id: String(operation_id), unit_id: String(unit_id), ask_id: String(ask.ask_id) }
  const key = keyOf(listAskParts, { params, which })
  const query = useEndless(key, (after, signal) =>
    call(listAskParts, { params, query: { which, limit: 50, ...(after ? { after } : {}) } }, { signal }),
  )
  // More units are done: what they came to is read.
  const done = ask.done_count
  const seen = useRef(done)
  useEffect(() => {
    if (seen.current === done) return
    seen.current = done
    void client.invalidateQueries({ queryKey: [listAskParts.path] })
  }, [client, done])
  const counts = { all: ask.parts_count, unmet: ask.unmet_count, failed: ask.failed_count }
  return (
    <>
      <Segmented
        value={which}
        onChange={setWhich}
        options={PART_CHOICES.map((value) => ({ value, label: `${t(`asks.which.${value}`)} ${counts[value]}` }))}
        style={{ justifySelf: 'start' }}
      />
      <EndlessRows<PartPage, AskPart>
        caption={t('asks.units')}
        query={query}
        rowsOf={({ parts }) => parts}
        rowKey={({ part_id }) => part_id}
        empty={t('asks.none_such')}
        columns={[
          { key: 'unit', title: t('asks.unit'), narrow: 'title', show: (part) => <UnitLink part={part} /> },
          { key: 'state', title: t('asks.state_title'), show: (part) => <PartState part={part} /> },
          { key: 'unmet', title: t('asks.unmet'), show: (part) => <UnmetList part={part} /> },
        ]}
      />
    </>
  )
}

function UnitLink({ part }: { part: AskPart }) {
  const { draft_id } = part
  const name =
    part.roster_name === null || part.roster_name === part.unit_name
      ? part.unit_name
      : `${part.unit_name} · ${part.roster_name}`
  if (draft_id === null) return <>{name}</>
  return (
    <Link to="/rosters/board" search={(old) => ({ ...old, unit: part.unit_id, draft: draft_id })}>
      {name}
    </Link>
  )
}

function PartState({ part }: { part: AskPart }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const isWrong = part.state === 'refused' || part.state === 'crashed' || part.state === 'no_needs'
  return (
    <span className={isWrong ? 'late' : undefined}>
      {t(`asks.state.${part.state}`)}
      {part.refusal ? ` ${part.refusal[language]}` : ''}
    </span>
  )
}

function UnmetList({ part }: { part: AskPart }) {
  const { t } = useTranslation()
  if (part.hard === null) return <span className="soft">—</span>
  if (part.unmet_count === 0) return <>{t('asks.all_met')}</>
  const told = part.unmet.slice(0, UNMET_TOLD)
  return (
    <ul className="ask-unmet">
      {told.map((one) => (
        <li key={`${one.day_on}${one.shifts.join()}${one.skill ?? ''}`} className={one.hard ? 'late' : undefined}>
          <UnmetText unmet={one} />
        </li>
      ))}
      {part.unmet_count > told.length ? (
        <li className="soft">{t('asks.more_unmet', { count: part.unmet_count - told.length })}</li>
      ) : null}
    </ul>
  )
}

function UnmetText({ unmet }: { unmet: Unmet }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { shifts, skill, needed, actual } = unmet
  const facts = { day: formats.day(unmet.day_on), shift: shifts.join(t('common.comma')), needed, actual }
  return <>{skill === null ? t('asks.short', facts) : t('asks.short_skill', { ...facts, skill })}</>
}

function Earlier({ asks }: { asks: readonly AskView[] }) {
  const { t } = useTranslation()
  const formats = useFormats()
  if (asks.length === 0) return null
  return (
    <Section title={t('asks.others')}>
      <ul className="board-list">
        {asks.map((one) => (
          <li key={one.ask_id} className="row spread">
            <Link to="/rosters/asks" search={(old) => ({ ...old, ask: one.ask_id })}>
              {t('asks.period', { from: formats.day(one.from_on), days: one.days })}
            </Link>
            <span className="soft">
              {t('asks.asked', { name: one.asked_by, at: formats.moment(one.asked_at) })}
              {' · '}
              {t('asks.done', { done: one.done_count, all: one.parts_count, drafts: one.drafts_count })}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  )
}
