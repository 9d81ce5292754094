import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { JobProgress } from '#platform/jobs/web/progress.tsx'
import { call } from '#platform/ui/client.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Facts, Page, Section } from '#platform/ui/page.tsx'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { keyOf, useCommand, useEndless, useEndpoint } from '#platform/ui/queries.ts'
import { EndlessRows } from '#platform/ui/rows.tsx'
import { Loaded } from '#platform/ui/states.tsx'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { type AuditRowView, listAudit, readSealing, startVerification } from '../contract.ts'
import { Verification } from '../findings.ts'

type AuditPageOf = Omit<OutputOf<typeof listAudit>, 'next'> & { readonly next: string | null }

/** What was done, by whom, and the proof that nothing of it was altered. */
export function AuditPage() {
  const { t } = useTranslation()
  return (
    <Page title={t('audit.title')} about={t('audit.about')}>
      <Sealing />
      <AuditRows />
    </Page>
  )
}

function Sealing() {
  const { t } = useTranslation()
  const formats = useFormats()
  const sealing = useEndpoint(readSealing, {}, { every_ms: 15_000 })
  const verify = useCommand(startVerification)
  return (
    <section className="panel stack">
      <div className="row spread">
        <h2 className="section-title">{t('audit.sealing')}</h2>
        <Button onClick={() => verify.mutate({})} loading={verify.isPending}>
          {t('audit.verify')}
        </Button>
      </div>
      <Loaded query={sealing} rows={2}>
        {({ last_head, unsealed_count, unsealed_more }) => (
          <Facts
            items={[
              [
                t('audit.sealed'),
                last_head
                  ? t('audit.sealed_rows', {
                      count: last_head.tree_size,
                      figure: formats.count(last_head.tree_size),
                      at: formats.realMoment(last_head.sealed_at),
                    })
                  : t('audit.not_sealed'),
              ],
              [t('audit.unsealed'), `${formats.count(unsealed_count)}${unsealed_more ? '+' : ''}`],
              ...(last_head ? [[t('audit.head'), <code key="head">{last_head.head}</code>] as const] : []),
            ]}
          />
        )}
      </Loaded>
      <ProblemNotice error={verify.error} />
      {verify.data ? (
        <JobProgress
          jobId={verify.data.job_id}
          title={t('audit.verifying')}
          outcome={(result) => <Verdict result={result} />}
        />
      ) : null}
    </section>
  )
}

/** Whether anything was altered since it was sealed, and if so what. */
function Verdict({ result }: { result: unknown }) {
  const { t } = useTranslation()
  const verification = Verification.safeParse(result)
  if (!verification.success) return null
  const { ok, leaf_count, findings } = verification.data
  if (ok) return <p>{t('audit.intact', { count: leaf_count })}</p>
  return (
    <div className="late" role="alert">
      <p>{t('audit.altered', { count: findings.length })}</p>
      <ul>
        {findings.slice(0, 20).map((finding) => (
          <li key={JSON.stringify(finding)}>
            <code>{JSON.stringify(finding)}</code>
          </li>
        ))}
      </ul>
    </div>
  )
}

const SUBJECT_KINDS = [
  'person',
  'unit',
  'user',
  'operation',
  'duty_day',
  'span',
  'pack',
  'decision',
  'evaluation',
] as const

function AuditRows() {
  const { t } = useTranslation()
  const formats = useFormats()
  const { unit_id, unit_name, session } = useWorkplace()
  const everywhere = session.roles.some((role) => role.everywhere && role.unit_id === unit_id)
  const [action, setAction] = useState('')
  const [subject, setSubject] = useState<string | undefined>(undefined)
  const filter = {
    limit: 30,
    // Rows without a place, such as sign-ins of the whole city, are shown where the whole tree is.
    ...(everywhere ? {} : { unit_id: String(unit_id) }),
    ...(action ? { action } : {}),
    ...(subject ? { subject_kind: subject } : {}),
  }
  const query = useEndless<AuditPageOf>(keyOf(listAudit, filter), async (after, signal) => {
    const page = await call(listAudit, { query: { ...filter, ...(after ? { after } : {}) } }, { signal })
    return { ...page, next: page.next === null ? null : String(page.next) }
  })
  return (
    <Section
      title={t('audit.rows', { unit: unit_name })}
      aside={
        <div className="row">
          <Select
            aria-label={t('audit.subject')}
            placeholder={t('audit.all_subjects')}
            allowClear
            value={subject}
            onChange={setSubject}
            options={SUBJECT_KINDS.map((value) => ({ value, label: t(`audit.subjects.${value}`) }))}
            style={{ width: 150 }}
          />
          <Input.Search
            aria-label={t('audit.action')}
            placeholder={t('audit.find_action')}
            allowClear
            onSearch={(words) => setAction(words.trim())}
            style={{ width: 220 }}
          />
        </div>
      }
    >
      <EndlessRows<AuditPageOf, AuditRowView>
        caption={t('audit.title')}
        query={query}
        rowsOf={(page) => page.items}
        rowKey={(row) => row.audit_id}
        empty={t('audit.none')}
        columns={[
          { key: 'at', title: t('audit.at'), narrow: 'title', show: (row) => formats.realMoment(row.at) },
          { key: 'who', title: t('audit.who'), show: (row) => row.account?.display_name ?? row.principal },
          { key: 'action', title: t('audit.action'), show: (row) => <ActionCell action={row.action} /> },
          { key: 'subject', title: t('audit.subject'), show: (row) => <SubjectCell row={row} /> },
          { key: 'facts', title: t('audit.facts'), narrow: 'hide', show: (row) => <FactsCell facts={row.facts} /> },
          {
            key: 'leaf',
            title: t('audit.leaf'),
            number: true,
            show: (row) =>
              row.leaf_index === null ? <span className="waiting">{t('audit.waits')}</span> : `#${row.leaf_index}`,
          },
        ]}
      />
    </Section>
  )
}

/** In words where the catalogue has them; the code stays beside them, because filters and exports use it. */
function ActionCell({ action }: { action: string }) {
  const { t, i18n } = useTranslation()
  const key = `audit.actions.${action.replaceAll('.', '_')}`
  return (
    <>
      {i18n.exists(key) ? <>{t(key as 'audit.actions.audit_read')} </> : null}
      <code className="soft small">{action}</code>
    </>
  )
}

function SubjectCell({ row }: { row: AuditRowView }) {
  const { t } = useTranslation()
  const kind = SUBJECT_KINDS.find((known) => known === row.subject_kind)
  return (
    <>
      {kind ? t(`audit.subjects.${kind}`) : row.subject_kind} {row.subject_id}
    </>
  )
}

function FactsCell({ facts }: { facts: unknown }) {
  if (typeof facts !== 'object' || facts === null) return null
  return (
    <span className="soft small">
      {Object.entries(facts)
        .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
        .join(' · ')}
    </span>
  )
}
