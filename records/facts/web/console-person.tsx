import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Section } from '#platform/ui/page.tsx'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { Loaded } from '#platform/ui/states.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import {
  actOnClosedFact,
  actOnPersonFact,
  CLOSED_SORTS,
  listClosedFacts,
  listPersonFacts,
  OPEN_SORTS,
  stateClosedFact,
  statePersonFact,
} from '../contract.ts'
import { FactBook } from './fact-book.tsx'

/** Events and used rights of a person. */
export function PersonFactsSection({ personId }: { personId: number }) {
  const { t } = useTranslation()
  const { operation_id, session } = useWorkplace()
  const may = useMay('facts.write') && session.person_id !== personId
  const params = { operation_id: String(operation_id), person_id: String(personId) }
  const facts = useEndpoint(listPersonFacts, { params }, { enabled: operation_id !== undefined })
  const state = useCommand(statePersonFact)
  const act = useCommand(actOnPersonFact)
  if (operation_id === undefined) return null
  return (
    <Loaded query={facts} rows={2}>
      {({ asked, facts: list }) =>
        asked.length === 0 && list.length === 0 ? null : (
          <FactBook
            {...{ title: t('facts.of_person'), asked, facts: list, sorts: OPEN_SORTS, may, state, act }}
            stateInputOf={(body) => ({ params, body })}
            actInputOf={({ fact_id }, body) => ({ params: { ...params, fact_id }, body })}
            frame={({ stateButton, rows }) => (
              <Section title={t('facts.of_person')} aside={stateButton}>
                <div className="stack tight">
                  <p className="soft">{t('facts.of_person_about')}</p>
                  {rows}
                </div>
              </Section>
            )}
          />
        )
      }
    </Loaded>
  )
}

/** The closed circle: nothing is read before somebody asks for it, because every look is kept. */
export function ClosedFactsPanel({ personId }: { personId: number }) {
  const { t } = useTranslation()
  const { operation_id, session } = useWorkplace()
  const [shown, setShown] = useState(false)
  if (operation_id === undefined || session.person_id === personId) return null
  return (
    <section className="panel stack tight">
      <h2>{t('facts.closed')}</h2>
      <p className="soft">{t('facts.closed_about')}</p>
      {shown ? (
        <ClosedFacts operationId={operation_id} personId={personId} />
      ) : (
        <div className="row">
          <Button onClick={() => setShown(true)}>{t('facts.look')}</Button>
        </div>
      )}
    </section>
  )
}

function ClosedFacts({ operationId, personId }: { operationId: number; personId: number }) {
  const { t } = useTranslation()
  const params = { operation_id: String(operationId), person_id: String(personId) }
  const facts = useEndpoint(listClosedFacts, { params })
  const state = useCommand(stateClosedFact)
  const act = useCommand(actOnClosedFact)
  return (
    <Loaded query={facts} rows={2}>
      {({ asked, facts: list }) => (
        <FactBook
          {...{ title: t('facts.closed'), asked, facts: list, sorts: CLOSED_SORTS, may: true, state, act }}
          needsConsent
          stateInputOf={(body) => ({ params, body })}
          actInputOf={({ fact_id }, body) => ({ params: { ...params, fact_id }, body })}
          frame={({ stateButton, rows }) => (
            <>
              {rows}
              <div className="row">{stateButton}</div>
            </>
          )}
        />
      )}
    </Loaded>
  )
}
