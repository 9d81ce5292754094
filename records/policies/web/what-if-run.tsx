import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Call } from '#platform/http/endpoint.ts'
import { JobProgress } from '#platform/jobs/web/progress.tsx'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { useCommand } from '#platform/ui/queries.ts'
import { askWhatIf } from '../contract-what-if.ts'
import { WhatIfView } from './what-if-view.tsx'

/** Asks for a trial run and shows how far it is, then what it came to. */
export function useWhatIf(operationId: number) {
  const ask = useCommand(askWhatIf)
  const [jobId, setJobId] = useState<string | undefined>(undefined)
  return {
    pending: ask.isPending,
    start: (body: Call<typeof askWhatIf.input>['body']) =>
      ask.mutate(
        { params: { operation_id: String(operationId) }, body },
        { onSuccess: ({ job_id }) => setJobId(job_id) },
      ),
    outcome: <Outcome operationId={operationId} jobId={jobId} error={ask.error} />,
  }
}

function Outcome({ operationId, jobId, error }: { operationId: number; jobId: string | undefined; error: unknown }) {
  const { t } = useTranslation()
  return (
    <>
      <ProblemNotice error={error} />
      {jobId === undefined ? null : (
        <JobProgress
          key={jobId}
          jobId={jobId}
          title={t('what_if.running')}
          outcome={() => <WhatIfView operationId={operationId} jobId={jobId} />}
        />
      )}
    </>
  )
}
