import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Permission } from '#platform/access/permissions.ts'
import { useWorkplace } from '#platform/ui/workplace.tsx'

/** The rooms, in the order of a day: the notice first, then what is recorded, what follows from it, who watches. */
const ROOMS = [
  {
    title: 'nav.notice',
    pages: [
      { to: '/', title: 'nav.board', permission: undefined },
      { to: '/notice', title: 'nav.notice_page', permission: 'statements.read' },
      { to: '/worklist', title: 'nav.worklist', permission: 'worklist.read' },
      { to: '/drafts', title: 'nav.drafts', permission: 'policies.drafts' },
      { to: '/what-if', title: 'nav.what_if', permission: 'policies.drafts' },
    ],
  },
  {
    title: 'nav.records',
    pages: [
      { to: '/duty', title: 'nav.duty', permission: 'duty.read' },
      { to: '/rosters', title: 'nav.rosters', permission: 'duty.read' },
      { to: '/people', title: 'nav.people', permission: 'people.read' },
      { to: '/org', title: 'nav.org', permission: undefined },
      { to: '/operations', title: 'nav.operations', permission: undefined },
    ],
  },
  {
    title: 'nav.results',
    pages: [
      { to: '/rest', title: 'nav.rest', permission: 'rest.read' },
      { to: '/statement', title: 'nav.statement', permission: 'statements.read' },
      { to: '/insurance', title: 'nav.insurance', permission: 'statements.read' },
    ],
  },
  {
    title: 'nav.watch',
    pages: [
      { to: '/audit', title: 'nav.audit', permission: 'audit.read' },
      { to: '/exports', title: 'nav.exports', permission: 'audit.read' },
      { to: '/openings', title: 'nav.openings', permission: 'circles.review' },
      { to: '/retention', title: 'nav.retention', permission: ['people.health', 'people.identify'] },
      { to: '/jobs', title: 'nav.jobs', permission: undefined },
      { to: '/accounts', title: 'nav.accounts', permission: 'users.write' },
      { to: '/me', title: 'nav.own', permission: undefined },
    ],
  },
] as const satisfies readonly {
  title: string
  pages: readonly { to: string; title: string; permission: Permission | readonly Permission[] | undefined }[]
}[]

export function Navigation({ onGo }: { onGo?: () => void }) {
  const { t } = useTranslation()
  const { session } = useWorkplace()
  const allowed = (permission: Permission | readonly Permission[] | undefined) =>
    permission === undefined || [permission].flat().some((one) => session.permissions.includes(one))
  return (
    <nav aria-label={t('nav.label')} className="nav">
      {ROOMS.map(({ title, pages }) => {
        const shown = pages.filter(({ permission }) => allowed(permission))
        if (shown.length === 0) return null
        return (
          <div key={title}>
            <p className="nav-title">{t(title)}</p>
            <ul>
              {shown.map((page) => (
                <li key={page.to}>
                  <Link
                    to={page.to}
                    className="nav-link"
                    activeOptions={{ exact: page.to === '/', includeSearch: false }}
                    activeProps={{ className: 'nav-link nav-here', 'aria-current': 'page' }}
                    onClick={onGo}
                  >
                    {t(page.title)}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        )
      })}
    </nav>
  )
}
