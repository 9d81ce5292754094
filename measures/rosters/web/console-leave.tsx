import { Button, Form, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { useFormats } from '#platform/ui/formats.ts'
import { Section } from '#platform/ui/page.tsx'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { Loaded } from '#platform/ui/states.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import { addLeave, LEAVE_ACTS, type LeaveAccount, readLeaveAccounts } from '../contract.ts'
import { LeavePlan } from './console-leave-plan.tsx'

/** The compensatory leave of a unit, in minutes from real hours; whoever is owed most stands first, so that they get it first. */
export function LeaveAccounts({ operationId, unitId }: { operationId: number; unitId: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const may = useMay('rest.order')
  const { session } = useWorkplace()
  const [chosen, setChosen] = useState<LeaveAccount | undefined>()
  const accounts = useEndpoint(readLeaveAccounts, {
    params: { operation_id: String(operationId), unit_id: String(unitId) },
    query: { limit: 50 },
  })
  return (
    <Section title={t('rest.leave')}>
      <Loaded query={accounts} rows={4}>
        {({ accounts: rows, people_count, owed_minutes, term_days }) => (
          <>
            {people_count > 0 ? (
              <p className="soft">
                {t('rest.leave_sum', { people: formats.count(people_count), owed: formats.minutes(owed_minutes) })}{' '}
                {term_days === null ? t('rest.leave_no_term') : t('rest.leave_term', { count: term_days })}
              </p>
            ) : null}
            <Rows
              caption={t('rest.leave')}
              rows={rows}
              rowKey={({ person_id }) => person_id}
              empty={t('rest.leave_none')}
              atOnce={10}
              columns={[
                { key: 'name', title: t('rest.person'), narrow: 'title', show: ({ name }) => name },
                { key: 'unit', title: t('rest.unit'), show: ({ unit_name }) => unit_name },
                ...(['earned', 'taken', 'planned', 'owed'] as const).map((kind) => ({
                  key: kind,
                  title: t(`rest.${kind}`),
                  number: true,
                  show: (account: LeaveAccount) => formats.minutes(account[`${kind}_minutes`]),
                })),
                ...(term_days === null
                  ? []
                  : [
                      {
                        key: 'overdue',
                        title: t('rest.overdue'),
                        number: true,
                        show: (account: LeaveAccount) => formats.minutes(account.overdue_minutes),
                      },
                    ]),
                {
                  key: 'do',
                  title: t('common.actions'),
                  show: (account) =>
                    may && account.person_id !== session.person_id ? (
                      <Button size="small" onClick={() => setChosen(account)}>
                        {t('rest.leave_plan')}
                      </Button>
                    ) : null,
                },
              ]}
            />
          </>
        )}
      </Loaded>
      {may ? <LeavePlan operationId={operationId} unitId={unitId} /> : null}
      {chosen ? <LeaveForm operationId={operationId} account={chosen} onClose={() => setChosen(undefined)} /> : null}
    </Section>
  )
}

interface LeaveValues {
  readonly kind: (typeof LEAVE_ACTS)[number]
  readonly hours: number
  readonly on_date: string
  readonly reason?: string
}

function LeaveForm({
  operationId,
  account,
  onClose,
}: {
  operationId: number
  account: LeaveAccount
  onClose: () => void
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { today } = useWorkplace()
  const add = useCommand(addLeave)
  const { person_id, unit_id, name, owed_minutes } = account
  return (
    <FormModal<LeaveValues, Parameters<typeof add.mutate>[0], unknown>
      open
      title={t('rest.leave_named', { name })}
      about={t('rest.leave_about', { owed: formats.minutes(owed_minutes) })}
      action={t('rest.leave_plan')}
      command={add}
      initial={{ kind: 'planned', hours: 8, on_date: today }}
      onClose={onClose}
      done={t('rest.leave_done')}
      inputOf={({ kind, hours, on_date, reason }) => ({
        params: { operation_id: String(operationId) },
        body: { unit_id, person_id, kind, minutes: Math.round(hours * 60), on_date, reason: reason ?? '' },
      })}
    >
      <Form.Item name="kind" label={t('rest.kind')} rules={[{ required: true }]}>
        <Select options={LEAVE_ACTS.map((kind) => ({ value: kind, label: t(`rest.kinds.${kind}`) }))} />
      </Form.Item>
      <div className="rest-times">
        <Form.Item name="hours" label={t('rest.hours')} rules={[{ required: true }]}>
          <InputNumber min={0.5} max={1_440} step={0.5} />
        </Form.Item>
        <Form.Item name="on_date" label={t('rest.on_date')} rules={[{ required: true }]}>
          <Input type="date" />
        </Form.Item>
      </div>
      <Form.Item name="reason" label={t('rest.words')}>
        <Input maxLength={500} />
      </Form.Item>
    </FormModal>
  )
}
