import { Button, Checkbox, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LOOK_PURPOSES, type LookPurpose } from '#platform/access/contract-circles.ts'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { useFormats } from '#platform/ui/formats.ts'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { Loaded } from '#platform/ui/states.tsx'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { addHealthFlag, listHealthFlags } from '../contract.ts'

type Flags = OutputOf<typeof listHealthFlags>['flags']

/** The closed circle of health facts: nothing is read until somebody asks for it, because every look is audited. */
export function HealthPanel({ personId }: { personId: number }) {
  const { t } = useTranslation()
  const [purpose, setPurpose] = useState<LookPurpose | undefined>(undefined)
  const [shown, setShown] = useState(false)
  const [adding, setAdding] = useState(false)
  return (
    <section className="panel stack tight">
      <h2>{t('health.title')}</h2>
      <p className="soft">{t('health.closed')}</p>
      <p className="soft">{t('health.purpose')}</p>
      {shown && purpose ? <LookedAt personId={personId} purpose={purpose} /> : null}
      <div className="row">
        <Select
          aria-label={t('health_purpose.label')}
          placeholder={t('health_purpose.label')}
          value={purpose}
          onChange={setPurpose}
          disabled={shown}
          options={LOOK_PURPOSES.map((value) => ({ value, label: t(`health_purpose.${value}`) }))}
          style={{ minWidth: 180 }}
        />
        <Button disabled={purpose === undefined} onClick={() => setShown(!shown)}>
          {shown ? t('health.hide') : t('health.look')}
        </Button>
        <Button onClick={() => setAdding(true)}>{t('health.add')}</Button>
      </div>
      {adding ? <AddFlagDialog personId={personId} onClose={() => setAdding(false)} /> : null}
    </section>
  )
}

function LookedAt({ personId, purpose }: { personId: number; purpose: LookPurpose }) {
  const flags = useEndpoint(listHealthFlags, { params: { person_id: String(personId) }, query: { purpose } })
  return <Loaded query={flags}>{(data) => <FlagList flags={data.flags} />}</Loaded>
}

export function FlagList({ flags }: { flags: Flags }) {
  const { t } = useTranslation()
  const formats = useFormats()
  if (flags.length === 0) return <p>{t('health.none')}</p>
  return (
    <ul className="bullets">
      {flags.map(({ flag_id, flag, from_on, to_on }) => (
        <li key={flag_id}>
          {flag}{' '}
          <span className="soft small">
            {to_on === null
              ? t('common.since', { day: formats.date(from_on) })
              : `${formats.date(from_on)} – ${formats.date(to_on)}`}
          </span>
        </li>
      ))}
    </ul>
  )
}

function AddFlagDialog({ personId, onClose }: { personId: number; onClose: () => void }) {
  const { t } = useTranslation()
  const { today } = useWorkplace()
  const command = useCommand(addHealthFlag)
  const required = [{ required: true, message: t('common.required') }]
  return (
    <FormModal<
      { flag: string; from_on: string; to_on?: string; protects: boolean },
      Parameters<typeof command.mutate>[0],
      OutputOf<typeof addHealthFlag>
    >
      title={t('health.add')}
      about={t('health.purpose')}
      action={t('health.add')}
      open
      onClose={onClose}
      command={command}
      initial={{ from_on: today, protects: true }}
      inputOf={({ to_on, ...body }) => ({
        params: { person_id: String(personId) },
        body: { ...body, to_on: to_on || null },
      })}
      done={t('health.added')}
    >
      <Form.Item name="flag" label={t('health.flag')} extra={t('health.flag_help')} rules={required}>
        <Input.TextArea rows={2} maxLength={200} />
      </Form.Item>
      <Form.Item name="from_on" label={t('health.from_on')} rules={required}>
        <Input type="date" />
      </Form.Item>
      <Form.Item name="to_on" label={t('health.to_on')}>
        <Input type="date" />
      </Form.Item>
      <Form.Item name="protects" valuePropName="checked" extra={t('health.protects_help')}>
        <Checkbox>{t('health.protects')}</Checkbox>
      </Form.Item>
    </FormModal>
  )
}
