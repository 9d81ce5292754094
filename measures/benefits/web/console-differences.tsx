import { Link } from '@tanstack/react-router'
import { Segmented, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { call } from '#platform/ui/client.ts'
import { type Formats, useFormats } from '#platform/ui/formats.ts'
import { Page } from '#platform/ui/page.tsx'
import { keyOf, useEndless, useEndpoint } from '#platform/ui/queries.ts'
import { EndlessRows, Rows } from '#platform/ui/rows.tsx'
import { Loaded, Nothing } from '#platform/ui/states.tsx'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { type EvaluationView, listDifferences, listEvaluations } from '#records/policies/contract.ts'

type DifferencePage = OutputOf<typeof listDifferences>
type Difference = DifferencePage['differences'][number]

/** What two evaluations say differently, person by person. Less than before is never taken back by itself. */
export function DifferencesPage() {
  const { t } = useTranslation()
  const { operation_id } = useWorkplace()
  const evaluations = useEndpoint(
    listEvaluations,
    { params: { operation_id: String(operation_id) }, query: { limit: 50 } },
    { enabled: operation_id !== undefined },
  )
  return (
    <Page
      title={t('differences.title')}
      about={t('differences.about')}
      actions={<Link to="/statement">{t('statement.title')}</Link>}
    >
      {operation_id === undefined ? (
        <Nothing>{t('common.no_operation')}</Nothing>
      ) : (
        <Loaded query={evaluations}>
          {(data) => {
            const finished = data.evaluations.filter(({ finished_at }) => finished_at !== null)
            return finished.length < 2 ? (
              <Nothing>{t('differences.needs_two')}</Nothing>
            ) : (
              <Comparison operationId={operation_id} evaluations={finished} />
            )
          }}
        </Loaded>
      )}
    </Page>
  )
}

function nameOf(formats: Formats, evaluation: EvaluationView): string {
  return `${formats.day(evaluation.on_date)} · ${formats.moment(evaluation.known_at)}`
}

/** What changed in amounts that are a unit's; nothing is shown where there is none. */
function UnitDifferences({ units }: { units: DifferencePage['units'] }) {
  const { t } = useTranslation()
  const formats = useFormats()
  if (units.length === 0) return null
  return (
    <Rows
      caption={t('statement.of_units')}
      rows={units}
      rowKey={(row) => `${row.unit_id} ${row.entitlement}`}
      columns={[
        { key: 'unit', title: t('people.unit'), narrow: 'title', show: (row) => row.unit_name },
        { key: 'what', title: t('statement.entitlement'), show: (row) => formats.label(row.title) },
        {
          key: 'before',
          title: t('differences.before'),
          number: true,
          show: (row) => amountText(formats, row.amount_fen_before, row.quantity_before, row.quantity_unit),
        },
        {
          key: 'after',
          title: t('differences.after'),
          number: true,
          show: (row) => amountText(formats, row.amount_fen_after, row.quantity_after, row.quantity_unit),
        },
        {
          key: 'difference',
          title: t('differences.difference'),
          number: true,
          show: (row) => (
            <strong className={row.difference_fen < 0 ? 'late' : ''}>{formats.yuan(row.difference_fen)}</strong>
          ),
        },
      ]}
    />
  )
}

const DIRECTIONS = ['all', 'more', 'less'] as const

function Comparison({ operationId, evaluations }: { operationId: number; evaluations: readonly EvaluationView[] }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const [later, setLater] = useState(evaluations[0]?.evaluation_id ?? 0)
  const [earlier, setEarlier] = useState(evaluations[1]?.evaluation_id ?? 0)
  const [direction, setDirection] = useState<(typeof DIRECTIONS)[number]>('all')
  const params = { operation_id: String(operationId), evaluation_id: String(later) }
  const filter = { against: String(earlier), limit: 25, ...(direction === 'all' ? {} : { direction }) }
  const query = useEndless(keyOf(listDifferences, { params, filter }), (after, signal) =>
    call(listDifferences, { params, query: { ...filter, ...(after ? { after } : {}) } }, { signal }),
  )
  const options = evaluations.map((evaluation) => ({
    value: evaluation.evaluation_id,
    label: nameOf(formats, evaluation),
  }))
  const sums = query.data?.pages[0]
  return (
    <div className="stack">
      <div className="row">
        <span className="row">
          {t('differences.earlier')}
          <Select
            aria-label={t('differences.earlier')}
            value={earlier}
            onChange={setEarlier}
            options={options}
            popupMatchSelectWidth={false}
          />
        </span>
        <span className="row">
          {t('differences.later')}
          <Select
            aria-label={t('differences.later')}
            value={later}
            onChange={setLater}
            options={options}
            popupMatchSelectWidth={false}
          />
        </span>
        <Segmented
          value={direction}
          onChange={setDirection}
          options={DIRECTIONS.map((value) => ({ value, label: t(`differences.direction.${value}`) }))}
        />
      </div>
      {sums ? (
        <p>
          {t('differences.more_sum', {
            people: formats.count(sums.more.people_count),
            sum: formats.yuan(sums.more.amount_fen),
          })}{' '}
          {t('differences.less_sum', {
            people: formats.count(sums.less.people_count),
            sum: formats.yuan(sums.less.amount_fen),
          })}
        </p>
      ) : null}
      <UnitDifferences units={sums?.units ?? []} />
      <EndlessRows<DifferencePage, Difference>
        caption={t('differences.title')}
        query={query}
        rowsOf={(page) => page.differences}
        rowKey={(row) => `${row.person_id} ${row.entitlement}`}
        empty={t('differences.none')}
        columns={[
          {
            key: 'person',
            title: t('people.name'),
            narrow: 'title',
            show: (row) => (
              <Link to="/people/$person_id" params={{ person_id: String(row.person_id) }}>
                {row.person_name}
              </Link>
            ),
          },
          { key: 'unit', title: t('people.unit'), show: (row) => row.home_unit_name },
          { key: 'what', title: t('statement.entitlement'), show: (row) => formats.label(row.title) },
          {
            key: 'before',
            title: t('differences.before'),
            number: true,
            show: (row) => amountText(formats, row.amount_fen_before, row.quantity_before, row.quantity_unit),
          },
          {
            key: 'after',
            title: t('differences.after'),
            number: true,
            show: (row) => amountText(formats, row.amount_fen_after, row.quantity_after, row.quantity_unit),
          },
          {
            key: 'difference',
            title: t('differences.difference'),
            number: true,
            show: (row) => (
              <strong className={row.difference_fen < 0 || row.difference_quantity < 0 ? 'late' : ''}>
                {row.difference_fen !== 0
                  ? `${row.difference_fen > 0 ? '+' : ''}${formats.yuan(row.difference_fen)}`
                  : amountText(formats, null, row.difference_quantity, row.quantity_unit)}
              </strong>
            ),
          },
        ]}
      />
    </div>
  )
}

function amountText(formats: Formats, amount_fen: number | null, quantity: number | null, unit: string): string {
  if (amount_fen !== null) return formats.yuan(amount_fen)
  if (quantity === null) return '—'
  if (unit === 'minutes') return formats.minutes(quantity)
  return unit === 'day_hundredths' ? formats.days(quantity) : formats.count(quantity)
}
