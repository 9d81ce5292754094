import { useState } from 'preact/hooks'
import type { listOffers, listTakers, openOffer } from '#measures/rosters/offer-contract.ts'
import type { OutputOf } from '#platform/http/endpoint.ts'
import type { ProblemDocument } from '#platform/http/problem.ts'
import { read, send } from '#platform/ui/phone/client.ts'
import { minutesText } from '#platform/ui/phone/moments.ts'
import { newUuid } from '#platform/ui/phone/outbox/action.ts'
import { Button, Card, ProblemText, Read, Sheet } from '#platform/ui/phone/parts.tsx'
import { mayDo, usePhone } from '#platform/ui/phone/phone.ts'
import { useReading } from '#platform/ui/phone/reading.ts'
import { useTexts } from '#platform/ui/phone/texts.ts'
import type { readShiftPlan } from '#records/duty/plan-contract.ts'
import { useWhen } from './own-roster.ts'

type Takers = OutputOf<typeof openOffer>
type Taker = Takers['takers'][number]

const AHEAD_MS = 24 * 3_600_000
const AT_ONCE = 15

/** The unit whose plan the person signed in may change; undefined for everybody else. */
function useManagedUnit(): number | undefined {
  const { session } = usePhone()
  if (!mayDo(session, 'duty.plan')) return undefined
  return session.roles.find(({ role }) => role === 'unit_manager')?.unit_id
}

/** On a manager's first page: at ten in the evening the phone is what is at hand. */
export function CoverCard() {
  const { t } = useTexts()
  const { go } = usePhone()
  if (useManagedUnit() === undefined) return null
  return (
    <Card title={t('cover_title')}>
      <Button onPress={() => go('cover')}>{t('cover_open')}</Button>
    </Card>
  )
}

/** Somebody cannot come: whose shift it is, who can take it, done. */
export function CoverPage() {
  const { t } = useTexts()
  const unitId = useManagedUnit()
  if (unitId === undefined) return <p>{t('cover_not_yours')}</p>
  return <Cover unitId={unitId} />
}

interface Searching {
  readonly offer_id: string
  readonly takers: readonly Taker[]
  readonly title: string
}

function Cover({ unitId }: { readonly unitId: number }) {
  const { t } = useTexts()
  const phone = usePhone()
  const base = `/api/operations/${phone.operation.operation_id}/units/${unitId}`
  const [round, setRound] = useState(0)
  const [found, setFound] = useState<Searching | undefined>()
  const [problem, setProblem] = useState<ProblemDocument | undefined>()
  const [done, setDone] = useState('')
  const [busy, setBusy] = useState(false)
  const again = round === 0 ? '' : `round=${round}`
  const post = async <T,>(path: string, body: object, onOk: (value: T) => void) => {
    setBusy(true)
    const answer = await send<T>(`${base}${path}`, body, { key: newUuid(), userId: phone.session.user_id })
    setBusy(false)
    setProblem(answer.kind === 'refused' ? answer.problem : undefined)
    if (answer.kind === 'ok') onOk(answer.value)
    if (answer.kind === 'unreachable') phone.notice('unreachable')
  }
  const dropOut = (shift: Shift, title: string) =>
    post<Takers>(
      '/shift-offers',
      { offer_id: newUuid(), person_id: shift.person_id, shift_id: shift.shift_id },
      (value) => setFound({ ...value, title }),
    )
  const choose = ({ person_id, name }: Taker, agreed: boolean) =>
    post<{ state: 'asked' | 'replaced' }>(
      `/shift-offers/${found?.offer_id}/asks`,
      { person_id, agreed },
      ({ state }) => {
        setDone(t(state === 'replaced' ? 'cover_done' : 'cover_asked_them', { name }))
        setFound(undefined)
        setRound((count) => count + 1)
      },
    )
  return (
    <>
      <h1>{t('cover_title')}</h1>
      {done ? <p role="status">{done}</p> : null}
      {problem ? <ProblemText problem={problem} /> : null}
      <Open base={base} again={again} onFind={setFound} />
      <Coming base={base} again={again} busy={busy} onDropOut={(shift, title) => void dropOut(shift, title)} />
      {found ? (
        <Sheet title={found.title} onClose={() => setFound(undefined)}>
          <TakerList takers={found.takers} busy={busy} onChoose={(taker, agreed) => void choose(taker, agreed)} />
        </Sheet>
      ) : null}
    </>
  )
}

interface ReadProps {
  readonly base: string
  readonly again: string
}

/** Shifts that look for somebody already. */
function Open({ base, again, onFind }: ReadProps & { readonly onFind: (found: Searching) => void }) {
  const { t } = useTexts()
  const { session } = usePhone()
  const when = useWhen()
  const reading = useReading<OutputOf<typeof listOffers>>(`${base}/shift-offers?${again}`)
  const [chosen, setChosen] = useState<string | undefined>()
  if (reading.state !== 'ready' || reading.value.offers.length === 0) return null
  const look = async (offer_id: string, title: string) => {
    setChosen(offer_id)
    const answer = await read<OutputOf<typeof listTakers>>(`${base}/shift-offers/${offer_id}/takers`, session.user_id)
    setChosen(undefined)
    if (answer.kind === 'ok') onFind({ offer_id, takers: answer.value.takers, title })
  }
  return (
    <Card title={t('cover_open_searches')} tone="warn">
      {reading.value.offers.map((offer) => (
        <div key={offer.offer_id} class="shift-line">
          <p>
            {when(offer)}
            <br />
            <span class="quiet">
              {offer.post_name} · {offer.person_name}
            </span>
          </p>
          <Button
            disabled={chosen !== undefined}
            onPress={() => void look(offer.offer_id, `${offer.person_name} ${when(offer)}`)}
          >
            {t('cover_find')}
          </Button>
        </div>
      ))}
    </Card>
  )
}

type Shift = OutputOf<typeof readShiftPlan>['shifts'][number]

/** The shifts of the next day, soonest first; in a large unit one types a part of the name. */
function Coming({
  base,
  again,
  busy,
  onDropOut,
}: ReadProps & { readonly busy: boolean; readonly onDropOut: (shift: Shift, title: string) => void }) {
  const { t } = useTexts()
  const { today, now } = usePhone()
  const when = useWhen()
  const [part, setPart] = useState('')
  const day = today()
  const last = new Date(Date.parse(day) + 2 * 86_400_000).toISOString().slice(0, 10)
  const query = `from=${day}&to=${last}${again && `&${again}`}`
  const reading = useReading<OutputOf<typeof readShiftPlan>>(`${base}/planned-shifts?${query}`)
  return (
    <Read reading={reading} what={t('cover_coming')}>
      {({ shifts, people }) => {
        const names = new Map(people.map(({ person_id, name }) => [person_id, name]))
        const at = now().getTime()
        const coming = shifts
          .filter(({ ends_at, starts_at, settled }) => {
            return !settled && Date.parse(ends_at) > at && Date.parse(starts_at) < at + AHEAD_MS
          })
          .sort((left, right) => Date.parse(left.starts_at) - Date.parse(right.starts_at))
        const named = coming.filter(({ person_id }) => (names.get(person_id) ?? '').includes(part.trim()))
        return (
          <Card title={t('cover_coming')}>
            {coming.length === 0 ? <p class="quiet">{t('my_shifts_none')}</p> : null}
            {coming.length > AT_ONCE ? (
              <label class="field">
                {t('cover_name')}
                <input type="search" value={part} onInput={(event) => setPart(event.currentTarget.value)} />
              </label>
            ) : null}
            {named.slice(0, AT_ONCE).map((shift) => {
              const name = names.get(shift.person_id) ?? '—'
              return (
                <div key={`${shift.person_id} ${shift.shift_id}`} class="shift-line">
                  <p>
                    <strong>{name}</strong> {when(shift)}
                    <br />
                    <span class="quiet">{shift.post_name}</span>
                  </p>
                  <Button
                    disabled={busy}
                    label={`${t('cover_cannot')} ${name} ${when(shift)}`}
                    onPress={() => onDropOut(shift, `${name} ${when(shift)}`)}
                  >
                    {t('cover_cannot')}
                  </Button>
                </div>
              )
            })}
            {named.length > AT_ONCE ? <p class="quiet">{t('cover_more', { n: named.length - AT_ONCE })}</p> : null}
          </Card>
        )
      }}
    </Read>
  )
}

/** Who can take it, best first, with two buttons each; then who cannot, and why. */
function TakerList({
  takers,
  busy,
  onChoose,
}: {
  readonly takers: readonly Taker[]
  readonly busy: boolean
  readonly onChoose: (taker: Taker, agreed: boolean) => void
}) {
  const { t, language } = useTexts()
  const free = takers.filter(({ why_not }) => why_not.length === 0)
  const kept = takers.filter(({ why_not }) => why_not.length > 0)
  const facts = (taker: Taker) => {
    const rest = taker.rest_before_minutes === null ? '—' : minutesText(taker.rest_before_minutes, language)
    return t('cover_facts', {
      week: minutesText(taker.week_minutes, language),
      run: taker.run_days,
      rest,
    })
  }
  return (
    <>
      {free.length === 0 ? <p>{t('cover_nobody')}</p> : null}
      {free.map((taker) => (
        <div key={taker.person_id} class="stack">
          <p>
            <strong>{taker.name}</strong> <span class="quiet">{taker.title}</span>
            <br />
            <span class="quiet">{facts(taker)}</span>
          </p>
          <div class="pair">
            <Button kind="main" disabled={busy} onPress={() => onChoose(taker, true)}>
              {t('cover_agreed')}
            </Button>
            <Button disabled={busy} onPress={() => onChoose(taker, false)}>
              {t('cover_ask')}
            </Button>
          </div>
        </div>
      ))}
      {kept.length > 0 ? (
        <details>
          <summary>{t('cover_kept', { n: kept.length })}</summary>
          {kept.map((taker) => (
            <p key={taker.person_id} class="quiet">
              {taker.name}：
              {[
                ...taker.why_not.filter((why) => why !== 'rules').map((why) => t(`cover_why_${why}`)),
                ...taker.rules.map((rule) => rule[language]),
              ].join('；')}
            </p>
          ))}
        </details>
      ) : null}
    </>
  )
}
