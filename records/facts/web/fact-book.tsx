import type { UseMutationResult } from '@tanstack/react-query'
import { Button } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '#platform/ui/formats.ts'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import type { Asked, Fact } from '../contract.ts'
import { ChangeDialog, type FactValues, StateDialog } from './fact-dialogs.tsx'
import { type FactAction, FactRows } from './fact-rows.tsx'

const ALL_ACTIONS: readonly FactAction[] = ['confirmed', 'corrected', 'withdrawn']

export interface Stated<Sort> extends FactValues {
  readonly fact_id: string
  readonly sort: Sort
  readonly name: string
  readonly consented: boolean
}

export type Acted =
  | { readonly act: 'confirmed'; readonly after_entry_id: number }
  | ({
      readonly act: 'corrected' | 'withdrawn'
      readonly reason: string
      readonly after_entry_id: number
    } & FactValues)

/**
 * Facts of somebody or of a unit with everything that is done to them: stated, confirmed by somebody else, corrected, withdrawn. `frame` says
 * where the rows and the way to state another stand.
 */
export function FactBook<Sort extends string, StateInput, ActInput>({
  title,
  asked,
  facts,
  sorts,
  may,
  needsConsent = false,
  state,
  stateInputOf,
  act,
  actInputOf,
  frame,
}: {
  title: string
  asked: readonly Asked[]
  facts: readonly Fact[]
  /** Those that this book holds; forms offer no other. */
  sorts: readonly Sort[]
  may: boolean
  needsConsent?: boolean
  state: UseMutationResult<Fact, Error, StateInput>
  stateInputOf: (body: Stated<Sort>) => StateInput
  act: UseMutationResult<Fact, Error, ActInput>
  actInputOf: (fact: Fact, body: Acted) => ActInput
  frame: (parts: { readonly stateButton: ReactNode; readonly rows: ReactNode }) => ReactNode
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  const [stating, setStating] = useState(false)
  const [changing, setChanging] = useState<{ fact: Fact; act: 'corrected' | 'withdrawn' } | undefined>(undefined)
  const rows = (
    <>
      <ProblemNotice error={act.error} />
      <FactRows
        caption={title}
        facts={facts}
        actions={may ? ALL_ACTIONS : []}
        onAct={(fact, action) => {
          const after_entry_id = fact.entries.at(-1)?.entry_id ?? 0
          if (action === 'confirmed') act.mutate(actInputOf(fact, { act: action, after_entry_id }))
          else setChanging({ fact, act: action })
        }}
      />
    </>
  )
  const stateButton = may ? <Button onClick={() => setStating(true)}>{t('facts.state_fact')}</Button> : undefined
  return (
    <>
      {frame({ stateButton, rows })}
      {stating ? (
        <StateDialog
          title={title}
          asked={asked.toSorted((left, right) => formats.label(left.title).localeCompare(formats.label(right.title)))}
          needsConsent={needsConsent}
          command={state}
          inputOf={({ sort, ...body }) => stateInputOf({ ...body, sort: sortIn(sorts, sort) })}
          onClose={() => setStating(false)}
        />
      ) : null}
      {changing ? (
        <ChangeDialog
          {...changing}
          title={t(changing.act === 'corrected' ? 'facts.correct' : 'facts.withdraw')}
          command={act}
          inputOf={(body) => actInputOf(changing.fact, { act: changing.act, ...body })}
          onClose={() => setChanging(undefined)}
        />
      ) : null}
    </>
  )
}

function sortIn<Sort extends string>(sorts: readonly Sort[], sort: string): Sort {
  const found = sorts.find((one) => one === sort)
  if (!found) throw new Error(`a form offered the sort ${sort}`)
  return found
}
