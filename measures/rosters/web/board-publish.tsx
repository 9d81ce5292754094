import { App, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dayOf, formatDay } from '#engines/values/time.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { useCommand } from '#platform/ui/queries.ts'
import { type DraftView, publishDraft } from '../roster-contract.ts'
import type { DraftParams } from './board.tsx'
import type { Scoring } from './board-score.ts'
import { type BoardState, type CellChange, differences } from './board-state.ts'

interface Props {
  readonly draft: DraftView
  readonly params: DraftParams
  readonly state: BoardState
  readonly scoring: Scoring
  readonly version: number
  readonly onClose: () => void
}

const LINES_SHOWN = 40

/** What publishing would change, person by person; broken hard rules ask for a reason. */
export function PublishDialog({ draft, params, state, scoring, version, onClose }: Props) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { message } = App.useApp()
  const publish = useCommand(publishDraft)
  const [reason, setReason] = useState('')
  const changes = differences(draft.published, state).filter(({ day }) => day >= draft.frozen_before_day)
  const byPerson = new Map<string, CellChange[]>()
  for (const change of changes) byPerson.set(change.person, [...(byPerson.get(change.person) ?? []), change])
  const hard = scoring.score?.hard ?? 0
  const names = new Map(draft.people.map(({ person_id, name }) => [String(person_id), name]))
  const day = (at: number) => formats.day(formatDay(dayOf(draft.from_on) + at))
  const go = () =>
    publish.mutate(
      { params, body: { version, reason: hard > 0 ? reason.trim() : null } },
      {
        onSuccess: ({ planned_count: planned, withdrawn_count: withdrawn, told_count: told }) => {
          message.success(t('rosters.publish_done', { planned, withdrawn, told }))
          onClose()
        },
      },
    )
  const counts = {
    added: changes.filter(({ to }) => to !== null).length,
    removed: changes.filter(({ from }) => from !== null).length,
    people: byPerson.size,
  }
  return (
    <Modal
      open
      title={t('rosters.publish_title')}
      okText={t('rosters.publish')}
      cancelText={t('common.cancel')}
      onOk={go}
      onCancel={onClose}
      confirmLoading={publish.isPending}
      okButtonProps={{ disabled: scoring.score === undefined || (hard > 0 && reason.trim() === '') }}
    >
      <div className="stack tight">
        <p>{changes.length === 0 ? t('rosters.publish_same') : t('rosters.publish_lead', counts)}</p>
        {hard > 0 ? (
          <>
            <p className="board-bad">{t('rosters.publish_hard', { count: hard })}</p>
            <Input.TextArea
              aria-label={t('rosters.publish_reason')}
              placeholder={t('rosters.publish_reason')}
              value={reason}
              maxLength={1000}
              onChange={({ target }) => setReason(target.value)}
            />
          </>
        ) : null}
        {draft.published_at === null ? null : (
          <ul className="board-list">
            {[...byPerson].slice(0, LINES_SHOWN).map(([person, own]) => (
              <li key={person}>
                {names.get(person) ?? '—'}
                {t('common.labelled', { label: '' })}
                {own
                  .map(({ day: at, from, to }) => `${day(at)} ${from ?? t('rosters.off')} → ${to ?? t('rosters.off')}`)
                  .join('；')}
              </li>
            ))}
          </ul>
        )}
        <ProblemNotice error={publish.error} />
      </div>
    </Modal>
  )
}
