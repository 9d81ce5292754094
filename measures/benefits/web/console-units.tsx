import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { UNIT_KINDS } from '#engines/policy/vocabulary.ts'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { call } from '#platform/ui/client.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Section } from '#platform/ui/page.tsx'
import { keyOf, useEndless } from '#platform/ui/queries.ts'
import { EndlessRows, Rows } from '#platform/ui/rows.tsx'
import { listUnitAmounts, type Result, type readUnitStatement } from '../contract.ts'
import { type Asked, ExplanationDrawer } from './console-explanation.tsx'
import { Marks, ResultFigure, SettledSum } from './console-figures.tsx'

type UnitStatement = OutputOf<typeof readUnitStatement>
type AmountPage = OutputOf<typeof listUnitAmounts>
type UnitAmounts = AmountPage['units'][number]

/** Amounts whose beneficiary is a unit: the sum below this unit, then unit by unit; each opens into its explanation. */
export function UnitAmountsSection({ operationId, statement }: { operationId: number; statement: UnitStatement }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const [asked, setAsked] = useState<Asked | undefined>(undefined)
  const heads = statement.unit_entitlements
  if (heads.length === 0) return null
  const totals = new Map(statement.unit_totals.map((total) => [total.entitlement, total]))
  const count = (entitlement: string, of: 'people_settled' | 'people_waiting_decision' | 'people_missing_fact') => {
    const figure = totals.get(entitlement)?.[of] ?? 0
    return figure === 0 ? (
      '—'
    ) : (
      <span className={of === 'people_settled' ? '' : 'waiting'}>{formats.count(figure)}</span>
    )
  }
  return (
    <Section title={t('statement.of_units')}>
      <div className="stack">
        <p className="soft">{t('statement.of_units_about')}</p>
        <Rows
          caption={t('statement.of_units')}
          rows={heads}
          rowKey={(head) => head.entitlement}
          columns={[
            {
              key: 'what',
              title: t('statement.entitlement'),
              narrow: 'title',
              show: (head) => (
                <>
                  {formats.label(head.title)} <Marks unverified={head.unverified} example={head.example} />
                </>
              ),
            },
            {
              key: 'clause',
              title: t('statement.clause'),
              show: (head) => t('policy.clause_number', { number: head.clause }),
            },
            {
              key: 'settled',
              title: t('statement.units_settled'),
              number: true,
              show: (head) => count(head.entitlement, 'people_settled'),
            },
            {
              key: 'sum',
              title: t('statement.settled'),
              number: true,
              show: (head) => (
                <strong>
                  <SettledSum head={head} total={totals.get(head.entitlement)} />
                </strong>
              ),
            },
            {
              key: 'decision',
              title: t('statement.units_waiting'),
              number: true,
              show: (head) => count(head.entitlement, 'people_waiting_decision'),
            },
            {
              key: 'missing',
              title: t('statement.units_missing'),
              number: true,
              show: (head) => count(head.entitlement, 'people_missing_fact'),
            },
          ]}
        />
        <UnitList operationId={operationId} unitId={statement.unit.unit_id} heads={heads} onAsk={setAsked} />
      </div>
      <ExplanationDrawer asked={asked} onClose={() => setAsked(undefined)} />
    </Section>
  )
}

function UnitList({
  operationId,
  unitId,
  heads,
  onAsk,
}: {
  operationId: number
  unitId: number
  heads: UnitStatement['unit_entitlements']
  onAsk: (asked: Asked) => void
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  const params = { operation_id: String(operationId), unit_id: String(unitId) }
  const query = useEndless(keyOf(listUnitAmounts, params), (after, signal) =>
    call(listUnitAmounts, { params, query: { limit: 25, ...(after ? { after } : {}) } }, { signal }),
  )
  const resultOf = ({ results }: UnitAmounts, entitlement: string): Result | undefined =>
    results.find((result) => result.entitlement === entitlement)
  return (
    <EndlessRows<AmountPage, UnitAmounts>
      caption={t('statement.unit_list')}
      query={query}
      rowsOf={(page) => page.units}
      rowKey={(unit) => unit.unit_id}
      empty={t('statement.no_units')}
      columns={[
        {
          key: 'unit',
          title: t('people.unit'),
          narrow: 'title',
          show: (unit) => (
            <>
              <Link to="/org" search={({ op }) => ({ op, unit: unit.unit_id })}>
                {unit.name}
              </Link>{' '}
              <span className="soft small">{formats.word(UNIT_KINDS, unit.kind)}</span>
            </>
          ),
        },
        { key: 'county', title: t('statement.county'), show: (unit) => unit.county_name ?? '—' },
        ...heads.map((head) => ({
          key: head.entitlement,
          title: formats.label(head.title),
          number: true,
          show: (unit: UnitAmounts) => {
            const result = resultOf(unit, head.entitlement)
            return result ? (
              <button
                type="button"
                className="figure-button"
                onClick={() => onAsk({ unit_id: unit.unit_id, name: unit.name, entitlement: head.entitlement })}
              >
                <ResultFigure head={head} result={result} days={false} />
              </button>
            ) : (
              '—'
            )
          },
        })),
      ]}
    />
  )
}
