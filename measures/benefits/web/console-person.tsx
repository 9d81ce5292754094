import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemError } from '#platform/ui/client.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Section } from '#platform/ui/page.tsx'
import { useLanguage } from '#platform/ui/problem-notice.tsx'
import { useEndpoint } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { Loaded, Nothing } from '#platform/ui/states.tsx'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { type PersonStatement, readPersonStatement } from '../contract.ts'
import { type Asked, ExplanationDrawer } from './console-explanation.tsx'
import { isMoney, Marks, quantityText, ResultFigure } from './console-figures.tsx'
import './console.css'

/** What one person is owed; every number opens into its explanation. */
export function PersonStatementSection({ personId }: { personId: number }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const { operation_id } = useWorkplace()
  const statement = useEndpoint(
    readPersonStatement,
    { params: { operation_id: String(operation_id), person_id: String(personId) }, query: {} },
    { enabled: operation_id !== undefined },
  )
  if (operation_id === undefined) return null
  // That nothing was worked out yet, or that this person has no statement, is an answer and no fault.
  const refusal =
    statement.error instanceof ProblemError && statement.error.document.status < 500 ? statement.error : undefined
  return (
    <Section title={t('statement.of_person')}>
      {refusal && !statement.data ? (
        <Nothing>{refusal.document.title[language]}</Nothing>
      ) : (
        <Loaded query={statement}>{(data) => <PersonRows statement={data} />}</Loaded>
      )}
    </Section>
  )
}

function PersonRows({ statement }: { statement: PersonStatement }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const [asked, setAsked] = useState<Asked | undefined>(undefined)
  const results = new Map(statement.results.map((result) => [result.entitlement, result]))
  const rows = statement.entitlements.flatMap((head) => {
    const result = results.get(head.entitlement)
    return result ? [{ head, result }] : []
  })
  const ask = (entitlement: string) =>
    setAsked({
      person_id: statement.person_id,
      name: statement.name,
      entitlement,
      evaluation_id: statement.evaluation.evaluation_id,
    })
  return (
    <>
      <p className="soft small">
        {t('statement.period', {
          from: formats.day(statement.period.from),
          to: formats.day(statement.period.to),
        })}
      </p>
      <Rows
        caption={t('statement.of_person')}
        rows={rows}
        rowKey={({ head }) => head.entitlement}
        columns={[
          {
            key: 'what',
            title: t('statement.entitlement'),
            narrow: 'title',
            show: ({ head }) => (
              <>
                {formats.label(head.title)} <Marks unverified={head.unverified} example={head.example} />
              </>
            ),
          },
          {
            key: 'clause',
            title: t('statement.clause'),
            show: ({ head }) => t('policy.clause_number', { number: head.clause }),
          },
          {
            key: 'quantity',
            title: t('statement.quantity'),
            number: true,
            show: ({ head, result }) =>
              result.quantity === null || head.gives === 'right' || !isMoney(head)
                ? '—'
                : quantityText(formats, head.quantity_unit, result.quantity),
          },
          {
            key: 'figure',
            title: t('statement.result'),
            number: true,
            show: ({ head, result }) => (
              <button type="button" className="figure-button" onClick={() => ask(head.entitlement)}>
                <ResultFigure head={head} result={result} />
              </button>
            ),
          },
        ]}
      />
      <ExplanationDrawer asked={asked} onClose={() => setAsked(undefined)} />
    </>
  )
}
