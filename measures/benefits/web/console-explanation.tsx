import { Drawer, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { GRADES } from '#engines/policy/vocabulary.ts'
import type { Fen } from '#engines/values/money.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Facts } from '#platform/ui/page.tsx'
import { useEndpoint } from '#platform/ui/queries.ts'
import { Loaded } from '#platform/ui/states.tsx'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { type ExplanationLine, type ExplanationView, explainForPerson, explainForUnit } from '../contract.ts'
import { Marks, ResultFigure } from './console-figures.tsx'
import './console.css'

type Citation = NonNullable<ExplanationLine['parameters']>[number]

export interface Asked {
  /** Whose figure: a person's, or a unit's own. */
  readonly person_id?: number
  readonly unit_id?: number
  readonly name: string
  readonly entitlement: string
  readonly evaluation_id?: number
}

/** Why a number is that number: clause, version of the figure, source and grade, the arithmetic, the records. */
export function ExplanationDrawer({ asked, onClose }: { asked: Asked | undefined; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Drawer
      open={asked !== undefined}
      onClose={onClose}
      size={720}
      title={t('explanation.title', { name: asked?.name ?? '' })}
      destroyOnHidden
    >
      {asked?.unit_id !== undefined ? <UnitBody asked={asked} unitId={asked.unit_id} /> : null}
      {asked?.person_id !== undefined ? <Body asked={asked} personId={asked.person_id} /> : null}
    </Drawer>
  )
}

function UnitBody({ asked, unitId }: { asked: Asked; unitId: number }) {
  const { operation_id } = useWorkplace()
  const { language } = useFormats()
  const explanation = useEndpoint(explainForUnit, {
    params: { operation_id: String(operation_id), unit_id: String(unitId), entitlement: asked.entitlement },
    query: { language, ...(asked.evaluation_id ? { evaluation_id: String(asked.evaluation_id) } : {}) },
  })
  return (
    <Loaded query={explanation} rows={8}>
      {(data) => <Explained explanation={data} />}
    </Loaded>
  )
}

function Body({ asked, personId }: { asked: Asked; personId: number }) {
  const { operation_id } = useWorkplace()
  const { language } = useFormats()
  const explanation = useEndpoint(explainForPerson, {
    params: {
      operation_id: String(operation_id),
      person_id: String(personId),
      entitlement: asked.entitlement,
    },
    query: { language, ...(asked.evaluation_id ? { evaluation_id: String(asked.evaluation_id) } : {}) },
  })
  return (
    <Loaded query={explanation} rows={12}>
      {(data) => <Explained explanation={data} />}
    </Loaded>
  )
}

export function Explained({ explanation }: { explanation: ExplanationView }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { entitlement, result, period, evaluation } = explanation
  return (
    <div className="stack">
      <div>
        <h2 className="explained-title">{explanation.title}</h2>
        <p className="explained-figure">
          <ResultFigure head={entitlement} result={result} />
        </p>
        <Marks unverified={entitlement.unverified} example={entitlement.example} />
        {result.decision_question ? (
          <p className="waiting">{t('explanation.waits_for', { what: formats.label(result.decision_question) })}</p>
        ) : null}
        {result.missing_text ? (
          <p className="waiting">{t('explanation.missing', { what: formats.label(result.missing_text) })}</p>
        ) : null}
      </div>
      <ol className="explained-lines">
        {explanation.lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one explanation keep their order
          <Line key={index} line={line} />
        ))}
      </ol>
      <Facts
        items={[
          [t('explanation.period'), `${formats.day(period.from)} – ${formats.day(period.to)}`],
          [t('explanation.known_at'), formats.moment(evaluation.known_at)],
          [t('explanation.pack'), <code key="pack">{explanation.pack_hash.slice(0, 16)}</code>],
        ]}
      />
    </div>
  )
}

function Line({ line }: { line: ExplanationLine }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const figure = figureOf(line, formats.yuan, formats.days, formats.minutes)
  const below = line.lines ?? []
  const head = (
    <>
      <span className="explained-kind">{t(`explanation.kind.${line.kind}`)}</span>
      <span className="explained-text">{line.text}</span>
      {figure ? <span className="explained-amount">{figure}</span> : null}
    </>
  )
  return (
    <li className={`explained-line explained-${line.kind}`}>
      {below.length > 0 ? (
        <details open={line.kind !== 'day'}>
          <summary>{head}</summary>
          <ol className="explained-lines">
            {below.map((inner, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one explanation keep their order
              <Line key={index} line={inner} />
            ))}
          </ol>
        </details>
      ) : (
        <div className="explained-head">{head}</div>
      )}
      {(line.parameters ?? []).map((citation) => (
        <Cited key={`${citation.parameter} ${citation.from} ${citation.known}`} citation={citation} />
      ))}
    </li>
  )
}

function figureOf(
  line: ExplanationLine,
  yuan: (fen: Fen) => string,
  days: (hundredths: number) => string,
  minutes: (minutes: number) => string,
): string | undefined {
  if (line.amount_fen !== undefined) return yuan(line.amount_fen)
  if (line.day_hundredths !== undefined) return days(line.day_hundredths)
  return line.minutes === undefined ? undefined : minutes(line.minutes)
}

/** Which dated value was used, from which document, and how sure it is. */
function Cited({ citation }: { citation: Citation }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const number = citation.source_number ? `(${citation.source_number})` : ''
  return (
    <p className="explained-source small">
      {t('explanation.source', { title: `${citation.source_title}${number}` })}{' '}
      {citation.to === null
        ? t('explanation.in_force_since', { day: formats.day(citation.from) })
        : t('explanation.in_force', { from: formats.day(citation.from), to: formats.day(citation.to) })}{' '}
      <Tag color={citation.unverified ? 'warning' : undefined}>
        {citation.grade} {formats.word(GRADES, citation.grade)}
      </Tag>
      {citation.example ? <Tag>{t('policy.example')}</Tag> : null}
      <span className="soft">
        {citation.file}:{citation.line}
      </span>
    </p>
  )
}
