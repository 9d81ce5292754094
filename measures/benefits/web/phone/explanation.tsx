import type { z } from 'zod'
import type { Citation, ExplanationLine, ExplanationView } from '#measures/benefits/contract.ts'
import { dayText, shortDayText } from '#platform/ui/phone/moments.ts'
import { Card, Read } from '#platform/ui/phone/parts.tsx'
import { usePhone } from '#platform/ui/phone/phone.ts'
import { useReading } from '#platform/ui/phone/reading.ts'
import { useTexts } from '#platform/ui/phone/texts.ts'
import { Marks, OpenNote, valueText } from './statement.tsx'

type CitationOut = z.output<typeof Citation>

export function explanationPath(operation_id: number, entitlement: string, language: string): string {
  return `/api/me/statement/${encodeURIComponent(entitlement)}/explanation?operation_id=${operation_id}&language=${language}`
}

/** Why a figure is what it is: clause, duty, arithmetic, and the document behind every rate. */
export function ExplanationPage({ entitlement }: { readonly entitlement: string }) {
  const texts = useTexts()
  const { t, language } = texts
  const { operation } = usePhone()
  const reading = useReading<ExplanationView>(explanationPath(operation.operation_id, entitlement, language))
  return (
    <>
      <p>
        <a class="back" href="#/owed">
          {t('back_to_statement')}
        </a>
      </p>
      <Read reading={reading} what={t('explanation')}>
        {(view) => (
          <>
            <h1>{view.title}</h1>
            <Card tone="lead">
              <p class="huge money">
                {view.result.state === 'not_covered'
                  ? t('state_not_covered')
                  : valueText(view.entitlement, view.result, texts)}
              </p>
              <p class="quiet">
                {t('statement_period', {
                  from: dayText(view.period.from, language),
                  to: dayText(view.period.to, language),
                })}
              </p>
              <OpenNote result={view.result} />
              {view.result.state === 'not_covered' ? null : (
                <p>
                  <Marks head={view.entitlement} />
                </p>
              )}
            </Card>
            <Card title={t('explanation')}>
              <Lines lines={view.lines} />
            </Card>
            <p class="quiet">{t('explanation_wrong')}</p>
          </>
        )}
      </Read>
    </>
  )
}

function Lines({ lines }: { readonly lines: readonly ExplanationLine[] }) {
  return (
    <ol class="explanation">
      {lines.map((line, index) => (
        // The lines of an explanation never move: their place is their name.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <li key={index} class={`line line-${line.kind}`}>
          <ExplainedLine line={line} />
        </li>
      ))}
    </ol>
  )
}

function ExplainedLine({ line }: { readonly line: ExplanationLine }) {
  const cited = line.parameters ?? []
  const below = line.lines ?? []
  if (below.length === 0 && cited.length === 0) return <span>{line.text}</span>
  return (
    <details>
      <summary>{line.text}</summary>
      {cited.map((citation) => (
        <Source key={`${citation.parameter} ${citation.from} ${citation.value}`} citation={citation} />
      ))}
      {below.length > 0 ? <Lines lines={below} /> : null}
    </details>
  )
}

function Source({ citation }: { readonly citation: CitationOut }) {
  const { t, language } = useTexts()
  const { source_title: title, source_number } = citation
  const from = shortDayText(citation.from, language)
  return (
    <p class="source">
      {source_number === null
        ? t('source', { title, from })
        : t('source_numbered', { title, number: source_number, from })}
    </p>
  )
}
