import { Button, Card, ProblemText } from '#platform/ui/phone/parts.tsx'
import { usePhone } from '#platform/ui/phone/phone.ts'
import { useTexts } from '#platform/ui/phone/texts.ts'
import { useOwnRoster, useWhen } from './own-roster.ts'

/** What somebody asks of me, and what changed in my shifts: on the first page, since a substitute is wanted soon. */
export function AskedCard() {
  const { t } = useTexts()
  const { go } = usePhone()
  const when = useWhen()
  const { reading, act, problem, lost, busy } = useOwnRoster()
  if (reading.state !== 'ready') return null
  const { asked, offered, notices, unit_id } = reading.value
  const [news] = notices
  return (
    <>
      {asked.map((ask) => (
        <Card key={ask.offer_id} title={t(ask.kind === 'swap' ? 'asked_swap' : 'asked_take')} tone="warn">
          <p class="big">{when(ask)}</p>
          <p>
            {ask.post_name} · {t('asked_from', { name: ask.from_name })}
          </p>
          {ask.returned ? <p>{t('asked_return', { when: when(ask.returned) })}</p> : null}
          <div class="pair">
            <Button
              kind="main"
              disabled={busy}
              onPress={() => void act(`/api/me/shift-offers/${ask.offer_id}/answers`, { unit_id, answer: 'accepted' })}
            >
              {t('asked_accept')}
            </Button>
            <Button
              disabled={busy}
              onPress={() => void act(`/api/me/shift-offers/${ask.offer_id}/answers`, { unit_id, answer: 'declined' })}
            >
              {t('asked_decline')}
            </Button>
          </div>
        </Card>
      ))}
      {problem ? <ProblemText problem={problem} /> : null}
      {lost ? <p role="alert">{t('shift_lost')}</p> : null}
      <Card title={t('my_roster')}>
        {news ? <p>{t(`news_${news.kind}`)}</p> : null}
        {offered.length > 0 ? <p>{t('offered_count', { n: offered.length })}</p> : null}
        <Button onPress={() => go('shifts')}>{t('my_roster_open')}</Button>
      </Card>
    </>
  )
}
