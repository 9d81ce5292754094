import { Alert, Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { closeOpening, type Opening, openCircle } from '#platform/access/contract-circles.ts'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { useFormats } from '#platform/ui/formats.ts'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { Loaded } from '#platform/ui/states.tsx'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { readOpenedHealthFlags } from '../contract.ts'
import { FlagList } from './console-health.tsx'

const MINUTES = [15, 30, 60, 240] as const

/** For whoever may open the closed circle in an emergency: what it means is said before anything is asked. */
export function EmergencyPanel({ personId }: { personId: number }) {
  const { t } = useTranslation()
  const { operation_id } = useWorkplace()
  const formats = useFormats()
  const [asking, setAsking] = useState(false)
  const [opening, setOpening] = useState<Opening | undefined>(undefined)
  const close = useCommand(closeOpening)
  if (operation_id === undefined) return null
  return (
    <section className="panel stack tight">
      <h2>{t('emergency.title')}</h2>
      <p className="soft">{t('emergency.about')}</p>
      {opening ? (
        <>
          <Alert type="warning" showIcon title={t('emergency.opened', { at: formats.realMoment(opening.until_at) })} />
          <OpenedFlags personId={personId} />
          <div className="row">
            <Button
              loading={close.isPending}
              onClick={() =>
                close.mutate({ params: { opening_id: opening.opening_id } }, { onSuccess: () => setOpening(undefined) })
              }
            >
              {t('emergency.close')}
            </Button>
          </div>
          <ProblemNotice error={close.error} />
        </>
      ) : (
        <div className="row">
          <Button danger onClick={() => setAsking(true)}>
            {t('emergency.open')}
          </Button>
        </div>
      )}
      {asking ? (
        <OpenDialog
          personId={personId}
          operationId={operation_id}
          onClose={() => setAsking(false)}
          onOpened={setOpening}
        />
      ) : null}
    </section>
  )
}

/** Each reading is a look that the person is shown: it is asked for once. */
function OpenedFlags({ personId }: { personId: number }) {
  const flags = useEndpoint(readOpenedHealthFlags, { params: { person_id: String(personId) } })
  return <Loaded query={flags}>{(data) => <FlagList flags={data.flags} />}</Loaded>
}

function OpenDialog({
  personId,
  operationId,
  onClose,
  onOpened,
}: {
  personId: number
  operationId: number
  onClose: () => void
  onOpened: (opening: Opening) => void
}) {
  const { t } = useTranslation()
  const command = useCommand(openCircle)
  return (
    <FormModal<{ reason: string; minutes: number }, Parameters<typeof command.mutate>[0], Opening>
      title={t('emergency.title')}
      about={t('emergency.means')}
      action={t('emergency.look')}
      danger
      open
      onClose={onClose}
      command={command}
      initial={{ minutes: 30 }}
      inputOf={({ reason, minutes }) => ({
        params: { person_id: String(personId) },
        body: { circle: 'health', operation_id: operationId, reason, minutes },
      })}
      onDone={onOpened}
    >
      <Form.Item
        name="reason"
        label={t('emergency.reason')}
        extra={t('emergency.reason_help')}
        rules={[{ required: true, min: 6, whitespace: true, message: t('emergency.reason_short') }]}
      >
        <Input.TextArea rows={3} maxLength={500} />
      </Form.Item>
      <Form.Item name="minutes" label={t('emergency.minutes')} rules={[{ required: true }]}>
        <Select
          options={MINUTES.map((count) => ({
            value: count,
            label: count < 60 ? t('emergency.minutes_of', { count }) : t('emergency.hours_of', { count: count / 60 }),
          }))}
        />
      </Form.Item>
    </FormModal>
  )
}
