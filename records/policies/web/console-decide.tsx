import { Form, Input, InputNumber, Radio } from 'antd'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { useFormats } from '#platform/ui/formats.ts'
import { useCommand } from '#platform/ui/queries.ts'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { type DecisionRange, type DecisionValue, type OpenDecision, recordDecision } from '../contract.ts'

interface Values {
  readonly choice?: string
  /** As people write it: yuan, hours stay minutes, days. */
  readonly amount?: number
  readonly words?: string
  readonly outcome?: 'entitled' | 'not_covered'
  readonly from_on: string
  readonly reason: string
}

/** In what base unit an amount is stored: fen and hundredths are a hundredth of what people write. */
function factorOf(range: DecisionRange): number {
  if (range.kind !== 'amount') return 1
  return range.unit === 'minutes' || range.unit === 'count' ? 1 : 100
}

function decisionOf(range: DecisionRange, { choice, amount, words, outcome }: Values): DecisionValue {
  if (range.kind === 'free') return { kind: 'words', words: words ?? '', outcome: outcome ?? 'not_covered' }
  if (range.kind === 'amount') return { kind: 'amount', amount: Math.round((amount ?? 0) * factorOf(range)) }
  return { kind: 'choice', choice: choice ?? '' }
}

/** What the notice leaves to people is decided here by a named person, within what it allows, with the reason. */
export function DecideDialog({
  operationId,
  point,
  onClose,
}: {
  operationId: number
  point: OpenDecision
  onClose: () => void
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { started_on, unit_id, session } = useWorkplace()
  const command = useCommand(recordDecision)
  const { subject } = point
  const home = session.roles.find(({ everywhere }) => everywhere) ?? session.roles[0]
  const office =
    subject.kind === 'area' || subject.kind === 'unit'
      ? subject.id
      : subject.kind === 'operation'
        ? (home?.unit_id ?? unit_id)
        : unit_id
  const required = [{ required: true, message: t('common.required') }]
  return (
    <FormModal<Values, Parameters<typeof command.mutate>[0], OutputOf<typeof recordDecision>>
      title={formats.label(point.question)}
      about={t('worklist.decide_about', {
        clause: /^\d+$/.test(point.clause) ? t('policy.clause_number', { number: point.clause }) : point.basis_title,
        word: point.word,
        subject: subject.name,
        basis: point.basis_title,
      })}
      action={t('worklist.decide')}
      open
      width={560}
      onClose={onClose}
      command={command}
      initial={{ from_on: started_on }}
      inputOf={(values) => ({
        params: { operation_id: String(operationId) },
        body: {
          unit_id: office,
          point: point.point,
          subject: { kind: subject.kind, id: subject.id },
          value: decisionOf(point.range, values),
          from_on: values.from_on,
          reason: values.reason,
        },
      })}
      done={t('worklist.recorded')}
    >
      <RangeField range={point.range} />
      <Form.Item name="from_on" label={t('worklist.from_on')} rules={required}>
        <Input type="date" />
      </Form.Item>
      <Form.Item name="reason" label={t('common.reason')} extra={t('worklist.reason_help')} rules={required}>
        <Input.TextArea rows={3} maxLength={2000} />
      </Form.Item>
    </FormModal>
  )
}

function RangeField({ range }: { range: DecisionRange }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const required = [{ required: true, message: t('common.required') }]
  if (range.kind === 'choices')
    return (
      <Form.Item name="choice" label={t('worklist.value')} rules={required}>
        <Radio.Group
          vertical
          options={range.choices.map(({ choice, title }) => ({ value: choice, label: formats.label(title) }))}
        />
      </Form.Item>
    )
  if (range.kind === 'free')
    return (
      <>
        <Form.Item name="words" label={t('worklist.value')} rules={required}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="outcome" label={t('worklist.outcome')} rules={required}>
          <Radio.Group
            options={[
              { value: 'entitled', label: t('worklist.outcome_entitled') },
              { value: 'not_covered', label: t('worklist.outcome_not_covered') },
            ]}
          />
        </Form.Item>
      </>
    )
  const factor = factorOf(range)
  const bound = (value: number | null) => (value === null ? undefined : value / factor)
  return (
    <Form.Item
      name="amount"
      label={t('worklist.amount', { unit: t(`policy.unit.${range.unit}`) })}
      extra={allowedText(bound(range.at_least), bound(range.at_most), t)}
      rules={required}
    >
      <InputNumber min={bound(range.at_least) ?? 0} max={bound(range.at_most)} style={{ width: 200 }} />
    </Form.Item>
  )
}

function allowedText(least: number | undefined, most: number | undefined, t: TFunction): string {
  if (least !== undefined && most !== undefined) return t('worklist.allowed_between', { least, most })
  if (least !== undefined) return t('worklist.allowed_from', { least })
  return most === undefined ? t('worklist.allowed_any') : t('worklist.allowed_to', { most })
}
