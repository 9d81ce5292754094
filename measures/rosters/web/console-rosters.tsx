import { Link, useNavigate } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '#platform/ui/formats.ts'
import { Page, Section } from '#platform/ui/page.tsx'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { Loaded, Nothing } from '#platform/ui/states.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import { closeOffer, listOffers, type OfferView } from '../offer-contract.ts'
import { listRosters, openDraft, type RosterView } from '../roster-contract.ts'
import { TakersDialog } from './board-takers.tsx'
import { NeedsDialog } from './needs-dialog.tsx'
import { PeriodFields, usualPeriod } from './period-fields.tsx'
import './board.css'

/** The rosters of a unit, their periods, and the shifts that look for somebody. */
export function RostersPage() {
  const { t } = useTranslation()
  const may = useMay('duty.plan')
  const mayAsk = useMay('rosters.ask')
  const { operation_id, unit_id, unit_name } = useWorkplace()
  const [editing, setEditing] = useState<RosterView | 'new' | undefined>()
  const params = { operation_id: String(operation_id), unit_id: String(unit_id) }
  const rosters = useEndpoint(listRosters, { params }, { enabled: operation_id !== undefined })
  return (
    <Page
      title={t('rosters.title')}
      about={t('rosters.about', { unit: unit_name })}
      actions={
        operation_id === undefined ? null : (
          <>
            {mayAsk ? (
              <Link to="/rosters/asks" search={(old) => old}>
                {t('asks.title')}
              </Link>
            ) : null}
            {may ? (
              <Button type="primary" onClick={() => setEditing('new')}>
                {t('rosters.new')}
              </Button>
            ) : null}
          </>
        )
      }
    >
      {operation_id === undefined ? (
        <Nothing>{t('common.no_operation')}</Nothing>
      ) : (
        <div className="stack">
          <Looking />
          <Loaded query={rosters}>
            {({ rosters: list }) =>
              list.length === 0 ? (
                <Nothing>{t('rosters.none')}</Nothing>
              ) : (
                list.map((roster) => (
                  <RosterCard key={roster.roster_id} roster={roster} onEdit={() => setEditing(roster)} />
                ))
              )
            }
          </Loaded>
        </div>
      )}
      {editing ? (
        <NeedsDialog
          key={editing === 'new' ? 'new' : editing.roster_id}
          roster={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      ) : null}
    </Page>
  )
}

/** Shifts that look for somebody else, the soonest first. */
function Looking() {
  const { t } = useTranslation()
  const formats = useFormats()
  const may = useMay('duty.plan')
  const { operation_id, unit_id } = useWorkplace()
  const params = { operation_id: String(operation_id), unit_id: String(unit_id) }
  const offers = useEndpoint(listOffers, { params })
  const close = useCommand(closeOffer)
  const [finding, setFinding] = useState<OfferView | undefined>()
  const list = offers.data?.offers ?? []
  if (list.length === 0) return null
  return (
    <Section title={`${t('rosters.looking')} ${list.length}`}>
      <ul className="board-list">
        {list.map((offer) => (
          <li key={offer.offer_id} className="row spread">
            <span>
              {offer.person_name} {formats.moment(offer.starts_at)} {offer.post_name}{' '}
              <span className="soft">
                {t(`rosters.kind_${offer.kind}`)}
                {offer.asked_names.length > 0
                  ? ` · ${t('rosters.asked_names', { names: offer.asked_names.join(t('common.comma')) })}`
                  : ''}
              </span>
            </span>
            {may ? (
              <span className="row">
                <Button size="small" type="primary" onClick={() => setFinding(offer)}>
                  {t('rosters.find')}
                </Button>
                <Button size="small" onClick={() => close.mutate({ params: { ...params, offer_id: offer.offer_id } })}>
                  {t('rosters.close_offer')}
                </Button>
              </span>
            ) : null}
          </li>
        ))}
      </ul>
      <ProblemNotice error={close.error} />
      {finding ? <TakersDialog offer={finding} onClose={() => setFinding(undefined)} /> : null}
    </Section>
  )
}

function RosterCard({ roster, onEdit }: { roster: RosterView; onEdit: () => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const may = useMay('duty.plan')
  const navigate = useNavigate()
  const { operation_id, unit_id, today } = useWorkplace()
  const [period, setPeriod] = useState(usualPeriod(today))
  const open = useCommand(openDraft)
  const params = { operation_id: String(operation_id), unit_id: String(unit_id), roster_id: String(roster.roster_id) }
  const start = () =>
    open.mutate(
      { params, body: { from_on: period.from, days: period.days } },
      {
        onSuccess: ({ draft_id }) =>
          void navigate({ to: '/rosters/board', search: (old) => ({ ...old, draft: draft_id }) }),
      },
    )
  const { person_ids, shifts } = roster.needs
  return (
    <Section title={roster.name} aside={may ? <Button onClick={onEdit}>{t('rosters.edit')}</Button> : null}>
      <div className="panel stack tight">
        <p className="soft">
          {t('rosters.people_shifts', { people: person_ids.length, shifts: shifts.length })} ·{' '}
          {shifts.map(({ code, name }) => `${code} ${name}`).join(t('common.comma'))}
        </p>
        <ul className="board-list">
          {roster.drafts.map((draft) => (
            <li key={draft.draft_id} className="row spread">
              <Link to="/rosters/board" search={(old) => ({ ...old, draft: draft.draft_id })}>
                {t('rosters.draft_of', { from: formats.day(draft.from_on), days: draft.days })}
              </Link>
              <span className="soft">
                {draft.asked_by === null ? '' : `${t('asks.draft_of', { name: draft.asked_by })} · `}
                {draft.published_version === null
                  ? t(draft.version === null ? 'rosters.empty' : 'rosters.unpublished')
                  : draft.published_version === draft.version
                    ? t('rosters.published')
                    : t('rosters.changed_since')}
              </span>
            </li>
          ))}
        </ul>
        {may ? (
          <div className="row">
            <PeriodFields period={period} onChange={setPeriod} />
            <Button type="primary" onClick={start} loading={open.isPending}>
              {t('rosters.open_period')}
            </Button>
          </div>
        ) : null}
        <ProblemNotice error={open.error} />
      </div>
    </Section>
  )
}
