import { App, Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dayOf, formatDay, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { localMinute } from '#platform/calendar/zone.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { ProblemNotice, useLanguage } from '#platform/ui/problem-notice.tsx'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import { readShiftPlan } from '#records/duty/plan-contract.ts'
import { askTaker, listTakers, type OfferView, openOffer, type Taker, WHY_NOT } from '../offer-contract.ts'
import type { DraftView } from '../roster-contract.ts'
import { CellTakers } from './board-cell-takers.tsx'
import type { Explainer } from './board-explained.ts'
import type { GridActs } from './board-grid.tsx'
import { type BoardState, cellAt, type Place } from './board-state.ts'

interface CellDialogProps {
  readonly draft: DraftView
  readonly state: BoardState
  readonly place: Place
  readonly acts: GridActs
  readonly explainer: Explainer
  readonly readOnly: boolean
  readonly onClose: () => void
}

/** What can be done with one cell: find somebody when its person cannot come, give its shift to somebody else on the board, pin it. */
export function CellDialog({ draft, state, place, acts, explainer, readOnly, onClose }: CellDialogProps) {
  const { t } = useTranslation()
  const formats = useFormats()
  const may = useMay('duty.plan')
  const { operation_id, unit_id, time_zone } = useWorkplace()
  const [looking, setLooking] = useState<OfferSubject | undefined>()
  const open = useCommand(openOffer)
  const date = formatDay(dayOf(draft.from_on) + place.day)
  const person = draft.people.find(({ person_id }) => String(person_id) === place.person)
  const params = { operation_id: String(operation_id), unit_id: String(unit_id) }
  const plan = useEndpoint(readShiftPlan, { params, query: { from: date, to: date } })
  const need = draft.needs.shifts.find(({ code }) => code === cellAt(state, place))
  const shift = plan.data?.shifts.find(
    ({ person_id, starts_at }) =>
      String(person_id) === place.person &&
      localMinute(time_zone, new Date(starts_at)) ===
        (dayOf(draft.from_on) + place.day) * MINUTES_PER_DAY + (need?.start_minute ?? -1),
  )
  const note = draft.notes.find(({ person_id, day }) => String(person_id) === place.person && day === place.day)
  const isPinned = state.pinned[place.person]?.includes(place.day) === true
  const find = () => {
    if (!shift || !person) return
    const offer_id = crypto.randomUUID()
    open.mutate(
      { params, body: { offer_id, person_id: person.person_id, shift_id: shift.shift_id } },
      {
        onSuccess: (answer) =>
          setLooking({ offer_id: answer.offer_id, person_name: person.name, starts_at: shift.starts_at }),
      },
    )
  }
  const give = (taker: string) => {
    acts.onSwap(place, { person: taker, day: place.day })
    onClose()
  }
  if (looking) return <TakersDialog offer={looking} onClose={onClose} />
  return (
    <Modal
      open
      footer={null}
      width={640}
      onCancel={onClose}
      title={t('rosters.cell_title', { name: person?.name ?? '—', day: formats.day(date) })}
    >
      <div className="stack tight">
        {need ? <p>{need.name}</p> : <p>{t('rosters.off')}</p>}
        {note ? <p>{t(`rosters.note_${note.kind}`)}</p> : null}
        {may ? (
          <div className="row">
            <Button type="primary" disabled={!shift} loading={open.isPending} onClick={find}>
              {t('rosters.drop_out')}
            </Button>
            <Button
              onClick={() => {
                acts.onPin(place)
                onClose()
              }}
            >
              {t(isPinned ? 'rosters.unpin' : 'rosters.pin')}
            </Button>
          </div>
        ) : null}
        {need && plan.data && !shift ? <p className="soft">{t('rosters.not_planned')}</p> : null}
        <ProblemNotice error={open.error ?? plan.error} />
        {need ? (
          <CellTakers {...{ draft, explainer, place, code: need.code }} onGive={readOnly ? undefined : give} />
        ) : null}
      </div>
    </Modal>
  )
}

function signed(cost: number): string {
  const whole = Math.round(cost)
  return whole > 0 ? `+${whole}` : String(whole)
}

export type OfferSubject = Pick<OfferView, 'offer_id' | 'person_name' | 'starts_at'>

/** Candidates for a shift, most suitable first: one press asks, another says that they agreed by phone. */
export function TakersDialog({ offer, onClose }: { offer: OfferSubject; onClose: () => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { operation_id, unit_id } = useWorkplace()
  const { message } = App.useApp()
  const params = { operation_id: String(operation_id), unit_id: String(unit_id), offer_id: offer.offer_id }
  const takers = useEndpoint(listTakers, { params }, { keep: true })
  const ask = useCommand(askTaker)
  const list = takers.data?.takers ?? []
  const [despite, setDespite] = useState('')
  const choose = ({ person_id, name, why_not }: Taker, agreed: boolean) =>
    // The promise and not the callback: the board begins anew with what was changed, and this dialog with it.
    ask.mutateAsync({ params, body: { person_id, agreed, despite: why_not.length > 0 ? despite.trim() : null } }).then(
      ({ state }) => {
        message.success(t(state === 'replaced' ? 'rosters.replaced' : 'rosters.ask_sent', { name }))
        onClose()
      },
      () => undefined,
    )
  const isKept = (taker: Taker) => taker.why_not.length > 0 && despite.trim() === ''
  return (
    <Modal
      open
      footer={null}
      width={640}
      onCancel={onClose}
      title={t('rosters.takers', { name: offer.person_name, at: formats.moment(offer.starts_at) })}
    >
      <ProblemNotice error={takers.error ?? ask.error} />
      {list.some(byRulesOnly) ? (
        <Input
          aria-label={t('rosters.despite')}
          placeholder={t('rosters.despite')}
          maxLength={500}
          value={despite}
          onChange={({ target }) => setDespite(target.value)}
        />
      ) : null}
      <ul className="board-list board-takers">
        {list.map((taker) => (
          <li key={taker.person_id} className="row spread">
            <TakerFacts taker={taker} />
            {taker.why_not.some((why) => why !== 'rules') ? null : taker.answer === 'declined' ? (
              <span className="soft">{t('rosters.declined')}</span>
            ) : (
              <span className="row">
                <Button
                  size="small"
                  type={taker.why_not.length > 0 ? 'default' : 'primary'}
                  disabled={ask.isPending || isKept(taker)}
                  onClick={() => void choose(taker, false)}
                >
                  {t(taker.answer === 'asked' ? 'rosters.asked' : 'rosters.ask')}
                </Button>
                <Button size="small" disabled={ask.isPending || isKept(taker)} onClick={() => void choose(taker, true)}>
                  {t('rosters.agreed')}
                </Button>
              </span>
            )}
          </li>
        ))}
      </ul>
    </Modal>
  )
}

/** Whom nothing but rules of the roster keeps away: with a reason they may be asked all the same. */
function byRulesOnly({ why_not }: Taker): boolean {
  return why_not.length > 0 && why_not.every((why) => why === 'rules')
}

function TakerFacts({ taker }: { taker: Taker }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const language = useLanguage()
  const rest = (minutes: number | null) => (minutes === null ? '—' : formats.minutes(minutes))
  const facts = [
    ...(taker.penalty === null ? [] : [t('rosters.taker_cost', { cost: signed(taker.penalty) })]),
    t('rosters.taker_week', { hours: formats.minutes(taker.week_minutes) }),
    t('rosters.taker_run', { days: taker.run_days }),
    t('rosters.taker_rest', { before: rest(taker.rest_before_minutes), after: rest(taker.rest_after_minutes) }),
    ...(taker.same_post ? [t('rosters.taker_same_post')] : []),
    ...(taker.rather_not ? [t('rosters.taker_rather_not')] : []),
    ...taker.fairness.map(({ title, load, fair, in_minutes }) => {
      const said = (value: number) => (in_minutes ? formats.minutes(Math.round(value)) : Math.round(value * 10) / 10)
      return t('rosters.taker_fair', { rule: title[language], load: said(load), fair: said(fair) })
    }),
  ]
  const kept = [
    ...taker.why_not.filter((why) => why !== 'rules').map((why) => WHY_NOT[why][language]),
    ...taker.rules.map((rule) => t('rosters.would_break', { rule: rule[language] })),
  ]
  return (
    <span>
      {taker.name} <span className="soft">{taker.title}</span>
      <br />
      <small className={taker.why_not.length > 0 ? 'board-bad' : 'soft'}>
        {kept.length > 0 ? kept.join('；') : facts.join(' · ')}
      </small>
    </span>
  )
}
