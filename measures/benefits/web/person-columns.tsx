import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { EMPLOYMENTS, type Employment } from '#engines/policy/vocabulary.ts'
import { useFormats } from '#platform/ui/formats.ts'
import type { Column } from '#platform/ui/rows.tsx'

interface Listed {
  readonly person_id: number
  readonly name: string
  readonly home_unit_name: string
  readonly employment: Employment
}

/** How lists of people begin: who, of which unit, on what footing. */
export function usePersonColumns<Row extends Listed>(): Column<Row>[] {
  const { t } = useTranslation()
  const formats = useFormats()
  return [
    {
      key: 'name',
      title: t('people.name'),
      narrow: 'title',
      show: (person) => (
        <Link to="/people/$person_id" params={{ person_id: String(person.person_id) }}>
          {person.name}
        </Link>
      ),
    },
    { key: 'unit', title: t('people.unit'), show: (person) => person.home_unit_name },
    {
      key: 'employment',
      title: t('people.employment'),
      narrow: 'hide',
      show: (person) => formats.word(EMPLOYMENTS, person.employment),
    },
  ]
}
