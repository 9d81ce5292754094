import { useTranslation } from 'react-i18next'
import { useFormats } from '#platform/ui/formats.ts'
import type { ShiftPlan } from '../plan-contract.ts'
import type { Candidate } from './shift-plan.ts'

const CLASHES_SHOWN_MAX = 6

/** What will be planned, and what is left out because the person is engaged already. */
export function PlanPreview({
  fits,
  clashes,
  people,
}: {
  fits: readonly Candidate[]
  clashes: readonly Candidate[]
  people: ShiftPlan['people']
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  const nameOf = (personId: number) => people.find(({ person_id }) => person_id === personId)?.name ?? '—'
  return (
    <div className="plan-preview" role="status">
      <p>{fits.length > 0 ? t('plan.will_add', { count: fits.length }) : t('plan.will_none')}</p>
      {clashes.length > 0 ? (
        <>
          <p className="waiting">{t('plan.will_skip', { count: clashes.length })}</p>
          <ul className="small">
            {clashes.slice(0, CLASHES_SHOWN_MAX).map(({ person_id, starts_at, ends_at, starts_on }) => (
              <li key={`${person_id} ${starts_at}`}>
                {nameOf(person_id)} {formats.day(starts_on)} {formats.times(starts_at, ends_at)}
              </li>
            ))}
            {clashes.length > CLASHES_SHOWN_MAX ? <li>{t('plan.will_skip_more', { count: clashes.length })}</li> : null}
          </ul>
        </>
      ) : null}
    </div>
  )
}

export function shiftsBody(fits: readonly Candidate[]) {
  return fits.map(({ person_id, post_id, starts_at, ends_at }) => ({ person_id, post_id, starts_at, ends_at }))
}
