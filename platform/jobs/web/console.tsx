import { Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { call } from '#platform/ui/client.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Page } from '#platform/ui/page.tsx'
import { keyOf, useEndless } from '#platform/ui/queries.ts'
import { EndlessRows } from '#platform/ui/rows.tsx'
import { type JobView, listJobs } from '../contract.ts'
import { JobBar } from './progress.tsx'

type JobPage = OutputOf<typeof listJobs>

const WHOSE = ['mine', 'scope'] as const

/** Long work: how far it is, how it ended. */
export function JobsPage() {
  const { t, i18n } = useTranslation()
  const formats = useFormats()
  const [whose, setWhose] = useState<(typeof WHOSE)[number]>('mine')
  const query = useEndless(keyOf(listJobs, { whose }), (after, signal) =>
    call(listJobs, { query: { whose, limit: 20, ...(after ? { after } : {}) } }, { signal }),
  )
  const kindOf = ({ kind }: JobView) => {
    const key = `jobs.kind.${kind.replaceAll('.', '_')}`
    return i18n.exists(key) ? t(key as 'jobs.title') : kind
  }
  return (
    <Page title={t('jobs.title')} about={t('jobs.about')}>
      <Segmented
        value={whose}
        onChange={setWhose}
        options={WHOSE.map((value) => ({ value, label: t(`jobs.whose.${value}`) }))}
        style={{ justifySelf: 'start' }}
      />
      <EndlessRows<JobPage, JobView>
        caption={t('jobs.title')}
        query={query}
        rowsOf={(page) => page.items}
        rowKey={(job) => job.job_id}
        empty={t('jobs.none')}
        columns={[
          { key: 'kind', title: t('jobs.what'), narrow: 'title', show: kindOf },
          { key: 'asked', title: t('jobs.asked_at'), show: (job) => formats.moment(job.asked_at) },
          {
            key: 'state',
            title: t('jobs.state_title'),
            show: (job) => t(`jobs.state.${job.state}`),
          },
          { key: 'progress', title: t('jobs.progress'), show: (job) => <JobBar job={job} /> },
        ]}
      />
    </Page>
  )
}
