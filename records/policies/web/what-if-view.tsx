import type { TFunction } from 'i18next'
import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { type Formats, useFormats } from '#platform/ui/formats.ts'
import { Section } from '#platform/ui/page.tsx'
import { useEndpoint } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { Loaded, Waiting } from '#platform/ui/states.tsx'
import { readWhatIf } from '../contract-what-if.ts'
import { signedYuan } from './figures.ts'
import { Funds } from './what-if-funds.tsx'

const Chart = lazy(() => import('./chart.tsx'))

type View = OutputOf<typeof readWhatIf>

/** What a trial run came to: who gains and loses, what it costs where, how long the money lasts; pictures with their numbers. */
export function WhatIfView({ operationId, jobId }: { operationId: number; jobId: string }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const query = useEndpoint(readWhatIf, { params: { operation_id: String(operationId), job_id: jobId } })
  return (
    <Loaded query={query} rows={8}>
      {(view) => (
        <div className="stack">
          <Summary view={view} />
          <Entitlements title={t('what_if.by_entitlement')} rows={view.entitlements} />
          {view.unit_entitlements.length === 0 ? null : (
            <Entitlements
              title={t('what_if.by_unit_entitlement', {
                units: formats.count(view.units_count),
                changed: formats.count(view.units_changed),
              })}
              rows={view.unit_entitlements}
              ofUnits
            />
          )}
          <Counties view={view} />
          <Funds view={view} />
          <Steps view={view} />
          <Most view={view} />
        </div>
      )}
    </Loaded>
  )
}

function Difference({ fen }: { fen: number }) {
  const formats = useFormats()
  if (fen === 0) return <>—</>
  return <span className={fen < 0 ? 'late' : undefined}>{signedYuan(formats, fen)}</span>
}

function Summary({ view }: { view: View }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { total } = view
  const words =
    total.difference_fen === 0
      ? t('what_if.same')
      : t(total.difference_fen > 0 ? 'what_if.more_of' : 'what_if.less_of', {
          sum: formats.yuan(Math.abs(total.difference_fen)),
        })
  return (
    <div className="panel stack tight" role="status">
      <p>
        {t('what_if.summary', {
          people: formats.count(view.people_count),
          more: formats.count(total.people_gaining),
          less: formats.count(total.people_losing),
          same: formats.count(view.people_count - total.people_gaining - total.people_losing),
        })}
      </p>
      <p>
        <strong>
          {t('what_if.total', {
            before: formats.yuan(total.before_fen),
            after: formats.yuan(total.after_fen),
            difference: words,
          })}
        </strong>
      </p>
    </div>
  )
}

/** Two bars a name, in yuan. */
function Bars({ title, names, before, after }: { title: string; names: string[]; before: number[]; after: number[] }) {
  const { t } = useTranslation()
  const option = useMemo(
    () => ({
      grid: { left: 8, right: 24, top: 32, bottom: 8, containLabel: true },
      legend: { top: 0, left: 0 },
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
      xAxis: { type: 'value' },
      yAxis: { type: 'category', inverse: true, data: names },
      series: [
        { type: 'bar', name: t('what_if.before'), data: before.map((fen) => fen / 100) },
        { type: 'bar', name: t('what_if.after'), data: after.map((fen) => fen / 100) },
      ],
    }),
    [names, before, after, t],
  )
  return (
    <Suspense fallback={<Waiting rows={3} />}>
      <Chart option={option} label={t('what_if.chart_of', { title })} height={60 + names.length * 52} />
    </Suspense>
  )
}

function Entitlements({
  title,
  rows,
  ofUnits = false,
}: {
  title: string
  rows: View['entitlements']
  ofUnits?: boolean
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <Section title={title}>
      <Rows
        caption={title}
        rows={rows}
        rowKey={(row) => row.entitlement}
        columns={[
          {
            key: 'what',
            title: t('statement.entitlement'),
            narrow: 'title',
            show: (row) => (
              <>
                {formats.label(row.title)}
                {row.only ? <span className="soft small"> {t(`what_if.only_${row.only}`)}</span> : null}
              </>
            ),
          },
          { key: 'before', title: t('what_if.before'), number: true, show: (row) => amount(formats, row, 'before') },
          { key: 'after', title: t('what_if.after'), number: true, show: (row) => amount(formats, row, 'after') },
          {
            key: 'difference',
            title: t('what_if.difference'),
            number: true,
            show: (row) => <Difference fen={row.difference_fen} />,
          },
          {
            key: 'more',
            title: t(ofUnits ? 'what_if.more_units' : 'what_if.more_people'),
            number: true,
            show: (row) => formats.count(row.people_gaining),
          },
          {
            key: 'less',
            title: t(ofUnits ? 'what_if.less_units' : 'what_if.less_people'),
            number: true,
            show: (row) => formats.count(row.people_losing),
          },
          { key: 'states', title: t('what_if.states'), show: (row) => <Moved row={row} ofUnits={ofUnits} /> },
        ]}
      />
    </Section>
  )
}

/** Who stands elsewhere than before: what was open and is settled now was not 0 before. */
function Moved({ row, ofUnits }: { row: View['entitlements'][number]; ofUnits: boolean }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const moved = row.states.map(({ before, after, people }) =>
    t(ofUnits ? 'what_if.moved_units' : 'what_if.moved', {
      before: t(`what_if.state.${before}`),
      after: t(`what_if.state.${after}`),
      people: formats.count(people),
    }),
  )
  const waiting =
    row.open_days_before === row.open_days_after
      ? []
      : [
          t('what_if.open_days', {
            before: formats.count(row.open_days_before),
            after: formats.count(row.open_days_after),
          }),
        ]
  const lines = [...moved, ...waiting]
  if (lines.length === 0) return <>—</>
  return (
    <>
      {lines.map((line) => (
        <div key={line}>{line}</div>
      ))}
    </>
  )
}

/** Nothing settled is a dash and never a 0: what is open stands beside it in days. */
function amount(formats: Formats, row: View['entitlements'][number], side: 'before' | 'after'): string {
  if (row[`${side}_fen`] === 0 && row[`quantity_${side}`] <= 0) return '—'
  if (row.quantity_unit === 'minutes') return formats.minutes(row[`quantity_${side}`])
  if (row.quantity_unit === 'rights') return formats.count(row[`quantity_${side}`])
  return formats.yuan(row[`${side}_fen`])
}

function Counties({ view }: { view: View }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const title = t('what_if.by_county')
  const nameOf = (county: View['counties'][number]) => (county.area === null ? t('what_if.no_county') : county.name)
  const names = view.counties.map(nameOf)
  return (
    <Section title={title}>
      <Bars
        title={title}
        names={names}
        before={view.counties.map(({ before_fen }) => before_fen)}
        after={view.counties.map(({ after_fen }) => after_fen)}
      />
      <Rows
        caption={title}
        rows={view.counties}
        rowKey={(row) => row.area ?? ''}
        columns={[
          { key: 'county', title: t('what_if.county'), narrow: 'title', show: nameOf },
          { key: 'before', title: t('what_if.before'), number: true, show: (row) => formats.yuan(row.before_fen) },
          { key: 'after', title: t('what_if.after'), number: true, show: (row) => formats.yuan(row.after_fen) },
          {
            key: 'difference',
            title: t('what_if.difference'),
            number: true,
            show: (row) => <Difference fen={row.difference_fen} />,
          },
          {
            key: 'more',
            title: t('what_if.more_people'),
            number: true,
            show: (row) => formats.count(row.people_gaining),
          },
          {
            key: 'less',
            title: t('what_if.less_people'),
            number: true,
            show: (row) => formats.count(row.people_losing),
          },
        ]}
      />
    </Section>
  )
}

function stepWords(t: TFunction, formats: Formats, step: View['steps'][number]): string {
  if (step.from_fen === 0 && step.to_fen === 1) return t('what_if.same_step')
  const words = (fen: number) => signedYuan(formats, fen === 1 ? 0 : fen)
  if (step.from_fen === null) return t('what_if.step_below', { to: words(step.to_fen ?? 0) })
  if (step.to_fen === null) return t('what_if.step_from', { from: words(step.from_fen) })
  return t('what_if.step_between', { from: words(step.from_fen), to: words(step.to_fen) })
}

function Steps({ view }: { view: View }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const title = t('what_if.by_people')
  const option = useMemo(
    () => ({
      grid: { left: 8, right: 24, top: 8, bottom: 8, containLabel: true },
      tooltip: {},
      xAxis: { type: 'value', minInterval: 1 },
      yAxis: { type: 'category', data: view.steps.map((step) => stepWords(t, formats, step)) },
      series: [
        { type: 'bar', name: t('what_if.people'), color: '#0f5c66', data: view.steps.map((step) => step.people_count) },
      ],
    }),
    [view, t, formats],
  )
  return (
    <Section title={title}>
      <Suspense fallback={<Waiting rows={4} />}>
        <Chart option={option} label={t('what_if.chart_of', { title })} height={280} />
      </Suspense>
      <Rows
        caption={title}
        rows={[...view.steps].reverse()}
        rowKey={(step) => `${step.from_fen} ${step.to_fen}`}
        columns={[
          { key: 'step', title: t('what_if.step'), narrow: 'title', show: (step) => stepWords(t, formats, step) },
          { key: 'people', title: t('what_if.people'), number: true, show: (step) => formats.count(step.people_count) },
        ]}
      />
    </Section>
  )
}

function Most({ view }: { view: View }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const title = t('what_if.most')
  return (
    <Section title={title}>
      <Rows
        caption={title}
        rows={view.most}
        atOnce={10}
        rowKey={(person) => person.person_id}
        columns={[
          { key: 'name', title: t('what_if.person'), narrow: 'title', show: (person) => person.name },
          { key: 'unit', title: t('what_if.unit'), show: (person) => person.unit_name },
          {
            key: 'before',
            title: t('what_if.before'),
            number: true,
            show: (person) => formats.yuan(person.before_fen),
          },
          { key: 'after', title: t('what_if.after'), number: true, show: (person) => formats.yuan(person.after_fen) },
          {
            key: 'difference',
            title: t('what_if.difference'),
            number: true,
            show: (person) => <Difference fen={person.difference_fen} />,
          },
        ]}
      />
    </Section>
  )
}
