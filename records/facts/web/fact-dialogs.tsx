import type { UseMutationResult } from '@tanstack/react-query'
import { Checkbox, Form, Input, InputNumber, Radio, Select } from 'antd'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { useFormats } from '#platform/ui/formats.ts'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import type { Asked, Fact } from '../contract.ts'
import { type ValueKind, valueKindOf } from '../value-kinds.ts'

const hasPeriod = (sort: Asked['sort']) => sort !== 'event' && sort !== 'use' && sort !== 'children'

export interface FactValues {
  readonly from_on: string
  readonly to_on: string | null
  readonly amount: number
}

interface Fields {
  readonly what?: string
  readonly from_on: string
  readonly to_on?: string
  readonly amount?: number
  readonly yes?: boolean
  readonly consented?: boolean
  readonly reason?: string
}

function valuesOf(kind: ValueKind, { from_on, to_on, amount, yes }: Fields): FactValues {
  const number = kind === 'yes_no' ? (yes === false ? 0 : 1) : kind === 'none' ? 1 : (amount ?? 1)
  return { from_on, to_on: to_on || null, amount: kind === 'yuan' ? Math.round(number * 100) : number }
}

const keyOf = ({ sort, name }: Pick<Asked, 'sort' | 'name'>) => `${sort} ${name}`

/** States one of the facts that are asked for. */
export function StateDialog<Input>({
  title,
  asked,
  needsConsent,
  command,
  inputOf,
  onClose,
}: {
  title: string
  asked: readonly Asked[]
  needsConsent: boolean
  command: UseMutationResult<Fact, Error, Input>
  inputOf: (body: FactValues & { fact_id: string; sort: Asked['sort']; name: string; consented: boolean }) => Input
  onClose: () => void
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { today } = useWorkplace()
  const [first] = asked
  const required = [{ required: true, message: t('common.required') }]
  const chosen = (key: string | undefined) => asked.find((one) => keyOf(one) === key) ?? first
  return (
    <FormModal<Fields, Input, Fact>
      title={title}
      action={t('facts.state_fact')}
      open
      onClose={onClose}
      command={command}
      initial={{ from_on: today, yes: true, ...(first ? { what: keyOf(first) } : {}) }}
      inputOf={(fields) => {
        const { sort, name } = chosen(fields.what) ?? { sort: 'event' as const, name: '' }
        const values = valuesOf(valueKindOf({ sort, name }), fields)
        return inputOf({ ...values, sort, name, fact_id: crypto.randomUUID(), consented: fields.consented ?? false })
      }}
      done={t('facts.stated')}
    >
      <Form.Item name="what" label={t('facts.name')} rules={required}>
        <Select options={asked.map((one) => ({ value: keyOf(one), label: formats.label(one.title) }))} />
      </Form.Item>
      <Form.Item noStyle shouldUpdate={(before: Fields, after: Fields) => before.what !== after.what}>
        {({ getFieldValue }) => <ValueFields fact={chosen(getFieldValue('what'))} />}
      </Form.Item>
      {needsConsent ? (
        <Form.Item name="consented" valuePropName="checked" rules={required}>
          <Checkbox>{t('facts.consent')}</Checkbox>
        </Form.Item>
      ) : null}
    </FormModal>
  )
}

function ValueFields({ fact }: { fact: Pick<Asked, 'sort' | 'name'> | undefined }) {
  const { t } = useTranslation()
  const required = [{ required: true, message: t('common.required') }]
  if (!fact) return null
  const kind = valueKindOf(fact)
  return (
    <>
      {kind === 'yes_no' ? (
        <Form.Item name="yes" label={t('facts.yes_no')} rules={required}>
          <Radio.Group
            options={[
              { value: true, label: t('facts.yes') },
              { value: false, label: t('facts.no') },
            ]}
          />
        </Form.Item>
      ) : null}
      {kind === 'times' || kind === 'people' || kind === 'yuan' ? (
        <Form.Item
          name="amount"
          label={t(`facts.${kind}`)}
          rules={required}
          initialValue={kind === 'times' ? 1 : undefined}
        >
          <InputNumber min={0} precision={kind === 'yuan' ? 2 : 0} max={10_000_000_000} style={{ width: 200 }} />
        </Form.Item>
      ) : null}
      <Form.Item name="from_on" label={dayLabel(fact, t)} rules={required}>
        <Input type="date" />
      </Form.Item>
      {hasPeriod(fact.sort) ? (
        <Form.Item name="to_on" label={t('facts.to_on')}>
          <Input type="date" />
        </Form.Item>
      ) : null}
    </>
  )
}

function dayLabel({ sort, name }: Pick<Asked, 'sort' | 'name'>, t: TFunction): string {
  if (sort === 'event' || sort === 'use') return t('facts.from_day')
  return name === 'born' ? t('facts.born_on') : t('facts.from_on')
}

/** Corrects or withdraws with a reason; both are added to what was said. */
export function ChangeDialog<Input>({
  fact,
  act,
  title,
  command,
  inputOf,
  onClose,
}: {
  fact: Fact
  act: 'corrected' | 'withdrawn'
  title: string
  command: UseMutationResult<Fact, Error, Input>
  inputOf: (body: FactValues & { reason: string; after_entry_id: number }) => Input
  onClose: () => void
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  const last = fact.entries.at(-1)
  const kind = valueKindOf(fact)
  if (!last) return null
  return (
    <FormModal<Fields, Input, Fact>
      title={title}
      about={formats.label(fact.title)}
      action={title}
      danger={act === 'withdrawn'}
      open
      onClose={onClose}
      command={command}
      initial={{
        from_on: last.from_on,
        yes: last.amount > 0,
        amount: kind === 'yuan' ? last.amount / 100 : last.amount,
        ...(last.to_on === null ? {} : { to_on: last.to_on }),
      }}
      inputOf={(fields) => ({
        ...inputOf({
          ...(act === 'corrected'
            ? valuesOf(kind, fields)
            : { from_on: last.from_on, to_on: last.to_on, amount: last.amount }),
          reason: fields.reason ?? '',
          after_entry_id: last.entry_id,
        }),
      })}
      done={t('facts.changed')}
    >
      {act === 'corrected' ? <ValueFields fact={fact} /> : null}
      <Form.Item
        name="reason"
        label={t('common.reason')}
        rules={[{ required: true, whitespace: true, message: t('common.required') }]}
      >
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
    </FormModal>
  )
}
