import type { UseQueryResult } from '@tanstack/react-query'
import { Skeleton } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemNotice } from './problem-notice.tsx'

/** The three states of anything that is read: on its way, failed (with a way to try again), there. */
export function Loaded<T>({
  query,
  rows = 4,
  children,
}: {
  query: Pick<UseQueryResult<T, Error>, 'data' | 'error' | 'refetch'>
  rows?: number
  children: (data: T) => ReactNode
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (query.error) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />
  return <Waiting rows={rows} />
}

export function Waiting({ rows = 4 }: { rows?: number }) {
  const { t } = useTranslation()
  return (
    <div role="status" aria-label={t('common.loading')}>
      <Skeleton active title={false} paragraph={{ rows }} />
    </div>
  )
}

/** Says that there is nothing, and what to do about it where something can be done. */
export function Nothing({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="panel soft row spread">
      <p>{children}</p>
      {action}
    </div>
  )
}
