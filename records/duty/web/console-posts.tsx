import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EXPOSURES, POST_KINDS } from '#engines/policy/vocabulary.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Page, Section } from '#platform/ui/page.tsx'
import { useEndpoint } from '#platform/ui/queries.ts'
import { type Column, Rows } from '#platform/ui/rows.tsx'
import { Loaded, Nothing } from '#platform/ui/states.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import { listPosts, type PostView } from '../contract.ts'
import { ChangePostDialog, ClosePostDialog, OpenPostDialog } from './console-post-dialogs.tsx'

/** The posts of a unit: what is open, what was changed or closed, and since when. */
export function PostsPage() {
  const { t } = useTranslation()
  const { operation_id, unit_id, unit_name } = useWorkplace()
  const may = useMay('duty.plan')
  const [opening, setOpening] = useState(false)
  const params = { operation_id: String(operation_id), unit_id: String(unit_id) }
  const query = useEndpoint(listPosts, { params }, { enabled: operation_id !== undefined })
  return (
    <Page
      title={t('posts.title')}
      about={t('posts.about', { unit: unit_name })}
      actions={
        <>
          <Link to="/duty/plan">{t('plan.to_plan')}</Link>
          {may && operation_id !== undefined ? (
            <Button type="primary" onClick={() => setOpening(true)}>
              {t('posts.open')}
            </Button>
          ) : null}
        </>
      }
    >
      {operation_id === undefined ? (
        <Nothing>{t('common.no_operation')}</Nothing>
      ) : (
        <>
          <Loaded query={query}>{({ posts }) => <Posts posts={posts} operationId={operation_id} may={may} />}</Loaded>
          <OpenPostDialog open={opening} onClose={() => setOpening(false)} place={{ operation_id, unit_id }} />
        </>
      )}
    </Page>
  )
}

const DAY_MINUTES = 24 * 60

interface Asked {
  readonly what: 'change' | 'close'
  readonly post: PostView
}

function Posts({ posts, operationId, may }: { posts: readonly PostView[]; operationId: number; may: boolean }) {
  const { t } = useTranslation()
  const { today } = useWorkplace()
  const [asked, setAsked] = useState<Asked | undefined>(undefined)
  const columns = usePostColumns()
  const isPast = (post: PostView) => post.closed_on !== null && post.closed_on < today
  const standing = posts.filter((post) => !isPast(post))
  const past = posts.filter(isPast)
  const close = () => setAsked(undefined)
  const acts: Column<PostView> = {
    key: 'acts',
    title: t('common.actions'),
    show: (post) =>
      post.closed_on === null ? (
        <span className="row">
          <Button size="small" onClick={() => setAsked({ what: 'change', post })}>
            {t('posts.change')}
          </Button>
          <Button size="small" onClick={() => setAsked({ what: 'close', post })}>
            {t('posts.close')}
          </Button>
        </span>
      ) : (
        '—'
      ),
  }
  return (
    <div className="stack">
      <Section title={t('posts.open_now')}>
        <Rows
          caption={t('posts.open_now')}
          rows={standing}
          atOnce={30}
          rowKey={(post) => post.post_id}
          empty={t('posts.none')}
          columns={may ? [...columns, acts] : columns}
        />
      </Section>
      {past.length > 0 ? (
        <Section title={t('posts.history')}>
          <Rows
            caption={t('posts.history')}
            rows={past.toSorted((a, b) => (b.closed_on ?? '').localeCompare(a.closed_on ?? ''))}
            atOnce={15}
            rowKey={(post) => post.post_id}
            columns={columns}
          />
        </Section>
      ) : null}
      {asked?.what === 'change' ? (
        <ChangePostDialog operationId={operationId} post={asked.post} onClose={close} />
      ) : null}
      {asked?.what === 'close' ? <ClosePostDialog operationId={operationId} post={asked.post} onClose={close} /> : null}
    </div>
  )
}

function usePostColumns(): Column<PostView>[] {
  const { t } = useTranslation()
  const formats = useFormats()
  // A stay behind closed doors is laid down in days, a shift in hours.
  const stayText = (minutes: number) =>
    minutes >= 2 * DAY_MINUTES && minutes % DAY_MINUTES === 0
      ? t('posts.days', { figure: minutes / DAY_MINUTES })
      : formats.minutes(minutes)
  return [
    { key: 'name', title: t('posts.name'), narrow: 'title', show: (post) => post.name },
    { key: 'kind', title: t('posts.kind'), show: (post) => formats.word(POST_KINDS, post.kind) },
    {
      key: 'exposure',
      title: t('posts.exposure'),
      show: (post) => (
        <span className={post.exposure === 'unknown' ? 'waiting' : ''}>{formats.word(EXPOSURES, post.exposure)}</span>
      ),
    },
    {
      key: 'stay',
      title: t('posts.longest_stay'),
      show: ({ longest_stay_minutes }) =>
        longest_stay_minutes === null ? (
          <span className="soft">{t('posts.no_limit')}</span>
        ) : (
          stayText(longest_stay_minutes)
        ),
    },
    {
      key: 'period',
      title: t('posts.period'),
      show: ({ opened_on, closed_on }) =>
        closed_on === null
          ? t('common.since', { day: formats.date(opened_on) })
          : `${formats.date(opened_on)} – ${formats.date(closed_on)}`,
    },
  ]
}
