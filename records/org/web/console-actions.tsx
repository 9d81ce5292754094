import { Button, Dropdown, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { UNIT_KINDS } from '#engines/policy/vocabulary.ts'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { useFormats } from '#platform/ui/formats.ts'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import { closeUnit, createUnit, moveUnit, readUnit, renameUnit, type UnitKind, type UnitView } from '../contract.ts'
import { UnitSelect } from './unit-select.tsx'

type Act = 'create' | 'rename' | 'move' | 'close'

/** Divisions come from the national code; only units below them are made here. */
const DIVISION_KINDS: ReadonlySet<string> = new Set([
  'city',
  'county',
  'township',
  'subdistrict',
  'village',
  'community',
])

/** What an administrator may change about a unit. Every change is dated and says why. */
export function UnitActions({ unit }: { unit: UnitView }) {
  const { t } = useTranslation()
  const may = useMay('org.write')
  const [act, setAct] = useState<Act | undefined>(undefined)
  if (!may || unit.closed_on !== null) return null
  const close = () => setAct(undefined)
  const ownActs: Act[] = unit.division_code === null ? ['rename', 'move', 'close'] : []
  return (
    <div className="row">
      <Button onClick={() => setAct('create')}>{t('org.create')}</Button>
      {ownActs.length > 0 ? (
        <Dropdown
          menu={{
            items: ownActs.map((key) => ({ key, label: t(`org.${key}`), danger: key === 'close' })),
            onClick: ({ key }) => setAct(ownActs.find((own) => own === key)),
          }}
          trigger={['click']}
        >
          <Button>{t('org.change')}</Button>
        </Dropdown>
      ) : null}
      <CreateDialog unit={unit} open={act === 'create'} onClose={close} />
      <RenameDialog unit={unit} open={act === 'rename'} onClose={close} />
      <MoveDialog unit={unit} open={act === 'move'} onClose={close} />
      <CloseDialog unit={unit} open={act === 'close'} onClose={close} />
    </div>
  )
}

interface DialogProps {
  readonly unit: UnitView
  readonly open: boolean
  readonly onClose: () => void
}

function useRequired() {
  const { t } = useTranslation()
  return [{ required: true, message: t('common.required') }]
}

function FromOn() {
  const { t } = useTranslation()
  return (
    <Form.Item name="from_on" label={t('org.from_on')} rules={useRequired()}>
      <Input type="date" />
    </Form.Item>
  )
}

function Reason() {
  const { t } = useTranslation()
  return (
    <Form.Item name="reason" label={t('common.reason')} rules={useRequired()}>
      <Input.TextArea rows={2} maxLength={300} />
    </Form.Item>
  )
}

function CreateDialog({ unit, open, onClose }: DialogProps) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { today } = useWorkplace()
  const command = useCommand(createUnit)
  const required = useRequired()
  const kinds = Object.keys(UNIT_KINDS).filter((kind) => !DIVISION_KINDS.has(kind))
  return (
    <FormModal<{ name: string; kind: UnitKind; opened_on: string }, Parameters<typeof command.mutate>[0], UnitView>
      title={t('org.create_below', { name: unit.name })}
      action={t('org.create')}
      open={open}
      onClose={onClose}
      command={command}
      initial={{ opened_on: today }}
      inputOf={(values) => ({ body: { parent_id: unit.unit_id, ...values } })}
      done={t('org.created')}
    >
      <Form.Item name="name" label={t('org.name')} rules={required}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="kind" label={t('org.kind')} rules={required}>
        <Select options={kinds.map((kind) => ({ value: kind, label: formats.word(UNIT_KINDS, kind) }))} />
      </Form.Item>
      <Form.Item name="opened_on" label={t('org.opened_on')} rules={required}>
        <Input type="date" />
      </Form.Item>
    </FormModal>
  )
}

function RenameDialog({ unit, open, onClose }: DialogProps) {
  const { t } = useTranslation()
  const { today } = useWorkplace()
  const command = useCommand(renameUnit)
  return (
    <FormModal<{ name: string; from_on: string; reason: string }, Parameters<typeof command.mutate>[0], UnitView>
      title={t('org.rename')}
      about={t('org.rename_about')}
      action={t('org.rename')}
      open={open}
      onClose={onClose}
      command={command}
      initial={{ name: unit.name, from_on: today }}
      inputOf={(body) => ({ params: { unit_id: String(unit.unit_id) }, body })}
      done={t('org.renamed')}
    >
      <Form.Item name="name" label={t('org.new_name')} rules={useRequired()}>
        <Input maxLength={100} />
      </Form.Item>
      <FromOn />
      <Reason />
    </FormModal>
  )
}

function MoveDialog({ unit, open, onClose }: DialogProps) {
  const { t } = useTranslation()
  const { today } = useWorkplace()
  const command = useCommand(moveUnit)
  return (
    <FormModal<{ parent_id: number; from_on: string; reason: string }, Parameters<typeof command.mutate>[0], UnitView>
      title={t('org.move')}
      about={t('org.move_about')}
      action={t('org.move')}
      open={open}
      onClose={onClose}
      command={command}
      initial={{ from_on: today }}
      inputOf={(body) => ({ params: { unit_id: String(unit.unit_id) }, body })}
      done={t('org.moved')}
    >
      <Form.Item name="parent_id" label={t('org.new_parent')} rules={useRequired()}>
        <UnitField label={t('org.new_parent')} />
      </Form.Item>
      <FromOn />
      <Reason />
    </FormModal>
  )
}

function CloseDialog({ unit, open, onClose }: DialogProps) {
  const { t } = useTranslation()
  const { today } = useWorkplace()
  const command = useCommand(closeUnit)
  return (
    <FormModal<{ from_on: string; reason: string }, Parameters<typeof command.mutate>[0], UnitView>
      title={t('org.close_named', { name: unit.name })}
      about={t('org.close_about')}
      action={t('org.close')}
      danger
      open={open}
      onClose={onClose}
      command={command}
      initial={{ from_on: today }}
      inputOf={(body) => ({ params: { unit_id: String(unit.unit_id) }, body })}
      done={t('org.closed_done')}
    >
      <FromOn />
      <Reason />
    </FormModal>
  )
}

/** As a field of a form: antd hands in the value and takes the change. */
export function UnitField({
  label,
  id,
  value,
  onChange,
}: {
  label: string
  id?: string
  value?: number
  onChange?: (unitId: number) => void
}) {
  // The chosen unit may lie in a branch of the tree that nobody has opened.
  const unit = useEndpoint(readUnit, { params: { unit_id: String(value) } }, { enabled: value !== undefined })
  return (
    <UnitSelect
      label={label}
      id={id}
      value={value}
      valueName={unit.data?.name}
      onChange={(unitId) => onChange?.(unitId)}
    />
  )
}
