import { useState } from 'preact/hooks'
import { addDays, instantOf, localMoment, spanText } from '#platform/ui/phone/moments.ts'
import { Button, Sheet } from '#platform/ui/phone/parts.tsx'
import { usePhone } from '#platform/ui/phone/phone.ts'
import { useTexts } from '#platform/ui/phone/texts.ts'
import type { Exception } from './day-draft.ts'

interface SheetProps {
  readonly name: string
  readonly date: string
  readonly planned: { readonly starts_at: string; readonly ends_at: string }
  readonly exception: Exception | undefined
  readonly onChoose: (exception: Exception) => void
  readonly onClose: () => void
}

/** What was otherwise for one person: absent, or there at another time. */
export function ExceptionSheet({ name, date, planned, exception, onChoose, onClose }: SheetProps) {
  const { t, language } = useTexts()
  const zone = usePhone().operation.time_zone
  const shown = exception?.kind === 'other_time' ? exception : planned
  const [from, setFrom] = useState(localMoment(shown.starts_at, zone).time)
  const [to, setTo] = useState(localMoment(shown.ends_at, zone).time)
  const starts_at = instantOf(date, from, zone)
  // An end that is not after the start is meant on the next day.
  const ends_at = instantOf(to > from ? date : addDays(date, 1), to, zone)
  return (
    <Sheet title={name} onClose={onClose}>
      <p class="place">{t('planned_time', { span: spanText(planned.starts_at, planned.ends_at, zone, language) })}</p>
      <div class="stack">
        <Button onPress={() => onChoose({ kind: 'as_planned' })}>{t('exception_none')}</Button>
        <Button onPress={() => onChoose({ kind: 'absent' })}>{t('exception_absent_choose')}</Button>
      </div>
      <fieldset class="times">
        <legend>{t('exception_other_time_choose')}</legend>
        <label class="field">
          {t('time_from')}
          <input type="time" value={from} required onInput={(event) => setFrom(event.currentTarget.value || from)} />
        </label>
        <label class="field">
          {t('time_to')}
          <input type="time" value={to} required onInput={(event) => setTo(event.currentTarget.value || to)} />
        </label>
        <p class="quiet">{spanText(starts_at, ends_at, zone, language)}</p>
        <Button kind="main" onPress={() => onChoose({ kind: 'other_time', starts_at, ends_at })}>
          {t('exception_take')}
        </Button>
      </fieldset>
    </Sheet>
  )
}
