import { useNavigate } from '@tanstack/react-router'
import { Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { EMPLOYMENTS, type Employment, PARTY_STATUSES, type PartyStatus } from '#engines/policy/vocabulary.ts'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { useFormats } from '#platform/ui/formats.ts'
import { useCommand } from '#platform/ui/queries.ts'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { UnitField } from '#records/org/web/console-actions.tsx'
import { createPerson, type PersonView } from '../contract.ts'

type Sex = PersonView['sex']

interface Values {
  readonly name: string
  readonly home_unit_id: number
  readonly sex: Sex
  readonly employment: Employment
  readonly established: 'yes' | 'no' | 'unknown'
  readonly party: PartyStatus
  readonly title?: string
  readonly id_number?: string
  readonly phone?: string
  readonly from_on: string
}

const ESTABLISHED = { yes: true, no: false, unknown: null } as const
const SEXES: readonly Sex[] = ['female', 'male', 'unknown']

function bodyOf({ established, title, id_number, phone, ...rest }: Values) {
  return {
    ...rest,
    title: title ?? '',
    established: ESTABLISHED[established],
    id_number: id_number?.trim() ? id_number.trim() : null,
    phone: phone?.trim() ? phone.trim() : null,
  }
}

/** Records a person who is in no list yet. */
export function CreatePersonDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const navigate = useNavigate()
  const { unit_id, today } = useWorkplace()
  const command = useCommand(createPerson)
  const required = [{ required: true, message: t('common.required') }]
  return (
    <FormModal<Values, Parameters<typeof command.mutate>[0], PersonView>
      title={t('people.create')}
      about={t('people.create_about')}
      action={t('people.create')}
      open={open}
      onClose={onClose}
      command={command}
      initial={{ home_unit_id: unit_id, sex: 'unknown', established: 'unknown', party: 'unknown', from_on: today }}
      inputOf={(values) => ({ body: bodyOf(values) })}
      done={t('people.created')}
      onDone={({ person_id }) => void navigate({ to: '/people/$person_id', params: { person_id: String(person_id) } })}
    >
      <Form.Item name="name" label={t('people.name')} rules={required}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name="home_unit_id" label={t('people.unit')} rules={required}>
        <UnitField label={t('people.unit')} />
      </Form.Item>
      <Form.Item name="sex" label={t('people.sex')}>
        <Select options={SEXES.map((value) => ({ value, label: t(`people.sexes.${value}`) }))} />
      </Form.Item>
      <Form.Item name="employment" label={t('people.employment')} rules={required}>
        <Select
          options={Object.entries(EMPLOYMENTS).map(([value, label]) => ({ value, label: formats.label(label) }))}
        />
      </Form.Item>
      <Form.Item name="established" label={t('people.established')}>
        <Select
          options={(['yes', 'no', 'unknown'] as const).map((value) => ({
            value,
            label: t(`people.establishments.${value}`),
          }))}
        />
      </Form.Item>
      <Form.Item name="party" label={t('people.party')}>
        <Select
          options={Object.entries(PARTY_STATUSES).map(([value, label]) => ({ value, label: formats.label(label) }))}
        />
      </Form.Item>
      <Form.Item name="title" label={t('people.post')}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="id_number" label={t('people.id_number')} extra={t('people.id_number_help')}>
        <Input maxLength={18} autoComplete="off" />
      </Form.Item>
      <Form.Item name="phone" label={t('people.phone')}>
        <Input maxLength={20} autoComplete="off" inputMode="tel" />
      </Form.Item>
      <Form.Item name="from_on" label={t('people.from_on')} rules={required}>
        <Input type="date" />
      </Form.Item>
    </FormModal>
  )
}
