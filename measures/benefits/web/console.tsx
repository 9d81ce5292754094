import { useMutation } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { UNIT_KINDS } from '#engines/policy/vocabulary.ts'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { JobProgress } from '#platform/jobs/web/progress.tsx'
import { call, download, ProblemError } from '#platform/ui/client.ts'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { useFormats } from '#platform/ui/formats.ts'
import { Page, Section } from '#platform/ui/page.tsx'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { keyOf, useCommand, useEndless, useEndpoint } from '#platform/ui/queries.ts'
import { EndlessRows, Rows } from '#platform/ui/rows.tsx'
import { Loaded, Nothing } from '#platform/ui/states.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import { askEvaluation, policyProblems } from '#records/policies/contract.ts'
import { exportStatement, readUnitStatement, type Total } from '../contract.ts'
import { isMoney, Marks, quantityText, SettledSum } from './console-figures.tsx'
import { UnitPeople } from './console-people.tsx'
import { UnitAmountsSection } from './console-units.tsx'
import './console.css'

type UnitStatement = OutputOf<typeof readUnitStatement>
type Child = UnitStatement['children'][number]

/** What the unit comes to, then its units, then its people: each number leads one step further down. */
export function StatementPage() {
  const { t } = useTranslation()
  const { operation_id, unit_name } = useWorkplace()
  if (operation_id === undefined)
    return (
      <Page title={t('statement.title')}>
        <Nothing>{t('common.no_operation')}</Nothing>
      </Page>
    )
  return (
    <Page
      title={t('statement.title')}
      about={t('statement.about', { unit: unit_name })}
      actions={<StatementActions operationId={operation_id} />}
    >
      <StatementBody operationId={operation_id} />
    </Page>
  )
}

function StatementActions({ operationId }: { operationId: number }) {
  const { t } = useTranslation()
  const { unit_id } = useWorkplace()
  const mayExport = useMay('statements.export')
  const [asking, setAsking] = useState(false)
  const command = useMutation({
    mutationFn: (purpose: string) =>
      download(exportStatement, {
        params: { operation_id: String(operationId), unit_id: String(unit_id) },
        body: { purpose },
      }),
  })
  return (
    <>
      <Link to="/statement/differences">{t('statement.differences')}</Link>
      {mayExport ? <Button onClick={() => setAsking(true)}>{t('statement.export')}</Button> : null}
      <FormModal<{ purpose: string }, string, void>
        title={t('statement.export')}
        about={t('statement.export_about')}
        action={t('statement.export')}
        open={asking}
        command={command}
        inputOf={({ purpose }) => purpose}
        onClose={() => setAsking(false)}
        done={t('statement.exported')}
      >
        <Form.Item
          name="purpose"
          label={t('statement.export_purpose')}
          rules={[{ required: true, whitespace: true, max: 200 }]}
        >
          <Input placeholder={t('statement.export_example')} maxLength={200} />
        </Form.Item>
      </FormModal>
    </>
  )
}

function StatementBody({ operationId }: { operationId: number }) {
  const { t } = useTranslation()
  const { unit_id } = useWorkplace()
  const { view } = useSearch({ from: '/statement' })
  const params = { operation_id: String(operationId), unit_id: String(unit_id) }
  const statement = useEndpoint(readUnitStatement, { params, query: { limit: 1 } })
  const none = statement.error instanceof ProblemError && statement.error.is(policyProblems.no_evaluation)
  const data = statement.data
  const hasUnits = data !== undefined && (data.children.length > 0 || data.next !== null)
  const byPeople = view === 'people' || !hasUnits
  return (
    <>
      <RunEvaluation operationId={operationId} evaluation={data?.evaluation} />
      {none ? (
        <Nothing>{t('statement.none_yet')}</Nothing>
      ) : (
        <Loaded query={statement} rows={8}>
          {(loaded) => (
            <>
              <Totals statement={loaded} />
              {hasUnits ? (
                <nav className="views" aria-label={t('statement.views')}>
                  <Link
                    to="/statement"
                    search={({ op, unit }) => ({ op, unit })}
                    aria-current={byPeople ? undefined : 'page'}
                    className="view-link"
                  >
                    {t('statement.by_unit')}
                  </Link>
                  <Link
                    to="/statement"
                    search={({ op, unit }) => ({ op, unit, view: 'people' as const })}
                    aria-current={byPeople ? 'page' : undefined}
                    className="view-link"
                  >
                    {t('statement.by_person')}
                  </Link>
                </nav>
              ) : null}
              {byPeople ? (
                <UnitPeople operationId={operationId} unitId={unit_id} />
              ) : (
                <Children operationId={operationId} heads={loaded} />
              )}
              <UnitAmountsSection operationId={operationId} statement={loaded} />
            </>
          )}
        </Loaded>
      )}
    </>
  )
}

/** As of when the figures are, and working them out anew: a job that shows how far it is. */
function RunEvaluation({
  operationId,
  evaluation,
}: {
  operationId: number
  evaluation: UnitStatement['evaluation'] | undefined
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  const may = useMay('evaluations.run')
  const ask = useCommand(askEvaluation)
  return (
    <div className="stack tight">
      <div className="row spread">
        <p className="soft">
          {evaluation
            ? t('statement.as_of', {
                day: formats.day(evaluation.on_date),
                at: formats.moment(evaluation.finished_at ?? evaluation.started_at),
                people: formats.count(evaluation.people_count ?? 0),
                spans: formats.count(evaluation.span_count ?? 0),
              })
            : ''}
        </p>
        {may ? (
          <Button
            onClick={() => ask.mutate({ params: { operation_id: String(operationId) }, body: {} })}
            loading={ask.isPending}
          >
            {t('statement.run')}
          </Button>
        ) : null}
      </div>
      <ProblemNotice error={ask.error} />
      {ask.data ? <JobProgress jobId={ask.data.job_id} title={t('statement.running')} /> : null}
    </div>
  )
}

function Totals({ statement }: { statement: UnitStatement }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const totals = new Map(statement.totals.map((total) => [total.entitlement, total]))
  const waiting = (figure: number | undefined, entitlement: string, state: 'needs_decision' | 'missing_fact') =>
    figure ? (
      <Link
        to="/statement"
        search={({ op, unit }) => ({ op, unit, view: 'people' as const, entitlement, state })}
        className="waiting"
      >
        {formats.count(figure)}
      </Link>
    ) : (
      '—'
    )
  return (
    <Section title={t('statement.sum', { people: formats.count(statement.people_count) })}>
      <Rows
        caption={t('statement.sum', { people: formats.count(statement.people_count) })}
        rows={statement.entitlements}
        rowKey={(head) => head.entitlement}
        columns={[
          {
            key: 'what',
            title: t('statement.entitlement'),
            narrow: 'title',
            show: (head) => (
              <>
                <Link
                  to="/statement"
                  search={({ op, unit }) => ({ op, unit, view: 'people' as const, entitlement: head.entitlement })}
                >
                  {formats.label(head.title)}
                </Link>{' '}
                <Marks unverified={head.unverified} example={head.example} />
              </>
            ),
          },
          {
            key: 'clause',
            title: t('statement.clause'),
            show: (head) => t('policy.clause_number', { number: head.clause }),
          },
          {
            key: 'people',
            title: t('statement.people_settled'),
            number: true,
            show: (head) => formats.count(totals.get(head.entitlement)?.people_settled ?? 0),
          },
          {
            key: 'quantity',
            title: t('statement.quantity'),
            number: true,
            show: (head) => quantityOf(formats, head, totals.get(head.entitlement)),
          },
          {
            key: 'sum',
            title: t('statement.settled'),
            number: true,
            show: (head) => (
              <strong>
                <SettledSum head={head} total={totals.get(head.entitlement)} />
              </strong>
            ),
          },
          {
            key: 'decision',
            title: t('statement.people_waiting'),
            number: true,
            show: (head) =>
              waiting(totals.get(head.entitlement)?.people_waiting_decision, head.entitlement, 'needs_decision'),
          },
          {
            key: 'missing',
            title: t('statement.people_missing'),
            number: true,
            show: (head) =>
              waiting(totals.get(head.entitlement)?.people_missing_fact, head.entitlement, 'missing_fact'),
          },
        ]}
      />
    </Section>
  )
}

function quantityOf(
  formats: ReturnType<typeof useFormats>,
  head: UnitStatement['entitlements'][number],
  total: Total | undefined,
): string {
  if (!total || total.people_settled === 0 || !isMoney(head)) return '—'
  return quantityText(formats, head.quantity_unit, total.quantity)
}

function Children({ operationId, heads }: { operationId: number; heads: UnitStatement }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { unit_id } = useWorkplace()
  const params = { operation_id: String(operationId), unit_id: String(unit_id) }
  const query = useEndless(keyOf(readUnitStatement, params), (after, signal) =>
    call(readUnitStatement, { params, query: { limit: 25, ...(after ? { after } : {}) } }, { signal }),
  )
  const totalOf = (child: Child, entitlement: string) => child.totals.find((total) => total.entitlement === entitlement)
  return (
    <EndlessRows<UnitStatement, Child>
      caption={t('statement.by_unit')}
      query={query}
      rowsOf={(page) => page.children}
      rowKey={(child) => child.unit_id}
      columns={[
        {
          key: 'unit',
          title: t('people.unit'),
          narrow: 'title',
          show: (child) => (
            <>
              <Link to="/statement" search={({ op }) => ({ op, unit: child.unit_id })}>
                {child.name}
              </Link>{' '}
              <span className="soft small">{formats.word(UNIT_KINDS, child.kind)}</span>
            </>
          ),
        },
        {
          key: 'people',
          title: t('statement.people'),
          number: true,
          show: (child) => formats.count(child.people_count),
        },
        ...heads.entitlements.map((head) => ({
          key: head.entitlement,
          title: formats.label(head.title),
          number: true,
          show: (child: Child) => <SettledSum head={head} total={totalOf(child, head.entitlement)} />,
        })),
        ...heads.unit_entitlements.map((head) => ({
          key: head.entitlement,
          title: formats.label(head.title),
          number: true,
          show: (child: Child) => (
            <SettledSum
              head={head}
              total={child.unit_totals.find(({ entitlement }) => entitlement === head.entitlement)}
              unit
            />
          ),
        })),
      ]}
    />
  )
}
