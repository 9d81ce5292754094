import { Button, Input } from 'antd'
import { lazy, Suspense, useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { lastingOf } from '#engines/policy/compare-lasting.ts'
import { dayOf, formatDay } from '#engines/values/time.ts'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Section } from '#platform/ui/page.tsx'
import { Rows } from '#platform/ui/rows.tsx'
import { Waiting } from '#platform/ui/states.tsx'
import type { readWhatIf } from '../contract-what-if.ts'

const Chart = lazy(() => import('./chart.tsx'))

type View = OutputOf<typeof readWhatIf>
type Fund = View['funds'][number]

/** What each fund pays day by day, and until when it lasts. */
export function Funds({ view }: { view: View }) {
  const { t } = useTranslation()
  return (
    <Section title={t('what_if.by_fund')}>
      <div className="stack">
        {view.funds.map((fund) => (
          <FundPanel key={fund.key} fund={fund} from={view.from} />
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

/** The total stands in the pack; another one may be tried out, which changes nothing but this picture. */
function FundPanel({ fund, from }: { fund: Fund; from: string }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const stated = fund.after.total_fen ?? fund.before.total_fen
  const written = stated === null ? '' : String(stated / 100)
  const [typed, setTyped] = useState(written)
  const field = useId()
  const title = [formats.label(fund.fund), fund.area_name ?? ''].filter((part) => part !== '').join(' · ')
  const typed_fen = Math.round(Number(typed.replaceAll(/[,，\s]/g, '')) * 100)
  const isTried = typed !== written
  const tried = typed.trim() !== '' && Number.isFinite(typed_fen) && typed_fen > 0 ? typed_fen : null
  const totalOf = (side: Fund['before']) => (isTried ? tried : side.total_fen)
  const dates = fund.after.days_fen.map((_, index) => formatDay(dayOf(from) + index))
  const limit = isTried ? tried : stated
  const undated = Math.max(fund.before.undated_fen, fund.after.undated_fen)
  return (
    <article className="panel stack tight">
      <h3>{title}</h3>
      <div className="row">
        <label className="row" htmlFor={field}>
          {t('what_if.fund_total')}
          <Input
            id={field}
            value={typed}
            inputMode="decimal"
            onChange={(event) => setTyped(event.target.value)}
            style={{ width: 160 }}
          />
        </label>
        {isTried && stated !== null ? (
          <Button type="link" onClick={() => setTyped(written)}>
            {t('what_if.fund_total_back', { sum: formats.yuan(stated) })}
          </Button>
        ) : null}
      </div>
      <p className="soft small">{t(stated === null ? 'what_if.fund_total_none' : 'what_if.fund_total_help')}</p>
      <FundCourse title={title} fund={fund} dates={dates} limit={limit === null ? undefined : limit / 100} />
      <Rows
        caption={`${title} ${t('what_if.by_day')}`}
        rows={[
          { key: 'before' as const, side: fund.before },
          { key: 'after' as const, side: fund.after },
        ]}
        rowKey={(row) => row.key}
        columns={[
          { key: 'side', title: '', narrow: 'title', show: (row) => t(`what_if.${row.key}`) },
          { key: 'sum', title: t('what_if.cumulative'), number: true, show: (row) => formats.yuan(row.side.cost_fen) },
          {
            key: 'left',
            title: t('what_if.left'),
            number: true,
            show: (row) => <Left fen={lastingOf(row.side.days_fen, dayOf(from), totalOf(row.side)).left_fen} />,
          },
          {
            key: 'lasts',
            title: t('what_if.lasts'),
            number: true,
            show: (row) => <Lasts days={row.side.days_fen} from={from} total={totalOf(row.side)} />,
          },
        ]}
      />
      {undated === 0 ? null : <p className="soft small">{t('what_if.undated', { sum: formats.yuan(undated) })}</p>}
      <details>
        <summary>{t('what_if.show_days')}</summary>
        <Rows
          caption={`${title} ${t('what_if.show_days')}`}
          rows={dates.map((date, index) => ({
            date,
            before: fund.before.days_fen[index] ?? 0,
            after: fund.after.days_fen[index] ?? 0,
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

function Left({ fen }: { fen: number | null }) {
  const { t } = useTranslation()
  const formats = useFormats()
  if (fen === null) return <>—</>
  return fen < 0 ? <span className="late">{t('what_if.short', { sum: formats.yuan(-fen) })}</span> : formats.yuan(fen)
}

function Lasts({ days, from, total }: { days: readonly number[]; from: string; total: number | null }) {
  const { t } = useTranslation()
  const formats = useFormats()
  if (total === null) return <>—</>
  const { exhausted_on, projected_on } = lastingOf(days, dayOf(from), total)
  if (exhausted_on !== null)
    return <span className="late">{t('what_if.lasts_until', { day: formats.day(formatDay(exhausted_on)) })}</span>
  if (projected_on !== null) return t('what_if.lasts_projected', { day: formats.day(formatDay(projected_on)) })
  return t('what_if.lasts_beyond')
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
          data: cumulative(fund.before.days_fen),
        },
        { type: 'line', name: t('what_if.after'), showSymbol: false, data: cumulative(fund.after.days_fen) },
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
