import { Button, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { JobProgress } from '#platform/jobs/web/progress.tsx'
import { useFormats } from '#platform/ui/formats.ts'
import { Page, Section } from '#platform/ui/page.tsx'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { type Column, Rows } from '#platform/ui/rows.tsx'
import { Loaded, Nothing } from '#platform/ui/states.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import {
  explainRestOf,
  lookAtRest,
  type RestBoard,
  type RestOrder,
  readRestBoard,
  recordCoverAnswer,
  type Standing,
} from '../contract.ts'
import { LeaveAccounts } from './console-leave.tsx'
import { AnswerForm, AskForm, ChangeForm, ExtendForm, OrderForm, OverrideForm } from './console-rest-forms.tsx'
import './console.css'

/** Who must rest now, who soon, who covers, and what is owed. */
export function RestPage() {
  const { t } = useTranslation()
  const { operation_id, unit_id, unit_name } = useWorkplace()
  return (
    <Page title={t('rest.title')} about={t('rest.about', { unit: unit_name })}>
      {operation_id === undefined ? (
        <Nothing>{t('common.no_operation')}</Nothing>
      ) : (
        <Board operationId={operation_id} unitId={unit_id} />
      )}
    </Page>
  )
}

function Board({ operationId, unitId }: { operationId: number; unitId: number }) {
  const board = useEndpoint(readRestBoard, {
    params: { operation_id: String(operationId), unit_id: String(unitId) },
  })
  return (
    <Loaded query={board} rows={8}>
      {(loaded) => (
        <div className="stack rest-board">
          <AsOf board={loaded} operationId={operationId} />
          <Reports reports={loaded.reports} operationId={operationId} />
          <Standings board={loaded} list="must" operationId={operationId} />
          {loaded.debts.length > 0 ? <Standings board={loaded} list="debts" operationId={operationId} /> : null}
          <Orders orders={loaded.orders} operationId={operationId} />
          <Standings board={loaded} list="soon" operationId={operationId} />
          <LeaveAccounts operationId={operationId} unitId={unitId} />
        </div>
      )}
    </Loaded>
  )
}

function AsOf({ board, operationId }: { board: RestBoard; operationId: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const may = useMay('rest.order')
  const look = useCommand(lookAtRest)
  const { on_date, looked_at } = board
  return (
    <div className="stack tight">
      <div className="row spread">
        <p className="soft">
          {on_date && looked_at
            ? t('rest.as_of', { day: formats.day(on_date), at: formats.moment(looked_at) })
            : t('rest.not_yet')}
        </p>
        {may ? (
          <Button
            onClick={() => look.mutate({ params: { operation_id: String(operationId) } })}
            loading={look.isPending}
          >
            {t('rest.look')}
          </Button>
        ) : null}
      </div>
      <ProblemNotice error={look.error} />
      {look.data ? <JobProgress jobId={look.data.job_id} title={t('rest.looking')} /> : null}
    </div>
  )
}

function Standings({
  board,
  list,
  operationId,
}: {
  board: RestBoard
  list: 'must' | 'soon' | 'debts'
  operationId: number
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  const may = useMay('rest.order')
  const mayExtend = useMay('rest.override')
  const { session } = useWorkplace()
  const [ordering, setOrdering] = useState<Standing | undefined>()
  const [extending, setExtending] = useState<Standing | undefined>()
  const [asked, setAsked] = useState<Standing | undefined>()
  const rows = board[list]
  const columns: Column<Standing>[] = [
    { key: 'name', title: t('rest.person'), narrow: 'title', show: ({ name }) => name },
    { key: 'unit', title: t('rest.unit'), show: ({ unit_name }) => unit_name },
    { key: 'rule', title: t('rest.rule'), show: (standing) => <Rule standing={standing} /> },
    { key: 'run', title: t('rest.run'), number: true, show: ({ run_days }) => formats.count(run_days) },
    { key: 'mean', title: t('rest.mean'), number: true, show: ({ mean_minutes }) => formats.minutes(mean_minutes) },
    { key: 'week', title: t('rest.week'), number: true, show: ({ week_minutes }) => formats.minutes(week_minutes) },
    { key: 'length', title: t('rest.length'), show: (standing) => <Due standing={standing} /> },
    {
      key: 'do',
      title: t('common.actions'),
      show: (standing) => (
        <span className="row">
          <Button size="small" onClick={() => setAsked(standing)}>
            {t('rest.why')}
          </Button>
          {may && standing.person_id !== session.person_id ? (
            <Button size="small" type={list === 'must' ? 'primary' : 'default'} onClick={() => setOrdering(standing)}>
              {t('rest.order')}
            </Button>
          ) : null}
          {mayExtend && standing.extended_until === null ? (
            <Button size="small" onClick={() => setExtending(standing)}>
              {t('rest.extend')}
            </Button>
          ) : null}
        </span>
      ),
    },
  ]
  return (
    <Section title={`${t(`rest.${list}`)}${rows.length > 0 ? ` ${formats.count(rows.length)}` : ''}`}>
      <Rows
        caption={t(`rest.${list}`)}
        columns={columns}
        rows={rows}
        rowKey={({ person_id, rule }) => `${person_id} ${rule}`}
        empty={t(`rest.${list}_none`)}
        atOnce={15}
      />
      {ordering ? (
        <OrderForm
          operationId={operationId}
          about={{ ...ordering, standing: ordering }}
          onClose={() => setOrdering(undefined)}
        />
      ) : null}
      {extending ? (
        <ExtendForm operationId={operationId} standing={extending} onClose={() => setExtending(undefined)} />
      ) : null}
      {asked ? <Why operationId={operationId} standing={asked} onClose={() => setAsked(undefined)} /> : null}
    </Section>
  )
}

function Rule({ standing }: { standing: Standing }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <>
      {formats.label(standing.title)}
      {standing.example ? <span className="mark"> {t('rest.example')}</span> : null}
      {standing.extended_until ? (
        <span className="rest-debt">{t('rest.debt', { day: formats.day(standing.extended_until) })}</span>
      ) : null}
    </>
  )
}

function Due({ standing }: { standing: Standing }) {
  const { t } = useTranslation()
  const { outcome, state, soon_days, length_minutes } = standing
  const length = length_minutes === null ? '' : t('rest.days', { count: length_minutes / 1440 })
  const what = outcome === 'must_rest' ? length : t(outcome === 'limit' ? 'rest.limit' : 'rest.rotate')
  const when = state === 'soon' && soon_days !== null ? t('rest.soon_in', { count: soon_days }) : ''
  return <>{[what, when].filter((text) => text !== '').join(' · ')}</>
}

function Why({ operationId, standing, onClose }: { operationId: number; standing: Standing; onClose: () => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { person_id, rule, name } = standing
  const why = useEndpoint(explainRestOf, {
    params: { operation_id: String(operationId), person_id: String(person_id), rule },
    query: { language: formats.language },
  })
  return (
    <Modal open title={t('rest.why_named', { name })} onCancel={onClose} footer={null} width={640}>
      <Loaded query={why} rows={6}>
        {({ lines }) => (
          <ul className="rest-why">
            {lines.map((line) => (
              <li key={line.text} className={`rest-line rest-line-${line.kind}`}>
                {line.text}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Modal>
  )
}

function Orders({ orders, operationId }: { orders: readonly RestOrder[]; operationId: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const mayChange = useMay('rest.order')
  const mayOverride = useMay('rest.override')
  const [changing, setChanging] = useState<RestOrder | undefined>()
  const [overriding, setOverriding] = useState<RestOrder | undefined>()
  const [asking, setAsking] = useState<RestOrder | undefined>()
  const columns: Column<RestOrder>[] = [
    { key: 'name', title: t('rest.person'), narrow: 'title', show: ({ name }) => name },
    { key: 'unit', title: t('rest.unit'), show: ({ unit_name }) => unit_name },
    { key: 'state', title: t('rest.state'), show: ({ state }) => t(`rest.states.${state}`) },
    {
      key: 'times',
      title: t('rest.from_to'),
      show: ({ starts_at, ends_at }) => `${formats.moment(starts_at)} – ${formats.moment(ends_at)}`,
    },
    { key: 'why', title: t('rest.rule'), show: ({ title }) => formats.label(title) },
    { key: 'covers', title: t('rest.covers'), show: (order) => <Cover order={order} /> },
    { key: 'by', title: t('rest.by'), show: ({ ordered_by }) => ordered_by },
    {
      key: 'do',
      title: t('common.actions'),
      show: (order) => (
        <span className="row">
          {order.against_count > 0 ? (
            <span className="waiting">{t('rest.against', { count: order.against_count })}</span>
          ) : null}
          {order.overrides.map(({ by, reason, starts_at }) => (
            <span key={String(starts_at)} className="soft">
              {t('rest.overridden_by', { by, reason })}
            </span>
          ))}
          {mayChange && order.substitute?.state === 'asked' ? <Spoken order={order} /> : null}
          {mayChange && (order.substitute?.state !== 'accepted' || order.against_count > 0) ? (
            <Button size="small" onClick={() => setAsking(order)}>
              {t(order.substitute ? 'rest.ask_another' : 'rest.ask')}
            </Button>
          ) : null}
          {mayChange ? (
            <Button size="small" onClick={() => setChanging(order)}>
              {t('rest.change')}
            </Button>
          ) : null}
          {mayOverride ? (
            <Button size="small" onClick={() => setOverriding(order)}>
              {t('rest.override')}
            </Button>
          ) : null}
        </span>
      ),
    },
  ]
  return (
    <Section title={`${t('rest.orders')}${orders.length > 0 ? ` ${formats.count(orders.length)}` : ''}`}>
      <Rows
        caption={t('rest.orders')}
        columns={columns}
        rows={orders}
        rowKey={({ order_id }) => order_id}
        empty={t('rest.orders_none')}
        atOnce={15}
      />
      {changing ? <ChangeForm order={changing} onClose={() => setChanging(undefined)} /> : null}
      {asking ? <AskForm operationId={operationId} order={asking} onClose={() => setAsking(undefined)} /> : null}
      {overriding ? <OverrideForm order={overriding} onClose={() => setOverriding(undefined)} /> : null}
    </Section>
  )
}

/** Who covers, and what they said when they were asked. */
function Cover({ order: { substitute } }: { order: RestOrder }) {
  const { t } = useTranslation()
  if (!substitute) return <span className="waiting">{t('rest.nobody')}</span>
  const { name, state, shifts_count, recorded_by } = substitute
  const said = state === 'accepted' ? t('rest.accepted', { count: shifts_count ?? 0 }) : t(`rest.cover_states.${state}`)
  return (
    <span>
      {name} <span className={state === 'accepted' ? 'soft' : 'waiting'}>{said}</span>
      {recorded_by ? <span className="soft"> {t('rest.recorded_by', { by: recorded_by })}</span> : null}
    </span>
  )
}

/** What the substitute said on the telephone, written down by whoever is signed in. */
function Spoken({ order }: { order: RestOrder }) {
  const { t } = useTranslation()
  const { session } = useWorkplace()
  const record = useCommand(recordCoverAnswer)
  const { person_id, order_id, substitute } = order
  if (substitute === null || substitute.person_id === session.person_id) return null
  const said = (answer: 'accepted' | 'declined') =>
    record.mutate({ params: { person_id: String(person_id), order_id }, body: { answer } })
  return (
    <>
      <Button size="small" type="primary" loading={record.isPending} onClick={() => said('accepted')}>
        {t('rest.spoken_yes')}
      </Button>
      <Button size="small" disabled={record.isPending} onClick={() => said('declined')}>
        {t('rest.spoken_no')}
      </Button>
      <ProblemNotice error={record.error} />
    </>
  )
}

/** Only while somebody waits for an answer. */
function Reports({ reports, operationId }: { reports: RestBoard['reports']; operationId: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const may = useMay('rest.order')
  const [answering, setAnswering] = useState<RestBoard['reports'][number] | undefined>()
  const [ordering, setOrdering] = useState<RestBoard['reports'][number] | undefined>()
  if (reports.length === 0) return null
  return (
    <Section title={t('rest.reports')}>
      <p className="soft">{t('rest.reports_note')}</p>
      <Rows
        caption={t('rest.reports')}
        rows={reports}
        rowKey={({ report_id }) => report_id}
        columns={[
          { key: 'name', title: t('rest.person'), narrow: 'title', show: ({ name }) => name },
          { key: 'said', title: t('rest.said'), show: ({ words }) => words ?? t('rest.said_nothing') },
          { key: 'at', title: t('rest.said_at'), show: ({ said_at }) => formats.moment(said_at) },
          {
            key: 'do',
            title: t('common.actions'),
            show: (report) =>
              may ? (
                <span className="row">
                  <Button size="small" type="primary" onClick={() => setAnswering(report)}>
                    {t('rest.answer')}
                  </Button>
                  <Button size="small" onClick={() => setOrdering(report)}>
                    {t('rest.order')}
                  </Button>
                </span>
              ) : null,
          },
        ]}
      />
      {ordering ? (
        <OrderForm operationId={operationId} about={ordering} onClose={() => setOrdering(undefined)} />
      ) : null}
      {answering ? <AnswerForm report={answering} onClose={() => setAnswering(undefined)} /> : null}
    </Section>
  )
}
