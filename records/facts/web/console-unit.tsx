import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Section } from '#platform/ui/page.tsx'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { Loaded } from '#platform/ui/states.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import { actOnPersonFact, actOnUnitFact, listUnitFacts, stateUnitFact, UNIT_SORTS } from '../contract.ts'
import { EventSheetDialog } from './event-sheet-dialog.tsx'
import { FactBook } from './fact-book.tsx'
import { FactRows } from './fact-rows.tsx'

/** What is recorded of a unit, and events of its people that wait for a second person. */
export function UnitFactsSection({ unitId }: { unitId: number }) {
  const { t } = useTranslation()
  const { operation_id } = useWorkplace()
  const may = useMay('facts.write')
  const [importing, setImporting] = useState(false)
  const params = { operation_id: String(operation_id), unit_id: String(unitId) }
  const facts = useEndpoint(listUnitFacts, { params }, { enabled: operation_id !== undefined })
  const state = useCommand(stateUnitFact)
  const act = useCommand(actOnUnitFact)
  const actOnPerson = useCommand(actOnPersonFact)
  if (operation_id === undefined || facts.error) return null
  return (
    <Loaded query={facts} rows={2}>
      {({ asked, facts: list, waiting, waiting_count }) => {
        const whose = new Map(waiting.map((one) => [one.fact.fact_id, one]))
        return (
          <>
            <FactBook
              {...{ title: t('facts.of_unit'), asked, facts: list, sorts: UNIT_SORTS, may, state, act }}
              stateInputOf={({ consented: _, ...body }) => ({ params, body })}
              actInputOf={({ fact_id }, body) => ({ params: { ...params, fact_id }, body })}
              frame={({ stateButton, rows }) => (
                <Section
                  title={t('facts.of_unit')}
                  aside={
                    may ? (
                      <span className="row">
                        {asked.some(({ sort }) => sort === 'event') ? (
                          <Button onClick={() => setImporting(true)}>{t('facts.sheet.open')}</Button>
                        ) : null}
                        {stateButton}
                      </span>
                    ) : undefined
                  }
                >
                  <div className="stack tight">
                    <p className="soft">{t('facts.of_unit_about')}</p>
                    {rows}
                  </div>
                </Section>
              )}
            />
            {importing ? <EventSheetDialog params={params} onClose={() => setImporting(false)} /> : null}
            {waiting.length > 0 ? (
              <Section title={t('facts.waiting')}>
                {waiting_count > waiting.length ? (
                  <p className="soft">{t('facts.waiting_more', { count: waiting_count })}</p>
                ) : null}
                <ProblemNotice error={actOnPerson.error} />
                <FactRows
                  caption={t('facts.waiting')}
                  facts={waiting.map(({ fact }) => fact)}
                  subject={(fact) => whose.get(fact.fact_id)?.person_name ?? ''}
                  actions={may ? ['confirmed'] : []}
                  onAct={(fact) =>
                    actOnPerson.mutate({
                      params: {
                        ...{ operation_id: params.operation_id, fact_id: fact.fact_id },
                        person_id: String(whose.get(fact.fact_id)?.person_id ?? 0),
                      },
                      body: { act: 'confirmed', after_entry_id: fact.entries.at(-1)?.entry_id ?? 0 },
                    })
                  }
                />
                <p className="soft small">
                  {[...new Map(waiting.map((one) => [one.person_id, one.person_name]))].map(([personId, name]) => (
                    <span key={personId}>
                      <Link to="/people/$person_id" params={{ person_id: String(personId) }}>
                        {name}
                      </Link>{' '}
                    </span>
                  ))}
                </p>
              </Section>
            ) : null}
          </>
        )
      }}
    </Loaded>
  )
}
