import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Section } from '#platform/ui/page.tsx'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { Loaded } from '#platform/ui/states.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import {
  actOnClosedFact,
  actOnPersonFact,
  CLOSED_SORTS,
  type Fact,
  listClosedFacts,
  listPersonFacts,
  OPEN_SORTS,
  stateClosedFact,
  statePersonFact,
} from '../contract.ts'
import { ChangeDialog, StateDialog } from './fact-dialogs.tsx'
import { type FactAction, FactRows } from './fact-rows.tsx'

const ALL_ACTIONS: readonly FactAction[] = ['confirmed', 'corrected', 'withdrawn']

function sortIn<Sort extends string>(sorts: readonly Sort[], sort: string): Sort {
  const found = sorts.find((one) => one === sort)
  if (!found) throw new Error(`a form offered the sort ${sort}`)
  return found
}

type Changing = { readonly fact: Fact; readonly act: 'corrected' | 'withdrawn' } | undefined

/** Events and used rights of a person. */
export function PersonFactsSection({ personId }: { personId: number }) {
  const { t } = useTranslation()
  const { operation_id, session } = useWorkplace()
  const may = useMay('facts.write') && session.person_id !== personId
  const params = { operation_id: String(operation_id), person_id: String(personId) }
  const facts = useEndpoint(listPersonFacts, { params }, { enabled: operation_id !== undefined })
  const state = useCommand(statePersonFact)
  const act = useCommand(actOnPersonFact)
  const [stating, setStating] = useState(false)
  const [changing, setChanging] = useState<Changing>(undefined)
  if (operation_id === undefined) return null
  const bodyOf = (fact: Fact) => ({ params: { ...params, fact_id: fact.fact_id } })
  return (
    <Loaded query={facts} rows={2}>
      {({ asked, facts: list }) =>
        asked.length === 0 && list.length === 0 ? null : (
          <Section
            title={t('facts.of_person')}
            aside={may ? <Button onClick={() => setStating(true)}>{t('facts.state_fact')}</Button> : undefined}
          >
            <div className="stack tight">
              <p className="soft">{t('facts.of_person_about')}</p>
              <ProblemNotice error={act.error} />
              <FactRows
                caption={t('facts.of_person')}
                facts={list}
                actions={may ? ALL_ACTIONS : []}
                onAct={(fact, action) => {
                  const after_entry_id = fact.entries.at(-1)?.entry_id ?? 0
                  if (action === 'confirmed') act.mutate({ ...bodyOf(fact), body: { act: action, after_entry_id } })
                  else setChanging({ fact, act: action })
                }}
              />
            </div>
            {stating ? (
              <StateDialog
                title={t('facts.of_person')}
                asked={asked}
                needsConsent={false}
                command={state}
                inputOf={({ sort, ...body }) => ({ params, body: { ...body, sort: sortIn(OPEN_SORTS, sort) } })}
                onClose={() => setStating(false)}
              />
            ) : null}
            {changing ? (
              <ChangeDialog
                {...changing}
                title={t(changing.act === 'corrected' ? 'facts.correct' : 'facts.withdraw')}
                command={act}
                inputOf={(body) => ({ ...bodyOf(changing.fact), body: { act: changing.act, ...body } })}
                onClose={() => setChanging(undefined)}
              />
            ) : null}
          </Section>
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
  const [stating, setStating] = useState(false)
  const [changing, setChanging] = useState<Changing>(undefined)
  const bodyOf = (fact: Fact) => ({ params: { ...params, fact_id: fact.fact_id } })
  return (
    <Loaded query={facts} rows={2}>
      {({ asked, facts: list }) => (
        <>
          <ProblemNotice error={act.error} />
          <FactRows
            caption={t('facts.closed')}
            facts={list}
            actions={ALL_ACTIONS}
            onAct={(fact, action) => {
              const after_entry_id = fact.entries.at(-1)?.entry_id ?? 0
              if (action === 'confirmed') act.mutate({ ...bodyOf(fact), body: { act: action, after_entry_id } })
              else setChanging({ fact, act: action })
            }}
          />
          <div className="row">
            <Button onClick={() => setStating(true)}>{t('facts.state_fact')}</Button>
          </div>
          {stating ? (
            <StateDialog
              title={t('facts.closed')}
              asked={asked}
              needsConsent
              command={state}
              inputOf={({ sort, ...body }) => ({ params, body: { ...body, sort: sortIn(CLOSED_SORTS, sort) } })}
              onClose={() => setStating(false)}
            />
          ) : null}
          {changing ? (
            <ChangeDialog
              {...changing}
              title={t(changing.act === 'corrected' ? 'facts.correct' : 'facts.withdraw')}
              command={act}
              inputOf={(body) => ({ ...bodyOf(changing.fact), body: { act: changing.act, ...body } })}
              onClose={() => setChanging(undefined)}
            />
          ) : null}
        </>
      )}
    </Loaded>
  )
}
