import { Link, useParams } from '@tanstack/react-router'
import { App, Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { JobProgress } from '#platform/jobs/web/progress.tsx'
import { download } from '#platform/ui/client.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Page } from '#platform/ui/page.tsx'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { Loaded, Nothing } from '#platform/ui/states.tsx'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import {
  cancelDutyImport,
  confirmDutyImport,
  downloadUntakenRows,
  type ImportView,
  readDutyImport,
  type Understanding,
} from '../import-contract.ts'
import { Questions } from './console-import-questions.tsx'
import { ImportRows, UnderstoodTables } from './console-import-rows.tsx'
import './console.css'

export interface ImportParams {
  readonly operation_id: string
  readonly unit_id: string
  readonly import_id: string
}

/** One sheet: what was understood, what is asked, what is refused and why; then one button records it. */
export function ImportPage() {
  const { t } = useTranslation()
  const { import_id } = useParams({ from: '/duty/import/$import_id' })
  const { operation_id, unit_id, unit_name } = useWorkplace()
  const params = { operation_id: String(operation_id), unit_id: String(unit_id), import_id }
  const view = useEndpoint(readDutyImport, { params }, { enabled: operation_id !== undefined })
  return (
    <Page
      title={view.data?.file_name ?? t('import.title')}
      about={unit_name}
      actions={<Link to="/duty/import">{t('import.to_list')}</Link>}
    >
      <Loaded query={view} rows={10}>
        {(data) => (
          <>
            {data.job_id && (data.state === 'reading' || isUnread(data)) ? (
              <JobProgress jobId={data.job_id} title={t('import.reading')} />
            ) : null}
            {data.state === 'cancelled' ? (
              <Nothing>{t(isUnread(data) ? 'import.was_unread' : 'import.was_cancelled')}</Nothing>
            ) : null}
            {data.understood ? <Understood params={params} view={data} understood={data.understood} /> : null}
          </>
        )}
      </Loaded>
    </Page>
  )
}

/** Nobody cancelled it: its file could not be read, and the job that tried says why. */
function isUnread({ state, settled_by }: ImportView): boolean {
  return state === 'cancelled' && settled_by === null
}

function Understood({
  params,
  view,
  understood,
}: {
  params: ImportParams
  view: ImportView
  understood: Understanding
}) {
  const { t } = useTranslation()
  const open = view.state === 'read'
  const hasTables = understood.tables.length > 0
  return (
    <div className="stack">
      {hasTables ? <Counts understood={understood} /> : <Nothing>{t('import.no_table')}</Nothing>}
      {open && (understood.questions.length > 0 || understood.answered.length > 0) ? (
        <Questions key={JSON.stringify(understood.answered)} params={params} understood={understood} />
      ) : null}
      {hasTables ? <UnderstoodTables understood={understood} /> : null}
      {hasTables ? <ImportRows params={params} counts={understood.counts} /> : null}
      {open ? <Settle params={params} understood={understood} /> : null}
      {view.state === 'confirmed' ? <Settled params={params} view={view} counts={understood.counts} /> : null}
    </div>
  )
}

const SHOWN = ['ready', 'differs', 'already', 'refused', 'waiting', 'skipped'] as const

function Counts({ understood }: { understood: Understanding }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { counts, period, people_count, units, new_posts } = understood
  return (
    <section className="panel stack tight">
      <div className="import-counts">
        {SHOWN.map((kind) => (
          <div key={kind}>
            <p className="soft">{t(`import.kind.${kind}`)}</p>
            <p
              className={
                counts[kind] > 0 && (kind === 'refused' || kind === 'waiting') ? 'import-count late' : 'import-count'
              }
            >
              {formats.count(counts[kind])}
            </p>
          </div>
        ))}
      </div>
      <p className="soft">
        {t('import.covers', { people: formats.count(people_count), units: units.join(t('common.comma')) })}
        {period ? ` ${formats.day(period.first)} – ${formats.day(period.last)}` : ''}
      </p>
      {new_posts.length > 0 ? (
        <p className="soft">
          {t('import.new_posts', {
            posts: new_posts.map(({ unit_name, name }) => `${unit_name} ${name}`).join(t('common.comma')),
          })}
        </p>
      ) : null}
    </section>
  )
}

/** Nothing has been recorded up to here. The button says what it does, and the server holds it to these numbers. */
function Settle({ params, understood }: { params: ImportParams; understood: Understanding }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const confirm = useCommand(confirmDutyImport)
  const cancel = useCommand(cancelDutyImport)
  const [reason, setReason] = useState('')
  const { ready, differs, refused, waiting } = understood.counts
  const record = () =>
    confirm.mutate(
      {
        params,
        body: {
          recorded_count: ready,
          corrected_count: differs,
          reason: reason.trim() === '' ? null : reason.trim(),
        },
      },
      {
        onSuccess({ recorded_count, corrected_count }) {
          void message.success(t('import.done', { recorded: recorded_count, corrected: corrected_count }))
        },
      },
    )
  return (
    <div className="stack tight">
      {differs > 0 ? (
        <label className="stack tight" htmlFor="import-reason">
          <span>{t('import.reason', { count: differs })}</span>
          <Input.TextArea
            id="import-reason"
            rows={2}
            maxLength={500}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
        </label>
      ) : null}
      <ProblemNotice error={confirm.error ?? cancel.error} />
      <div className="duty-confirm-bar">
        <span>{refused + waiting > 0 ? t('import.sum', { left: refused + waiting }) : null}</span>
        <span className="row">
          <Untaken params={params} count={refused + waiting} />
          <Button onClick={() => cancel.mutate({ params })} loading={cancel.isPending}>
            {t('import.cancel')}
          </Button>
          <Button type="primary" onClick={record} loading={confirm.isPending} disabled={ready + differs === 0}>
            {differs > 0
              ? t('import.confirm_both', { recorded: ready, corrected: differs })
              : t('import.confirm', { count: ready })}
          </Button>
        </span>
      </div>
    </div>
  )
}

/** What is left over can be mended in the sheet and handed in again, also after the rest has been recorded. */
function Untaken({ params, count }: { params: ImportParams; count: number }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const keep = () =>
    download(downloadUntakenRows, { params }).catch(() => void message.error(t('import.untaken_failed')))
  return count > 0 ? <Button onClick={() => void keep()}>{t('import.untaken')}</Button> : null
}

function Settled({
  params,
  view,
  counts,
}: {
  params: ImportParams
  view: ImportView
  counts: Understanding['counts']
}) {
  const { t } = useTranslation()
  const { ready, differs, refused, waiting } = counts
  return (
    <Nothing action={<Untaken params={params} count={refused + waiting} />}>
      {t('import.was_confirmed', { by: view.settled_by ?? '', recorded: ready, corrected: differs })}
    </Nothing>
  )
}
