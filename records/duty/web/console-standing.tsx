import { Button, Form, Input, Select, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { ClockInput } from '#platform/ui/clock-input.tsx'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { useFormats } from '#platform/ui/formats.ts'
import { Section } from '#platform/ui/page.tsx'
import { useCommand } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import { correctSpan, type DayLine, type PostView, type Span, withdrawSpan } from '../contract.ts'
import { AnswerDialog } from './console-objections.tsx'
import { clockOf, timesOf } from './day-draft.ts'

type Confirmed = NonNullable<DayLine['confirmed']>
type Asked = { readonly what: 'correct' | 'withdraw' | 'answer'; readonly line: DayLine; readonly span: Confirmed }

interface StandingProps {
  readonly operationId: number
  readonly unitId: number
  readonly lines: readonly DayLine[]
  readonly posts: readonly PostView[]
  readonly date: string
}

/** What stands for the day. It is corrected by adding what is right and why; what was said before stays readable. */
export function StandingLines({ operationId, unitId, lines, posts, date }: StandingProps) {
  const { t } = useTranslation()
  const formats = useFormats()
  const may = useMay('duty.correct')
  const [asked, setAsked] = useState<Asked | undefined>(undefined)
  const ask = (what: Asked['what'], line: DayLine) => line.confirmed && setAsked({ what, line, span: line.confirmed })
  const close = () => setAsked(undefined)
  return (
    <Section title={t('duty.standing', { count: lines.length })}>
      <Rows
        caption={t('duty.standing', { count: lines.length })}
        rows={lines}
        rowKey={(line) => line.confirmed?.span_id ?? line.person_id}
        atOnce={25}
        columns={[
          { key: 'name', title: t('people.name'), narrow: 'title', show: (line) => line.person_name },
          { key: 'post', title: t('duty.post'), show: ({ confirmed }) => confirmed?.post_name },
          {
            key: 'times',
            title: t('duty.times'),
            show: ({ confirmed }) => (confirmed ? formats.times(confirmed.starts_at, confirmed.ends_at) : null),
          },
          {
            key: 'minutes',
            title: t('duty.length'),
            number: true,
            show: ({ confirmed }) => (confirmed ? formats.minutes(confirmed.minutes) : null),
          },
          { key: 'said', title: t('duty.said_by'), show: (line) => <SaidBy line={line} /> },
          {
            key: 'acts',
            title: t('common.actions'),
            show: (line) => (may ? <Acts line={line} onAsk={ask} /> : '—'),
          },
        ]}
      />
      {asked?.what === 'correct' ? (
        <CorrectDialog {...{ operationId, unitId, posts, date }} span={asked.span} onClose={close} />
      ) : null}
      {asked?.what === 'withdraw' ? (
        <WithdrawDialog {...{ operationId, unitId }} span={asked.span} onClose={close} />
      ) : null}
      {asked?.what === 'answer' && asked.line.objection ? (
        <AnswerDialog
          {...{ operationId, unitId }}
          personId={asked.line.person_id}
          objectionId={asked.line.objection.objection_id}
          words={asked.line.objection.words}
          onClose={close}
        />
      ) : null}
    </Section>
  )
}

function SaidBy({ line: { confirmed, objection } }: { line: DayLine }) {
  const { t } = useTranslation()
  if (!confirmed) return null
  return (
    <span>
      {confirmed.confirmed_by} {confirmed.act === 'confirmed' ? null : <Tag>{t(`duty.act.${confirmed.act}`)}</Tag>}
      {confirmed.reason ? <span className="soft small">{confirmed.reason}</span> : null}
      {objection ? (
        <span className={objection.answered ? 'soft small' : 'late small'}>
          {' '}
          {t('duty.objected', { words: objection.words })}
        </span>
      ) : null}
    </span>
  )
}

function Acts({ line, onAsk }: { line: DayLine; onAsk: (what: Asked['what'], line: DayLine) => void }) {
  const { t } = useTranslation()
  if (line.own) return <span className="soft small">{t('duty.own_line')}</span>
  return (
    <span className="row">
      <Button size="small" onClick={() => onAsk('correct', line)}>
        {t('duty.correct')}
      </Button>
      <Button size="small" onClick={() => onAsk('withdraw', line)}>
        {t('duty.withdraw')}
      </Button>
      {line.objection && !line.objection.answered ? (
        <Button size="small" onClick={() => onAsk('answer', line)}>
          {t('duty.to_answer')}
        </Button>
      ) : null}
    </span>
  )
}

function spanParams(operationId: number, { person_id, span_id }: Span) {
  return { operation_id: String(operationId), person_id: String(person_id), span_id }
}

function CorrectDialog({
  operationId,
  unitId,
  posts,
  date,
  span,
  onClose,
}: Omit<StandingProps, 'lines'> & { span: Confirmed; onClose: () => void }) {
  const { t } = useTranslation()
  const { time_zone } = useWorkplace()
  const command = useCommand(correctSpan)
  const required = [{ required: true, message: t('common.required') }]
  const known = posts.some(({ post_id }) => post_id === span.post_id)
  const options = posts.map(({ post_id, name }) => ({ value: post_id, label: name }))
  if (!known) options.push({ value: span.post_id, label: span.post_name })
  return (
    <FormModal<
      { post_id: number; from: string; to: string; reason: string },
      Parameters<typeof command.mutate>[0],
      OutputOf<typeof correctSpan>
    >
      title={t('duty.correct_named', { name: span.person_name })}
      about={t('duty.correct_about')}
      action={t('duty.correct')}
      open
      onClose={onClose}
      command={command}
      initial={{
        post_id: span.post_id,
        from: clockOf(time_zone, span.starts_at),
        to: clockOf(time_zone, span.ends_at),
      }}
      inputOf={({ post_id, from, to, reason }) => ({
        params: spanParams(operationId, span),
        body: {
          unit_id: unitId,
          post_id,
          ...timesOf(time_zone, date, from, to),
          reason,
          replaces_entry_id: span.entry_id,
        },
      })}
      done={t('duty.corrected')}
    >
      <Form.Item name="post_id" label={t('duty.post')} rules={required}>
        <Select options={options} />
      </Form.Item>
      <div className="row">
        <Form.Item name="from" label={t('duty.from')} rules={required}>
          <ClockInput />
        </Form.Item>
        <Form.Item name="to" label={t('duty.to')} extra={t('duty.to_help')} rules={required}>
          <ClockInput />
        </Form.Item>
      </div>
      <Form.Item name="reason" label={t('common.reason')} rules={required}>
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
    </FormModal>
  )
}

function WithdrawDialog({
  operationId,
  unitId,
  span,
  onClose,
}: Pick<StandingProps, 'operationId' | 'unitId'> & { span: Confirmed; onClose: () => void }) {
  const { t } = useTranslation()
  const command = useCommand(withdrawSpan)
  return (
    <FormModal<{ reason: string }, Parameters<typeof command.mutate>[0], OutputOf<typeof withdrawSpan>>
      title={t('duty.withdraw_named', { name: span.person_name })}
      about={t('duty.withdraw_about')}
      action={t('duty.withdraw')}
      danger
      open
      onClose={onClose}
      command={command}
      inputOf={({ reason }) => ({
        params: spanParams(operationId, span),
        body: { unit_id: unitId, reason, replaces_entry_id: span.entry_id },
      })}
      done={t('duty.withdrawn')}
    >
      <Form.Item name="reason" label={t('common.reason')} rules={[{ required: true, message: t('common.required') }]}>
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
    </FormModal>
  )
}
