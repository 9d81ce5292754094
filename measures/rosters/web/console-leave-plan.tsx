import { App, Button, InputNumber } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '#platform/ui/formats.ts'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { Loaded } from '#platform/ui/states.tsx'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { addLeave, type LeaveProposal, readLeavePlan } from '../leave-contract.ts'
import { leaveDone } from './leave-done.ts'

const DAYS = 14

/** How a unit could pay leave back while its cover holds. Nothing happens until somebody plans a day. */
export function LeavePlan({ operationId, unitId }: { operationId: number; unitId: number }) {
  const { t } = useTranslation()
  const { today } = useWorkplace()
  const [days, setDays] = useState<number | undefined>()
  const params = { operation_id: String(operationId), unit_id: String(unitId) }
  const plan = useEndpoint(
    readLeavePlan,
    { params, query: { from_on: today, days: days ?? DAYS } },
    { enabled: days !== undefined },
  )
  return (
    <div className="stack tight rest-plan">
      <div className="row">
        <Button onClick={() => setDays(days ?? DAYS)}>{t('rest.pay_back')}</Button>
        {days === undefined ? null : (
          <InputNumber
            aria-label={t('rest.pay_back_days')}
            min={1}
            max={62}
            value={days}
            suffix={t('rest.day_unit')}
            onChange={(value) => setDays(value ?? DAYS)}
          />
        )}
      </div>
      {days === undefined ? null : (
        <Loaded query={plan} rows={4}>
          {({ proposed, left }) => (
            <>
              <p className="soft">{t('rest.pay_back_note')}</p>
              <Proposals proposed={proposed} operationId={operationId} />
              {left.length > 0 ? (
                <p className="soft">{t('rest.pay_back_left', { names: left.map(({ name }) => name).join('、') })}</p>
              ) : null}
            </>
          )}
        </Loaded>
      )}
    </div>
  )
}

function Proposals({ proposed, operationId }: { proposed: readonly LeaveProposal[]; operationId: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { session } = useWorkplace()
  const add = useCommand(addLeave)
  const { message } = App.useApp()
  const why = ({ why, shift_name, planned_count, minimum }: LeaveProposal) =>
    why === 'off_shift'
      ? t('rest.pay_back_why.off_shift')
      : t('rest.pay_back_why.spare', {
          shift: shift_name ?? '',
          planned: planned_count ?? 0,
          minimum: minimum ?? 0,
        })
  return (
    <>
      <ProblemNotice error={add.error} />
      <Rows
        caption={t('rest.pay_back')}
        rows={proposed}
        rowKey={({ person_id, on_date }) => `${person_id} ${on_date}`}
        empty={t('rest.pay_back_none')}
        atOnce={15}
        columns={[
          { key: 'day', title: t('rest.on_date'), narrow: 'title', show: ({ on_date }) => formats.day(on_date) },
          { key: 'name', title: t('rest.person'), show: ({ name }) => name },
          { key: 'minutes', title: t('rest.hours'), number: true, show: ({ minutes }) => formats.minutes(minutes) },
          { key: 'why', title: t('rest.pay_back_reason'), show: why },
          {
            key: 'do',
            title: t('common.actions'),
            show: ({ person_id, unit_id, minutes, on_date }) =>
              person_id === session.person_id ? null : (
                <Button
                  size="small"
                  disabled={add.isPending}
                  onClick={() =>
                    add.mutate(
                      {
                        params: { operation_id: String(operationId) },
                        body: { unit_id, person_id, kind: 'planned', minutes, on_date, reason: '' },
                      },
                      {
                        onSuccess: ({ withdrawn_count, restored_count }) =>
                          message.success(leaveDone(t, withdrawn_count, restored_count)),
                      },
                    )
                  }
                >
                  {t('rest.pay_back_plan')}
                </Button>
              ),
          },
        ]}
      />
    </>
  )
}
