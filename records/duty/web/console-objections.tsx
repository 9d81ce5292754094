import { Link } from '@tanstack/react-router'
import { Button, Form, Input, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { call } from '#platform/ui/client.ts'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { useFormats } from '#platform/ui/formats.ts'
import { Section } from '#platform/ui/page.tsx'
import { keyOf, useCommand, useEndless } from '#platform/ui/queries.ts'
import { EndlessRows } from '#platform/ui/rows.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import { answerObjection, listObjections } from '../contract.ts'

type ObjectionPage = OutputOf<typeof listObjections>
type Objection = ObjectionPage['objections'][number]

/** What people said is wrong with the unit's records, those without an answer first. */
export function Objections({ operationId, unitId }: { operationId: number; unitId: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const mayAnswer = useMay('duty.correct')
  const { session } = useWorkplace()
  const [answering, setAnswering] = useState<Objection | undefined>(undefined)
  const params = { operation_id: String(operationId), unit_id: String(unitId) }
  const query = useEndless(keyOf(listObjections, params), (after, signal) =>
    call(listObjections, { params, query: { limit: 20, ...(after ? { after } : {}) } }, { signal }),
  )
  return (
    <Section title={t('duty.objections')}>
      <EndlessRows<ObjectionPage, Objection>
        caption={t('duty.objections')}
        query={query}
        rowsOf={(page) => page.objections}
        rowKey={(objection) => objection.objection_id}
        empty={t('duty.no_objections')}
        columns={[
          { key: 'person', title: t('people.name'), narrow: 'title', show: (objection) => objection.person_name },
          {
            key: 'day',
            title: t('duty.day_title'),
            show: (objection) => (
              <Link to="/duty/$duty_date" params={{ duty_date: objection.duty_date }}>
                {formats.day(objection.duty_date)}
              </Link>
            ),
          },
          { key: 'words', title: t('duty.objection_words'), show: (objection) => objection.words },
          { key: 'raised', title: t('duty.raised_at'), show: (objection) => formats.moment(objection.raised_at) },
          {
            key: 'answer',
            title: t('duty.answer'),
            show: (objection) =>
              objection.answer ? (
                <span>
                  {t(`duty.outcome.${objection.answer.outcome}`)} · {objection.answer.reason}
                </span>
              ) : mayAnswer && objection.person_id !== session.person_id ? (
                <Button size="small" onClick={() => setAnswering(objection)}>
                  {t('duty.to_answer')}
                </Button>
              ) : (
                <span className="waiting">{t('duty.unanswered')}</span>
              ),
          },
        ]}
      />
      {answering ? (
        <AnswerDialog
          operationId={operationId}
          unitId={unitId}
          personId={answering.person_id}
          objectionId={answering.objection_id}
          words={answering.words}
          onClose={() => setAnswering(undefined)}
        />
      ) : null}
    </Section>
  )
}

export function AnswerDialog({
  operationId,
  unitId,
  personId,
  objectionId,
  words,
  onClose,
}: {
  operationId: number
  unitId: number
  personId: number
  objectionId: string
  words: string
  onClose: () => void
}) {
  const { t } = useTranslation()
  const command = useCommand(answerObjection)
  return (
    <FormModal<
      { outcome: 'upheld' | 'declined'; reason: string },
      Parameters<typeof command.mutate>[0],
      OutputOf<typeof answerObjection>
    >
      title={t('duty.to_answer')}
      about={t('duty.answer_about', { words })}
      action={t('duty.send_answer')}
      open
      onClose={onClose}
      command={command}
      initial={{ outcome: 'upheld' }}
      inputOf={(body) => ({
        params: { operation_id: String(operationId), person_id: String(personId), objection_id: objectionId },
        body: { unit_id: unitId, ...body },
      })}
      done={t('duty.answered')}
    >
      <Form.Item name="outcome" label={t('duty.answer')}>
        <Radio.Group
          options={[
            { value: 'upheld', label: t('duty.outcome.upheld') },
            { value: 'declined', label: t('duty.outcome.declined') },
          ]}
        />
      </Form.Item>
      <Form.Item name="reason" label={t('common.reason')} rules={[{ required: true, message: t('common.required') }]}>
        <Input.TextArea rows={3} maxLength={1000} />
      </Form.Item>
    </FormModal>
  )
}
