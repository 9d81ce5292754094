import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '#platform/ui/client.ts'
import { listPeople } from '../contract.ts'

export interface PersonChoice {
  readonly value: number
  readonly label: string
}

const NAMES_WAIT_MS = 250

/** Finds a person by part of the name; as a field of a form antd hands in the value and takes the change. */
export function PersonField({
  unitId,
  id,
  value,
  onChange,
}: {
  unitId: number
  id?: string
  value?: PersonChoice
  onChange?: (person: PersonChoice) => void
}) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [words, setWords] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setWords(typed.trim()), NAMES_WAIT_MS)
    return () => clearTimeout(timer)
  }, [typed])
  const people = useQuery({
    queryKey: ['people-by-name', unitId, words],
    queryFn: ({ signal }) => {
      const query = { unit_id: String(unitId), limit: 20, ...(words ? { name_contains: words } : {}) }
      return call(listPeople, { query }, { signal })
    },
  })
  return (
    <Select
      id={id}
      labelInValue
      showSearch={{ filterOption: false, onSearch: setTyped }}
      value={value}
      onChange={(chosen: { value: number; label: unknown }) =>
        onChange?.({ value: chosen.value, label: String(chosen.label) })
      }
      loading={people.isFetching}
      placeholder={t('people.find')}
      notFoundContent={t('people.none_found')}
      options={(people.data?.people ?? []).map(({ person_id, name }) => ({ value: person_id, label: name }))}
    />
  )
}
