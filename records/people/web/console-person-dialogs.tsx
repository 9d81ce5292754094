import { Form, Input, Radio, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { EMPLOYMENTS, type Employment, PARTY_STATUSES, type PartyStatus } from '#engines/policy/vocabulary.ts'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { useFormats } from '#platform/ui/formats.ts'
import { useCommand } from '#platform/ui/queries.ts'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { UnitField } from '#records/org/web/console-actions.tsx'
import { addAppointment, addFamilyTie, changePartyStanding, type PersonView, setSkills } from '../contract.ts'
import { type PersonChoice, PersonField } from './person-field.tsx'

interface DialogProps {
  readonly person: PersonView
  readonly onClose: () => void
}

type Tie = PersonView['family_ties'][number]['tie']

const ESTABLISHED = { yes: true, no: false, unknown: null } as const
const TIES: readonly Tie[] = ['spouse', 'parent', 'child', 'sibling']

function useRequired() {
  const { t } = useTranslation()
  return [{ required: true, message: t('common.required') }]
}

function establishedWord(established: boolean | null): keyof typeof ESTABLISHED {
  if (established === null) return 'unknown'
  return established ? 'yes' : 'no'
}

interface Appointed {
  readonly unit_id: number
  readonly title?: string
  readonly employment: Employment
  readonly established: keyof typeof ESTABLISHED
  readonly is_main: boolean
  readonly from_on: string
  readonly to_on?: string
}

/** A post held from a day on; a new main one ends the earlier one the day before. */
export function AppointDialog({ person, onClose }: DialogProps) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { today } = useWorkplace()
  const command = useCommand(addAppointment)
  const required = useRequired()
  return (
    <FormModal<Appointed, Parameters<typeof command.mutate>[0], PersonView>
      title={t('people.appoint')}
      about={t('people.appoint_about')}
      action={t('people.appoint')}
      open
      onClose={onClose}
      command={command}
      initial={{
        unit_id: person.home_unit_id,
        employment: person.employment,
        established: establishedWord(person.established),
        is_main: true,
        from_on: today,
      }}
      inputOf={({ established, title, to_on, ...rest }) => ({
        params: { person_id: String(person.person_id) },
        body: { ...rest, title: title ?? '', established: ESTABLISHED[established], to_on: to_on || null },
      })}
      done={t('people.appointed')}
    >
      <Form.Item name="is_main">
        <Radio.Group
          aria-label={t('people.main_post')}
          options={[
            { value: true, label: t('people.main_post') },
            { value: false, label: t('people.side_post') },
          ]}
        />
      </Form.Item>
      <Form.Item name="unit_id" label={t('people.unit')} rules={required}>
        <UnitField label={t('people.unit')} />
      </Form.Item>
      <Form.Item name="title" label={t('people.post')}>
        <Input maxLength={100} />
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
      <Form.Item name="from_on" label={t('people.from_on')} rules={required}>
        <Input type="date" />
      </Form.Item>
      <Form.Item name="to_on" label={t('people.until')}>
        <Input type="date" />
      </Form.Item>
    </FormModal>
  )
}

export function PartyDialog({ person, onClose }: DialogProps) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { today } = useWorkplace()
  const command = useCommand(changePartyStanding)
  const required = useRequired()
  return (
    <FormModal<{ party: PartyStatus; from_on: string }, Parameters<typeof command.mutate>[0], PersonView>
      title={t('people.change_party')}
      about={t('people.party_about')}
      action={t('people.change_party')}
      open
      onClose={onClose}
      command={command}
      initial={{ party: person.party, from_on: today }}
      inputOf={(body) => ({ params: { person_id: String(person.person_id) }, body })}
      done={t('people.party_changed')}
    >
      <Form.Item name="party" label={t('people.party')} rules={required}>
        <Select
          options={Object.entries(PARTY_STATUSES).map(([value, label]) => ({ value, label: formats.label(label) }))}
        />
      </Form.Item>
      <Form.Item name="from_on" label={t('org.from_on')} rules={required}>
        <Input type="date" />
      </Form.Item>
    </FormModal>
  )
}

export function SkillsDialog({ person, onClose }: DialogProps) {
  const { t } = useTranslation()
  const command = useCommand(setSkills)
  return (
    <FormModal<{ skills: string[] }, Parameters<typeof command.mutate>[0], PersonView>
      title={t('people.edit_skills')}
      action={t('people.edit_skills')}
      open
      onClose={onClose}
      command={command}
      initial={{ skills: [...person.skills] }}
      inputOf={({ skills }) => ({
        params: { person_id: String(person.person_id) },
        body: { skills: [...new Set(skills.map((skill) => skill.trim()).filter((skill) => skill !== ''))] },
      })}
      done={t('people.skills_saved')}
    >
      <Form.Item name="skills" label={t('people.skills')} extra={t('people.skills_help')}>
        <Select mode="tags" open={false} suffixIcon={null} maxCount={50} />
      </Form.Item>
    </FormModal>
  )
}

/** Recorded in both directions: whoever looks at the other person sees it too. */
export function TieDialog({ person, onClose }: DialogProps) {
  const { t } = useTranslation()
  const { session } = useWorkplace()
  const command = useCommand(addFamilyTie)
  const required = useRequired()
  return (
    <FormModal<{ other: PersonChoice; tie: Tie }, Parameters<typeof command.mutate>[0], PersonView>
      title={t('people.add_tie')}
      about={t('people.tie_about')}
      action={t('people.add_tie')}
      open
      onClose={onClose}
      command={command}
      initial={{ tie: 'spouse' }}
      inputOf={({ other, tie }) => ({
        params: { person_id: String(person.person_id) },
        body: { other_person_id: other.value, tie },
      })}
      done={t('people.tie_added')}
    >
      <Form.Item name="other" label={t('people.name')} rules={required}>
        <PersonField unitId={session.roles[0]?.unit_id ?? person.home_unit_id} />
      </Form.Item>
      <Form.Item name="tie" label={t('people.tie_kind')} rules={required}>
        <Select options={TIES.map((value) => ({ value, label: t(`people.tie.${value}`) }))} />
      </Form.Item>
    </FormModal>
  )
}
