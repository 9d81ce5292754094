import { Button, Form, Input, InputNumber, Select } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Page } from '#platform/ui/page.tsx'
import { useEndpoint } from '#platform/ui/queries.ts'
import { Loaded, Nothing } from '#platform/ui/states.tsx'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { listPacksInForce, readPack } from '../contract.ts'
import { figureNow, type Parameter, writtenValue } from './figures.ts'
import { useWhatIf } from './what-if-run.tsx'
import './drafts.css'

type Layer = OutputOf<typeof listPacksInForce>['layers'][number]

/** One changed figure over everybody: who gains, who loses, what it costs, how long the money lasts. */
export function WhatIfPage() {
  const { t } = useTranslation()
  const { operation_id } = useWorkplace()
  const layers = useEndpoint(
    listPacksInForce,
    { params: { operation_id: String(operation_id) } },
    { enabled: operation_id !== undefined },
  )
  return (
    <Page title={t('what_if.title')} about={t('what_if.about')}>
      {operation_id === undefined ? (
        <Nothing>{t('common.no_operation')}</Nothing>
      ) : (
        <Loaded query={layers} rows={4}>
          {(data) => <Trial operationId={operation_id} layers={data.layers.filter(({ current }) => current)} />}
        </Loaded>
      )}
    </Page>
  )
}

function Trial({ operationId, layers }: { operationId: number; layers: readonly Layer[] }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const [chosen, setChosen] = useState<Layer | undefined>(layers.find(({ layer }) => layer === 'county') ?? layers[0])
  const pack = useEndpoint(
    readPack,
    { params: { pack_hash: chosen?.pack_hash ?? '' } },
    { enabled: chosen !== undefined },
  )
  const run = useWhatIf(operationId)
  if (!chosen) return <Nothing>{t('notice.no_packs')}</Nothing>
  return (
    <div className="stack">
      <section className="panel stack tight">
        <label className="stack tight" htmlFor="what-if-pack">
          {t('drafts.which_pack')}
          <Select
            id="what-if-pack"
            value={`${chosen.area_unit_id} ${chosen.code}`}
            onChange={(key) => setChosen(layers.find((layer) => `${layer.area_unit_id} ${layer.code}` === key))}
            options={layers.map((layer) => ({
              value: `${layer.area_unit_id} ${layer.code}`,
              label: `${layer.area_name} · ${formats.label(layer.title)}`,
            }))}
          />
        </label>
        <Loaded query={pack} rows={2}>
          {(data) => (
            <FigureForm
              key={data.pack_hash}
              parameters={data.parameters}
              busy={run.pending}
              onRun={(parameter, value, { from_on, known_on }) =>
                run.start({
                  area_unit_id: chosen.area_unit_id,
                  change: { kind: 'figure', parameter: parameter.code, value, from_on },
                  known_at: known_on ? `${known_on}T23:59:59+08:00` : null,
                })
              }
            />
          )}
        </Loaded>
      </section>
      {run.outcome}
    </div>
  )
}

interface Values {
  readonly code: string
  readonly amount: number
  readonly from_on: string
  readonly known_on?: string
}

function FigureForm({
  parameters,
  busy,
  onRun,
}: {
  parameters: readonly Parameter[]
  busy: boolean
  onRun: (parameter: Parameter, value: string, days: Pick<Values, 'from_on' | 'known_on'>) => void
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { today, started_on } = useWorkplace()
  const [form] = Form.useForm<Values>()
  const code = Form.useWatch('code', form)
  const byCode = useMemo(() => new Map(parameters.map((parameter) => [parameter.code, parameter])), [parameters])
  const parameter = byCode.get(code ?? '')
  const required = [{ required: true, message: t('common.required') }]
  const now = parameter && figureNow(parameter, today)
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ from_on: started_on }}
      onFinish={({ amount, ...days }) => {
        if (parameter) onRun(parameter, writtenValue(parameter.unit, amount), days)
      }}
    >
      <Form.Item
        name="code"
        label={t('what_if.figure')}
        rules={required}
        extra={now ? formats.label(now.text) : undefined}
      >
        <Select
          placeholder={t('what_if.pick')}
          options={parameters.map((one) => ({ value: one.code, label: formats.label(one.title) }))}
        />
      </Form.Item>
      <div className="row draft-fields">
        <Form.Item
          name="amount"
          label={t('what_if.value', { unit: parameter ? t(`policy.unit.${parameter.unit}`) : '—' })}
          rules={[{ required: true, message: t('common.number_required') }]}
        >
          <InputNumber min={0} style={{ width: 160 }} />
        </Form.Item>
        <Form.Item name="from_on" label={t('what_if.from_on')} rules={required}>
          <Input type="date" />
        </Form.Item>
        <Form.Item name="known_on" label={t('what_if.known_on')} extra={t('what_if.known_on_about')}>
          <Input type="date" max={today} style={{ width: 180 }} />
        </Form.Item>
      </div>
      <Button type="primary" htmlType="submit" loading={busy} disabled={!parameter}>
        {t('what_if.run')}
      </Button>
    </Form>
  )
}
