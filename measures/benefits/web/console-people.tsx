import { useNavigate, useSearch } from '@tanstack/react-router'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { STATES } from '#engines/policy/results.ts'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { call } from '#platform/ui/client.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { keyOf, useEndless } from '#platform/ui/queries.ts'
import { type Column, EndlessRows } from '#platform/ui/rows.tsx'
import { type EntitlementHead, listUnitPeople } from '../contract.ts'
import { type Asked, ExplanationDrawer } from './console-explanation.tsx'
import { ResultFigure } from './console-figures.tsx'
import { usePersonColumns } from './person-columns.tsx'

type PeoplePage = OutputOf<typeof listUnitPeople>
type PersonRow = PeoplePage['people'][number]

/** The people of a unit and of those below it, with what each is owed. */
export function UnitPeople({ operationId, unitId }: { operationId: number; unitId: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const navigate = useNavigate()
  const { entitlement, state } = useSearch({ from: '/statement' })
  const [asked, setAsked] = useState<Asked | undefined>(undefined)
  const params = { operation_id: String(operationId), unit_id: String(unitId) }
  const filter = { limit: 25, ...(entitlement ? { entitlement } : {}), ...(state ? { state } : {}) }
  const query = useEndless(keyOf(listUnitPeople, { params, filter }), (after, signal) =>
    call(listUnitPeople, { params, query: { ...filter, ...(after ? { after } : {}) } }, { signal }),
  )
  const personColumns = usePersonColumns<PersonRow>()
  const heads = query.data?.pages[0]?.entitlements ?? []
  const choose = (next: { entitlement?: string; state?: (typeof STATES)[number] }) =>
    void navigate({ to: '/statement', search: ({ op, unit }) => ({ op, unit, view: 'people' as const, ...next }) })
  return (
    <div className="stack tight">
      <div className="row">
        <Select
          aria-label={t('statement.entitlement')}
          placeholder={t('statement.all_entitlements')}
          allowClear
          value={entitlement}
          onChange={(next: string | undefined) =>
            choose(next ? { entitlement: next, ...(state ? { state } : {}) } : {})
          }
          options={heads.map((head) => ({ value: head.entitlement, label: formats.label(head.title) }))}
          style={{ width: 220 }}
        />
        {entitlement ? (
          <Select
            aria-label={t('statement.state_title')}
            placeholder={t('statement.all_states')}
            allowClear
            value={state}
            onChange={(next: (typeof STATES)[number] | undefined) =>
              choose({ entitlement, ...(next ? { state: next } : {}) })
            }
            options={STATES.map((value) => ({ value, label: t(`statement.state.${value}`) }))}
            style={{ width: 160 }}
          />
        ) : null}
      </div>
      <EndlessRows<PeoplePage, PersonRow>
        caption={t('statement.by_person')}
        query={query}
        rowsOf={(page) => page.people}
        rowKey={(person) => person.person_id}
        empty={t('statement.nobody')}
        columns={[...personColumns, ...heads.map((head) => figureColumn(head, formats.label(head.title), setAsked))]}
      />
      <ExplanationDrawer asked={asked} onClose={() => setAsked(undefined)} />
    </div>
  )
}

function figureColumn(head: EntitlementHead, title: string, onAsk: (asked: Asked) => void): Column<PersonRow> {
  return {
    key: head.entitlement,
    title,
    number: true,
    show(person) {
      const result = person.results.find(({ entitlement }) => entitlement === head.entitlement)
      if (!result) return '—'
      return (
        <button
          type="button"
          className="figure-button"
          onClick={() => onAsk({ person_id: person.person_id, name: person.name, entitlement: head.entitlement })}
        >
          <ResultFigure head={head} result={result} />
        </button>
      )
    },
  }
}
