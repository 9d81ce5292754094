import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Violation } from '#engines/rostering/problem.ts'
import { dayOf, formatDay } from '#engines/values/time.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Section } from '#platform/ui/page.tsx'
import { useLanguage } from '#platform/ui/problem-notice.tsx'
import type { DraftView, SolveView } from '../roster-contract.ts'
import { clockText } from '../roster-sheet.ts'
import type { Scoring } from './board-score.ts'
import type { Place } from './board-state.ts'

const SHOWN_MAX = 120

function useNames(draft: DraftView) {
  const language = useLanguage()
  const formats = useFormats()
  const titles = new Map(draft.rules.map((rule) => [rule.rule, rule]))
  const people = new Map(draft.people.map(({ person_id, name }) => [String(person_id), name]))
  return {
    rule: (id: string) => titles.get(id)?.title[language] ?? id,
    source: (id: string) => titles.get(id),
    person: (id: string) => people.get(id) ?? '—',
    day: (day: number) => formats.day(formatDay(dayOf(draft.from_on) + day)),
  }
}

/** What no roster can meet, known before anybody computes. */
export function Conflicts({ draft }: { draft: DraftView }) {
  const { t } = useTranslation()
  const language = useLanguage()
  if (draft.conflicts.length === 0) return null
  return (
    <Alert
      type="warning"
      showIcon
      title={t('rosters.conflicts')}
      description={
        <ul>
          {draft.conflicts.slice(0, 8).map((conflict) => (
            <li key={conflict.text.en} className={conflict.hard ? 'board-bad' : ''}>
              {conflict.text[language]}
            </li>
          ))}
        </ul>
      }
    />
  )
}

export function ScoreLine({ scoring }: { scoring: Scoring }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { score } = scoring
  return (
    <p role="status" aria-live="polite" className="row" data-testid="score">
      {score === undefined ? (
        t('rosters.scoring')
      ) : (
        <>
          <strong className={score.hard > 0 ? 'board-bad' : ''}>
            {score.hard > 0 ? t('rosters.score_hard', { count: score.hard }) : t('rosters.score_fine')}
          </strong>
          <span>{t('rosters.score', { penalty: formats.count(Math.round(score.total)) })}</span>
          <span className="soft">{t('rosters.keys')}</span>
        </>
      )}
    </p>
  )
}

export function Legend({ draft }: { draft: DraftView }) {
  const { t } = useTranslation()
  return (
    <ul className="board-legend">
      {draft.needs.shifts.map((shift, index) => (
        <li key={shift.code}>
          <span className={`board-c${index % 6}`}>{shift.code}</span>
          {shift.name} {clockText(shift)}
        </li>
      ))}
      <li className="soft">{t('rosters.legend_hard')}</li>
      <li className="soft">{t('rosters.legend_closed')}</li>
      {draft.published_at ? <li className="soft">{t('rosters.legend_published')}</li> : null}
    </ul>
  )
}

interface ListProps {
  readonly draft: DraftView
  readonly scoring: Scoring
}

/** Hard ones first; a press goes to the cell. */
export function Violations({ draft, scoring, onShow }: ListProps & { onShow: (place: Place) => void }) {
  const { t } = useTranslation()
  const names = useNames(draft)
  const sorted = [...scoring.violations].sort(
    (left, right) => Number(right.hard) - Number(left.hard) || right.cost - left.cost,
  )
  const placeOf = ({ person, day }: Violation): Place => ({
    person: person ?? String(draft.people[0]?.person_id ?? ''),
    day: day ?? 0,
  })
  return (
    <Section title={`${t('rosters.violations')} ${sorted.length}`}>
      {sorted.length === 0 ? <p className="soft">{t('rosters.violations_none')}</p> : null}
      <ul className="board-list">
        {sorted.slice(0, SHOWN_MAX).map((violation) => (
          <li key={JSON.stringify(violation)}>
            <button type="button" onClick={() => onShow(placeOf(violation))}>
              <span className={violation.hard ? 'board-bad' : ''}>
                {violation.person ? `${names.person(violation.person)} ` : ''}
                {violation.day === undefined ? '' : `${names.day(violation.day)} `}
                {names.rule(violation.rule)}
              </span>
              <span className="soft">
                {violation.actual === undefined || violation.limit === undefined
                  ? ''
                  : t('rosters.actual_limit', { actual: violation.actual, limit: violation.limit })}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** What the penalty consists of, rule by rule, with where the rule comes from. */
export function Penalties({ draft, scoring }: ListProps) {
  const { t } = useTranslation()
  const names = useNames(draft)
  // A kind of shift has a line for working days and one for rest days: to the reader it is one thing.
  const sums = new Map<string, { rule: string; hard: number; soft: number }>()
  for (const { rule, hard, soft } of scoring.score?.by_rule ?? []) {
    const title = names.rule(rule)
    const sum = sums.get(title) ?? { rule, hard: 0, soft: 0 }
    sums.set(title, { rule: sum.rule, hard: sum.hard + hard, soft: sum.soft + soft })
  }
  const rules = [...sums.values()].sort((left, right) => right.hard - left.hard || right.soft - left.soft)
  return (
    <Section title={t('rosters.by_rule')}>
      {rules.length === 0 ? <p className="soft">{t('rosters.violations_none')}</p> : null}
      <ul className="board-list">
        {rules.map(({ rule, hard, soft }) => {
          const source = names.source(rule)
          return (
            <li key={rule} className="row spread">
              <span>
                {names.rule(rule)}{' '}
                {source?.from_pack ? (
                  <small className="soft">
                    {t('rosters.rule_from_pack')}
                    {source.example ? `，${t('rosters.rule_example')}` : ''}
                  </small>
                ) : null}
              </span>
              <span className={hard > 0 ? 'board-bad' : 'soft'}>{hard > 0 ? `× ${hard}` : Math.round(soft)}</span>
            </li>
          )
        })}
      </ul>
    </Section>
  )
}

const WIDTH = 600
const HEIGHT = 140
const EDGE = 8
/** The first moments are far above the rest: the curve shows from this share of its points on. */
const SKIP_ABOVE = 4

/** Penalty over time as it falls, and the bound below it. */
export function Curve({ solve }: { solve: SolveView }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const last = solve.curve.at(-1)
  if (!last) return <p className="soft">{t('rosters.scoring')}</p>
  const most = last.penalty * SKIP_ABOVE + 50
  // While hard rules are still being mended the penalty says little.
  const points = solve.curve.filter(({ hard, penalty }) => hard === last.hard && penalty <= most)
  const end = Math.max(last.seconds, solve.state === 'running' ? solve.seconds_max : 0, 0.1)
  const top = Math.max(...points.map(({ penalty }) => penalty), 1)
  const x = (seconds: number) => EDGE + (seconds / end) * (WIDTH - 2 * EDGE)
  const y = (penalty: number) => HEIGHT - EDGE - (Math.max(0, penalty) / top) * (HEIGHT - 2 * EDGE)
  // A step down happens when it is found, not before.
  const line = points
    .map(({ seconds, penalty }, index) => {
      const before = points[index - 1]
      return `${before ? `${x(seconds)},${y(before.penalty)} ` : ''}${x(seconds)},${y(penalty)}`
    })
    .join(' ')
  const text = t('rosters.curve_text', {
    seconds: formats.count(Math.round(last.seconds)),
    penalty: formats.count(Math.round(last.penalty)),
  })
  return (
    <figure className="stack tight" style={{ margin: 0 }}>
      <svg
        className="board-curve"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={text}
      >
        <polyline points={line} fill="none" stroke="var(--accent)" strokeWidth="2" vectorEffect="non-scaling-stroke" />
        {last.bound === null ? null : (
          <line
            x1={EDGE}
            x2={WIDTH - EDGE}
            y1={y(last.bound)}
            y2={y(last.bound)}
            stroke="var(--ink-soft)"
            strokeDasharray="4 4"
            vectorEffect="non-scaling-stroke"
          />
        )}
      </svg>
      <figcaption className="soft">
        {text}
        {last.bound === null || last.bound <= 0
          ? ''
          : `；${t('rosters.bound', { bound: formats.count(Math.ceil(last.bound)) })}`}
      </figcaption>
    </figure>
  )
}
