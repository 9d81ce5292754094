import { Link } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { call } from '#platform/ui/client.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Page } from '#platform/ui/page.tsx'
import { keyOf, useEndless } from '#platform/ui/queries.ts'
import { EndlessRows } from '#platform/ui/rows.tsx'
import { Nothing } from '#platform/ui/states.tsx'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { INSURANCE_LISTS, listInsurance } from '../contract.ts'
import { usePersonColumns } from './person-columns.tsx'

type InsurancePageOf = OutputOf<typeof listInsurance>
type Insured = InsurancePageOf['people'][number]

/** Accident insurance: the notice permits it and promises it to nobody, so that somebody has to decide. */
export function InsurancePage() {
  const { t } = useTranslation()
  const { operation_id, unit_id, unit_name } = useWorkplace()
  return (
    <Page title={t('insurance.title')} about={t('insurance.about', { unit: unit_name })}>
      {operation_id === undefined ? (
        <Nothing>{t('common.no_operation')}</Nothing>
      ) : (
        <InsuranceLists operationId={operation_id} unitId={unit_id} />
      )}
    </Page>
  )
}

function InsuranceLists({ operationId, unitId }: { operationId: number; unitId: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const [list, setList] = useState<(typeof INSURANCE_LISTS)[number]>('undecided')
  const params = { operation_id: String(operationId) }
  const filter = { unit_id: String(unitId), list, limit: 25 }
  const query = useEndless(keyOf(listInsurance, { params, filter }), (after, signal) =>
    call(listInsurance, { params, query: { ...filter, ...(after ? { after } : {}) } }, { signal }),
  )
  const personColumns = usePersonColumns<Insured>()
  const counts = query.data?.pages[0]?.counts
  return (
    <div className="stack">
      <p className="panel">{t('insurance.explained')}</p>
      <Segmented
        value={list}
        onChange={setList}
        options={INSURANCE_LISTS.map((value) => ({
          value,
          label: `${t(`insurance.list.${value}`)}${counts ? ` ${formats.count(counts[value])}` : ''}`,
        }))}
        style={{ justifySelf: 'start', maxWidth: '100%' }}
      />
      {list === 'undecided' && counts && counts.undecided > 0 ? (
        <p>
          <Link to="/worklist">{t('insurance.to_decisions')}</Link>
        </p>
      ) : null}
      <EndlessRows<InsurancePageOf, Insured>
        caption={t('insurance.title')}
        query={query}
        rowsOf={(page) => page.people}
        rowKey={(person) => person.person_id}
        empty={t('insurance.nobody')}
        columns={[
          ...personColumns,
          {
            key: 'days',
            title: t('insurance.direct_days'),
            number: true,
            show: (person) => formats.count(person.direct_days),
          },
          {
            key: 'last',
            title: t('insurance.last_on'),
            number: true,
            show: (person) => (person.last_on ? formats.day(person.last_on) : '—'),
          },
        ]}
      />
    </div>
  )
}
