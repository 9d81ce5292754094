import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { UnmetDemand, UnmetWish, WayOut } from '#engines/rostering/explain.ts'
import { unmetDemandText, unmetWishText } from '#engines/rostering/explain-text.ts'
import { Section } from '#platform/ui/page.tsx'
import { useLanguage } from '#platform/ui/problem-notice.tsx'
import type { DraftView } from '../roster-contract.ts'
import { type Explainer, namesOf, problemOf } from './board-explained.ts'
import type { GridActs } from './board-grid.tsx'
import type { Place } from './board-state.ts'

const AT_ONCE = 6

interface Props {
  readonly draft: DraftView
  readonly explainer: Explainer
  readonly acts: GridActs
  readonly onShow: (place: Place) => void
  readonly readOnly: boolean
}

/** What is short and which wishes are not granted: why, and the cheapest ways out, each one press away. */
export function Reasons(props: Props) {
  const { t } = useTranslation()
  const { explanation } = props.explainer
  if (explanation === undefined) return null
  const { unmet, wishes } = explanation
  return (
    <>
      <Section title={`${t('rosters.unmet')} ${unmet.length}`}>
        {unmet.length === 0 ? <p className="soft">{t('rosters.unmet_none')}</p> : null}
        <Growing items={unmet}>
          {(one) => <Unmet key={`${one.line} ${one.day} ${one.skill ?? ''}`} unmet={one} {...props} />}
        </Growing>
      </Section>
      {wishes.length > 0 ? (
        <Section title={`${t('rosters.wishes_unmet')} ${wishes.length}`}>
          <Growing items={wishes}>{(one) => <Wish key={`${one.person} ${one.day}`} wish={one} {...props} />}</Growing>
        </Section>
      ) : null}
    </>
  )
}

function Growing<Item>({ items, children }: { items: readonly Item[]; children: (item: Item) => React.ReactNode }) {
  const { t } = useTranslation()
  const [shown, setShown] = useState(AT_ONCE)
  return (
    <ul className="board-list board-why">
      {items.slice(0, shown).map(children)}
      {items.length > shown ? (
        <li>
          <Button size="small" onClick={() => setShown(shown + 4 * AT_ONCE)}>
            {t('rosters.more', { count: items.length - shown })}
          </Button>
        </li>
      ) : null}
    </ul>
  )
}

function Unmet({ unmet, draft, acts, onShow, readOnly }: Props & { unmet: UnmetDemand }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const { head, why, ways } = unmetDemandText(problemOf(draft), unmet, namesOf(draft))
  const go = ({ person, shift }: WayOut) => {
    const place = { person, day: unmet.day }
    acts.onSet(place, shift)
    onShow(place)
  }
  return (
    <li>
      <strong className={unmet.hard ? 'board-bad' : ''}>{head[language]}</strong>
      {why ? <p className="soft">{why[language]}</p> : null}
      {unmet.ways_out.length === 0 ? <p className="soft">{t('rosters.no_way_out')}</p> : null}
      <ul>
        {unmet.ways_out.map((way, at) => (
          <li key={`${way.kind} ${way.person} ${way.shift}`} className="row spread">
            <span>{ways[at]?.[language]}</span>
            {readOnly ? null : (
              <Button size="small" onClick={() => go(way)}>
                {t(way.kind === 'take' || way.kind === 'move' ? 'rosters.do_so' : 'rosters.do_so_anyway')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </li>
  )
}

function Wish({ wish, draft, onShow }: Props & { wish: UnmetWish }) {
  const language = useLanguage()
  return (
    <li>
      <button type="button" onClick={() => onShow({ person: wish.person, day: wish.day })}>
        {unmetWishText(problemOf(draft), wish, namesOf(draft))[language]}
      </button>
    </li>
  )
}
