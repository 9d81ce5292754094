import { useState } from 'preact/hooks'
import type { readOwnRest } from '#measures/rosters/contract.ts'
import type { OutputOf } from '#platform/http/endpoint.ts'
import type { ProblemDocument } from '#platform/http/problem.ts'
import { send } from '#platform/ui/phone/client.ts'
import { dayText, localMoment, minutesText } from '#platform/ui/phone/moments.ts'
import { newUuid } from '#platform/ui/phone/outbox/action.ts'
import { Button, Card, ProblemText, Sheet, Tag } from '#platform/ui/phone/parts.tsx'
import { usePhone } from '#platform/ui/phone/phone.ts'
import { useReading } from '#platform/ui/phone/reading.ts'
import { useTexts } from '#platform/ui/phone/texts.ts'
import { useOwnDuty } from '#records/duty/web/phone/today.tsx'
import { wordAction } from './actions.ts'

type OwnRest = OutputOf<typeof readOwnRest>

/** My rest: what was ordered for me, what I am owed, and a word of my own to somebody who answers. */
export function OwnRestCard() {
  const { t, language } = useTexts()
  const phone = usePhone()
  const { operation } = phone
  const reading = useReading<OwnRest>(`/api/me/rest?operation_id=${operation.operation_id}`)
  if (reading.state !== 'ready') return null
  const { orders, standings, leave, report, asks } = reading.value
  const moment = (instant: string) => {
    const { date, time } = localMoment(instant, operation.time_zone)
    return `${dayText(date, language)} ${time}`
  }
  const open = orders.filter(({ state }) => state !== 'ended')
  const due =
    open.length === 0 ? standings.find(({ state, outcome }) => state === 'applies' && outcome !== 'limit') : undefined
  return (
    <Card title={t('own_rest')} tone={open.length > 0 || due || asks.length > 0 ? 'warn' : 'plain'}>
      {open.map((order) => (
        <div key={order.order_id}>
          <p class="big">{t(order.state === 'in_force' ? 'own_rest_now' : 'own_rest_ordered')}</p>
          <p>
            {moment(order.starts_at)} – {moment(order.ends_at)}
          </p>
          <p class="quiet">{order.title[language]}</p>
          <ShiftsInRest order={order} />
          <p class="quiet">{t('own_rest_costs_nothing')}</p>
        </div>
      ))}
      {due ? <p>{t('own_rest_due', { rule: due.title[language] })}</p> : null}
      <dl class="facts">
        <div>
          <dt>{t('own_leave_owed')}</dt>
          <dd>{minutesText(leave.owed_minutes, language)}</dd>
        </div>
        {leave.owed_minutes > 0 ? <LeaveEnds leave={leave} /> : null}
        {leave.planned_minutes > 0 ? (
          <div>
            <dt>{t('own_leave_planned')}</dt>
            <dd>{minutesText(leave.planned_minutes, language)}</dd>
          </div>
        ) : null}
      </dl>
      {asks.map((ask) => (
        <CoverAsk key={ask.ask_id} ask={ask} moment={moment} />
      ))}
      <OwnWord report={report} moment={moment} />
    </Card>
  )
}

/** Until when what is owed can be taken. Where nothing sets an end, or somebody still has to, that is said too. */
function LeaveEnds({ leave: { ends, end_is_open, owed_minutes } }: { readonly leave: OwnRest['leave'] }) {
  const { t, language } = useTexts()
  const later = owed_minutes - ends.reduce((sum, { minutes }) => sum + minutes, 0)
  return (
    <div>
      <dt>{t('own_leave_until')}</dt>
      <dd>
        {ends.map(({ last_on, minutes }) => (
          <p key={last_on}>
            {t('own_leave_until_day', { day: dayText(last_on, language), time: minutesText(minutes, language) })}
          </p>
        ))}
        {ends.length > 0 && later > 0 ? (
          <p>{t('own_leave_until_later', { time: minutesText(later, language) })}</p>
        ) : null}
        {ends.length > 0 ? null : t(end_is_open ? 'own_leave_until_open' : 'own_leave_until_never')}
      </dd>
    </div>
  )
}

/** The order does not take shifts off the plan by itself: whoever rests must not have to guess which of the two holds. */
function ShiftsInRest({ order }: { readonly order: OwnRest['orders'][number] }) {
  const { t } = useTexts()
  const duty = useOwnDuty()
  if (duty.state !== 'ready') return null
  const inside = duty.value.planned.filter(
    ({ starts_at, ends_at }) =>
      Date.parse(starts_at) < Date.parse(order.ends_at) && Date.parse(ends_at) > Date.parse(order.starts_at),
  )
  return inside.length === 0 ? null : <p>{t('own_rest_shifts', { n: inside.length })}</p>
}

/** Never asked for: who wants to be heard presses it. */
function OwnWord({ report, moment }: { readonly report: OwnRest['report']; readonly moment: (at: string) => string }) {
  const { t } = useTexts()
  const { actions } = usePhone()
  const [open, setOpen] = useState(false)
  const [said, setSaid] = useState(false)
  const isWaiting = actions.some(({ kind, state }) => kind === 'rosters.self_report' && state === 'waiting')
  return (
    <>
      {isWaiting ? (
        <p role="status">{t('own_word_kept')}</p>
      ) : said ? (
        <p role="status">{t('own_word_said')}</p>
      ) : report && report.word === 'at_limit' ? (
        <p>
          <Tag tone={report.answer ? 'ok' : 'wait'}>{t(report.answer ? 'own_word_answered' : 'own_word_waits')}</Tag>{' '}
          {report.answer ? `${report.answer.by}：${report.answer.words}` : moment(report.said_at)}
        </p>
      ) : null}
      <Button onPress={() => setOpen(true)}>{t('own_word')}</Button>
      {open ? (
        <WordSheet
          onClose={() => setOpen(false)}
          onSaid={() => {
            setSaid(true)
            setOpen(false)
          }}
        />
      ) : null}
    </>
  )
}

function WordSheet({ onClose, onSaid }: { readonly onClose: () => void; readonly onSaid: () => void }) {
  const { t } = useTexts()
  const phone = usePhone()
  const [words, setWords] = useState('')
  const [reportId] = useState(newUuid)
  const say = async (word: 'can_go_on' | 'at_limit') => {
    const { operation_id } = phone.operation
    await phone.keep(
      wordAction({
        report_id: reportId,
        operation_id,
        word,
        words: words.trim() || null,
        said_at: phone.now().toISOString(),
      }),
    )
    onSaid()
  }
  return (
    <Sheet title={t('own_word')} onClose={onClose}>
      <p class="quiet">{t('own_word_note')}</p>
      <label class="field">
        {t('own_word_words')}
        <textarea rows={2} maxLength={500} value={words} onInput={(event) => setWords(event.currentTarget.value)} />
      </label>
      <Button kind="danger" onPress={() => void say('at_limit')}>
        {t('own_word_at_limit')}
      </Button>
      <Button onPress={() => void say('can_go_on')}>{t('own_word_can_go_on')}</Button>
    </Sheet>
  )
}

type Ask = OwnRest['asks'][number]

/** Whether I stand in for a colleague who rests: what it would mean, then yes or no. */
function CoverAsk({ ask, moment }: { readonly ask: Ask; readonly moment: (at: string) => string }) {
  const { t } = useTexts()
  const phone = usePhone()
  const [answer, setAnswer] = useState<'accepted' | 'declined' | undefined>()
  const [problem, setProblem] = useState<ProblemDocument | undefined>()
  const [key] = useState(newUuid)
  const say = async (word: 'accepted' | 'declined') => {
    const sent = await send(
      `/api/me/cover-asks/${ask.ask_id}/answer`,
      { answer: word },
      { key, userId: phone.session.user_id },
    )
    if (sent.kind === 'ok') setAnswer(word)
    else setProblem(sent.kind === 'refused' ? sent.problem : undefined)
    if (sent.kind === 'unreachable') phone.notice('unreachable')
  }
  if (answer) return <p role="status">{t(answer === 'accepted' ? 'cover_accepted' : 'cover_declined')}</p>
  return (
    <section class="stack">
      <p class="big">{t('cover_asked', { name: ask.name, unit: ask.unit_name })}</p>
      {ask.shifts.length === 0 ? <p class="quiet">{t('cover_no_shifts')}</p> : null}
      <ul>
        {ask.shifts.map((shift) => (
          <li key={shift.starts_at}>
            {moment(shift.starts_at)} – {moment(shift.ends_at)} · {shift.post_name}
          </li>
        ))}
      </ul>
      {problem ? <ProblemText problem={problem} /> : null}
      <Button kind="main" onPress={() => void say('accepted')}>
        {t('cover_yes')}
      </Button>
      <Button onPress={() => void say('declined')}>{t('cover_no')}</Button>
    </section>
  )
}
