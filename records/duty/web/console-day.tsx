import { Link, useParams } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Page, Section } from '#platform/ui/page.tsx'
import { useEndpoint } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { Loaded, Nothing } from '#platform/ui/states.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import { listPosts, readDutyDay } from '../contract.ts'
import './console.css'
import { Confirmation } from './console-confirmation.tsx'
import { StandingLines } from './console-standing.tsx'
import { nextDay, pendingLines } from './day-draft.ts'

type DutyDay = OutputOf<typeof readDutyDay>

/** One day of a unit: confirm it "as planned, except…", correct what stands, see who said what. */
export function DutyDayPage() {
  const { t } = useTranslation()
  const formats = useFormats()
  const { duty_date } = useParams({ from: '/duty/$duty_date' })
  const { operation_id, unit_id, unit_name } = useWorkplace()
  const params = { operation_id: String(operation_id), unit_id: String(unit_id) }
  const enabled = operation_id !== undefined
  const day = useEndpoint(readDutyDay, { params: { ...params, duty_date } }, { enabled })
  const neighbour = (by: number, text: string) => (
    <Link to="/duty/$duty_date" params={{ duty_date: nextDay(duty_date, by) }}>
      {text}
    </Link>
  )
  return (
    <Page
      title={formats.day(duty_date)}
      about={unit_name}
      actions={
        <>
          {neighbour(-1, t('duty.day_before'))}
          <Link to="/duty" search={(before) => ({ ...before, month: duty_date.slice(0, 7) })}>
            {t('duty.to_month')}
          </Link>
          {neighbour(1, t('duty.day_after'))}
        </>
      }
    >
      {enabled ? (
        <Loaded query={day} rows={10}>
          {(data) => <Day key={`${data.unit_id} ${data.duty_date}`} day={data} operationId={operation_id} />}
        </Loaded>
      ) : (
        <Nothing>{t('common.no_operation')}</Nothing>
      )}
    </Page>
  )
}

function Day({ day, operationId }: { day: DutyDay; operationId: number }) {
  const { t } = useTranslation()
  const mayConfirm = useMay('duty.confirm')
  const { clock_ahead_ms, today } = useWorkplace()
  const now = new Date(Date.now() + clock_ahead_ms)
  const posts = useEndpoint(listPosts, {
    params: { operation_id: String(operationId), unit_id: String(day.unit_id) },
  })
  const open = (posts.data?.posts ?? []).filter(
    ({ opened_on, closed_on }) => opened_on <= day.duty_date && (closed_on === null || closed_on >= day.duty_date),
  )
  const [reopened, setReopened] = useState<ReadonlySet<string>>(new Set())
  const isReopened = ({ planned, confirmed }: DutyDay['lines'][number]) =>
    planned !== null && confirmed === null && reopened.has(planned.shift_id)
  const pending = [...pendingLines(day.lines, now), ...day.lines.filter(isReopened)]
  const standing = day.lines.filter(({ confirmed }) => confirmed !== null)
  const waiting = day.lines.filter((line) => line.confirmed === null && !pending.includes(line))
  return (
    <div className="stack">
      {day.lines.length === 0 ? <Nothing>{t('duty.day_empty')}</Nothing> : null}
      {mayConfirm && day.duty_date <= today && (pending.length > 0 || open.length > 0) ? (
        <Confirmation
          operationId={operationId}
          day={day}
          pending={pending}
          posts={open}
          onDone={() => setReopened(new Set())}
        />
      ) : null}
      {waiting.length > 0 ? (
        <WaitingLines
          lines={waiting}
          now={now}
          onReopen={mayConfirm ? (shiftId) => setReopened(new Set(reopened).add(shiftId)) : undefined}
        />
      ) : null}
      {standing.length > 0 ? (
        <StandingLines
          operationId={operationId}
          unitId={day.unit_id}
          lines={standing}
          posts={open}
          date={day.duty_date}
        />
      ) : null}
      {day.confirmations.length > 0 ? <WhoConfirmed confirmations={day.confirmations} /> : null}
    </div>
  )
}

/** Planned lines that this reader does not confirm: absent ones, their own, those still running, or all when they may only look. */
function WaitingLines({
  lines,
  now,
  onReopen,
}: {
  lines: DutyDay['lines']
  now: Date
  /** Takes a line that was said to be absent back into the confirmation. */
  onReopen: ((shiftId: string) => void) | undefined
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <Section title={t('duty.waiting_lines')}>
      <Rows
        caption={t('duty.waiting_lines')}
        rows={lines}
        atOnce={25}
        rowKey={(line) => line.planned?.shift_id ?? `${line.person_id} ${line.objection?.objection_id}`}
        columns={[
          { key: 'name', title: t('people.name'), narrow: 'title', show: (line) => line.person_name },
          { key: 'post', title: t('duty.post'), show: (line) => line.planned?.post_name ?? '—' },
          {
            key: 'times',
            title: t('duty.times'),
            show: ({ planned }) => (planned ? formats.times(planned.starts_at, planned.ends_at) : '—'),
          },
          {
            key: 'why',
            title: t('duty.why_waiting'),
            show: ({ own, absent, planned, objection }) => {
              if (absent)
                return (
                  <span className="row">
                    {t('duty.was_absent')}
                    {onReopen && planned && !own ? (
                      <Button size="small" onClick={() => onReopen(planned.shift_id)}>
                        {t('duty.came_after_all')}
                      </Button>
                    ) : null}
                  </span>
                )
              if (own) return t('duty.own_line')
              if (planned && new Date(planned.ends_at) > now) return t('duty.not_over')
              return objection && !planned ? objection.words : t('duty.not_confirmed')
            },
          },
        ]}
      />
    </Section>
  )
}

function WhoConfirmed({ confirmations }: { confirmations: DutyDay['confirmations'] }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <Section title={t('duty.confirmations')}>
      <ul className="soft">
        {confirmations.map(({ confirmed_by, said_at, span_count, absent_count }) => (
          <li key={`${said_at} ${confirmed_by}`}>
            {t('duty.confirmation', {
              by: confirmed_by,
              at: formats.moment(said_at),
              present: span_count,
              absent: absent_count,
            })}
          </li>
        ))}
      </ul>
    </Section>
  )
}
