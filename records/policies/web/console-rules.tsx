import { Link } from '@tanstack/react-router'
import { Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { useFormats } from '#platform/ui/formats.ts'
import type { DecisionPointOut, EntitlementOut, FigureOut, ParameterOut, readClause } from '../contract.ts'

type ClauseView = OutputOf<typeof readClause>

/** The pack's side of a clause: who has what, at which figures, and what is left to people. */
export function ClauseRules({ clause }: { clause: ClauseView }) {
  const { t } = useTranslation()
  const empty = clause.rules.length === 0 && clause.parameters.length === 0 && clause.decision_points.length === 0
  return (
    <section className="panel notice-rules">
      <h2>{t('notice.rules')}</h2>
      {empty ? <p className="soft">{t('notice.no_rules')}</p> : null}
      {clause.rules.map((rule) => (
        <Rule key={rule.code} rule={rule} />
      ))}
      {clause.parameters.map((parameter) => (
        <Parameter key={parameter.code} parameter={parameter} />
      ))}
      {clause.decision_points.map((point) => (
        <Point key={point.point} point={point} />
      ))}
    </section>
  )
}

function Rule({ rule }: { rule: EntitlementOut }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <article className="rule">
      <h3>{formats.label(rule.title)}</h3>
      <p className="soft small">
        {t('notice.rule_from', { day: formats.day(rule.from), source: rule.source_title })}
        {rule.paid_by ? ` · ${t('notice.paid_by', { who: formats.label(rule.paid_by) })}` : ''}
      </p>
      <ol className="rule-cases">
        {rule.who.map((who) => (
          <li key={`${who.outcome} ${who.when.en}`}>
            <span className={who.outcome === 'undecided' ? 'waiting' : who.outcome === 'not_covered' ? 'soft' : ''}>
              {t(`notice.outcome.${who.outcome}`)}
            </span>
            <span>
              {formats.label(who.when)}
              {who.reason ? <span className="soft small"> {formats.label(who.reason)}</span> : null}
            </span>
          </li>
        ))}
      </ol>
      {rule.exceptions.map((exception) => (
        <p key={exception.code} className="small">
          <Tag>{t('notice.exception')}</Tag>
          {formats.label(exception.title)}{' '}
          <span className="soft">
            {t('notice.rule_from', { day: formats.day(exception.from), source: exception.source_title })}
          </span>
        </p>
      ))}
      <p className="soft small">
        {rule.file}:{rule.line}
      </p>
    </article>
  )
}

function Parameter({ parameter }: { parameter: ParameterOut }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <article className="rule">
      <h3>{formats.label(parameter.title)}</h3>
      {parameter.values.length === 0 ? <p className="waiting">{t('notice.not_set')}</p> : null}
      <ul>
        {parameter.values.map((figure) => (
          <FigureLine key={`${figure.pack} ${figure.from} ${figure.known}`} figure={figure} />
        ))}
      </ul>
    </article>
  )
}

function FigureLine({ figure }: { figure: FigureOut }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <li>
      <strong>{figure.value === null ? t('notice.left_open') : formats.label(figure.text)}</strong>{' '}
      <span className="small">
        {t('notice.figure_from', { day: formats.day(figure.from), layer: t(`policy.layer.${figure.layer}`) })}
      </span>{' '}
      {figure.unverified ? <Tag color="warning">{t('policy.unverified')}</Tag> : null}
      {figure.example ? <Tag>{t('policy.example')}</Tag> : null}
      <p className="soft small">
        {figure.source_title}
        {figure.source_number ? `(${figure.source_number})` : ''} {figure.article ?? ''} · {figure.file}:{figure.line}
      </p>
    </li>
  )
}

function Point({ point }: { point: DecisionPointOut }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <article className="rule">
      <h3>
        <Tag color="warning">{t('notice.left_to_people', { word: point.word })}</Tag>
        {formats.label(point.question)}
      </h3>
      <p className="soft small">
        {t('notice.decided_by', { who: point.decided_by.join(t('common.comma')) })} · {point.basis_title} ·{' '}
        <Link to="/worklist">{t('notice.to_decisions')}</Link>
      </p>
    </article>
  )
}
