import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { monthGrid, shiftMonth, useFormats, weekdayNames } from '#platform/ui/formats.ts'
import { Page, Section } from '#platform/ui/page.tsx'
import { useEndpoint } from '#platform/ui/queries.ts'
import { Loaded, Nothing } from '#platform/ui/states.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import { listDutyDays } from '../contract.ts'
import { Objections } from './console-objections.tsx'
import './console.css'

type Day = OutputOf<typeof listDutyDays>['days'][number]

/** A unit's month: what was planned, what stands, what still waits for somebody's confirmation. */
export function DutyPage() {
  const { t } = useTranslation()
  const formats = useFormats()
  const navigate = useNavigate()
  const { operation_id, unit_id, unit_name, today } = useWorkplace()
  const search = useSearch({ from: '/duty' })
  const mayImport = useMay('duty.import')
  const month = search.month ?? today.slice(0, 7)
  const grid = monthGrid(month)
  const days = useEndpoint(
    listDutyDays,
    {
      params: { operation_id: String(operation_id), unit_id: String(unit_id) },
      query: { from: grid[0] ?? today, to: grid.at(-1) ?? today },
    },
    { enabled: operation_id !== undefined, keep: true },
  )
  if (operation_id === undefined)
    return (
      <Page title={t('duty.title')}>
        <Nothing>{t('common.no_operation')}</Nothing>
      </Page>
    )
  const go = (by: number) =>
    void navigate({ to: '/duty', search: ({ op, unit }) => ({ op, unit, month: shiftMonth(month, by) }) })
  return (
    <Page
      title={t('duty.title')}
      about={t('duty.about', { unit: unit_name })}
      actions={
        <>
          <Link to="/duty/plan">{t('plan.title')}</Link>
          <Link to="/duty/posts">{t('posts.title')}</Link>
          {mayImport ? <Link to="/duty/import">{t('duty.import')}</Link> : null}
        </>
      }
    >
      <Section
        title={formats.month(month)}
        aside={
          <div className="row">
            <Button onClick={() => go(-1)}>{t('duty.month_before')}</Button>
            <Button onClick={() => go(1)}>{t('duty.month_after')}</Button>
          </div>
        }
      >
        <Loaded query={days} rows={10}>
          {(data) => <Month month={month} grid={grid} days={data.days} today={today} />}
        </Loaded>
      </Section>
      <Objections operationId={operation_id} unitId={unit_id} />
    </Page>
  )
}

function Month({
  month,
  grid,
  days,
  today,
}: {
  month: string
  grid: readonly string[]
  days: readonly Day[]
  today: string
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  const known = new Map(days.map((day) => [day.duty_date, day]))
  const ofMonth = days.filter(({ duty_date }) => duty_date.startsWith(month))
  const waiting = ofMonth.filter((day) => stateOf(day, today) === 'waiting')
  const isEmpty = ofMonth.every((day) => stateOf(day, today) === 'none')
  return (
    <>
      <p className="soft duty-month-sum">
        {isEmpty
          ? t('duty.month_empty')
          : waiting.length > 0
            ? t('duty.days_waiting', { count: waiting.length })
            : t('duty.days_all_confirmed')}
      </p>
      <ol className="duty-month">
        {weekdayNames(formats.language).map((name) => (
          <li key={name} className="duty-weekday" aria-hidden="true">
            {name}
          </li>
        ))}
        {grid.map((date) => (
          <DayCell key={date} date={date} day={known.get(date)} inMonth={date.startsWith(month)} today={today} />
        ))}
      </ol>
    </>
  )
}

type DayState = 'none' | 'planned' | 'waiting' | 'confirmed'

/** A day waits when it is over and some of its plan is neither confirmed nor said to be missed. */
function stateOf(day: Day | undefined, today: string): DayState {
  if (!day || (day.planned_count === 0 && day.span_count === 0)) return 'none'
  if (day.open_count === 0) return 'confirmed'
  return day.duty_date < today ? 'waiting' : 'planned'
}

function DayCell({
  date,
  day,
  inMonth,
  today,
}: {
  date: string
  day: Day | undefined
  inMonth: boolean
  today: string
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  const state = stateOf(day, today)
  const classes = [
    'duty-day',
    `duty-day-${state}`,
    inMonth ? '' : 'duty-day-outside',
    date === today ? 'duty-today' : '',
  ]
  return (
    <li className={classes.join(' ')}>
      <Link to="/duty/$duty_date" params={{ duty_date: date }} className="duty-day-link">
        <span className="duty-day-number">
          <span aria-hidden="true">{Number(date.slice(8))}</span>
          <span className="duty-day-full">{formats.day(date)}</span>
          {date === today ? <span className="small"> {t('duty.today')}</span> : null}
        </span>
        <span className="duty-day-state">{t(`duty.day.${state}`)}</span>
        {day && state !== 'none' ? (
          <span className="small soft">
            {day.span_count > 0 || state === 'confirmed'
              ? t('duty.day_stands', { figure: day.span_count, time: formats.minutes(day.minutes) })
              : t('duty.day_planned', { figure: day.planned_count })}
          </span>
        ) : null}
        {day && day.open_count > 0 && day.open_count < day.planned_count ? (
          <span className={`small ${state === 'waiting' ? 'late' : 'soft'}`}>
            {t('duty.day_open', { figure: day.open_count })}
          </span>
        ) : null}
        {day && day.open_objection_count > 0 ? (
          <span className="small late">{t('duty.day_objections', { count: day.open_objection_count })}</span>
        ) : null}
      </Link>
    </li>
  )
}
