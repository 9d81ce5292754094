import { App, Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import type { FieldError } from '#platform/http/problem.ts'
import { ProblemError } from '#platform/ui/client.ts'
import { ClockInput } from '#platform/ui/clock-input.tsx'
import { Section } from '#platform/ui/page.tsx'
import { ProblemNotice, useLanguage } from '#platform/ui/problem-notice.tsx'
import { useCommand } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { confirmDutyDay, type DayLine, type PostView, type readDutyDay } from '../contract.ts'
import { AddPersonDialog } from './console-add-person.tsx'
import { confirmationOf, type DraftLine, draftOf, faultsByLine, type LineState, lacksTimes } from './day-draft.ts'

type DutyDay = OutputOf<typeof readDutyDay>
type Change = Partial<Pick<DraftLine, 'state' | 'post_id' | 'from' | 'to'>>

/** "As planned, except…": one confirmation for all people of the day, with what was different line by line. */
export function Confirmation({
  operationId,
  day,
  pending,
  posts,
  onDone,
}: {
  operationId: number
  day: DutyDay
  pending: readonly DayLine[]
  posts: readonly PostView[]
  onDone: () => void
}) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const { time_zone, clock_ahead_ms } = useWorkplace()
  const command = useCommand(confirmDutyDay)
  const [changes, setChanges] = useState<ReadonlyMap<string, Change>>(new Map())
  const [added, setAdded] = useState<readonly DraftLine[]>([])
  const [adding, setAdding] = useState(false)
  const draft = draftOf(pending, changes, added, time_zone)
  const faults = faultsByLine(command.error instanceof ProblemError ? command.error.document.errors : undefined)

  const change = (line: DraftLine, what: Change) => {
    if (line.state === 'added') setAdded(added.map((one) => (one === line ? { ...one, ...what } : one)))
    else setChanges(new Map(changes).set(line.span_id, { ...changes.get(line.span_id), ...what }))
  }
  const confirm = () => {
    const said_at = new Date(Date.now() + clock_ahead_ms)
    const place = { unit_id: day.unit_id, duty_date: day.duty_date, said_at, time_zone }
    command.mutate(
      { params: { operation_id: String(operationId) }, body: confirmationOf(draft, pending, place) },
      {
        onSuccess({ recorded_count, absent_count }) {
          setChanges(new Map())
          setAdded([])
          onDone()
          void message.success(t('duty.recorded', { present: recorded_count, absent: absent_count }))
        },
      },
    )
  }
  return (
    <Section
      title={t('duty.to_confirm')}
      aside={posts.length > 0 ? <Button onClick={() => setAdding(true)}>{t('duty.add_person')}</Button> : undefined}
    >
      <div className="stack tight">
        <p className="soft">{draft.length > 0 ? t('duty.to_confirm_about') : t('duty.nothing_to_confirm')}</p>
        {draft.length > 0 ? (
          <DraftLines
            draft={draft}
            posts={posts}
            faults={faults}
            onChange={change}
            onRemove={(line) => setAdded(added.filter((one) => one !== line))}
          />
        ) : null}
        <ProblemNotice error={faults.size > 0 ? undefined : command.error} />
        {draft.length > 0 ? (
          <ConfirmBar
            draft={draft}
            error={faults.size > 0 ? command.error : undefined}
            busy={command.isPending}
            onConfirm={confirm}
          />
        ) : null}
      </div>
      <AddPersonDialog
        open={adding}
        onClose={() => setAdding(false)}
        unitId={day.unit_id}
        posts={posts}
        onAdd={(line) => setAdded([...added, line])}
      />
    </Section>
  )
}

function ConfirmBar({
  draft,
  error,
  busy,
  onConfirm,
}: {
  draft: readonly DraftLine[]
  error: Error | null | undefined
  busy: boolean
  onConfirm: () => void
}) {
  const { t } = useTranslation()
  const language = useLanguage()
  const count = (state: LineState) => draft.filter((line) => line.state === state).length
  const isOpenStill = lacksTimes(draft)
  const exceptions = (['absent', 'changed', 'added'] as const)
    .filter((state) => count(state) > 0)
    .map((state) => t(`duty.sum.${state}`, { figure: count(state) }))
  return (
    <div className="duty-confirm-bar">
      <span role="status">
        {error instanceof ProblemError ? (
          <span className="late">{error.document.title[language]}</span>
        ) : isOpenStill ? (
          <span className="late">{t('duty.times_open')}</span>
        ) : (
          <>
            {t('duty.sum.as_planned', { figure: count('as_planned') })}
            {exceptions.length > 0 ? t('duty.sum.except', { what: exceptions.join(t('common.comma')) }) : null}
          </>
        )}
      </span>
      <Button type="primary" size="large" loading={busy} disabled={isOpenStill} onClick={onConfirm}>
        {exceptions.length > 0 ? t('duty.confirm_except') : t('duty.confirm_as_planned')}
      </Button>
    </div>
  )
}

interface DraftLinesProps {
  readonly draft: readonly DraftLine[]
  readonly posts: readonly PostView[]
  readonly faults: ReadonlyMap<number, readonly FieldError[]>
  readonly onChange: (line: DraftLine, what: Change) => void
  readonly onRemove: (line: DraftLine) => void
}

function DraftLines({ draft, posts, faults, onChange, onRemove }: DraftLinesProps) {
  const { t } = useTranslation()
  const language = useLanguage()
  const faultsOf = (line: DraftLine) => faults.get(draft.indexOf(line)) ?? []
  return (
    <Rows
      caption={t('duty.to_confirm')}
      rows={draft}
      rowKey={(line) => line.span_id}
      rowClass={(line) => (faultsOf(line).length > 0 ? 'problem-row' : '')}
      columns={[
        {
          key: 'name',
          title: t('people.name'),
          narrow: 'title',
          show: (line) => (
            <>
              {line.person_name}
              {faultsOf(line).map((fault) => (
                <p key={fault.en} className="late small" role="alert">
                  {fault[language]}
                </p>
              ))}
            </>
          ),
        },
        {
          key: 'post',
          title: t('duty.post'),
          show: (line) => <PostCell line={line} posts={posts} onChange={onChange} />,
        },
        { key: 'times', title: t('duty.times'), show: (line) => <TimesCell line={line} onChange={onChange} /> },
        {
          key: 'state',
          title: t('duty.how_it_was'),
          show: (line) =>
            line.state === 'added' ? (
              <span className="row">
                {t('duty.state.added')}
                <Button size="small" onClick={() => onRemove(line)}>
                  {t('common.remove')}
                </Button>
              </span>
            ) : (
              <Select
                aria-label={t('duty.how_it_was_named', { name: line.person_name })}
                value={line.state}
                onChange={(state: LineState) => onChange(line, { state })}
                options={(['as_planned', 'absent', 'changed'] as const).map((value) => ({
                  value,
                  label: t(`duty.state.${value}`),
                }))}
                style={{ width: 148 }}
              />
            ),
        },
      ]}
    />
  )
}

function isOpen({ state }: DraftLine): boolean {
  return state === 'changed' || state === 'added'
}

function PostCell({
  line,
  posts,
  onChange,
}: {
  line: DraftLine
  posts: readonly PostView[]
  onChange: DraftLinesProps['onChange']
}) {
  const { t } = useTranslation()
  const name = posts.find(({ post_id }) => post_id === line.post_id)?.name ?? line.post_name
  if (!isOpen(line)) return <span className={line.state === 'absent' ? 'soft' : ''}>{name}</span>
  return (
    <Select
      aria-label={t('duty.post')}
      value={line.post_id}
      onChange={(post_id: number) => onChange(line, { post_id })}
      options={posts.map((post) => ({ value: post.post_id, label: post.name }))}
      popupMatchSelectWidth={false}
      style={{ width: 180 }}
    />
  )
}

function TimesCell({ line, onChange }: { line: DraftLine; onChange: DraftLinesProps['onChange'] }) {
  const { t } = useTranslation()
  const next = line.to !== '' && line.to <= line.from ? t('duty.next_day') : ''
  if (!isOpen(line))
    return (
      <span className={line.state === 'absent' ? 'soft' : 'nowrap'}>
        {line.state === 'absent' ? <s>{`${line.from}–${next}${line.to}`}</s> : `${line.from}–${next}${line.to}`}
      </span>
    )
  return (
    <span className="duty-line-edit">
      <ClockInput aria-label={t('duty.from')} value={line.from} onChange={(from) => onChange(line, { from })} />–{next}
      <ClockInput aria-label={t('duty.to')} value={line.to} onChange={(to) => onChange(line, { to })} />
    </span>
  )
}
