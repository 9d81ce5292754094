import { Button } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { obstacleText } from '#engines/rostering/explain-text.ts'
import type { Refused, Substitute, Substitutes } from '#engines/rostering/substitute.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { useLanguage } from '#platform/ui/problem-notice.tsx'
import type { DraftView } from '../roster-contract.ts'
import { type Explainer, namesOf, problemOf } from './board-explained.ts'
import type { Place } from './board-state.ts'

const POSSIBLE_AT_ONCE = 5

interface Props {
  readonly draft: DraftView
  readonly explainer: Explainer
  readonly place: Place
  readonly code: string
  /** Gives the shift to somebody on the board; undefined where it may not be changed. */
  readonly onGive: ((person: string) => void) | undefined
}

/** Who could take the shift of a cell, best first, with what it means for rest, hours and fairness; and what keeps the others from it. */
export function CellTakers({ draft, explainer, place, code, onGive }: Props) {
  const { t } = useTranslation()
  const [found, setFound] = useState<Substitutes | undefined>()
  const [shown, setShown] = useState(POSSIBLE_AT_ONCE)
  const { findTakers } = explainer
  const { person, day } = place
  useEffect(() => {
    let isOpen = true
    void findTakers({ day, shift: code, absent: person }).then((answer) => isOpen && setFound(answer))
    return () => {
      isOpen = false
    }
  }, [findTakers, day, code, person])
  if (!found) return <p className="soft">{t('rosters.scoring')}</p>
  return (
    <div className="stack tight">
      <h3>{t('rosters.could_take', { count: found.possible_count })}</h3>
      <ul className="board-list">
        {found.possible.slice(0, shown).map((one) => (
          <li key={one.person} className="row spread">
            <Possible draft={draft} one={one} />
            {onGive ? (
              <span>
                <Button size="small" onClick={() => onGive(one.person)}>
                  {t('rosters.give')}
                </Button>
              </span>
            ) : null}
          </li>
        ))}
      </ul>
      {found.possible.length > shown ? (
        <Button size="small" onClick={() => setShown(found.possible.length)}>
          {t('rosters.more', { count: found.possible.length - shown })}
        </Button>
      ) : null}
      <details>
        <summary>{t('rosters.could_not', { count: found.refused_count })}</summary>
        <ul className="board-list">
          {found.refused.map((one) => (
            <li key={one.person}>
              <Kept draft={draft} one={one} />
            </li>
          ))}
        </ul>
      </details>
    </div>
  )
}

function Possible({ draft, one }: { draft: DraftView; one: Substitute }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const language = useLanguage()
  const names = namesOf(draft)
  const rest = (minutes: number | null) => (minutes === null ? t('rosters.ample') : formats.minutes(minutes))
  const change = Math.round(one.cost)
  const facts = [
    t('rosters.taker_cost', { cost: change > 0 ? `+${change}` : String(change) }),
    t('rosters.taker_rest', { before: rest(one.rest_before_min), after: rest(one.rest_after_min) }),
    t('rosters.taker_week', { hours: formats.minutes(one.week_minutes) }),
    t('rosters.taker_run', { days: one.run_days }),
    ...one.fairness.map(({ rule, load, fair }) => {
      const said = isInMinutes(draft, rule) ? (value: number) => formats.minutes(Math.round(value)) : round
      return t('rosters.taker_fair', { rule: names.rule(rule)[language], load: said(load), fair: said(fair) })
    }),
  ]
  return (
    <span>
      {names.person(one.person)}
      <br />
      <small className="soft">{facts.join(' · ')}</small>
    </span>
  )
}

const round = (value: number): number => Math.round(value * 10) / 10

function isInMinutes(draft: DraftView, id: string): boolean {
  const rule = problemOf(draft).rules.find((one) => one.id === id)
  return rule?.kind === 'fairness' && rule.of === 'minutes'
}

function Kept({ draft, one }: { draft: DraftView; one: Refused }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const names = namesOf(draft)
  const texts = one.obstacles.map((obstacle) => obstacleText(problemOf(draft), obstacle, names)[language])
  return (
    <span>
      {names.person(one.person)} <small className="soft">{texts.join(t('common.comma'))}</small>
    </span>
  )
}
