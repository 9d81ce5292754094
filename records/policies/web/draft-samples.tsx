import { Button, Form, InputNumber, Select, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EMPLOYMENTS, EXPOSURES, POST_KINDS, UNIT_KINDS } from '#engines/policy/vocabulary.ts'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Section } from '#platform/ui/page.tsx'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { useCommand } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { type PersonChoice, PersonField } from '#records/people/web/person-field.tsx'
import { type MadeUpPerson, runSamples } from '../contract-drafts.ts'
import { signedYuan } from './figures.ts'
import type { DraftView, TextFile } from './use-draft-check.ts'

type Sampled = OutputOf<typeof runSamples>['people'][number]
type Person = MadeUpPerson

interface Values {
  readonly employment: Person['employment']
  readonly post_kind: Person['post_kind']
  readonly exposure: Person['exposure']
  readonly unit_kind: Person['unit_kind']
  readonly hours: number
}

/** What the draft gives to a few people, or to a made-up one, beside what is in force; with the reasons. */
export function DraftSamples({ draft, files }: { draft: DraftView; files: readonly TextFile[] }) {
  const { t } = useTranslation()
  const { today, started_on } = useWorkplace()
  const run = useCommand(runSamples)
  const [people, setPeople] = useState<readonly PersonChoice[]>([])
  const [form] = Form.useForm<Values>()
  const ask = (made_up: Person | null) =>
    run.mutate({
      params: { operation_id: String(draft.operation_id) },
      body: { area_unit_id: draft.area_unit_id, files: [...files], people: people.map(({ value }) => value), made_up },
    })
  const madeUp = (values: Values): Person => ({
    employment: values.employment,
    established: 'yes',
    party: 'none',
    post_kind: values.post_kind,
    exposure: values.exposure,
    unit_kind: values.unit_kind,
    from_on: started_on,
    to_on: today,
    starts_at_min: 480,
    lasts_min: Math.round(values.hours * 60),
  })
  return (
    <div className="stack">
      <section className="panel stack tight">
        <h2 className="section-title">{t('drafts.people')}</h2>
        <p className="soft small">{t('drafts.people_help')}</p>
        <People unitId={draft.area_unit_id} people={people} onPeople={setPeople} />
        <div>
          <Button disabled={people.length === 0} loading={run.isPending} onClick={() => ask(null)}>
            {t('drafts.run_sample')}
          </Button>
        </div>
      </section>
      <section className="panel">
        <h2>{t('drafts.made_up')}</h2>
        <Form<Values>
          form={form}
          layout="vertical"
          requiredMark={false}
          initialValues={{
            employment: 'medical',
            post_kind: 'fever_clinic',
            exposure: 'direct',
            unit_kind: 'hospital',
            hours: 8,
          }}
          onFinish={(values) => ask(madeUp(values))}
        >
          <MadeUpFields />
          <Button htmlType="submit" loading={run.isPending}>
            {t('drafts.run_sample')}
          </Button>
        </Form>
      </section>
      <ProblemNotice error={run.error} />
      {run.data?.people.map((person) => (
        <SampledPerson key={person.person_id ?? 0} person={person} />
      ))}
    </div>
  )
}

/** Adds people one after the other. */
function People({
  unitId,
  people,
  onPeople,
}: {
  unitId: number
  people: readonly PersonChoice[]
  onPeople: (people: readonly PersonChoice[]) => void
}) {
  const { t } = useTranslation()
  return (
    <div className="row">
      {people.map((person) => (
        <Tag
          key={person.value}
          closable={{ 'aria-label': t('common.remove') }}
          onClose={() => onPeople(people.filter((one) => one !== person))}
        >
          {person.label}
        </Tag>
      ))}
      {people.length < 20 ? (
        <label className="row" htmlFor="draft-person">
          <span className="visually-hidden">{t('drafts.people')}</span>
          <span style={{ width: 200, display: 'grid' }}>
            <PersonField
              id="draft-person"
              key={people.length}
              unitId={unitId}
              onChange={(chosen) => onPeople([...people.filter(({ value }) => value !== chosen.value), chosen])}
            />
          </span>
        </label>
      ) : null}
    </div>
  )
}

function MadeUpFields() {
  const { t } = useTranslation()
  const formats = useFormats()
  const options = (words: Readonly<Record<string, { zh: string; en: string }>>) =>
    Object.entries(words).map(([value, text]) => ({ value, label: formats.label(text) }))
  return (
    <div className="row draft-fields">
      <Form.Item name="employment" label={t('drafts.employment')}>
        <Select options={options(EMPLOYMENTS)} style={{ minWidth: 180 }} />
      </Form.Item>
      <Form.Item name="post_kind" label={t('drafts.post')}>
        <Select options={options(POST_KINDS)} style={{ minWidth: 200 }} />
      </Form.Item>
      <Form.Item name="exposure" label={t('drafts.exposure')}>
        <Select options={options(EXPOSURES)} style={{ minWidth: 160 }} />
      </Form.Item>
      <Form.Item name="unit_kind" label={t('drafts.unit')}>
        <Select options={options(UNIT_KINDS)} style={{ minWidth: 160 }} />
      </Form.Item>
      <Form.Item name="hours" label={t('drafts.hours')}>
        <InputNumber min={0.5} max={24} step={0.5} />
      </Form.Item>
    </div>
  )
}

function SampledPerson({ person }: { person: Sampled }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const title = person.person_id === null ? t('drafts.made_up') : person.name
  const shown = person.results.filter(({ before, after }) => before !== null || after !== null)
  return (
    <Section title={title}>
      <Rows
        caption={title}
        rows={shown}
        rowKey={(row) => row.entitlement}
        columns={[
          { key: 'what', title: t('statement.entitlement'), narrow: 'title', show: (row) => formats.label(row.title) },
          {
            key: 'before',
            title: t('drafts.before'),
            show: (row) => (row.before ? formats.label(row.before.text) : t('drafts.not_there')),
          },
          {
            key: 'after',
            title: t('drafts.after'),
            show: (row) => (row.after ? formats.label(row.after.text) : t('drafts.not_there')),
          },
          {
            key: 'difference',
            title: t('drafts.difference'),
            number: true,
            show: (row) => (row.difference_fen === 0 ? '—' : signedYuan(formats, row.difference_fen)),
          },
          {
            key: 'why',
            title: t('drafts.why'),
            show: (row) => (
              <details>
                <summary>{t('drafts.why')}</summary>
                <ol className="stack tight small">
                  {row.reasons.map((reason, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one explanation keep their order
                    <li key={index}>{formats.label(reason)}</li>
                  ))}
                </ol>
              </details>
            ),
          },
        ]}
      />
    </Section>
  )
}
