import { useRef, useState } from 'preact/hooks'
import { dayText, localMoment } from '#platform/ui/phone/moments.ts'
import type { ActionOf, QueuedAction } from '#platform/ui/phone/outbox/action.ts'
import { Button, Card, ProblemText, Tag } from '#platform/ui/phone/parts.tsx'
import { usePhone } from '#platform/ui/phone/phone.ts'
import { useTexts } from '#platform/ui/phone/texts.ts'
import { refusedLines, withoutRefusedLines } from './actions.ts'

const TONES = { waiting: 'wait', refused: 'bad', recorded: 'ok' } as const

/** One action of this room on the list "on this phone". */
export function DutyOutboxEntry({ action }: { readonly action: QueuedAction }) {
  const { t, language } = useTexts()
  const phone = usePhone()
  const said = localMoment(action.said_at, phone.operation.time_zone)
  return (
    <Card tone={action.state === 'refused' ? 'warn' : 'plain'}>
      <div class="row-head">
        <strong>{t(action.kind === 'duty.confirm_day' ? 'outbox_confirm' : 'outbox_object')}</strong>
        <Tag tone={TONES[action.state]}>{t(`outbox_${action.state}`)}</Tag>
      </div>
      {action.kind === 'duty.confirm_day' ? <ConfirmationText action={action} /> : null}
      {action.kind === 'duty.object' ? <ObjectionText action={action} /> : null}
      <p class="quiet">{t('outbox_said_at', { at: `${dayText(said.date, language)} ${said.time}` })}</p>
      {action.state === 'refused' && action.problem ? <Refused action={action} /> : null}
    </Card>
  )
}

function ConfirmationText({ action }: { readonly action: ActionOf<'duty.confirm_day'> }) {
  const { t, language } = useTexts()
  const absent = action.body.lines.filter((line) => !line.present).length
  return (
    <p>
      {action.shown.unit_name} · {dayText(action.body.duty_date, language)} ·{' '}
      {t(absent > 0 ? 'outbox_people_absent' : 'outbox_people', { n: action.body.lines.length, absent })}
    </p>
  )
}

function ObjectionText({ action }: { readonly action: ActionOf<'duty.object'> }) {
  const { language } = useTexts()
  return (
    <p>
      {dayText(action.body.duty_date, language)} · {action.body.words}
    </p>
  )
}

function Refused({ action }: { readonly action: QueuedAction }) {
  const { t } = useTexts()
  const phone = usePhone()
  const [discarding, setDiscarding] = useState(false)
  const pressed = useRef(false)
  const rest = action.kind === 'duty.confirm_day' ? withoutRefusedLines(action, phone.now().toISOString()) : undefined

  async function confirmRest(): Promise<void> {
    if (pressed.current || !rest) return
    pressed.current = true
    await phone.keep(rest, action.key)
  }

  return (
    <>
      {action.kind === 'duty.confirm_day' ? (
        <RefusedLines action={action} />
      ) : action.problem ? (
        <ProblemText problem={action.problem} />
      ) : null}
      <div class="stack">
        {rest ? (
          <Button kind="main" onPress={() => void confirmRest()}>
            {t('outbox_confirm_rest', { n: rest.body.lines.length })}
          </Button>
        ) : null}
        {action.kind === 'duty.confirm_day' ? (
          <Button
            onPress={() =>
              phone.go(`confirm?unit=${action.body.unit_id}&day=${action.body.duty_date}&edit=${action.key}`)
            }
          >
            {t('outbox_edit')}
          </Button>
        ) : null}
        {discarding ? (
          <>
            <p>{t('outbox_discard_sure')}</p>
            <Button kind="danger" onPress={() => void phone.discard(action.key)}>
              {t('outbox_discard_yes')}
            </Button>
            <Button onPress={() => setDiscarding(false)}>{t('outbox_discard_no')}</Button>
          </>
        ) : (
          <Button kind="link" onPress={() => setDiscarding(true)}>
            {t('outbox_discard')}
          </Button>
        )}
      </div>
    </>
  )
}

/** Each refused line beside its reason; what is not about one line stands above. */
function RefusedLines({ action }: { readonly action: ActionOf<'duty.confirm_day'> }) {
  const { local } = useTexts()
  if (!action.problem) return null
  const refused = refusedLines(action.problem)
  if (refused.size === 0) return <ProblemText problem={action.problem} />
  return (
    <>
      <p class="problem" role="alert">
        {local(action.problem.title)}
      </p>
      <ul class="reasons">
        {action.body.lines.map((line, index) => {
          const reason = refused.get(index)
          if (!reason) return null
          return (
            <li key={line.span_id}>
              <strong>{action.shown.names[line.person_id]}</strong>
              <span>{local(reason)}</span>
            </li>
          )
        })}
      </ul>
    </>
  )
}
