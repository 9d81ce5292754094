import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EMPLOYMENTS, type Employment, isWord, PARTY_STATUSES } from '#engines/policy/vocabulary.ts'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { call } from '#platform/ui/client.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Page } from '#platform/ui/page.tsx'
import { keyOf, useEndless } from '#platform/ui/queries.ts'
import { type Endless, EndlessRows } from '#platform/ui/rows.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import { listPeople } from '../contract.ts'
import { CreatePersonDialog } from './console-create.tsx'

type PeopleList = OutputOf<typeof listPeople>

const PAGE_SIZE = 30

/** The people of the unit that the reader stands at, found by name. */
export function PeoplePage() {
  const { t } = useTranslation()
  const formats = useFormats()
  const navigate = useNavigate()
  const { unit_id, unit_name } = useWorkplace()
  const { name } = useSearch({ from: '/people' })
  const [employment, setEmployment] = useState<Employment | undefined>(undefined)
  const [creating, setCreating] = useState(false)
  const mayWrite = useMay('people.write')
  const filter = {
    unit_id: String(unit_id),
    limit: PAGE_SIZE,
    ...(name ? { name_contains: name } : {}),
    ...(employment ? { employment } : {}),
  }
  const query = useEndless(keyOf(listPeople, filter), (after, signal) =>
    call(listPeople, { query: { ...filter, ...(after ? { after } : {}) } }, { signal }),
  )
  const find = (words: string) => {
    const found = words.trim()
    void navigate({ to: '/people', search: ({ op, unit }) => ({ op, unit, ...(found ? { name: found } : {}) }) })
  }
  return (
    <Page
      title={t('people.title')}
      about={t('people.about', { unit: unit_name })}
      actions={
        mayWrite ? (
          <Button type="primary" onClick={() => setCreating(true)}>
            {t('people.create')}
          </Button>
        ) : undefined
      }
    >
      <search className="row">
        <Input.Search
          key={name ?? ''}
          defaultValue={name}
          placeholder={t('people.find')}
          aria-label={t('people.find')}
          onSearch={find}
          allowClear
          maxLength={30}
          style={{ width: 260 }}
        />
        <Select
          aria-label={t('people.employment')}
          placeholder={t('people.employment_all')}
          allowClear
          value={employment}
          onChange={(word: unknown) => setEmployment(isWord(EMPLOYMENTS, word) ? word : undefined)}
          options={Object.entries(EMPLOYMENTS).map(([value, label]) => ({ value, label: formats.label(label) }))}
          style={{ width: 180 }}
        />
      </search>
      <PeopleRows query={query} />
      <CreatePersonDialog open={creating} onClose={() => setCreating(false)} />
    </Page>
  )
}

function PeopleRows({ query }: { query: Endless<PeopleList> }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <EndlessRows<PeopleList, PeopleList['people'][number]>
      caption={t('people.title')}
      query={query}
      rowsOf={(page) => page.people}
      rowKey={(person) => person.person_id}
      empty={t('people.none_found')}
      columns={[
        {
          key: 'name',
          title: t('people.name'),
          narrow: 'title',
          show: (person) => (
            <>
              <Link to="/people/$person_id" params={{ person_id: String(person.person_id) }}>
                {person.name}
              </Link>{' '}
              {person.made_up ? <span className="soft small">{t('common.made_up')}</span> : null}
            </>
          ),
        },
        { key: 'unit', title: t('people.unit'), show: (person) => person.home_unit_name },
        { key: 'title', title: t('people.post'), show: (person) => person.title || '—' },
        {
          key: 'employment',
          title: t('people.employment'),
          show: (person) => formats.word(EMPLOYMENTS, person.employment),
        },
        {
          key: 'party',
          title: t('people.party'),
          narrow: 'hide',
          show: (person) => formats.word(PARTY_STATUSES, person.party),
        },
        {
          key: 'seconded',
          title: t('people.seconded'),
          narrow: 'hide',
          show: (person) => person.seconded_unit_name ?? '—',
        },
      ]}
    />
  )
}
