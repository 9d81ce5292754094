import { useEffect, useState } from 'preact/hooks'
import { formatYuan } from '#engines/values/money.ts'
import type { OutputOf } from '#platform/http/endpoint.ts'
import type { ProblemDocument } from '#platform/http/problem.ts'
import { read, send } from '#platform/ui/phone/client.ts'
import { dayText, localMoment } from '#platform/ui/phone/moments.ts'
import { Button, Card, ProblemText, Sheet, Tag } from '#platform/ui/phone/parts.tsx'
import { usePhone } from '#platform/ui/phone/phone.ts'
import { type TextKey, type Texts, useTexts } from '#platform/ui/phone/texts.ts'
import type { Fact, listOwnFacts } from '../../contract.ts'
import { valueKindOf } from '../../value-kinds.ts'

type OwnFacts = OutputOf<typeof listOwnFacts>

const STATES = {
  waits: 'fact_waits',
  counts: 'fact_counts',
  change_waits: 'fact_change_waits',
  withdrawn: 'withdrawn',
} as const satisfies Record<Fact['state'], TextKey>
const TONES = { waits: 'wait', counts: 'ok', change_waits: 'wait', withdrawn: 'quiet' } as const

/**
 * What is recorded of me beside duty, closed facts among it: they are mine to see and to take back. Never kept on the phone, which may
 * be in other hands. Nothing is shown while nothing is recorded.
 */
export function OwnFactsCard() {
  const { t } = useTexts()
  const { operation, session, readings } = usePhone()
  const [own, setOwn] = useState<OwnFacts>()
  const [taking, setTaking] = useState<Fact>()
  const [round, setRound] = useState(0)
  const path = `/api/me/facts?operation_id=${operation.operation_id}`
  // biome-ignore lint/correctness/useExhaustiveDependencies: `readings` and `round` rise when it is to be read anew
  useEffect(() => {
    if (session.person_id === null) return
    void read<OwnFacts>(path).then((answer) => answer.kind === 'ok' && setOwn(answer.value))
  }, [path, readings, round])
  if (!own || own.facts.length === 0) return null
  return (
    <Card title={t('facts_title')}>
      <p class="quiet">{t('facts_intro')}</p>
      {own.facts.map((fact) => (
        <OneFact key={fact.fact_id} fact={fact} isMine={isMine(own, fact)} onTake={() => setTaking(fact)} />
      ))}
      {taking ? (
        <TakeBackSheet
          fact={taking}
          onClose={() => setTaking(undefined)}
          onDone={() => {
            setTaking(undefined)
            setRound(round + 1)
          }}
        />
      ) : null}
    </Card>
  )
}

/** Only what rests on my consent is mine to take back; `asked` names what a person states of themselves. */
function isMine({ asked }: OwnFacts, { sort, state }: Fact): boolean {
  return state !== 'withdrawn' && asked.some((one) => one.sort === sort)
}

function OneFact({ fact, isMine, onTake }: { fact: Fact; isMine: boolean; onTake: () => void }) {
  const texts = useTexts()
  const { t, language } = texts
  const zone = usePhone().operation.time_zone
  const last = fact.entries.at(-1)
  if (!last) return null
  const said = localMoment(last.said_at, zone)
  return (
    <div class="note">
      <div class="row-head">
        <strong>{texts.local(fact.title)}</strong>
        <Tag tone={TONES[fact.state]}>{t(STATES[fact.state])}</Tag>
      </div>
      <p class={fact.state === 'withdrawn' ? 'struck' : undefined}>{valueText(fact, last, texts)}</p>
      <p class="quiet">
        {t(`fact_${last.act}`, { who: last.said_by, at: `${dayText(said.date, language)} ${said.time}` })}
        {last.reason ? ` · ${last.reason}` : ''}
      </p>
      {isMine ? (
        <Button kind="link" onPress={onTake} label={`${t('fact_take_back')} ${texts.local(fact.title)}`}>
          {t('fact_take_back')}
        </Button>
      ) : null}
    </div>
  )
}

function valueText(fact: Fact, { amount, from_on, to_on }: Fact['entries'][number], { t, language }: Texts): string {
  const kind = valueKindOf(fact)
  const figure = {
    yes_no: () => t(amount > 0 ? 'fact_yes' : 'fact_no'),
    yuan: () => `¥${formatYuan(amount)}`,
    people: () => t('fact_people', { n: amount }),
    times: () => t('fact_times', { n: amount }),
    none: () => '',
  }[kind]()
  const from = dayText(from_on, language)
  const isDay = kind === 'times' || fact.sort === 'children'
  const days = isDay ? from : to_on === null ? t('fact_since', { day: from }) : `${from} – ${dayText(to_on, language)}`
  return [figure, days].filter((part) => part !== '').join(' · ')
}

function TakeBackSheet({ fact, onClose, onDone }: { fact: Fact; onClose: () => void; onDone: () => void }) {
  const { t, local } = useTexts()
  const { operation, session } = usePhone()
  const [reason, setReason] = useState('')
  const [problem, setProblem] = useState<ProblemDocument>()
  const [isUnreachable, setUnreachable] = useState(false)
  const [isSending, setSending] = useState(false)
  async function take(): Promise<void> {
    const after_entry_id = fact.entries.at(-1)?.entry_id
    setSending(true)
    const answer = await send(
      `/api/me/facts/${fact.fact_id}/withdrawals`,
      { operation_id: operation.operation_id, after_entry_id, reason: reason.trim() },
      { userId: session.user_id },
    )
    setSending(false)
    setProblem(answer.kind === 'refused' ? answer.problem : undefined)
    setUnreachable(answer.kind === 'unreachable' || answer.kind === 'busy')
    if (answer.kind === 'ok') onDone()
  }
  return (
    <Sheet title={t('fact_take_back')} onClose={onClose}>
      <p class="big">{local(fact.title)}</p>
      <p class="quiet">{t('fact_take_back_means')}</p>
      <label class="field">
        {t('fact_reason')}
        <textarea rows={2} maxLength={500} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
      </label>
      {problem ? <ProblemText problem={problem} /> : null}
      {isUnreachable ? <p class="problem">{t('fact_unreachable')}</p> : null}
      <Button kind="main" disabled={isSending || reason.trim() === ''} onPress={() => void take()}>
        {t('fact_take_back')}
      </Button>
    </Sheet>
  )
}
