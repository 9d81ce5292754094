import { App, Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { Loaded } from '#platform/ui/states.tsx'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { type PostView, planShifts } from '../contract.ts'
import { readShiftPlan, type ShiftPlan } from '../plan-contract.ts'
import { PlanPreview, shiftsBody } from './console-plan-preview.tsx'
import { nextDay } from './day-draft.ts'
import { movedShifts, sortOut } from './shift-plan.ts'

const WEEK = 7

/** Plans a week like the one before: for all, or for those who are chosen. */
export function CopyWeekDialog({
  week,
  plan,
  chosen,
  posts,
  place,
  onClose,
}: {
  week: string
  plan: ShiftPlan
  chosen: ReadonlySet<number>
  posts: readonly PostView[]
  place: { readonly operation_id: number; readonly unit_id: number }
  onClose: () => void
}) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const { time_zone } = useWorkplace()
  const command = useCommand(planShifts)
  const params = { operation_id: String(place.operation_id), unit_id: String(place.unit_id) }
  const before = useEndpoint(readShiftPlan, { params, query: { from: nextDay(week, -WEEK), to: nextDay(week, -1) } })
  const known = new Set(plan.people.map(({ person_id }) => person_id))
  const isOpen = (postId: number, date: string) =>
    posts.some(
      ({ post_id, opened_on, closed_on }) =>
        post_id === postId && opened_on <= date && (closed_on === null || closed_on >= date),
    )
  const source = (before.data?.shifts ?? []).filter(
    ({ person_id }) => known.has(person_id) && (chosen.size === 0 || chosen.has(person_id)),
  )
  const sorted = sortOut(movedShifts(source, WEEK, time_zone, isOpen), [...plan.shifts, ...plan.elsewhere])
  const copy = () =>
    command.mutate(
      { params, body: { shifts: shiftsBody(sorted.fits) } },
      {
        onSuccess({ planned_count }) {
          void message.success(t('plan.added', { count: planned_count }))
          onClose()
        },
      },
    )
  return (
    <Modal
      open
      title={t('plan.copy')}
      okText={t('plan.copy')}
      cancelText={t('common.cancel')}
      okButtonProps={{ disabled: sorted.fits.length === 0, loading: command.isPending }}
      onOk={copy}
      onCancel={onClose}
    >
      <div className="stack tight">
        <Loaded query={before} rows={2}>
          {() =>
            source.length === 0 ? (
              <p>{t('plan.copy_nothing')}</p>
            ) : (
              <>
                <p>{chosen.size === 0 ? t('plan.copy_ask') : t('plan.copy_some')}</p>
                <PlanPreview {...sorted} people={plan.people} />
              </>
            )
          }
        </Loaded>
        <ProblemNotice error={command.error} />
      </div>
    </Modal>
  )
}
