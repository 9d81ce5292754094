import { Link } from '@tanstack/react-router'
import { Button, Tabs, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { call } from '#platform/ui/client.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Page } from '#platform/ui/page.tsx'
import { keyOf, useEndless, useEndpoint } from '#platform/ui/queries.ts'
import { EndlessRows } from '#platform/ui/rows.tsx'
import { Nothing } from '#platform/ui/states.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import { WaitingElsewhere } from '#platform/worklist/web/console-elsewhere.tsx'
import { listDecisions, listMissingFacts, listOpenDecisions, type OpenDecision } from '../contract.ts'
import { listDrafts } from '../contract-drafts.ts'
import { DecideDialog } from './console-decide.tsx'
import { LessThanBefore } from './console-less.tsx'

/** What waits for people: decisions that the notice leaves open, and facts that nobody has recorded. */
export function WorklistPage() {
  const { t } = useTranslation()
  const { operation_id } = useWorkplace()
  const maySee = useMay('statements.read')
  const maySign = useMay('policies.sign')
  return (
    <Page title={t('worklist.title')} about={t('worklist.about')}>
      {operation_id === undefined ? (
        <Nothing>{t('common.no_operation')}</Nothing>
      ) : (
        <>
          <WaitingElsewhere operationId={operation_id} />
          {maySign ? <DraftsToSign operationId={operation_id} /> : null}
          <Tabs
            items={[
              { key: 'open', label: t('worklist.open'), children: <OpenDecisions operationId={operation_id} /> },
              { key: 'decided', label: t('worklist.decided'), children: <Decisions operationId={operation_id} /> },
              { key: 'less', label: t('less.tab'), children: <LessThanBefore operationId={operation_id} /> },
              ...(maySee
                ? [
                    {
                      key: 'missing',
                      label: t('worklist.missing'),
                      children: <MissingFacts operationId={operation_id} />,
                    },
                  ]
                : []),
            ]}
          />
        </>
      )}
    </Page>
  )
}

/** Drafts that somebody has put forward and that wait for the signature of whoever reads this. */
function DraftsToSign({ operationId }: { operationId: number }) {
  const { t } = useTranslation()
  const drafts = useEndpoint(listDrafts, { params: { operation_id: String(operationId) } })
  const waiting = drafts.data?.drafts.filter(({ waits_for_me }) => waits_for_me) ?? []
  if (waiting.length === 0) return null
  return (
    <section className="panel stack tight">
      <ul className="bullets">
        {waiting.map(({ draft_id, title, area_name }) => (
          <li key={draft_id}>
            <Link to="/drafts/$draft_id" params={{ draft_id: String(draft_id) }}>
              {t('worklist.draft_to_sign', { title, area: area_name })}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}

type OpenPage = OutputOf<typeof listOpenDecisions>

function OpenDecisions({ operationId }: { operationId: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const may = useMay('worklist.decide')
  const [deciding, setDeciding] = useState<OpenDecision | undefined>(undefined)
  const { clock_ahead_ms } = useWorkplace()
  const params = { operation_id: String(operationId) }
  const query = useEndless(keyOf(listOpenDecisions, params), (after, signal) =>
    call(listOpenDecisions, { params, query: { limit: 25, ...(after ? { after } : {}) } }, { signal }),
  )
  const late = (point: OpenDecision) =>
    point.due_at !== null && new Date(point.due_at).getTime() < Date.now() + clock_ahead_ms
  return (
    <>
      <EndlessRows<OpenPage, OpenDecision>
        caption={t('worklist.open')}
        query={query}
        rowsOf={(page) => page.open}
        rowKey={(point) => `${point.point} ${point.subject.kind} ${point.subject.id}`}
        empty={t('worklist.none_open')}
        columns={[
          {
            key: 'question',
            title: t('worklist.question'),
            narrow: 'title',
            show: (point) => (
              <>
                {formats.label(point.question)}{' '}
                <span className="soft small">{t('worklist.word', { word: point.word })}</span>
              </>
            ),
          },
          {
            key: 'clause',
            title: t('statement.clause'),
            show: (point) => <Basis point={point} />,
          },
          { key: 'subject', title: t('worklist.about_whom'), show: (point) => point.subject.name },
          {
            key: 'people',
            title: t('worklist.people_waiting'),
            number: true,
            show: (point) => (
              <>
                {point.people_count > 0 || point.unit_count === 0 ? formats.count(point.people_count) : ''}{' '}
                {point.unit_count > 0 ? t('worklist.waiting_units', { figure: formats.count(point.unit_count) }) : ''}
              </>
            ),
          },
          {
            key: 'since',
            title: t('worklist.waiting_days'),
            number: true,
            show: (point) => (
              <>
                {point.waiting_since === null ? '—' : t('worklist.days', { count: point.waiting_days })}{' '}
                {late(point) ? <Tag color="error">{t('worklist.late')}</Tag> : null}
              </>
            ),
          },
          {
            key: 'act',
            title: t('common.actions'),
            show: (point) =>
              may ? (
                <Button size="small" onClick={() => setDeciding(point)}>
                  {t('worklist.decide')}
                </Button>
              ) : (
                <span className="soft small">{point.decided_by.join(t('common.comma'))}</span>
              ),
          },
        ]}
      />
      {deciding ? (
        <DecideDialog operationId={operationId} point={deciding} onClose={() => setDeciding(undefined)} />
      ) : null}
    </>
  )
}

/** A clause of the notice by its number; a point of a higher document by that document. */
function Basis({ point }: { point: OpenDecision }) {
  const { t } = useTranslation()
  if (!/^\d+$/.test(point.clause)) return <span className="small">{point.basis_title}</span>
  return (
    <Link to="/notice" search={({ op, unit }) => ({ op, unit, clause: point.clause })}>
      {t('policy.clause_number', { number: point.clause })}
    </Link>
  )
}

type DecisionPage = OutputOf<typeof listDecisions>

function Decisions({ operationId }: { operationId: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const params = { operation_id: String(operationId) }
  const query = useEndless(keyOf(listDecisions, params), (after, signal) =>
    call(listDecisions, { params, query: { limit: 25, ...(after ? { after } : {}) } }, { signal }),
  )
  return (
    <EndlessRows<DecisionPage, DecisionPage['decisions'][number]>
      caption={t('worklist.decided')}
      query={query}
      rowsOf={(page) => page.decisions}
      rowKey={(decision) => decision.decision_id}
      empty={t('worklist.none_decided')}
      columns={[
        {
          key: 'question',
          title: t('worklist.question'),
          narrow: 'title',
          show: (decision) => formats.label(decision.question),
        },
        { key: 'subject', title: t('worklist.about_whom'), show: (decision) => decision.subject.name },
        {
          key: 'value',
          title: t('worklist.value'),
          show: (decision) => (
            <span className={decision.holds ? '' : 'soft'}>
              {formats.label(decision.value_text)} {decision.holds ? null : <Tag>{t('worklist.replaced')}</Tag>}
            </span>
          ),
        },
        { key: 'from', title: t('worklist.from_on'), show: (decision) => formats.day(decision.from_on) },
        { key: 'reason', title: t('common.reason'), show: (decision) => decision.reason },
        {
          key: 'by',
          title: t('worklist.decided_by'),
          show: (decision) => `${decision.decided_by} ${formats.moment(decision.decided_at)}`,
        },
      ]}
    />
  )
}

type MissingPage = OutputOf<typeof listMissingFacts>

function MissingFacts({ operationId }: { operationId: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const params = { operation_id: String(operationId) }
  const query = useEndless(keyOf(listMissingFacts, params), (after, signal) =>
    call(listMissingFacts, { params, query: { limit: 25, ...(after ? { after } : {}) } }, { signal }),
  )
  return (
    <EndlessRows<MissingPage, MissingPage['missing'][number]>
      caption={t('worklist.missing')}
      query={query}
      rowsOf={(page) => page.missing}
      rowKey={(fact) => `${fact.missing} ${fact.unit_id}`}
      empty={t('worklist.none_missing')}
      columns={[
        {
          key: 'what',
          title: t('worklist.what_is_missing'),
          narrow: 'title',
          show: (fact) => formats.label(fact.text),
        },
        { key: 'unit', title: t('people.unit'), show: (fact) => fact.unit_name },
        {
          key: 'people',
          title: t('worklist.people_waiting'),
          number: true,
          show: (fact) =>
            fact.people_count > 0 || !fact.of_unit ? formats.count(fact.people_count) : t('worklist.of_unit'),
        },
        { key: 'days', title: t('worklist.open_days'), number: true, show: (fact) => formats.count(fact.open_days) },
      ]}
    />
  )
}
