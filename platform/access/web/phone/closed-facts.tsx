import { useEffect, useState } from 'preact/hooks'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { read } from '#platform/ui/phone/client.ts'
import { Card } from '#platform/ui/phone/parts.tsx'
import { useTexts } from '#platform/ui/phone/texts.ts'
import type { readOwnCircles } from '../../contract-circles.ts'

type OwnCircles = OutputOf<typeof readOwnCircles>

const localTime = (instant: string) => {
  const at = new Date(instant)
  const two = (figure: number) => String(figure).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`
}

/** Who looked at one's closed facts, when and why. Nothing is shown while nobody did. */
export function ClosedFacts() {
  const { t } = useTexts()
  const [own, setOwn] = useState<OwnCircles>()
  useEffect(() => {
    void read<OwnCircles>('/api/me/circle-views').then((answer) => answer.kind === 'ok' && setOwn(answer.value))
  }, [])
  if (!own || own.views.length + own.openings.length === 0) return null
  const ordinary = own.views.filter(({ opening_id }) => opening_id === null)
  return (
    <Card>
      <h2>{t('closed_title')}</h2>
      <ul>
        {own.openings.map(({ opening_id, opened_by, opened_at, until_at, reason, review }) => (
          <li key={opening_id}>
            <p>
              {t('closed_opened', {
                name: opened_by.display_name,
                from: localTime(opened_at),
                to: localTime(until_at),
              })}
            </p>
            <p>{t('closed_reason', { reason: reason ?? t('closed_erased') })}</p>
            <p class="quiet">{t(review ? `closed_${review.outcome}` : 'closed_unreviewed')}</p>
          </li>
        ))}
        {ordinary.map(({ viewed_by, viewed_at, purpose }) => (
          <li key={viewed_at}>
            {t('closed_viewed', {
              name: viewed_by.display_name,
              at: localTime(viewed_at),
              purpose: t(`closed_for_${purpose ?? 'none'}`),
            })}
          </li>
        ))}
      </ul>
    </Card>
  )
}
