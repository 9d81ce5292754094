import { Button, Checkbox } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '#platform/ui/formats.ts'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import type { ShiftPlan } from '../plan-contract.ts'

type Person = ShiftPlan['people'][number]
type Shift = ShiftPlan['shifts'][number]
type Elsewhere = ShiftPlan['elsewhere'][number]

/** What whoever may plan can do in the grid. */
export interface Acts {
  readonly chosen: ReadonlySet<number>
  onChoose(chosen: ReadonlySet<number>): void
  onAdd(personId: number, date: string): void
  onRemove(shift: Shift): void
}

interface GridProps {
  readonly days: readonly string[]
  readonly people: readonly Person[]
  readonly plan: ShiftPlan
  readonly acts: Acts | undefined
}

const PEOPLE_AT_ONCE = 40

function byPersonDay<T extends { person_id: number; starts_on: string }>(rows: readonly T[]): ReadonlyMap<string, T[]> {
  const map = new Map<string, T[]>()
  for (const row of rows) {
    const key = `${row.person_id} ${row.starts_on}`
    map.set(key, [...(map.get(key) ?? []), row])
  }
  return map
}

/** People down, days across; on a narrow screen each person becomes a card with a line per day. */
export function PlanGrid({ days, people, plan, acts }: GridProps) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { today } = useWorkplace()
  const [count, setCount] = useState(PEOPLE_AT_ONCE)
  const shifts = useMemo(() => byPersonDay(plan.shifts), [plan.shifts])
  const elsewhere = useMemo(() => byPersonDay(plan.elsewhere), [plan.elsewhere])
  return (
    <div className="rows-frame">
      <table className="plan">
        <caption className="visually-hidden">{t('plan.title')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('plan.person')}</th>
            {days.map((date) => (
              <th key={date} scope="col" className={date === today ? 'plan-today' : ''}>
                {formats.day(date)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {people.slice(0, count).map((person) => (
            <tr key={person.person_id}>
              <th scope="row">
                <PersonHead person={person} acts={acts} />
              </th>
              {days.map((date) => (
                <td key={date} data-label={formats.day(date)} className={date === today ? 'plan-today' : ''}>
                  <Cell
                    person={person}
                    date={date}
                    shifts={shifts.get(`${person.person_id} ${date}`) ?? []}
                    elsewhere={elsewhere.get(`${person.person_id} ${date}`) ?? []}
                    acts={acts}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {people.length > count ? (
        <div className="rows-more">
          <Button onClick={() => setCount(count + PEOPLE_AT_ONCE)}>
            {t('common.more_of', { shown: count, all: people.length })}
          </Button>
        </div>
      ) : null}
    </div>
  )
}

function PersonHead({ person, acts }: { person: Person; acts: Acts | undefined }) {
  const { t } = useTranslation()
  const words = (
    <>
      {person.name}
      {person.title ? <span className="soft small plan-title">{person.title}</span> : null}
    </>
  )
  if (!acts) return <span>{words}</span>
  const { chosen, onChoose } = acts
  const toggle = (checked: boolean) => {
    const next = new Set(chosen)
    if (checked) next.add(person.person_id)
    else next.delete(person.person_id)
    onChoose(next)
  }
  return (
    <Checkbox
      aria-label={t('plan.select', { name: person.name })}
      checked={chosen.has(person.person_id)}
      onChange={({ target }) => toggle(target.checked)}
    >
      {words}
    </Checkbox>
  )
}

interface CellProps {
  readonly person: Person
  readonly date: string
  readonly shifts: readonly Shift[]
  readonly elsewhere: readonly Elsewhere[]
  readonly acts: Acts | undefined
}

function Cell({ person, date, shifts, elsewhere, acts }: CellProps) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <div className="plan-cell">
      {shifts.map((shift) => {
        const times = formats.times(shift.starts_at, shift.ends_at)
        return (
          <span key={shift.shift_id} className={shift.settled ? 'plan-shift plan-settled' : 'plan-shift'}>
            <span className="nowrap">{times}</span>
            <span className="plan-post">
              <span>
                {shift.post_name}
                {shift.settled ? ` · ${t('plan.settled')}` : ''}
              </span>
              {acts && !shift.settled ? (
                <button
                  type="button"
                  className="plan-button"
                  aria-label={t('plan.remove_shift', { name: person.name, times: `${formats.day(date)} ${times}` })}
                  onClick={() => acts.onRemove(shift)}
                >
                  ×
                </button>
              ) : null}
            </span>
          </span>
        )
      })}
      {elsewhere.map(({ unit_name, starts_at, ends_at }) => (
        <span key={starts_at} className="plan-elsewhere">
          {formats.times(starts_at, ends_at)} {t('plan.elsewhere', { unit: unit_name })}
        </span>
      ))}
      {acts ? (
        <button
          type="button"
          className={shifts.length > 0 ? 'plan-button plan-add plan-add-more' : 'plan-button plan-add'}
          aria-label={t('plan.add_on', { name: person.name, day: formats.day(date) })}
          onClick={() => acts.onAdd(person.person_id, date)}
        >
          +
        </button>
      ) : null}
    </div>
  )
}
