import { Input, InputNumber } from 'antd'
import { useTranslation } from 'react-i18next'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { ROSTER_DAYS_MAX } from '../roster-contract.ts'
import { nextMonday } from './next-monday.ts'

const DAYS_USUAL = 28

export interface Period {
  readonly from: string
  readonly days: number
}

/** Four weeks from the next Monday on. */
export const usualPeriod = (today: string): Period => ({ from: nextMonday(today), days: DAYS_USUAL })

/** From which day a roster runs and for how many days. */
export function PeriodFields({ period, onChange }: { period: Period; onChange: (period: Period) => void }) {
  const { t } = useTranslation()
  const { today } = useWorkplace()
  return (
    <>
      <Input
        type="date"
        aria-label={t('rosters.from_on')}
        value={period.from}
        min={today}
        onChange={({ target }) => onChange({ ...period, from: target.value })}
        style={{ width: 160 }}
      />
      <InputNumber
        aria-label={t('rosters.days')}
        min={1}
        max={ROSTER_DAYS_MAX}
        value={period.days}
        onChange={(value) => onChange({ ...period, days: value ?? DAYS_USUAL })}
        style={{ width: 84 }}
      />
    </>
  )
}
