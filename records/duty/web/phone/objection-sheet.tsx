import { useRef, useState } from 'preact/hooks'
import { dayText, spanText } from '#platform/ui/phone/moments.ts'
import { newUuid } from '#platform/ui/phone/outbox/action.ts'
import { Button, Sheet } from '#platform/ui/phone/parts.tsx'
import { usePhone } from '#platform/ui/phone/phone.ts'
import type { TextKey } from '#platform/ui/phone/texts.ts'
import { useTexts } from '#platform/ui/phone/texts.ts'
import { objectionAction } from './actions.ts'

export interface Disputed {
  /** Undefined when a duty is missing altogether. */
  readonly span: { readonly span_id: string; readonly starts_at: string; readonly ends_at: string } | undefined
  readonly unit_id: number
  readonly duty_date: string
}

const REASONS = ['wrong_time', 'wrong_post', 'not_me'] as const
const REASON_TEXTS = {
  wrong_time: 'objection_wrong_time',
  wrong_post: 'objection_wrong_post',
  not_me: 'objection_not_me',
} as const satisfies Record<(typeof REASONS)[number], TextKey>

interface SheetProps {
  readonly disputed: Disputed
  readonly today: string
  readonly onClose: () => void
}

/** Two taps: open, and say what is wrong. Details may be added before the second tap. */
export function ObjectionSheet({ disputed, today, onClose }: SheetProps) {
  const { t, language } = useTexts()
  const phone = usePhone()
  const [words, setWords] = useState('')
  const [date, setDate] = useState(disputed.duty_date)
  const [asked, setAsked] = useState(false)
  const sent = useRef(false)
  const { span } = disputed

  async function object(reason: string | undefined): Promise<void> {
    if (sent.current) return
    const details = words.trim()
    const said = [reason, details]
      .filter((part) => part !== undefined && part !== '')
      .join(language === 'zh' ? '：' : ': ')
    if (said === '') {
      setAsked(true)
      return
    }
    sent.current = true
    await phone.keep(
      objectionAction({
        objection_id: newUuid(),
        operation_id: phone.operation.operation_id,
        unit_id: disputed.unit_id,
        span_id: span?.span_id ?? null,
        duty_date: date,
        words: said,
        raised_at: phone.now().toISOString(),
      }),
    )
    onClose()
  }

  const about = span
    ? `${dayText(date, language)} ${spanText(span.starts_at, span.ends_at, phone.operation.time_zone, language)}`
    : undefined
  return (
    <Sheet title={span ? t('object') : t('record_missing')} onClose={onClose}>
      {about ? <p class="big">{about}</p> : null}
      {span ? null : (
        <label class="field">
          {t('objection_day')}
          <input
            type="date"
            value={date}
            min={phone.operation.started_on}
            max={today}
            onInput={(event) => setDate(event.currentTarget.value || date)}
          />
        </label>
      )}
      <label class="field">
        {span ? t('objection_details') : t('objection_missing_details')}
        <textarea
          rows={3}
          maxLength={900}
          value={words}
          aria-invalid={asked}
          onInput={(event) => setWords(event.currentTarget.value)}
        />
      </label>
      {asked ? <p class="problem">{t('objection_words_asked')}</p> : null}
      {span ? (
        <>
          <p class="quiet">{t('objection_tap')}</p>
          <div class="stack">
            {REASONS.map((reason) => (
              <Button key={reason} onPress={() => void object(t(REASON_TEXTS[reason]))}>
                {t(REASON_TEXTS[reason])}
              </Button>
            ))}
            <Button kind="link" onPress={() => void object(undefined)}>
              {t('objection_own_words')}
            </Button>
          </div>
        </>
      ) : (
        <Button kind="main" onPress={() => void object(t('objection_not_recorded'))}>
          {t('objection_submit')}
        </Button>
      )}
      <p class="quiet">{t('objection_who_reads')}</p>
    </Sheet>
  )
}
