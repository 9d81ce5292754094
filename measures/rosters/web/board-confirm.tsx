import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { dayOf, formatDay } from '#engines/values/time.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { useEndpoint } from '#platform/ui/queries.ts'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import { listDutyDays } from '#records/duty/contract.ts'
import type { DraftView } from '../roster-contract.ts'

/** The latest days that are shown; older ones stand in the unit's calendar. */
const SHOWN_MAX = 5

/** Days of a published roster that wait to be confirmed: from the board it is one press to the day. */
export function DaysToConfirm({ draft }: { draft: DraftView }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const may = useMay('duty.confirm')
  const { operation_id, unit_id, today } = useWorkplace()
  const last = formatDay(dayOf(draft.from_on) + draft.days - 1)
  // biome-ignore lint/complexity/useMathMinMax: days as text, not numbers
  const to = last < today ? last : today
  const isBegun = draft.published_at !== null && draft.from_on <= to
  const days = useEndpoint(
    listDutyDays,
    {
      params: { operation_id: String(operation_id), unit_id: String(unit_id) },
      query: { from: draft.from_on, to },
    },
    { enabled: may && isBegun && operation_id !== undefined },
  )
  const open = (days.data?.days ?? []).filter(({ open_count }) => open_count > 0).slice(-SHOWN_MAX)
  if (open.length === 0) return null
  return (
    <p className="row">
      <span>{t('rosters.to_confirm')}</span>
      {open.map(({ duty_date }) => (
        <Link key={duty_date} to="/duty/$duty_date" params={{ duty_date }}>
          {formats.day(duty_date)}
        </Link>
      ))}
    </p>
  )
}
