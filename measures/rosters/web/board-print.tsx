import { useTranslation } from 'react-i18next'
import { dayOf, formatDay, weekdayOf } from '#engines/values/time.ts'
import { weekdayNames } from '#platform/ui/formats.ts'
import { useLanguage } from '#platform/ui/problem-notice.tsx'
import type { DraftView } from '../roster-contract.ts'
import { clockText } from '../roster-sheet.ts'
import type { BoardState } from './board-state.ts'

/** The roster as a ward hangs it up: whole, across the page, heads repeated. Seen on paper only. */
export function PrintedRoster({ draft, state }: { draft: DraftView; state: BoardState }) {
  const { t } = useTranslation()
  const names = weekdayNames(useLanguage())
  const first = dayOf(draft.from_on)
  const days = Array.from({ length: draft.days }, (_, day) => day)
  return (
    <div className="board-print" aria-hidden="true">
      <table>
        <caption>
          {draft.unit_name} {draft.name} {draft.from_on} – {formatDay(first + draft.days - 1)}
          {draft.published_at === null ? `（${t('rosters.unpublished')}）` : ''}
        </caption>
        <thead>
          <tr>
            <th>{t('rosters.person')}</th>
            {days.map((day) => (
              <th key={day}>
                {Number(formatDay(first + day).slice(8))}
                <br />
                {(names[weekdayOf(first + day)] ?? '').slice(-1)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {draft.people.map(({ person_id, name }) => (
            <tr key={person_id}>
              <td>{name}</td>
              {days.map((day) => (
                <td key={day}>{state.cells[String(person_id)]?.[day] ?? ''}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p>{draft.needs.shifts.map((shift) => `${shift.code} ${shift.name} ${clockText(shift)}`).join('　')}</p>
    </div>
  )
}
