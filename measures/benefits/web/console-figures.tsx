import { Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { type Formats, useFormats } from '#platform/ui/formats.ts'
import type { EntitlementHead, Result, Total } from '../contract.ts'

/** What a quantity is a number of, in words: days, hours and minutes, times. A right has no figure of its own. */
export function quantityText(formats: Formats, unit: EntitlementHead['quantity_unit'], quantity: number): string {
  if (unit === 'day_hundredths') return formats.days(quantity)
  if (unit === 'minutes') return formats.minutes(quantity)
  return formats.count(quantity)
}

export function isMoney({ gives }: Pick<EntitlementHead, 'gives'>): boolean {
  return gives.startsWith('money')
}

/** 未核实 and 示例 stand wherever a figure of that kind was used. */
export function Marks({ unverified, example }: { unverified: boolean; example: boolean }) {
  const { t } = useTranslation()
  return (
    <>
      {unverified ? <Tag color="warning">{t('policy.unverified')}</Tag> : null}
      {example ? <Tag>{t('policy.example')}</Tag> : null}
    </>
  )
}

/** The settled part of a sum: money, or a quantity. Nothing settled is a dash and never a 0. */
export function SettledSum({
  head,
  total,
  unit = false,
}: {
  head: EntitlementHead
  total: Total | undefined
  /** Whether units are counted instead of people. */
  unit?: boolean
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  if (!total || total.people_settled === 0) return <>—</>
  if (isMoney(head)) return <>{total.amount_fen === null ? '—' : formats.yuan(total.amount_fen)}</>
  if (head.gives === 'right' && unit) return <>{t('board.units', { figure: formats.count(total.people_settled) })}</>
  if (head.gives === 'right')
    return <>{t('common.people', { count: total.people_settled, figure: formats.count(total.people_settled) })}</>
  return <>{quantityText(formats, head.quantity_unit, total.quantity)}</>
}

/** One person's figure, with what of it is still open. */
export function ResultFigure({
  head,
  result,
  days = true,
}: {
  head: EntitlementHead
  result: Result
  /** Whether the days that wait are told: of a unit's amount they say nothing. */
  days?: boolean
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  const open = days && result.open_days > 0 ? t('statement.open_days', { figure: result.open_days }) : ''
  if (result.state === 'not_covered') return <span className="soft">{t('statement.state.not_covered')}</span>
  const settled =
    settledText(formats, head, result) ??
    (head.gives === 'right' && result.state === 'settled' ? t('statement.has_right') : undefined)
  if (result.state === 'settled') return <>{settled ?? '—'}</>
  return (
    <span>
      {settled ? `${settled} ` : ''}
      <span className="waiting nowrap">
        {t(`statement.state.${result.state}`)}
        {open ? ` ${open}` : ''}
      </span>
    </span>
  )
}

function settledText(formats: Formats, head: EntitlementHead, result: Result): string | undefined {
  if (isMoney(head)) return result.amount_fen === null ? undefined : formats.yuan(result.amount_fen)
  if (head.gives === 'right' || result.quantity === null) return undefined
  return quantityText(formats, head.quantity_unit, result.quantity)
}
