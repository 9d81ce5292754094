import { WordOutboxEntry } from '#measures/rosters/web/phone.tsx'
import type { QueuedAction } from '#platform/ui/phone/outbox/action.ts'
import { Button } from '#platform/ui/phone/parts.tsx'
import { usePhone } from '#platform/ui/phone/phone.ts'
import { useTexts } from '#platform/ui/phone/texts.ts'
import { DutyOutboxEntry } from '#records/duty/web/phone.tsx'

const ORDER = { refused: 0, waiting: 1, recorded: 2 } as const

interface OutboxProps {
  /** What others who used this phone have not sent yet. */
  readonly others: readonly QueuedAction[]
  readonly onSend: () => void
}

/** What is saved on this phone, what was refused, and what lately arrived. */
export function OutboxPage({ others, onSend }: OutboxProps) {
  const { t } = useTexts()
  const { actions } = usePhone()
  const sorted = [...actions].sort((one, other) => ORDER[one.state] - ORDER[other.state] || one.seq - other.seq)
  return (
    <>
      <h1>{t('outbox_title')}</h1>
      <p class="quiet">{t('outbox_intro')}</p>
      {sorted.length === 0 ? <p>{t('outbox_none')}</p> : null}
      {sorted.map((action) =>
        action.kind === 'rosters.self_report' ? (
          <WordOutboxEntry key={action.key} action={action} />
        ) : (
          <DutyOutboxEntry key={action.key} action={action} />
        ),
      )}
      <OthersNote others={others} />
      {sorted.some((action) => action.state === 'waiting') ? (
        <Button onPress={onSend}>{t('outbox_send_now')}</Button>
      ) : null}
    </>
  )
}

export function OthersNote({ others }: { readonly others: readonly QueuedAction[] }) {
  const { t, language } = useTexts()
  if (others.length === 0) return null
  const names = [...new Set(others.map((action) => action.user_name))].join(language === 'zh' ? '、' : ', ')
  return <p class="saved-note">{t('outbox_others', { names, n: others.length })}</p>
}
