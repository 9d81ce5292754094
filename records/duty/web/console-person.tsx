import { Button, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { shiftDay, useFormats } from '#platform/ui/formats.ts'
import { Section } from '#platform/ui/page.tsx'
import { useEndpoint } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { Loaded } from '#platform/ui/states.tsx'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { readPersonDuty, type SpanHistory } from '../contract.ts'

const WINDOW_DAYS = 14

/** What a person did, two weeks at a time, with everything that was ever said about each span. */
export function PersonDutyTimeline({ personId }: { personId: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { operation_id, today, started_on } = useWorkplace()
  const [to, setTo] = useState(today)
  const from = shiftDay(to, 1 - WINDOW_DAYS)
  const duty = useEndpoint(
    readPersonDuty,
    { params: { operation_id: String(operation_id), person_id: String(personId) }, query: { from, to } },
    { enabled: operation_id !== undefined, keep: true },
  )
  if (operation_id === undefined) return null
  return (
    <Section
      title={t('duty.timeline')}
      aside={
        <span className="row">
          <span className="soft small">
            {formats.day(from)} – {formats.day(to)}
          </span>
          <Button size="small" onClick={() => setTo(shiftDay(to, -WINDOW_DAYS))} disabled={from <= started_on}>
            {t('duty.earlier')}
          </Button>
          <Button size="small" onClick={() => setTo(shiftDay(to, WINDOW_DAYS))} disabled={to >= today}>
            {t('duty.later')}
          </Button>
        </span>
      }
    >
      <Loaded query={duty}>
        {({ spans }) => (
          <Rows
            caption={t('duty.timeline')}
            rows={[...spans].reverse()}
            rowKey={(span) => span.span_id}
            empty={t('duty.no_duty')}
            columns={[
              { key: 'day', title: t('duty.day_title'), narrow: 'title', show: (span) => formats.day(span.starts_on) },
              { key: 'times', title: t('duty.times'), show: (span) => formats.times(span.starts_at, span.ends_at) },
              {
                key: 'minutes',
                title: t('duty.length'),
                number: true,
                show: (span) => formats.minutes(span.minutes),
              },
              {
                key: 'post',
                title: t('duty.post'),
                show: (span) => [span.unit_name, span.post_name].filter((part) => part !== '').join(' · '),
              },
              { key: 'state', title: t('duty.record'), show: (span) => <Entries span={span} /> },
            ]}
          />
        )}
      </Loaded>
    </Section>
  )
}

/** One entry needs no words; several tell how the record came to be what it is. */
function Entries({ span }: { span: SpanHistory }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const last = span.entries.at(-1)
  if (!last) return null
  if (span.entries.length === 1)
    return (
      <span className="soft">
        {t(`duty.act.${last.act}`)} · {last.said_by}
      </span>
    )
  return (
    <details>
      <summary>
        <Tag color={span.stands ? undefined : 'error'}>{t(`duty.act.${last.act}`)}</Tag>
        {t('duty.entries', { count: span.entries.length })}
      </summary>
      <ol className="small soft">
        {span.entries.map((entry) => (
          <li key={entry.entry_id}>
            {formats.moment(entry.said_at)} {entry.said_by} {t(`duty.act.${entry.act}`)}{' '}
            {formats.times(entry.starts_at, entry.ends_at)} {entry.post_name} {entry.reason ?? ''}
          </li>
        ))}
      </ol>
    </details>
  )
}
