import { dayText, localMoment } from '#platform/ui/phone/moments.ts'
import type { ActionOf } from '#platform/ui/phone/outbox/action.ts'
import { Button, Card, ProblemText, Tag } from '#platform/ui/phone/parts.tsx'
import { usePhone } from '#platform/ui/phone/phone.ts'
import { useTexts } from '#platform/ui/phone/texts.ts'

const TONES = { waiting: 'wait', refused: 'bad', recorded: 'ok' } as const

/** A word of one's own on the list "on this phone". */
export function WordOutboxEntry({ action }: { readonly action: ActionOf<'rosters.self_report'> }) {
  const { t, language } = useTexts()
  const phone = usePhone()
  const said = localMoment(action.said_at, phone.operation.time_zone)
  return (
    <Card tone={action.state === 'refused' ? 'warn' : 'plain'}>
      <div class="row-head">
        <strong>{t('own_word')}</strong>
        <Tag tone={TONES[action.state]}>{t(`outbox_${action.state}`)}</Tag>
      </div>
      <p>
        {t(action.body.word === 'at_limit' ? 'own_word_at_limit' : 'own_word_can_go_on')}
        {action.body.words ? ` · ${action.body.words}` : ''}
      </p>
      <p class="quiet">{t('outbox_said_at', { at: `${dayText(said.date, language)} ${said.time}` })}</p>
      {action.state === 'refused' && action.problem ? (
        <>
          <ProblemText problem={action.problem} />
          <Button onPress={() => void phone.discard(action.key)}>{t('outbox_discard')}</Button>
        </>
      ) : null}
    </Card>
  )
}
