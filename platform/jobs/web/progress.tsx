import { useQueryClient } from '@tanstack/react-query'
import { Button, Progress } from 'antd'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemNotice, useLanguage } from '#platform/ui/problem-notice.tsx'
import { keyOf, SESSION_KEY, useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { Waiting } from '#platform/ui/states.tsx'
import { cancelJob, type JobView, readJob } from '../contract.ts'

const ASK_EVERY_MS = 1000

export function isOver({ state }: Pick<JobView, 'state'>): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled'
}

export function percentOf({ state, done, total }: Pick<JobView, 'state' | 'done' | 'total'>): number {
  if (state === 'done') return 100
  return total === null || total === 0 ? 0 : Math.min(99, Math.floor((done / total) * 100))
}

/** How far a job is, with the way to stop it. Once it is over, whatever is on screen is read anew. */
export function JobProgress({
  jobId,
  title,
  outcome,
}: {
  jobId: string
  title: string
  /** Says what came of it, where the result is what the reader waits for. */
  outcome?: (result: unknown) => ReactNode
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const over = useRef(false)
  const job = useEndpoint(readJob, { params: { job_id: jobId } }, { every_ms: over.current ? false : ASK_EVERY_MS })
  const ended = job.data !== undefined && isOver(job.data)
  useEffect(() => {
    if (!ended || over.current) return
    over.current = true
    const own = keyOf(readJob, { params: { job_id: jobId } })[0]
    void client.invalidateQueries({
      predicate: ({ queryKey }) => queryKey[0] !== own && queryKey[0] !== SESSION_KEY[0],
    })
  }, [ended, client, jobId])
  if (!job.data)
    return job.error ? <ProblemNotice error={job.error} onRetry={() => void job.refetch()} /> : <Waiting rows={1} />
  return (
    <section className="panel stack tight" aria-label={title}>
      <div className="row spread">
        <strong>{ended ? t(`jobs.state.${job.data.state}`) : title}</strong>
        {ended ? null : <span className="soft">{t(`jobs.state.${job.data.state}`)}</span>}
      </div>
      <JobBar job={job.data} />
      {job.data.state === 'done' ? outcome?.(job.data.result) : null}
    </section>
  )
}

export function JobBar({ job }: { job: JobView }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const cancel = useCommand(cancelJob)
  return (
    <div className="stack tight">
      <div className="row">
        <Progress
          percent={percentOf(job)}
          status={job.state === 'failed' ? 'exception' : job.state === 'done' ? 'success' : 'normal'}
          style={{ flex: 1, minWidth: 120 }}
          aria-label={t('jobs.progress')}
        />
        {!isOver(job) ? (
          <Button
            onClick={() => cancel.mutate({ params: { job_id: job.job_id } })}
            loading={cancel.isPending || job.cancel_asked}
          >
            {job.cancel_asked ? t('jobs.cancelling') : t('jobs.cancel')}
          </Button>
        ) : null}
      </div>
      {job.problem ? <p className="late">{job.problem.title[language]}</p> : null}
      <ProblemNotice error={cancel.error} />
    </div>
  )
}
