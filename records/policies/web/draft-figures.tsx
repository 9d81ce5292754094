import { Button, Input, Select } from 'antd'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '#platform/ui/formats.ts'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import type { EntitlementOut, ParameterOut } from '../contract.ts'
import type { PackCheck } from '../contract-drafts.ts'
import { beginningOf, type NoticeTie, paragraphsByClause, paragraphsOf } from '../notice-paragraphs.ts'
import { ChangeFigure } from './change-figure.tsx'
import { figureNow } from './figures.ts'
import type { TextFile } from './use-draft-check.ts'
import './console.css'

type Read = NonNullable<PackCheck['pack']>

/** The notice as the office pasted it, beside the clauses, rules and figures that were made of it. */
export function DraftFigures({
  check,
  files,
  baseFiles,
  readOnly,
  noticeText,
  onNotice,
  ties,
  onTies,
  onFiles,
}: {
  check: PackCheck | undefined
  files: readonly TextFile[]
  baseFiles: readonly TextFile[]
  readOnly: boolean
  noticeText: string
  onNotice: (text: string) => void
  ties: readonly NoticeTie[]
  onTies: (ties: readonly NoticeTie[]) => void
  onFiles: (files: readonly TextFile[], note: string) => void
}) {
  const { t } = useTranslation()
  const [changing, setChanging] = useState<ParameterOut | undefined>(undefined)
  const [chosen, setChosen] = useState<string | undefined>(undefined)
  const paragraphs = paragraphsOf(noticeText)
  const places = paragraphsByClause(paragraphs, check?.pack?.clauses.map(({ number }) => number) ?? [], ties)
  return (
    <div className="draft-sides">
      <Notice
        text={noticeText}
        paragraphs={paragraphs}
        shown={chosen === undefined ? undefined : places.get(chosen)}
        readOnly={readOnly}
        onNotice={onNotice}
      />
      <section className="panel notice-rules">
        <h2>{t('drafts.clauses')}</h2>
        {check?.pack ? (
          <Clauses
            pack={check.pack}
            readOnly={readOnly}
            onChange={setChanging}
            tie={(clause) =>
              paragraphs.length === 0 ? null : (
                <Tie
                  paragraphs={paragraphs}
                  place={places.get(clause)}
                  chosen={chosen === clause}
                  readOnly={readOnly}
                  onChoose={() => setChosen(clause)}
                  onTie={(begins) => onTies([...ties.filter((one) => one.clause !== clause), { clause, begins }])}
                />
              )
            }
          />
        ) : (
          <p className="soft">{check ? t('drafts.no_figures') : t('drafts.checking')}</p>
        )}
      </section>
      {changing && check?.pack ? (
        <ChangeFigure
          parameter={changing}
          pack={check.pack}
          files={files}
          baseFiles={baseFiles}
          onClose={() => setChanging(undefined)}
          onFiles={onFiles}
        />
      ) : null}
    </div>
  )
}

/** Shows the paragraph that a clause rests on; another one, or none, may be chosen by hand. */
function Tie({
  paragraphs,
  place,
  chosen,
  readOnly,
  onChoose,
  onTie,
}: {
  paragraphs: readonly string[]
  place: number | undefined
  chosen: boolean
  readOnly: boolean
  onChoose: () => void
  onTie: (begins: string) => void
}) {
  const { t } = useTranslation()
  return (
    <div className="row">
      <Button size="small" aria-pressed={chosen} onClick={onChoose}>
        {t(place !== undefined ? 'drafts.tie_show' : readOnly ? 'drafts.tie_none' : 'drafts.tie')}
      </Button>
      {chosen && !readOnly ? (
        <Select
          aria-label={t('drafts.tie')}
          size="small"
          value={place ?? -1}
          popupMatchSelectWidth={false}
          style={{ maxWidth: 260 }}
          onChange={(position: number) => onTie(beginningOf(paragraphs[position] ?? ''))}
          options={[
            { value: -1, label: t('drafts.tie_none') },
            ...paragraphs.map((paragraph, value) => ({ value, label: paragraph.slice(0, 24) })),
          ]}
        />
      ) : null}
    </div>
  )
}

function Notice({
  text,
  paragraphs,
  shown,
  readOnly,
  onNotice,
}: {
  text: string
  paragraphs: readonly string[]
  shown: number | undefined
  readOnly: boolean
  onNotice: (text: string) => void
}) {
  const here = useRef<HTMLElement>(null)
  useEffect(() => {
    if (shown !== undefined) here.current?.scrollIntoView({ block: 'nearest' })
  }, [shown])
  const { t } = useTranslation()
  const [editing, setEditing] = useState(text === '')
  return (
    <section className="panel stack tight">
      <div className="row spread">
        <h2 className="section-title">{t('drafts.notice_text')}</h2>
        {readOnly || text === '' ? null : (
          <Button size="small" onClick={() => setEditing(!editing)}>
            {editing ? t('drafts.notice_done') : t('drafts.notice_edit')}
          </Button>
        )}
      </div>
      {editing && !readOnly ? (
        <Input.TextArea
          aria-label={t('drafts.notice_text')}
          placeholder={t('drafts.notice_help')}
          value={text}
          rows={18}
          maxLength={200_000}
          onChange={(event) => onNotice(event.target.value)}
        />
      ) : (
        // A long text is scrolled with the keyboard too.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable
        <section className="draft-notice" tabIndex={0} aria-label={t('drafts.notice_text')}>
          {text === ''
            ? t('drafts.notice_help')
            : paragraphs.map((paragraph, position) =>
                position === shown ? (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a paragraph is its place in the notice
                  <p key={position}>
                    <mark ref={here}>{paragraph}</mark>
                  </p>
                ) : (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a paragraph is its place in the notice
                  <p key={position}>{paragraph}</p>
                ),
              )}
        </section>
      )}
    </section>
  )
}

function Clauses({
  pack,
  readOnly,
  onChange,
  tie,
}: {
  pack: Read
  readOnly: boolean
  onChange: (parameter: ParameterOut) => void
  tie: (clause: string) => ReactNode
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  const numbers = new Set(pack.clauses.map(({ number }) => number))
  const loose = pack.parameters.filter(({ clause }) => clause === null || !numbers.has(clause))
  return (
    <>
      {pack.clauses.map((clause) => (
        <article key={clause.number} className="rule">
          <h3>
            {/^\d+$/.test(clause.number) ? t('policy.clause_number', { number: clause.number }) : ''}{' '}
            {formats.label(clause.title)}
          </h3>
          <p className="soft small">{formats.label(clause.summary)}</p>
          {tie(clause.number)}
          <Rules rules={pack.entitlements.filter((rule) => rule.clause === clause.number)} />
          <Figures
            parameters={pack.parameters.filter((parameter) => parameter.clause === clause.number)}
            readOnly={readOnly}
            onChange={onChange}
          />
        </article>
      ))}
      {loose.length > 0 ? (
        <article className="rule">
          <h3>{pack.clauses.length > 0 ? t('drafts.loose_figures') : formats.label(pack.title)}</h3>
          <Figures parameters={loose} readOnly={readOnly} onChange={onChange} />
        </article>
      ) : null}
    </>
  )
}

function Rules({ rules }: { rules: readonly EntitlementOut[] }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return rules.map((rule) => (
    <div key={rule.code}>
      <strong>{formats.label(rule.title)}</strong>
      <ol className="rule-cases">
        {rule.who.map((who) => (
          <li key={`${who.outcome} ${who.when.en}`}>
            <span className={who.outcome === 'undecided' ? 'waiting' : 'soft'}>
              {t(`notice.outcome.${who.outcome}`)}
            </span>
            <span>{formats.label(who.when)}</span>
          </li>
        ))}
      </ol>
    </div>
  ))
}

function Figures({
  parameters,
  readOnly,
  onChange,
}: {
  parameters: readonly ParameterOut[]
  readOnly: boolean
  onChange: (parameter: ParameterOut) => void
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { today } = useWorkplace()
  return (
    <ul className="stack tight">
      {parameters.map((parameter) => {
        const now = figureNow(parameter, today)
        return (
          <li key={parameter.code}>
            <div className="row spread">
              <span>
                {formats.label(parameter.title)} <strong>{now ? formats.label(now.text) : t('notice.not_set')}</strong>
              </span>
              {readOnly ? null : (
                <Button
                  size="small"
                  onClick={() => onChange(parameter)}
                  aria-label={t('drafts.change_title', { what: formats.label(parameter.title) })}
                >
                  {t('drafts.change')}
                </Button>
              )}
            </div>
            <ul className="soft small">
              {parameter.values.map((value) => (
                <li key={`${value.pack} ${value.from} ${value.known} ${value.line}`}>
                  {t('notice.figure_from', { day: formats.day(value.from), layer: t(`policy.layer.${value.layer}`) })}{' '}
                  {formats.label(value.text)} · {value.source_title}
                </li>
              ))}
            </ul>
          </li>
        )
      })}
    </ul>
  )
}
