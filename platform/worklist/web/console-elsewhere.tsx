import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useEndpoint } from '#platform/ui/queries.ts'
import { countWorklist } from '../contract.ts'

/** What waits for this account on pages of its own; the worklist names it and leads there. */
const KINDS = [
  { kind: 'rosters.drop_out', text: 'waiting_kinds.rosters_drop_out', to: '/rosters' },
  { kind: 'rosters.must_rest', text: 'waiting_kinds.rosters_must_rest', to: '/rest' },
  { kind: 'rosters.cover', text: 'waiting_kinds.rosters_cover', to: '/rest' },
  { kind: 'facts.unconfirmed', text: 'waiting_kinds.facts_unconfirmed', to: '/org' },
  { kind: 'facts.closed_unconfirmed', text: 'waiting_kinds.facts_closed_unconfirmed', to: '/people' },
  { kind: 'access.circle_review', text: 'waiting_kinds.access_circle_review', to: '/openings' },
  { kind: 'retention.due', text: 'waiting_kinds.retention_due', to: '/retention' },
  { kind: 'retention.term_open', text: 'waiting_kinds.retention_term_open', to: '/drafts' },
] as const

export function WaitingElsewhere({ operationId }: { operationId: number }) {
  const { t } = useTranslation()
  const counts = useEndpoint(countWorklist, { query: { operation_id: String(operationId) } })
  const waiting = KINDS.flatMap((known) => {
    const found = counts.data?.kinds.filter(({ kind }) => kind === known.kind) ?? []
    const count = found.reduce((sum, one) => sum + one.count, 0)
    const late = found.reduce((sum, one) => sum + one.overdue_count, 0)
    return count === 0 ? [] : [{ ...known, count, late }]
  })
  if (waiting.length === 0) return null
  return (
    <section className="panel stack tight">
      <ul className="bullets">
        {waiting.map(({ kind, text, to, count, late }) => (
          <li key={kind}>
            <Link to={to}>{t(text, { count })}</Link>{' '}
            {late > 0 ? <span className="soft small">{t('waiting_kinds.late', { count: late })}</span> : null}
          </li>
        ))}
      </ul>
    </section>
  )
}
