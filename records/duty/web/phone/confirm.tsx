import { useEffect, useState } from 'preact/hooks'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { addDays, shortDayText } from '#platform/ui/phone/moments.ts'
import { Read } from '#platform/ui/phone/parts.tsx'
import { mayDo, type Phone, usePhone } from '#platform/ui/phone/phone.ts'
import { useReading } from '#platform/ui/phone/reading.ts'
import { useTexts } from '#platform/ui/phone/texts.ts'
import type { listDutyDays } from '#records/duty/contract.ts'
import { openConfirmations } from './actions.ts'
import { ConfirmDay } from './confirm-day.tsx'
import { ownDutyPath } from './today.tsx'

type Day = OutputOf<typeof listDutyDays>['days'][number]

const DAYS_BACK = 7
const DAYS_AHEAD = 2

export interface ManagedUnit {
  readonly unit_id: number
  readonly unit_name: string
}

/** The units whose days the person confirms on the phone: those they manage themselves, not everything above them. */
export function managedUnits(phone: Phone): readonly ManagedUnit[] {
  if (!mayDo(phone.session, 'duty.confirm')) return []
  const units = new Map<number, ManagedUnit>()
  for (const { role, unit_id, unit_name } of phone.session.roles)
    if (role === 'unit_manager') units.set(unit_id, { unit_id, unit_name })
  return [...units.values()]
}

function unitPath(phone: Phone, unit_id: number): string {
  return `/api/operations/${phone.operation.operation_id}/units/${unit_id}`
}

export function dutyDayPath(phone: Phone, unit_id: number, date: string): string {
  return `${unitPath(phone, unit_id)}/duty-days/${date}`
}

function daysPath(phone: Phone, unit_id: number): string {
  const today = phone.today()
  const { started_on } = phone.operation
  const weekAgo = addDays(today, -DAYS_BACK)
  const from = [weekAgo, started_on].sort()[1] ?? today
  return `${unitPath(phone, unit_id)}/duty-days?from=${from}&to=${addDays(today, DAYS_AHEAD)}`
}

/**
 * What is read ahead, so that it is there without a network: the person's own duty, and for a manager each open day and
 * the next two.
 */
export function useDutyPrefetch(read: <T>(path: string) => Promise<T | undefined>): void {
  const phone = usePhone()
  const today = phone.today()
  // biome-ignore lint/correctness/useExhaustiveDependencies: once per person and day, and after every recording
  useEffect(() => {
    void (async () => {
      await read(ownDutyPath(phone))
      for (const { unit_id } of managedUnits(phone)) {
        const answer = await read<{ days: Day[] }>(daysPath(phone, unit_id))
        const wanted = (answer?.days ?? []).filter(
          (day) => day.open_count > 0 || (day.planned_count > 0 && day.duty_date >= today),
        )
        for (const day of wanted) await read(dutyDayPath(phone, unit_id, day.duty_date))
      }
    })()
  }, [phone.session.user_id, today, phone.readings])
}

/**
 * The oldest day of whose plan nobody confirmed anything; else yesterday when some of it still waits, such as a night shift; else today.
 */
function dayToConfirm(days: readonly Day[], phone: Phone, unit_id: number): string {
  const today = phone.today()
  const past = days.filter(
    (day) =>
      day.duty_date < today &&
      day.open_count > 0 &&
      openConfirmations(phone.actions, unit_id, day.duty_date).length === 0,
  )
  const untouched = past.find((day) => day.open_count === day.planned_count)
  const yesterday = past.find((day) => day.duty_date === addDays(today, -1))
  return (untouched ?? yesterday)?.duty_date ?? today
}

interface ConfirmProps {
  readonly date: string | undefined
  readonly unitId: number | undefined
  /** A refused confirmation that is edited. */
  readonly editKey: string | undefined
}

export function ConfirmPage({ date, unitId, editKey }: ConfirmProps) {
  const { t } = useTexts()
  const phone = usePhone()
  const units = managedUnits(phone)
  const unit = units.find((one) => one.unit_id === unitId) ?? units[0]
  const days = useReading<{ days: Day[] }>(unit ? daysPath(phone, unit.unit_id) : undefined)
  if (!unit) return <p class="quiet">{t('confirm_no_unit')}</p>
  return (
    <>
      <h1>{t('confirm_title')}</h1>
      {units.length > 1 ? <UnitChoice units={units} chosen={unit.unit_id} /> : <p class="place">{unit.unit_name}</p>}
      <Read reading={days} what={t('confirm_days')}>
        {(read) => <Days days={read.days} unit={unit} wanted={date} editKey={editKey} />}
      </Read>
    </>
  )
}

function UnitChoice({ units, chosen }: { readonly units: readonly ManagedUnit[]; readonly chosen: number }) {
  const { t } = useTexts()
  const phone = usePhone()
  return (
    <label class="field">
      {t('unit')}
      <select value={chosen} onChange={(event) => phone.go(`confirm?unit=${event.currentTarget.value}`)}>
        {units.map((unit) => (
          <option key={unit.unit_id} value={unit.unit_id}>
            {unit.unit_name}
          </option>
        ))}
      </select>
    </label>
  )
}

interface DaysProps {
  readonly days: readonly Day[]
  readonly unit: ManagedUnit
  readonly wanted: string | undefined
  readonly editKey: string | undefined
}

function Days({ days, unit, wanted, editKey }: DaysProps) {
  const { t, language } = useTexts()
  const phone = usePhone()
  // Chosen once: after a confirmation the page stays on its day and shows what became of it.
  const [first] = useState(() => dayToConfirm(days, phone, unit.unit_id))
  const date = wanted ?? first
  return (
    <>
      <nav class="days" aria-label={t('confirm_days')}>
        {days.map((day) => {
          const state = dayState(day, phone, unit.unit_id)
          return (
            <a
              key={day.duty_date}
              href={`#/confirm?unit=${unit.unit_id}&day=${day.duty_date}`}
              class={`day day-${state}`}
              aria-current={day.duty_date === date ? 'page' : undefined}
              ref={(element) => {
                if (element && day.duty_date === date) element.parentElement?.scrollTo(element.offsetLeft - 120, 0)
              }}
            >
              <span>{day.duty_date === phone.today() ? t('today') : shortDayText(day.duty_date, language)}</span>
              <small>{t(`day_${state}`)}</small>
            </a>
          )
        })}
      </nav>
      <ConfirmDay key={`${unit.unit_id} ${date} ${editKey ?? ''}`} unit={unit} date={date} editKey={editKey} />
    </>
  )
}

type DayState = 'confirmed' | 'partly' | 'saved' | 'refused' | 'ahead' | 'running' | 'none' | 'open'

function dayState(day: Day, phone: Phone, unit_id: number): DayState {
  const open = openConfirmations(phone.actions, unit_id, day.duty_date)
  if (open.some((action) => action.state === 'refused')) return 'refused'
  if (open.length > 0) return 'saved'
  if (day.planned_count === 0 && day.span_count === 0) return 'none'
  if (day.open_count === 0) return 'confirmed'
  if (day.open_count < day.planned_count) return 'partly'
  if (day.duty_date === phone.today()) return 'running'
  return day.duty_date > phone.today() ? 'ahead' : 'open'
}
