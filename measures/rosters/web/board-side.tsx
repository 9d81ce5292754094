import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import { conflictText } from '#engines/rostering/conflict-text.ts'
import type { RosterProblem, Violation } from '#engines/rostering/problem.ts'
import { dayOf, formatDay } from '#engines/values/time.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Section } from '#platform/ui/page.tsx'
import { useLanguage } from '#platform/ui/problem-notice.tsx'
import type { DraftView, SolveView } from '../roster-contract.ts'
import { clockText } from '../roster-sheet.ts'
import { type Explainer, namesOf, problemOf } from './board-explained.ts'
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

const CONFLICTS_MAX = 8

/** What no roster can meet, known before anybody computes; hard ones first. */
export function Conflicts({ draft, explainer }: { draft: DraftView; explainer: Explainer }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const { conflicts = [] } = explainer
  if (conflicts.length === 0) return null
  const names = namesOf(draft)
  const sorted = [...conflicts].sort((left, right) => Number(right.hard) - Number(left.hard))
  const texts = sorted.map((one) => ({ hard: one.hard, text: conflictText(problemOf(draft), one, names)[language] }))
  return (
    <Alert
      type="warning"
      showIcon
      title={t('rosters.conflicts')}
      description={
        <ul>
          {texts.slice(0, CONFLICTS_MAX).map(({ hard, text }) => (
            <li key={text} className={hard ? 'board-bad' : ''}>
              {text}
            </li>
          ))}
          {texts.length > CONFLICTS_MAX ? (
            <li>{t('rosters.conflicts_more', { count: texts.length - CONFLICTS_MAX })}</li>
          ) : null}
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

/** Hard ones first. What differs from the published roster is no fault: the board marks it in its own way. */
export function shownViolations(violations: readonly Violation[]): Violation[] {
  return violations
    .filter(({ rule }) => rule !== 'published')
    .sort((left, right) => Number(right.hard) - Number(left.hard) || right.cost - left.cost)
}

/** Rules whose figures are minutes: people are told hours. */
export function rulesInMinutes({ rules }: Pick<RosterProblem, 'rules'>): ReadonlySet<string> {
  const inMinutes = rules.filter((rule) => rule.kind === 'clock_window' || ('of' in rule && rule.of === 'minutes'))
  return new Set(inMinutes.map(({ id }) => id))
}

/** A press goes to the cell. */
export function Violations({ draft, scoring, onShow }: ListProps & { onShow: (place: Place) => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const names = useNames(draft)
  const inMinutes = rulesInMinutes(problemOf(draft))
  const figure = (rule: string, amount: number) =>
    inMinutes.has(rule) ? formats.minutes(Math.round(amount)) : formats.count(amount)
  const sorted = shownViolations(scoring.violations)
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
                  : t('rosters.actual_limit', {
                      actual: figure(violation.rule, violation.actual),
                      limit: figure(violation.rule, violation.limit),
                    })}
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

/** How a run ended, when it did not end by itself. */
export function Ending({ solve }: { solve: SolveView }) {
  const { t } = useTranslation()
  const { state, version, can_resume, crashed_threads } = solve
  if (state === 'crashed') {
    const kept =
      version !== null ? t('rosters.crashed_kept', { version }) : can_resume ? t('rosters.crashed_resume') : ''
    return <Alert type="error" showIcon title={t('rosters.crashed')} description={kept} />
  }
  if (state === 'stopped' && version !== null) return <p>{t('rosters.stopped', { version })}</p>
  return crashed_threads > 0 ? <p>{t('rosters.threads_crashed', { count: crashed_threads })}</p> : null
}
