import { Button, Form, Input, Radio, Segmented, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { call } from '#platform/ui/client.ts'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { useFormats } from '#platform/ui/formats.ts'
import { Page } from '#platform/ui/page.tsx'
import { keyOf, useCommand, useEndless } from '#platform/ui/queries.ts'
import { EndlessRows } from '#platform/ui/rows.tsx'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { listOpenings, type Opening, reviewOpening } from '../contract-circles.ts'

type OpeningPage = OutputOf<typeof listOpenings>

/** What was opened in an emergency, and what a second person found. The facts that were looked at are not shown. */
export function OpeningsPage() {
  const { t } = useTranslation()
  const formats = useFormats()
  const { unit_id } = useWorkplace()
  const [which, setWhich] = useState<'waiting' | 'all'>('waiting')
  const [reviewing, setReviewing] = useState<Opening | undefined>(undefined)
  const filter = { unit_id: String(unit_id), limit: 25, ...(which === 'waiting' ? { waiting: 'true' as const } : {}) }
  const query = useEndless(keyOf(listOpenings, filter), (after, signal) =>
    call(listOpenings, { query: { ...filter, ...(after ? { after } : {}) } }, { signal }),
  )
  return (
    <Page title={t('openings.title')} about={t('openings.about')}>
      <Segmented
        value={which}
        onChange={(value) => setWhich(value === 'all' ? 'all' : 'waiting')}
        options={[
          { value: 'waiting', label: t('openings.waiting') },
          { value: 'all', label: t('openings.all') },
        ]}
        style={{ justifySelf: 'start' }}
      />
      <EndlessRows<OpeningPage, Opening>
        caption={t('openings.title')}
        query={query}
        rowsOf={(page) => page.openings}
        rowKey={({ opening_id }) => opening_id}
        empty={which === 'waiting' ? t('openings.none_waiting') : t('openings.none')}
        columns={[
          {
            key: 'by',
            title: t('openings.opened_by'),
            narrow: 'title',
            show: ({ opened_by }) => opened_by.display_name,
          },
          {
            key: 'person',
            title: t('openings.person'),
            show: ({ person_id, person_name }) => person_name ?? t('openings.person_number', { id: person_id }),
          },
          {
            key: 'at',
            title: t('openings.at'),
            show: ({ opened_at, until_at, closed_at }) => (
              <div>
                <div>{formats.realMoment(opened_at)}</div>
                <div className="soft small">
                  {t('emergency.until', { at: formats.realMoment(closed_at ?? until_at) })}
                </div>
              </div>
            ),
          },
          {
            key: 'reason',
            title: t('openings.reason'),
            show: ({ reason }) => reason ?? <span className="soft">{t('openings.reason_gone')}</span>,
          },
          {
            key: 'review',
            title: t('openings.outcome'),
            show: (opening) =>
              opening.review ? (
                <Review review={opening.review} />
              ) : (
                <Button size="small" onClick={() => setReviewing(opening)}>
                  {t('openings.review')}
                </Button>
              ),
          },
        ]}
      />
      {reviewing ? <ReviewDialog opening={reviewing} onClose={() => setReviewing(undefined)} /> : null}
    </Page>
  )
}

function Review({ review }: { review: NonNullable<Opening['review']> }) {
  const { t } = useTranslation()
  return (
    <>
      <Tag color={review.outcome === 'justified' ? 'success' : 'error'}>{t(`openings.${review.outcome}`)}</Tag>{' '}
      {review.words} <span className="soft small">{review.reviewed_by.display_name}</span>
    </>
  )
}

function ReviewDialog({ opening, onClose }: { opening: Opening; onClose: () => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const command = useCommand(reviewOpening)
  const minutes = Math.round((new Date(opening.until_at).getTime() - new Date(opening.opened_at).getTime()) / 60_000)
  const required = [{ required: true, message: t('common.required') }]
  return (
    <FormModal<{ outcome: 'justified' | 'not_justified'; words: string }, Parameters<typeof command.mutate>[0], Opening>
      title={t('openings.review')}
      about={t('openings.review_about', {
        name: opening.opened_by.display_name,
        person: opening.person_name ?? t('openings.person_number', { id: opening.person_id }),
        at: formats.realMoment(opening.opened_at),
        minutes,
        reason: opening.reason ?? t('openings.reason_gone'),
      })}
      action={t('openings.review')}
      open
      onClose={onClose}
      command={command}
      inputOf={(body) => ({ params: { opening_id: opening.opening_id }, body })}
      done={t('openings.done')}
    >
      <Form.Item name="outcome" label={t('openings.outcome')} rules={required}>
        <Radio.Group
          options={[
            { value: 'justified', label: t('openings.justified') },
            { value: 'not_justified', label: t('openings.not_justified') },
          ]}
        />
      </Form.Item>
      <Form.Item name="words" label={t('openings.words')} rules={required}>
        <Input.TextArea rows={3} maxLength={1000} />
      </Form.Item>
    </FormModal>
  )
}
