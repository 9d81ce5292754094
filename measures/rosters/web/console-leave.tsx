import { Button, Form, Input, InputNumber, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { useFormats } from '#platform/ui/formats.ts'
import { Section } from '#platform/ui/page.tsx'
import { useLanguage } from '#platform/ui/problem-notice.tsx'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { Loaded } from '#platform/ui/states.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import {
  addLeave,
  EXPIRING_DAYS,
  LEAVE_ACTS,
  type LeaveAccount,
  type LeaveTerm,
  readLeaveAccounts,
  readLeaveEntries,
} from '../leave-contract.ts'
import { LeavePlan } from './console-leave-plan.tsx'
import { leaveDone } from './leave-done.ts'

/** The compensatory leave of a unit, in minutes from real hours; whoever is owed most stands first, so that they get it first. */
export function LeaveAccounts({ operationId, unitId }: { operationId: number; unitId: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const may = useMay('rest.order')
  const { session } = useWorkplace()
  const [chosen, setChosen] = useState<LeaveAccount | undefined>()
  const [opened, setOpened] = useState<LeaveAccount | undefined>()
  const accounts = useEndpoint(readLeaveAccounts, {
    params: { operation_id: String(operationId), unit_id: String(unitId) },
    query: { limit: 50 },
  })
  return (
    <Section title={t('rest.leave')}>
      <Loaded query={accounts} rows={4}>
        {({ accounts: rows, people_count, owed_minutes, terms }) => (
          <>
            {people_count > 0 ? (
              <p className="soft">
                {t('rest.leave_sum', { people: formats.count(people_count), owed: formats.minutes(owed_minutes) })}
              </p>
            ) : null}
            {people_count > 0 ? <Terms terms={terms} /> : null}
            <Rows
              caption={t('rest.leave')}
              rows={rows}
              rowKey={({ person_id }) => person_id}
              empty={t('rest.leave_none')}
              atOnce={10}
              columns={[
                { key: 'name', title: t('rest.person'), narrow: 'title', show: ({ name }) => name },
                { key: 'unit', title: t('rest.unit'), show: ({ unit_name }) => unit_name },
                ...[...ALWAYS, ...SOMETIMES.filter((kind) => rows.some((row) => row[`${kind}_minutes`] > 0))].map(
                  (kind) => ({
                    key: kind,
                    title: t(`rest.${kind}`),
                    number: true,
                    show: (account: LeaveAccount) => formats.minutes(account[`${kind}_minutes`]),
                  }),
                ),
                ...(terms.every(({ is_settled }) => !is_settled)
                  ? []
                  : [
                      {
                        key: 'overdue',
                        title: t('rest.overdue'),
                        number: true,
                        show: (account: LeaveAccount) => formats.minutes(account.overdue_minutes),
                      },
                      {
                        key: 'expiring',
                        title: t('rest.expiring', { count: EXPIRING_DAYS }),
                        number: true,
                        show: (account: LeaveAccount) => formats.minutes(account.expiring_minutes),
                      },
                    ]),
                {
                  key: 'do',
                  title: t('common.actions'),
                  show: (account) => (
                    <span className="row">
                      <Button size="small" onClick={() => setOpened(account)}>
                        {t('rest.leave_entries')}
                      </Button>
                      {may && account.person_id !== session.person_id ? (
                        <Button size="small" onClick={() => setChosen(account)}>
                          {t('rest.leave_plan')}
                        </Button>
                      ) : null}
                    </span>
                  ),
                },
              ]}
            />
          </>
        )}
      </Loaded>
      {may ? <LeavePlan operationId={operationId} unitId={unitId} /> : null}
      {opened ? <Entries operationId={operationId} account={opened} onClose={() => setOpened(undefined)} /> : null}
      {chosen ? <LeaveForm operationId={operationId} account={chosen} onClose={() => setChosen(undefined)} /> : null}
    </Section>
  )
}

/** How long it stays valid and what becomes of the rest, with the document and the figure behind each word. */
function Terms({ terms }: { terms: readonly LeaveTerm[] }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const language = useLanguage()
  if (terms.length === 0) return <p className="soft">{t('rest.leave_no_term')}</p>
  const said = ({ title, last_on, afterwards, hour_fen }: LeaveTerm) => {
    if (last_on === null || afterwards === null) return t('rest.leave_term_open', { title: title[language] })
    const hour = hour_fen === null ? '' : t('rest.leave_hour', { yuan: formats.yuan(hour_fen) })
    const after = `${t(`rest.leave_afterwards.${afterwards}`)}${hour}`
    return t('rest.leave_term', { title: title[language], last: formats.day(last_on), afterwards: after })
  }
  return (
    <div className="leave-terms">
      {terms.map((term) => (
        <div key={term.entitlement} className="soft">
          {said(term)} {term.unverified ? t('policy.unverified') : ''}
          <details>
            <summary>{t('rest.leave_why')}</summary>
            {term.why.map((line) => (
              <div key={line.zh}>{line[language]}</div>
            ))}
          </details>
        </div>
      ))}
      {terms.some(({ is_settled }) => is_settled) ? <p className="soft">{t('rest.leave_by_hand')}</p> : null}
    </div>
  )
}

/** Every entry of one account, with who made it. */
function Entries({
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
  const { person_id, name } = account
  const read = useEndpoint(readLeaveEntries, {
    params: { operation_id: String(operationId), person_id: String(person_id) },
  })
  return (
    <Modal open footer={null} width={820} onCancel={onClose} title={t('rest.leave_entries_named', { name })}>
      <Loaded query={read} rows={6}>
        {({ entries }) => (
          <Rows
            caption={t('rest.leave_entries_named', { name })}
            rows={entries}
            rowKey={({ entry_id }) => entry_id}
            empty={t('rest.leave_none')}
            atOnce={20}
            columns={[
              { key: 'day', title: t('rest.on_date'), narrow: 'title', show: ({ on_date }) => formats.day(on_date) },
              { key: 'kind', title: t('rest.kind'), show: ({ kind }) => t(`rest.kinds.${kind}`) },
              { key: 'minutes', title: t('rest.hours'), number: true, show: ({ minutes }) => formats.minutes(minutes) },
              ...(entries.some(({ last_on }) => last_on !== null)
                ? [
                    {
                      key: 'last',
                      title: t('rest.last_on'),
                      show: ({ last_on }: { last_on: string | null }) => (last_on === null ? '' : formats.day(last_on)),
                    },
                  ]
                : []),
              { key: 'by', title: t('rest.recorded'), show: ({ by }) => by ?? t('rest.by_evaluation') },
              { key: 'reason', title: t('rest.words'), show: ({ reason }) => reason },
            ]}
          />
        )}
      </Loaded>
    </Modal>
  )
}

const ALWAYS = ['earned', 'taken', 'planned', 'owed'] as const
/** Only where anybody has some. */
const SOMETIMES = ['carried', 'expired', 'paid'] as const

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
    <FormModal<LeaveValues, Parameters<typeof add.mutate>[0], OutputOf<typeof addLeave>>
      open
      title={t('rest.leave_named', { name })}
      about={t('rest.leave_about', { owed: formats.minutes(owed_minutes) })}
      action={t('rest.leave_plan')}
      command={add}
      initial={{ kind: 'planned', hours: 8, on_date: today }}
      onClose={onClose}
      done={({ withdrawn_count, restored_count }) => leaveDone(t, withdrawn_count, restored_count)}
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
