import { Alert, Form, Input, InputNumber, Modal, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '#platform/ui/formats.ts'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import type { ParameterOut } from '../contract.ts'
import type { PackCheck } from '../contract-drafts.ts'
import { type CitedDocument, setFigure } from '../set-figure.ts'
import { writtenValue } from './figures.ts'
import type { TextFile } from './use-draft-check.ts'

interface Values {
  readonly amount: number
  readonly days: 'future' | 'past'
  readonly from_on: string
  readonly document: string
  readonly title?: string
  readonly number?: string
  readonly issuer?: string
  readonly published?: string
}

const NEW = '+'

function documentOf(values: Values, sources: NonNullable<PackCheck['pack']>['sources']): CitedDocument {
  const known = sources.find(({ code }) => code === values.document)
  if (known) return { kind: 'known', code: known.code, published: known.published }
  return {
    kind: 'new',
    title: values.title ?? '',
    number: values.number || null,
    issued_by: values.issuer ?? '',
    published: values.published ?? '',
  }
}

/** A new value of a figure, for the days ahead or for days past too; written into the YAML, everything else stays as it is. */
export function ChangeFigure({
  parameter,
  pack,
  files,
  baseFiles,
  onClose,
  onFiles,
}: {
  parameter: ParameterOut
  pack: NonNullable<PackCheck['pack']>
  files: readonly TextFile[]
  /** The version that the draft began with; empty where it began with none. */
  baseFiles: readonly TextFile[]
  onClose: () => void
  onFiles: (files: readonly TextFile[], note: string) => void
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { today } = useWorkplace()
  const [form] = Form.useForm<Values>()
  const [failed, setFailed] = useState(false)
  const days = Form.useWatch('days', form) ?? 'future'
  const from = Form.useWatch('from_on', form) ?? today
  const document = Form.useWatch('document', form) ?? NEW
  const required = [{ required: true, message: t('common.required') }]
  const label = formats.label(parameter.title)
  const submit = (values: Values) => {
    const value = writtenValue(parameter.unit, values.amount)
    const cited = documentOf(values, pack.sources)
    const known_on = values.days === 'past' && cited.published !== today ? today : null
    const change = { parameter: parameter.code, value, from_on: values.from_on, known_on, document: cited }
    const changed = setFigure(files, change, baseFiles)
    if (!changed) return setFailed(true)
    const said = `${values.amount}${t(`policy.unit.${parameter.unit}`)}`
    onFiles(changed, t('drafts.figure_note', { what: label, day: formats.day(values.from_on), value: said }))
    onClose()
  }
  return (
    <Modal
      open
      width={560}
      title={t('drafts.change_title', { what: label })}
      okText={t('drafts.change')}
      cancelText={t('common.cancel')}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ days: 'future', from_on: today, document: NEW, published: today }}
        onFinish={submit}
      >
        <Form.Item
          name="amount"
          label={t('drafts.new_value', { unit: t(`policy.unit.${parameter.unit}`) })}
          rules={[{ required: true, message: t('common.number_required') }]}
        >
          <InputNumber min={0} style={{ width: 160 }} />
        </Form.Item>
        <Form.Item
          name="days"
          label={t('drafts.which_days')}
          extra={t(`drafts.${days}_help`, { day: formats.day(from) })}
        >
          <Radio.Group
            vertical
            options={[
              { value: 'future', label: t('drafts.future') },
              { value: 'past', label: t('drafts.past') },
            ]}
          />
        </Form.Item>
        <Form.Item
          name="from_on"
          label={t('drafts.from_on')}
          dependencies={['days']}
          rules={[
            ...required,
            ({ getFieldValue }) => ({
              validator(_rule, value: string) {
                const past = getFieldValue('days') === 'past'
                if (past === value < today) return Promise.resolve()
                return Promise.reject(new Error(t(past ? 'drafts.from_past' : 'drafts.from_future')))
              },
            }),
          ]}
        >
          <Input type="date" />
        </Form.Item>
        <Form.Item name="document" label={t('drafts.document')}>
          <Select
            options={[
              { value: NEW, label: t('drafts.document_new') },
              ...pack.sources.map(({ code, title }) => ({ value: code, label: title })),
            ]}
          />
        </Form.Item>
        {document === NEW ? <DocumentFields /> : null}
        {failed ? <Alert type="error" showIcon title={t('drafts.not_changed')} /> : null}
      </Form>
    </Modal>
  )
}

function DocumentFields() {
  const { t } = useTranslation()
  const required = [{ required: true, message: t('common.required') }]
  return (
    <>
      <Form.Item name="title" label={t('drafts.document_title')} rules={required}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="number" label={t('drafts.document_number')}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name="issuer" label={t('drafts.document_issuer')} rules={required}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="published" label={t('drafts.document_published')} rules={required}>
        <Input type="date" />
      </Form.Item>
    </>
  )
}
