import { Input } from 'antd'
import type { TFunction } from 'i18next'
import { lazy, Suspense, useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dayOf, formatDay } from '#engines/values/time.ts'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { type Formats, useFormats } from '#platform/ui/formats.ts'
import { Section } from '#platform/ui/page.tsx'
import { useEndpoint } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { Loaded, Waiting } from '#platform/ui/states.tsx'
import { readWhatIf } from '../contract-what-if.ts'
import { type Lasting, lastsUntil } from '../fund-lasts.ts'

const Chart = lazy(() => import('./chart.tsx'))

type View = OutputOf<typeof readWhatIf>
type Fund = View['funds'][number]

/** What a trial run came to: who gains and loses, what it costs where, how long the money lasts; pictures with their numbers. */
export function WhatIfView({ operationId, jobId }: { operationId: number; jobId: string }) {
  const query = useEndpoint(readWhatIf, { params: { operation_id: String(operationId), job_id: jobId } })
  return (
    <Loaded query={query} rows={8}>
      {(view) => (
        <div className="stack">
          <Summary view={view} />
          <Entitlements view={view} />
          <Counties view={view} />
          <Funds view={view} />
          <Steps view={view} />
          <Most view={view} />
        </div>
      )}
    </Loaded>
  )
}

function signed(formats: Formats, fen: number): string {
  return `${fen > 0 ? '+' : ''}${formats.yuan(fen)}`
}

function Difference({ fen }: { fen: number }) {
  const formats = useFormats()
  if (fen === 0) return <>—</>
  return <span className={fen < 0 ? 'late' : undefined}>{signed(formats, fen)}</span>
}

function Summary({ view }: { view: View }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const sum = (side: 'before_fen' | 'after_fen') => view.counties.reduce((total, county) => total + county[side], 0)
  const difference = sum('after_fen') - sum('before_fen')
  const words =
    difference === 0
      ? t('what_if.same')
      : t(difference > 0 ? 'what_if.more_of' : 'what_if.less_of', { sum: formats.yuan(Math.abs(difference)) })
  return (
    <div className="panel stack tight" role="status">
      <p>
        {t('what_if.summary', {
          people: formats.count(view.people_count),
          more: formats.count(view.people.more.people_count),
          less: formats.count(view.people.less.people_count),
          same: formats.count(view.people.same_count),
        })}
      </p>
      <p>
        <strong>
          {t('what_if.total', {
            before: formats.yuan(sum('before_fen')),
            after: formats.yuan(sum('after_fen')),
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

function Entitlements({ view }: { view: View }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const title = t('what_if.by_entitlement')
  return (
    <Section title={title}>
      <Rows
        caption={title}
        rows={view.entitlements}
        rowKey={(row) => row.entitlement}
        columns={[
          { key: 'what', title: t('statement.entitlement'), narrow: 'title', show: (row) => formats.label(row.title) },
          { key: 'before', title: t('what_if.before'), number: true, show: (row) => amount(formats, row, 'before') },
          { key: 'after', title: t('what_if.after'), number: true, show: (row) => amount(formats, row, 'after') },
          {
            key: 'difference',
            title: t('what_if.difference'),
            number: true,
            show: (row) => <Difference fen={row.after_fen - row.before_fen} />,
          },
          {
            key: 'more',
            title: t('what_if.more_people'),
            number: true,
            show: (row) => formats.count(row.more.people_count),
          },
          {
            key: 'less',
            title: t('what_if.less_people'),
            number: true,
            show: (row) => formats.count(row.less.people_count),
          },
          {
            key: 'waiting',
            title: t('what_if.waiting'),
            number: true,
            show: (row) =>
              row.waiting_before === row.waiting_after
                ? formats.count(row.waiting_after)
                : `${formats.count(row.waiting_before)} → ${formats.count(row.waiting_after)}`,
          },
        ]}
      />
    </Section>
  )
}

function amount(formats: Formats, row: View['entitlements'][number], side: 'before' | 'after'): string {
  if (row.quantity_unit === 'minutes') return formats.minutes(row[`quantity_${side}`])
  if (row.quantity_unit === 'rights') return formats.count(row[`quantity_${side}`])
  return formats.yuan(row[`${side}_fen`])
}

function Counties({ view }: { view: View }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const title = t('what_if.by_county')
  const nameOf = (county: View['counties'][number]) => (county.unit_id === null ? t('what_if.no_county') : county.name)
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
        rowKey={(row) => row.unit_id ?? 0}
        columns={[
          { key: 'county', title: t('what_if.county'), narrow: 'title', show: nameOf },
          { key: 'people', title: t('what_if.people'), number: true, show: (row) => formats.count(row.people_count) },
          { key: 'before', title: t('what_if.before'), number: true, show: (row) => formats.yuan(row.before_fen) },
          { key: 'after', title: t('what_if.after'), number: true, show: (row) => formats.yuan(row.after_fen) },
          {
            key: 'difference',
            title: t('what_if.difference'),
            number: true,
            show: (row) => <Difference fen={row.after_fen - row.before_fen} />,
          },
          {
            key: 'more',
            title: t('what_if.more_people'),
            number: true,
            show: (row) => formats.count(row.more.people_count),
          },
          {
            key: 'less',
            title: t('what_if.less_people'),
            number: true,
            show: (row) => formats.count(row.less.people_count),
          },
        ]}
      />
    </Section>
  )
}

function Funds({ view }: { view: View }) {
  const { t } = useTranslation()
  const title = t('what_if.by_fund')
  return (
    <Section title={title}>
      <div className="stack">
        {view.funds.map((fund) => (
          <FundPanel key={fund.fund.zh} fund={fund} from={view.from} />
        ))}
      </div>
    </Section>
  )
}

function cumulative(days: readonly number[]): number[] {
  let sum = 0
  return days.map((fen) => {
    sum += fen
    return Math.round(sum / 100)
  })
}

function FundPanel({ fund, from }: { fund: Fund; from: string }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const [total, setTotal] = useState('')
  const field = useId()
  const title = formats.label(fund.fund)
  const total_fen = Math.round(Number(total.replaceAll(',', '')) * 100)
  const known = total.trim() !== '' && Number.isFinite(total_fen) && total_fen > 0
  const dates = fund.days_before_fen.map((_, index) => formatDay(dayOf(from) + index))
  return (
    <article className="panel stack tight">
      <h3>{title}</h3>
      <label className="row" htmlFor={field}>
        {t('what_if.fund_total')}
        <Input
          id={field}
          value={total}
          inputMode="decimal"
          onChange={(event) => setTotal(event.target.value)}
          style={{ width: 160 }}
        />
      </label>
      <p className="soft small">{t('what_if.fund_total_help')}</p>
      <FundCourse title={title} fund={fund} dates={dates} limit={known ? total_fen / 100 : undefined} />
      <Rows
        caption={`${title} ${t('what_if.by_day')}`}
        rows={[
          { key: 'before' as const, sum: fund.before_fen, days: fund.days_before_fen },
          { key: 'after' as const, sum: fund.after_fen, days: fund.days_after_fen },
        ]}
        rowKey={(row) => row.key}
        columns={[
          { key: 'side', title: '', narrow: 'title', show: (row) => t(`what_if.${row.key}`) },
          { key: 'sum', title: t('what_if.cumulative'), number: true, show: (row) => formats.yuan(row.sum) },
          {
            key: 'lasts',
            title: t('what_if.lasts'),
            number: true,
            show: (row) => (known ? <Lasts lasting={lastsUntil(row.days, from, total_fen)} /> : '—'),
          },
        ]}
      />
      <details>
        <summary>{t('what_if.show_days')}</summary>
        <Rows
          caption={`${title} ${t('what_if.show_days')}`}
          rows={dates.map((date, index) => ({
            date,
            before: fund.days_before_fen[index] ?? 0,
            after: fund.days_after_fen[index] ?? 0,
          }))}
          rowKey={(row) => row.date}
          columns={[
            { key: 'day', title: t('what_if.day'), narrow: 'title', show: (row) => formats.day(row.date) },
            { key: 'before', title: t('what_if.before'), number: true, show: (row) => formats.yuan(row.before) },
            { key: 'after', title: t('what_if.after'), number: true, show: (row) => formats.yuan(row.after) },
          ]}
        />
      </details>
    </article>
  )
}

function Lasts({ lasting }: { lasting: Lasting }) {
  const { t } = useTranslation()
  const formats = useFormats()
  if (lasting.kind === 'beyond') return <>{t('what_if.lasts_beyond')}</>
  const day = formats.day(lasting.day)
  return lasting.kind === 'until' ? (
    <span className="late">{t('what_if.lasts_until', { day })}</span>
  ) : (
    t('what_if.lasts_projected', { day })
  )
}

function FundCourse({
  title,
  fund,
  dates,
  limit,
}: {
  title: string
  fund: Fund
  dates: string[]
  limit: number | undefined
}) {
  const { t } = useTranslation()
  const option = useMemo(
    () => ({
      grid: { left: 8, right: 24, top: 32, bottom: 8, containLabel: true },
      legend: { top: 0, left: 0 },
      tooltip: { trigger: 'axis' },
      xAxis: { type: 'category', data: dates.map((date) => date.slice(5)) },
      yAxis: { type: 'value' },
      series: [
        {
          type: 'line',
          name: t('what_if.before'),
          showSymbol: false,
          lineStyle: { type: 'dashed' },
          data: cumulative(fund.days_before_fen),
        },
        { type: 'line', name: t('what_if.after'), showSymbol: false, data: cumulative(fund.days_after_fen) },
        ...(limit === undefined
          ? []
          : [
              {
                type: 'line',
                name: t('what_if.fund_total'),
                showSymbol: false,
                color: '#a8321a',
                data: dates.map(() => limit),
              },
            ]),
      ],
    }),
    [fund, dates, limit, t],
  )
  return (
    <Suspense fallback={<Waiting rows={4} />}>
      <Chart option={option} label={t('what_if.chart_of', { title: `${title} ${t('what_if.by_day')}` })} height={240} />
    </Suspense>
  )
}

function stepWords(t: TFunction, formats: Formats, step: View['steps'][number]): string {
  if (step.from_fen === 0 && step.to_fen === 1) return t('what_if.same_step')
  const words = (fen: number) => signed(formats, fen === 1 ? 0 : fen)
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
