import { useState } from 'preact/hooks'
import type { listSwaps } from '#measures/rosters/offer-contract.ts'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { dayText } from '#platform/ui/phone/moments.ts'
import { newUuid } from '#platform/ui/phone/outbox/action.ts'
import { Button, Card, ProblemText, Read, Sheet, Tag } from '#platform/ui/phone/parts.tsx'
import { usePhone } from '#platform/ui/phone/phone.ts'
import { useReading } from '#platform/ui/phone/reading.ts'
import { useTexts } from '#platform/ui/phone/texts.ts'
import { type OwnRoster, type OwnShifts, useOwnRoster, useWhen } from './own-roster.ts'

type Shift = OwnRoster['shifts'][number]

/** My month: shifts to come and what I can do about each, colleagues' offers, days on which I cannot come. */
export function OwnShiftsPage() {
  const { t } = useTexts()
  const { operation } = usePhone()
  const own = useOwnRoster()
  return (
    <>
      <h1>{t('my_roster')}</h1>
      {own.problem ? <ProblemText problem={own.problem} /> : null}
      {own.lost ? <p role="alert">{t('shift_lost')}</p> : null}
      <Read reading={own.reading} what={t('my_roster')}>
        {(roster) => (
          <>
            <Shifts roster={roster} own={own} />
            <Offered roster={roster} own={own} />
            <Unavailable roster={roster} own={own} />
            <p>
              <a href={`/api/me/shifts.ics?operation_id=${operation.operation_id}`}>{t('my_calendar')}</a>
            </p>
          </>
        )}
      </Read>
    </>
  )
}

interface PartProps {
  readonly roster: OwnRoster
  readonly own: OwnShifts
}

function Shifts({ roster, own }: PartProps) {
  const { t } = useTexts()
  const when = useWhen()
  const [chosen, setChosen] = useState<Shift | undefined>()
  return (
    <Card title={t('my_shifts', { n: roster.shifts.length })}>
      {roster.shifts.length === 0 ? <p class="quiet">{t('my_shifts_none')}</p> : null}
      {roster.shifts.map((shift) => (
        <div key={shift.shift_id} class="shift-line">
          <p>
            {when(shift)}
            <br />
            <span class="quiet">{shift.post_name}</span>
          </p>
          {shift.offer ? (
            <>
              <Tag tone="wait">{t(`offer_${shift.offer.kind}`)}</Tag>
              <Button
                disabled={own.busy}
                onPress={() => void own.act(`/api/me/shift-offers/${shift.offer?.offer_id}/withdrawals`, {})}
              >
                {t('offer_withdraw')}
              </Button>
            </>
          ) : (
            <Button label={`${t('shift_change')} ${when(shift)}`} onPress={() => setChosen(shift)}>
              {t('shift_change')}
            </Button>
          )}
        </div>
      ))}
      {chosen ? <ShiftSheet shift={chosen} own={own} onClose={() => setChosen(undefined)} /> : null}
    </Card>
  )
}

/** Three ways to hand a shift on. */
function ShiftSheet({ shift, own, onClose }: { shift: Shift; own: OwnShifts; onClose: () => void }) {
  const { t } = useTexts()
  const { operation } = usePhone()
  const when = useWhen()
  const [swapping, setSwapping] = useState(false)
  const offer = async (
    kind: Shift['offer'] extends null ? never : 'drop_out' | 'offer' | 'swap',
    swap: object | null,
  ) => {
    const { operation_id } = operation
    const body = { offer_id: newUuid(), operation_id, shift_id: shift.shift_id, kind, swap }
    await own.act('/api/me/shift-offers', body)
    onClose()
  }
  return (
    <Sheet title={when(shift)} onClose={onClose}>
      {swapping ? (
        <Swaps shift={shift} onChoose={(swap) => void offer('swap', swap)} />
      ) : (
        <>
          <Button kind="danger" disabled={own.busy} onPress={() => void offer('drop_out', null)}>
            {t('shift_drop_out')}
          </Button>
          <Button disabled={own.busy} onPress={() => void offer('offer', null)}>
            {t('shift_offer')}
          </Button>
          <Button onPress={() => setSwapping(true)}>{t('shift_swap')}</Button>
          <p class="quiet">{t('shift_note')}</p>
        </>
      )}
    </Sheet>
  )
}

function Swaps({ shift, onChoose }: { shift: Shift; onChoose: (swap: object) => void }) {
  const { t } = useTexts()
  const { operation } = usePhone()
  const when = useWhen()
  const reading = useReading<OutputOf<typeof listSwaps>>(
    `/api/me/shifts/${shift.shift_id}/swaps?operation_id=${operation.operation_id}`,
  )
  return (
    <Read reading={reading} what={t('shift_swap')}>
      {({ swaps }) => (
        <>
          <p class="quiet">{t(swaps.length === 0 ? 'swaps_none' : 'swaps_checked')}</p>
          {swaps.map(({ person_id, shift_id, name, ...times }) => (
            <Button key={shift_id} onPress={() => onChoose({ person_id, shift_id })}>
              {name} · {when(times)}
            </Button>
          ))}
        </>
      )}
    </Read>
  )
}

function Offered({ roster, own }: PartProps) {
  const { t } = useTexts()
  const when = useWhen()
  if (roster.offered.length === 0) return null
  const { unit_id } = roster
  return (
    <Card title={t('offered')}>
      {roster.offered.map((offer) => (
        <div key={offer.offer_id} class="shift-line">
          <p>
            {when(offer)}
            <br />
            <span class="quiet">
              {offer.post_name} · {offer.from_name}
            </span>
          </p>
          {offer.why_not.length > 0 ? (
            <span class="quiet">{offer.why_not.map((why) => t(`why_not_${why}`)).join('；')}</span>
          ) : (
            <Button
              disabled={own.busy}
              onPress={() =>
                void own.act(`/api/me/shift-offers/${offer.offer_id}/answers`, { unit_id, answer: 'accepted' })
              }
            >
              {t('offered_take')}
            </Button>
          )}
        </div>
      ))}
    </Card>
  )
}

function Unavailable({ roster, own }: PartProps) {
  const { t, language } = useTexts()
  const { operation, today } = usePhone()
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const say = (kind: 'cannot' | 'rather_not') => {
    const { operation_id } = operation
    const body = { time_id: newUuid(), operation_id, kind, from_on: from, to_on: to || from, words: null }
    void own.act('/api/me/unavailable-times', body)
  }
  return (
    <Card title={t('unavailable')}>
      {roster.unavailable.map((time) => (
        <div key={time.time_id} class="shift-line">
          <p>
            {dayText(time.from_on, language)}
            {time.to_on === time.from_on ? '' : ` – ${dayText(time.to_on, language)}`}
            <br />
            <span class="quiet">{t(`unavailable_${time.kind}`)}</span>
          </p>
          <Button
            disabled={own.busy}
            onPress={() => void own.act(`/api/me/unavailable-times/${time.time_id}/withdrawals`, {})}
          >
            {t('unavailable_withdraw')}
          </Button>
        </div>
      ))}
      <div class="pair">
        <label class="field">
          {t('unavailable_from')}
          <input type="date" min={today()} value={from} onInput={(event) => setFrom(event.currentTarget.value)} />
        </label>
        <label class="field">
          {t('unavailable_to')}
          <input type="date" min={from || today()} value={to} onInput={(event) => setTo(event.currentTarget.value)} />
        </label>
      </div>
      <Button disabled={own.busy || from === ''} onPress={() => say('cannot')}>
        {t('unavailable_cannot')}
      </Button>
      <Button disabled={own.busy || from === ''} onPress={() => say('rather_not')}>
        {t('unavailable_rather_not')}
      </Button>
      <p class="quiet">{t('unavailable_note')}</p>
    </Card>
  )
}
