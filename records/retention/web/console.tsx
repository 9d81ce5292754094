import { Button, Checkbox, Form, Input, Radio, Tabs, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { useFormats } from '#platform/ui/formats.ts'
import { Page } from '#platform/ui/page.tsx'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { Loaded, Nothing } from '#platform/ui/states.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import { healthRetention, type RetentionView, volunteerRetention } from '../contract.ts'

type DueRow = RetentionView['due'][number]
type Ways = typeof healthRetention | typeof volunteerRetention

/** What has outlived its term: one person proposes, another decides. */
export function RetentionPage() {
  const { t } = useTranslation()
  const { operation_id } = useWorkplace()
  const health = useMay('people.health')
  const volunteers = useMay('people.identify')
  const tabs = [
    ...(health ? [{ key: 'health_flags', ways: healthRetention }] : []),
    ...(volunteers ? [{ key: 'volunteer_identifiers', ways: volunteerRetention }] : []),
  ] as const
  return (
    <Page title={t('retention.title')} about={t('retention.about')}>
      {operation_id === undefined ? (
        <Nothing>{t('common.no_operation')}</Nothing>
      ) : (
        <Tabs
          items={tabs.map(({ key, ways }) => ({
            key,
            label: key === 'health_flags' ? t('retention.health_flags') : t('retention.volunteer_identifiers'),
            children: <Due ways={ways} operationId={operation_id} />,
          }))}
        />
      )}
    </Page>
  )
}

function Due({ ways, operationId }: { ways: Ways; operationId: number }) {
  const query = useEndpoint(ways.list, { params: { operation_id: String(operationId) } })
  return (
    <Loaded query={query} rows={6}>
      {(data) => (
        <div className="stack">
          <Terms view={data} />
          <DueRows ways={ways} operationId={operationId} view={data} />
        </div>
      )}
    </Loaded>
  )
}

function Terms({ view }: { view: RetentionView }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const set = view.terms.filter(({ term_days }) => term_days !== null)
  return (
    <section className="panel stack tight">
      <h2>{t('retention.terms')}</h2>
      {view.ended_on === null ? <p className="soft">{t('retention.running')}</p> : null}
      {set.length === 0 ? (
        <p>{t('retention.open')}</p>
      ) : (
        <ul className="bullets">
          {set.map(({ area_unit_id, area_name, term_days, due_on, source, grade }) => (
            <li key={area_unit_id}>
              {area_name} {t('retention.days', { count: term_days ?? 0 })}{' '}
              {due_on === null ? null : t('retention.due_on', { day: formats.date(due_on) })}{' '}
              <span className="soft small">{t('retention.source', { source: source ?? '' })}</span>{' '}
              {grade === 'C' || grade === 'U' ? <Tag color="warning">{t('retention.unverified')}</Tag> : null}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function DueRows({ ways, operationId, view }: { ways: Ways; operationId: number; view: RetentionView }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { session } = useWorkplace()
  const [chosen, setChosen] = useState<readonly number[]>([])
  const [proposing, setProposing] = useState(false)
  const [deciding, setDeciding] = useState<DueRow | undefined>(undefined)
  const choose = (id: number, on: boolean) => setChosen(on ? [...chosen, id] : chosen.filter((one) => one !== id))
  return (
    <>
      <Rows<DueRow>
        caption={t('retention.title')}
        rows={view.due}
        atOnce={25}
        rowKey={({ person_id }) => person_id}
        empty={t('retention.none')}
        columns={[
          {
            key: 'person',
            title: t('retention.person'),
            narrow: 'title',
            show: ({ person_id, name, proposal }) =>
              proposal ? (
                name
              ) : (
                <Checkbox
                  aria-label={t('retention.select', { name })}
                  checked={chosen.includes(person_id)}
                  onChange={(event) => choose(person_id, event.target.checked)}
                >
                  {name}
                </Checkbox>
              ),
          },
          { key: 'unit', title: t('retention.unit'), show: ({ unit_name }) => unit_name },
          { key: 'due', title: t('retention.due'), show: ({ due_on }) => formats.date(due_on) },
          {
            key: 'state',
            title: t('retention.state'),
            show: (row) => {
              if (!row.proposal) return <span className="soft">{t('retention.not_proposed')}</span>
              const { proposed_by, reason } = row.proposal
              return (
                <>
                  {t('retention.proposed', { name: proposed_by.display_name, reason })}{' '}
                  {proposed_by.user_id === session.user_id ? (
                    <span className="soft small">{t('retention.own_proposal')}</span>
                  ) : (
                    <Button size="small" onClick={() => setDeciding(row)}>
                      {t('retention.decide')}
                    </Button>
                  )}
                </>
              )
            },
          },
        ]}
      />
      {view.more ? <p className="soft small">{t('retention.more')}</p> : null}
      {chosen.length > 0 ? (
        <div className="row">
          <Button danger onClick={() => setProposing(true)}>
            {t('retention.propose')}
          </Button>
        </div>
      ) : null}
      {proposing ? (
        <ProposeDialog
          ways={ways}
          operationId={operationId}
          people={chosen}
          onClose={() => setProposing(false)}
          onDone={() => setChosen([])}
        />
      ) : null}
      {deciding?.proposal ? (
        <DecideDialog
          ways={ways}
          operationId={operationId}
          row={deciding}
          proposal={deciding.proposal}
          onClose={() => setDeciding(undefined)}
        />
      ) : null}
    </>
  )
}

interface DialogProps {
  readonly ways: Ways
  readonly operationId: number
  readonly onClose: () => void
}

function ProposeDialog({
  ways,
  operationId,
  people,
  onClose,
  onDone,
}: DialogProps & { people: readonly number[]; onDone: () => void }) {
  const { t } = useTranslation()
  const command = useCommand(ways.propose)
  return (
    <FormModal<{ reason: string }, Parameters<typeof command.mutate>[0], OutputOf<typeof ways.propose>>
      title={t('retention.propose')}
      about={t('retention.about')}
      action={t('retention.propose')}
      danger
      open
      onClose={onClose}
      command={command}
      inputOf={({ reason }) => ({
        params: { operation_id: String(operationId) },
        body: { person_ids: [...people], reason },
      })}
      onDone={onDone}
      done={t('retention.done_proposed')}
    >
      <ReasonField />
    </FormModal>
  )
}

function DecideDialog({
  ways,
  operationId,
  row,
  proposal,
  onClose,
}: DialogProps & { row: DueRow; proposal: NonNullable<DueRow['proposal']> }) {
  const { t } = useTranslation()
  const command = useCommand(ways.decide)
  return (
    <FormModal<
      { outcome: 'erased' | 'kept'; reason: string },
      Parameters<typeof command.mutate>[0],
      OutputOf<typeof ways.decide>
    >
      title={t('retention.decide')}
      about={t('retention.decide_about', {
        proposer: proposal.proposed_by.display_name,
        name: row.name,
        reason: proposal.reason,
      })}
      action={t('retention.decide')}
      danger
      open
      onClose={onClose}
      command={command}
      inputOf={(values) => ({
        params: { operation_id: String(operationId) },
        body: { ...values, proposals: [{ person_id: row.person_id, proposal_id: proposal.proposal_id }] },
      })}
      done={t('retention.done_decided')}
    >
      <Form.Item
        name="outcome"
        label={t('retention.outcome')}
        rules={[{ required: true, message: t('common.required') }]}
      >
        <Radio.Group
          options={[
            { value: 'erased', label: t('retention.erased') },
            { value: 'kept', label: t('retention.kept') },
          ]}
        />
      </Form.Item>
      <ReasonField />
    </FormModal>
  )
}

function ReasonField() {
  const { t } = useTranslation()
  return (
    <Form.Item
      name="reason"
      label={t('retention.reason')}
      rules={[{ required: true, whitespace: true, message: t('common.required') }]}
    >
      <Input.TextArea rows={3} maxLength={1000} />
    </Form.Item>
  )
}
