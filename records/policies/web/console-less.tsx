import { Button, Form, Input, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { type Formats, useFormats } from '#platform/ui/formats.ts'
import { Section } from '#platform/ui/page.tsx'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { Loaded } from '#platform/ui/states.tsx'
import { useMay } from '#platform/ui/workplace.tsx'
import { decideLess, LESS_OUTCOMES, listLess } from '../contract-less.ts'

type Less = OutputOf<typeof listLess>
type Open = Less['open'][number]

function lessText(formats: Formats, row: { difference_fen: number; difference_quantity: number }): string {
  return row.difference_fen === 0 ? formats.count(row.difference_quantity) : formats.yuan(row.difference_fen)
}

/** Sums that a later evaluation made smaller: nothing is taken back until a person says so. */
export function LessThanBefore({ operationId }: { operationId: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const may = useMay('worklist.decide')
  const [deciding, setDeciding] = useState<Open | undefined>(undefined)
  const query = useEndpoint(listLess, { params: { operation_id: String(operationId) }, query: { limit: 50 } })
  const common = [
    {
      key: 'what',
      title: t('less.what'),
      narrow: 'title' as const,
      show: (row: { title: Open['title'] }) => formats.label(row.title),
    },
    { key: 'unit', title: t('worklist.about_whom'), show: (row: { unit_name: string }) => row.unit_name },
    {
      key: 'people',
      title: t('less.people'),
      number: true,
      show: (row: { people_count: number }) => formats.count(row.people_count),
    },
    {
      key: 'difference',
      title: t('less.difference'),
      number: true,
      show: (row: Open | Less['decided'][number]) => <span className="late">{lessText(formats, row)}</span>,
    },
  ]
  return (
    <Loaded query={query} rows={6}>
      {(data) => (
        <div className="stack">
          <p className="soft">{t('less.about')}</p>
          <Rows
            caption={t('less.tab')}
            rows={data.open}
            rowKey={(row) => row.item_id}
            empty={t('less.none')}
            atOnce={25}
            columns={[
              ...common,
              ...(may
                ? [
                    {
                      key: 'decide',
                      title: t('common.actions'),
                      show: (row: Open) => (
                        <Button size="small" onClick={() => setDeciding(row)}>
                          {t('less.decide')}
                        </Button>
                      ),
                    },
                  ]
                : []),
            ]}
          />
          <Section title={t('less.decided')}>
            <Rows
              caption={t('less.decided')}
              rows={data.decided}
              rowKey={(row) => row.decision_id}
              empty={t('less.none_decided')}
              columns={[
                ...common,
                { key: 'outcome', title: t('less.outcome_title'), show: (row) => t(`less.outcome.${row.outcome}`) },
                { key: 'reason', title: t('common.reason'), show: (row) => row.reason },
                {
                  key: 'by',
                  title: t('less.by'),
                  show: (row) => `${row.decided_by} · ${formats.moment(row.decided_at)}`,
                },
              ]}
            />
          </Section>
          {deciding ? (
            <DecideLess operationId={operationId} item={deciding} onClose={() => setDeciding(undefined)} />
          ) : null}
        </div>
      )}
    </Loaded>
  )
}

interface Values {
  readonly outcome: (typeof LESS_OUTCOMES)[number]
  readonly reason: string
}

function DecideLess({ operationId, item, onClose }: { operationId: number; item: Open; onClose: () => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const command = useCommand(decideLess)
  const required = [{ required: true, message: t('common.required') }]
  return (
    <FormModal<Values, Parameters<typeof command.mutate>[0], OutputOf<typeof decideLess>>
      title={`${formats.label(item.title)} · ${item.unit_name} · ${lessText(formats, item)}`}
      about={t('less.about')}
      action={t('less.decide')}
      open
      width={560}
      command={command}
      inputOf={({ outcome, reason }) => ({
        params: { operation_id: String(operationId) },
        body: { item_id: item.item_id, outcome, reason },
      })}
      onClose={onClose}
      done={t('less.recorded')}
    >
      <Form.Item name="outcome" label={t('less.outcome_title')} rules={required}>
        <Radio.Group
          vertical
          options={LESS_OUTCOMES.map((value) => ({
            value,
            label: (
              <>
                {t(`less.outcome.${value}`)} <span className="soft small">{t(`less.outcome_help.${value}`)}</span>
              </>
            ),
          }))}
        />
      </Form.Item>
      <Form.Item name="reason" label={t('common.reason')} rules={required}>
        <Input.TextArea rows={3} maxLength={2000} />
      </Form.Item>
    </FormModal>
  )
}
