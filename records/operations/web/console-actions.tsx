import { useNavigate } from '@tanstack/react-router'
import { Checkbox, Form, Input, Select } from 'antd'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { useCommand } from '#platform/ui/queries.ts'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { UnitField } from '#records/org/web/console-actions.tsx'
import { changeLevel, declareOperation, endOperation, type OperationView } from '../contract.ts'

const KINDS = ['epidemic', 'flood', 'typhoon', 'other'] as const satisfies readonly OperationView['kind'][]
const LEVELS = { 1: 'one', 2: 'two', 3: 'three', 4: 'four' } as const

export function levelText(t: TFunction, level: number): string {
  const name = level === 1 || level === 2 || level === 3 || level === 4 ? LEVELS[level] : undefined
  return name === undefined ? String(level) : t(`operations.levels.${name}`)
}

function useRequired() {
  const { t } = useTranslation()
  return [{ required: true, message: t('common.required') }]
}

function LevelAndSource() {
  const { t } = useTranslation()
  const required = useRequired()
  return (
    <>
      <Form.Item name="level" label={t('operations.level')} rules={required}>
        <Select
          options={Object.keys(LEVELS).map((level) => ({ value: Number(level), label: levelText(t, Number(level)) }))}
        />
      </Form.Item>
      <Form.Item name="source" label={t('operations.source')} extra={t('operations.source_help')} rules={required}>
        <Input maxLength={200} />
      </Form.Item>
    </>
  )
}

interface Declared {
  readonly name: string
  readonly kind: OperationView['kind']
  readonly area_unit_id: number
  readonly started_on: string
  readonly level: number
  readonly source: string
}

/** Everything else hangs on a declared response; afterwards the reader stands at it. */
export function DeclareDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { session, today } = useWorkplace()
  const command = useCommand(declareOperation)
  const required = useRequired()
  return (
    <FormModal<Declared, Parameters<typeof command.mutate>[0], OperationView>
      title={t('operations.declare')}
      about={t('operations.declare_about')}
      action={t('operations.declare')}
      open={open}
      onClose={onClose}
      command={command}
      initial={{ kind: 'epidemic', area_unit_id: session.roles[0]?.unit_id, started_on: today }}
      inputOf={(body) => ({ body })}
      done={t('operations.declared')}
      onDone={({ operation_id }) =>
        void navigate({ to: '/operations', search: (before) => ({ ...before, op: operation_id }) })
      }
    >
      <Form.Item name="name" label={t('operations.name')} extra={t('operations.name_help')} rules={required}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="kind" label={t('operations.kind')} rules={required}>
        <Select options={KINDS.map((value) => ({ value, label: t(`operations.kinds.${value}`) }))} />
      </Form.Item>
      <Form.Item name="area_unit_id" label={t('operations.area')} rules={required}>
        <UnitField label={t('operations.area')} />
      </Form.Item>
      <Form.Item name="started_on" label={t('operations.started_on')} rules={required}>
        <Input type="date" />
      </Form.Item>
      <LevelAndSource />
    </FormModal>
  )
}

interface ActProps {
  readonly operation: OperationView
  readonly onClose: () => void
}

export function ChangeLevelDialog({ operation, onClose }: ActProps) {
  const { t } = useTranslation()
  const { today } = useWorkplace()
  const command = useCommand(changeLevel)
  const required = useRequired()
  return (
    <FormModal<
      { area_unit_id: number; from_on: string; level: number; source: string },
      Parameters<typeof command.mutate>[0],
      OperationView
    >
      title={t('operations.change_level_named', { name: operation.name })}
      about={t('operations.change_level_about')}
      action={t('operations.change_level')}
      open
      onClose={onClose}
      command={command}
      initial={{ area_unit_id: operation.area_unit_id, from_on: today }}
      inputOf={(body) => ({ params: { operation_id: String(operation.operation_id) }, body })}
      done={t('operations.level_changed')}
    >
      <Form.Item name="area_unit_id" label={t('operations.area')} rules={required}>
        <UnitField label={t('operations.area')} />
      </Form.Item>
      <Form.Item name="from_on" label={t('operations.from_on')} rules={required}>
        <Input type="date" min={operation.started_on} />
      </Form.Item>
      <LevelAndSource />
    </FormModal>
  )
}

/** Ending cannot be undone: what it means is said first, and whoever ends says that they read it. */
export function EndDialog({ operation, onClose }: ActProps) {
  const { t } = useTranslation()
  const { today } = useWorkplace()
  const command = useCommand(endOperation)
  return (
    <FormModal<{ ended_on: string; understood: boolean }, Parameters<typeof command.mutate>[0], OperationView>
      title={t('operations.end_named', { name: operation.name })}
      action={t('operations.end')}
      danger
      open
      onClose={onClose}
      command={command}
      initial={{ ended_on: today }}
      inputOf={({ ended_on }) => ({ params: { operation_id: String(operation.operation_id) }, body: { ended_on } })}
      done={t('operations.end_done')}
    >
      <h3 className="section-title">{t('operations.end_what')}</h3>
      <ul className="bullets form-about">
        <li>{t('operations.end_stops')}</li>
        <li>{t('operations.end_stays')}</li>
        <li>{t('operations.end_off')}</li>
        <li>{t('operations.end_final')}</li>
      </ul>
      <Form.Item name="ended_on" label={t('operations.ended_on')} rules={useRequired()}>
        <Input type="date" min={operation.started_on} />
      </Form.Item>
      <Form.Item
        name="understood"
        valuePropName="checked"
        rules={[
          {
            validator: (_rule, checked: unknown) =>
              checked === true ? Promise.resolve() : Promise.reject(new Error(t('operations.end_understood_needed'))),
          },
        ]}
      >
        <Checkbox>{t('operations.end_understood')}</Checkbox>
      </Form.Item>
    </FormModal>
  )
}
