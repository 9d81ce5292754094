import type { OutputOf } from '#platform/http/endpoint.ts'
import { addDays, dayText, localMoment, minutesText, spanText } from '#platform/ui/phone/moments.ts'
import { Button, Card, Read } from '#platform/ui/phone/parts.tsx'
import { type Phone, usePhone } from '#platform/ui/phone/phone.ts'
import { type Reading, useReading } from '#platform/ui/phone/reading.ts'
import { useTexts } from '#platform/ui/phone/texts.ts'
import type { readOwnDuty } from '#records/duty/contract.ts'

export type OwnDuty = OutputOf<typeof readOwnDuty>

/** One path for every page, so that a single copy on the phone serves them all. */
export function ownDutyPath(phone: Phone): string {
  const today = phone.today()
  const { operation_id } = phone.operation
  return `/api/me/duty?operation_id=${operation_id}&from=${addDays(today, -30)}&to=${addDays(today, 14)}`
}

export function useOwnDuty(): Reading<OwnDuty> {
  return useReading<OwnDuty>(ownDutyPath(usePhone()))
}

interface Shift {
  readonly unit_name: string
  readonly post_name: string
  readonly starts_at: string
  readonly ends_at: string
}

/** The next shift by the phone's own clock, so that a copy from yesterday does not show a shift that is over. */
export function nextShift(duty: OwnDuty, now: Date): Shift | undefined {
  const ahead = duty.planned.filter((shift) => new Date(shift.ends_at) > now)
  ahead.sort((one, other) => Date.parse(one.starts_at) - Date.parse(other.starts_at))
  const [first] = ahead
  if (first) return first
  return duty.next_shift && new Date(duty.next_shift.ends_at) > now ? duty.next_shift : undefined
}

export function whenText(date: string, today: string, t: ReturnType<typeof useTexts>): string {
  const day = dayText(date, t.language)
  if (date === today) return `${t.t('today')} ${day}`
  if (date === addDays(today, 1)) return `${t.t('tomorrow')} ${day}`
  return day
}

function ShiftLines({ shift, phone }: { readonly shift: Shift; readonly phone: Phone }) {
  const texts = useTexts()
  const zone = phone.operation.time_zone
  const date = localMoment(shift.starts_at, zone).date
  return (
    <>
      <p class="big">{whenText(date, phone.today(), texts)}</p>
      <p class="huge">{spanText(shift.starts_at, shift.ends_at, zone, texts.language)}</p>
      <p class="place">
        {shift.unit_name} · {shift.post_name}
      </p>
    </>
  )
}

export function NextShiftCard() {
  const { t } = useTexts()
  const phone = usePhone()
  const reading = useOwnDuty()
  return (
    <Card tone="lead" title={t('next_shift')}>
      <Read reading={reading} what={t('next_shift')}>
        {(duty) => {
          const shift = nextShift(duty, phone.now())
          if (!shift) return <p class="big">{t('next_shift_none')}</p>
          const running = new Date(shift.starts_at) <= phone.now()
          return (
            <>
              {running ? <p class="on-duty">{t('on_duty_now')}</p> : null}
              <ShiftLines shift={shift} phone={phone} />
            </>
          )
        }}
      </Read>
    </Card>
  )
}

export function RestCard() {
  const texts = useTexts()
  const { t, language } = texts
  const phone = usePhone()
  const reading = useOwnDuty()
  if (reading.state !== 'ready') return null
  const duty = reading.value
  const now = phone.now()
  const shift = nextShift(duty, now)
  const free = shift ? Math.floor((Date.parse(shift.starts_at) - now.getTime()) / 60_000) : undefined
  return (
    <Card title={t('rest')}>
      <dl class="facts">
        {free !== undefined && free > 0 ? (
          <div>
            <dt>{t('rest_until_next')}</dt>
            <dd>{minutesText(free, language)}</dd>
          </div>
        ) : null}
        {duty.rest_minutes_before_next !== null ? (
          <div>
            <dt>{t('rest_between')}</dt>
            <dd>{minutesText(duty.rest_minutes_before_next, language)}</dd>
          </div>
        ) : null}
        <div>
          <dt>{t('last_7_days')}</dt>
          <dd>{minutesText(duty.minutes_last_7_days, language)}</dd>
        </div>
        <div>
          <dt>{t('days_in_a_row')}</dt>
          <dd>{t('days_count', { n: duty.days_in_a_row })}</dd>
        </div>
      </dl>
    </Card>
  )
}

/** The shifts that follow the next one. */
export function LaterShifts() {
  const texts = useTexts()
  const phone = usePhone()
  const reading = useOwnDuty()
  if (reading.state !== 'ready') return null
  const ahead = reading.value.planned
    .filter((shift) => new Date(shift.ends_at) > phone.now())
    .sort((one, other) => Date.parse(one.starts_at) - Date.parse(other.starts_at))
    .slice(1, 6)
  return (
    <Card title={texts.t('later_shifts')}>
      {ahead.length === 0 ? <p class="quiet">{texts.t('later_shifts_none')}</p> : null}
      <ul class="rows">
        {ahead.map((shift) => (
          <li key={shift.shift_id}>
            <strong>
              {whenText(localMoment(shift.starts_at, phone.operation.time_zone).date, phone.today(), texts)}
            </strong>
            <span>{spanText(shift.starts_at, shift.ends_at, phone.operation.time_zone, texts.language)}</span>
            <span class="quiet">{shift.post_name}</span>
          </li>
        ))}
      </ul>
      <Button kind="link" onPress={() => phone.go('records')}>
        {texts.t('see_records')}
      </Button>
    </Card>
  )
}
