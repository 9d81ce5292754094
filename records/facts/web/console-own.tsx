import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { Loaded } from '#platform/ui/states.tsx'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { type Fact, listOwnFacts, OWN_SORTS, stateOwnFact, withdrawOwnFact } from '../contract.ts'
import { ChangeDialog, StateDialog } from './fact-dialogs.tsx'
import { FactRows } from './fact-rows.tsx'

/** What is recorded of oneself beside duty; family facts are one's own to state and to take back. */
export function OwnFactsPanel() {
  const { t } = useTranslation()
  const { operation_id, session } = useWorkplace()
  const enabled = operation_id !== undefined && session.person_id !== null
  const query = { operation_id: String(operation_id) }
  const facts = useEndpoint(listOwnFacts, { query }, { enabled })
  const state = useCommand(stateOwnFact)
  const withdraw = useCommand(withdrawOwnFact)
  const [stating, setStating] = useState(false)
  const [taking, setTaking] = useState<Fact | undefined>(undefined)
  if (!enabled) return null
  return (
    <section className="panel stack tight">
      <h2>{t('facts.own')}</h2>
      <p className="soft">{t('facts.own_about')}</p>
      <Loaded query={facts} rows={2}>
        {({ asked, facts: list }) => (
          <>
            <FactRows caption={t('facts.own')} facts={list} actions={['withdrawn']} onAct={(fact) => setTaking(fact)} />
            <div className="row">
              <Button onClick={() => setStating(true)}>{t('facts.state_fact')}</Button>
            </div>
            {stating ? (
              <StateDialog
                title={t('facts.own')}
                asked={asked}
                needsConsent
                command={state}
                inputOf={({ sort, ...body }) => {
                  const known = OWN_SORTS.find((one) => one === sort) ?? 'family'
                  return { body: { ...body, sort: known, operation_id } }
                }}
                onClose={() => setStating(false)}
              />
            ) : null}
            {taking ? (
              <ChangeDialog
                fact={taking}
                act="withdrawn"
                title={t('facts.take_back')}
                command={withdraw}
                inputOf={({ reason, after_entry_id }) => ({
                  params: { fact_id: taking.fact_id },
                  body: { operation_id, reason, after_entry_id },
                })}
                onClose={() => setTaking(undefined)}
              />
            ) : null}
          </>
        )}
      </Loaded>
    </section>
  )
}
