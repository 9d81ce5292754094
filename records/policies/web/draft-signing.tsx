import { App, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { JobProgress } from '#platform/jobs/web/progress.tsx'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { useFormats } from '#platform/ui/formats.ts'
import { Section } from '#platform/ui/page.tsx'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { useCommand } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { useMay } from '#platform/ui/workplace.tsx'
import { closeDraft, publishDraft, putDraftForward, signDraft } from '../contract-drafts.ts'
import { changedFiles } from '../pack-differences.ts'
import type { DraftView } from './use-draft-check.ts'

/** Asking for signatures, signing, publishing; each by whom it may be done. */
export function DraftSigning({ draft, changed }: { draft: DraftView; changed: boolean }) {
  const { t } = useTranslation()
  const mayWrite = useMay('policies.write')
  const [jobId, setJobId] = useState<string | undefined>(undefined)
  const open = draft.state !== 'published' && draft.state !== 'closed'
  return (
    <div className="stack">
      {changed ? <p className="waiting">{t('drafts.save_first')}</p> : null}
      <Differences draft={draft} />
      <Standing draft={draft} />
      {mayWrite && draft.state === 'open' ? <PutForward draft={draft} disabled={changed} /> : null}
      {draft.state === 'put_forward' ? <Sign draft={draft} disabled={changed} /> : null}
      {mayWrite && draft.state === 'signed' ? <Publish draft={draft} onPublished={setJobId} /> : null}
      {jobId ? <JobProgress jobId={jobId} title={t('drafts.evaluating')} /> : null}
      <Revisions draft={draft} />
      {mayWrite && open ? <LayAside draft={draft} /> : null}
    </div>
  )
}

/** Whoever signs sees here, line by line, what would change against the version that the draft began with. */
function Differences({ draft }: { draft: DraftView }) {
  const { t } = useTranslation()
  const files = changedFiles({ files: draft.base_files }, { files: draft.files })
  // What was said of each saved change comes before the lines of the file, which not everybody who signs reads.
  const notes = draft.revisions.flatMap(({ note }) => (note === '' ? [] : note.split('；'))).reverse()
  return (
    <Section title={t('drafts.differences')}>
      <div className="stack tight">
        {files.length === 0 ? <p className="panel soft">{t('drafts.no_differences')}</p> : null}
        {notes.length === 0 ? null : (
          <div className="panel">
            <ul className="bullets">
              {notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          </div>
        )}
        {files.map((file) => (
          <article key={file.path} className="panel stack tight">
            <h3>{t('versions.file', { path: file.path, taken: file.taken.length, added: file.added.length })}</h3>
            <pre className="version-lines">
              {[...file.taken.map((line) => `− ${line}`), ...file.added.map((line) => `+ ${line}`)].join('\n')}
            </pre>
          </article>
        ))}
      </div>
    </Section>
  )
}

function Standing({ draft }: { draft: DraftView }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { request, publication } = draft
  return (
    <Section title={t('drafts.signatures')}>
      <div className="stack tight">
        {request ? (
          <p>
            {t('drafts.asked', { who: request.asked_by, at: formats.moment(request.asked_at) })}
            {request.note ? ` · ${request.note}` : ''}
          </p>
        ) : null}
        {publication ? (
          <p>
            <strong>
              {t('drafts.published', { who: publication.published_by, at: formats.moment(publication.known_from) })}
            </strong>{' '}
            <code title={publication.pack_hash}>
              {t('drafts.read_published', { hash: publication.pack_hash.slice(0, 12) })}
            </code>
          </p>
        ) : null}
        <ul className="panel stack tight">
          {draft.signatures.length === 0 ? <li className="soft">{t('drafts.no_signatures')}</li> : null}
          {draft.signatures.map((signature) => (
            <li key={signature.user_id}>
              <strong>{signature.name}</strong>{' '}
              <span className={signature.agreed ? undefined : 'late'}>
                {signature.agreed ? t('drafts.agreed') : t('drafts.sent_back', { reason: signature.reason })}
              </span>{' '}
              <span className="soft small">{formats.moment(signature.signed_at)}</span>
            </li>
          ))}
        </ul>
      </div>
    </Section>
  )
}

function PutForward({ draft, disabled }: { draft: DraftView; disabled: boolean }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const command = useCommand(putDraftForward)
  return (
    <Form<{ note?: string }>
      layout="vertical"
      requiredMark={false}
      onFinish={({ note }) =>
        void command
          .mutateAsync({
            params: { draft_id: String(draft.draft_id) },
            body: { revision: draft.revision, note: note ?? '' },
          })
          .then(() => message.success(t('drafts.put_forward_done')))
          .catch(() => undefined)
      }
    >
      <Form.Item name="note" label={t('drafts.put_forward_note')}>
        <Input.TextArea rows={2} maxLength={2000} />
      </Form.Item>
      <Button type="primary" htmlType="submit" disabled={disabled} loading={command.isPending}>
        {t('drafts.put_forward')}
      </Button>
      <ProblemNotice error={command.error} />
    </Form>
  )
}

function Sign({ draft, disabled }: { draft: DraftView; disabled: boolean }) {
  const { t } = useTranslation()
  const maySign = useMay('policies.sign')
  const command = useCommand(signDraft)
  const [sendingBack, setSendingBack] = useState(false)
  if (draft.is_author) return <p className="soft">{t('drafts.authors_cannot')}</p>
  if (!maySign) return null
  const inputOf = (agreed: boolean, reason: string) => ({
    params: { draft_id: String(draft.draft_id) },
    body: { revision: draft.revision, agreed, reason },
  })
  return (
    <div className="stack tight">
      <div className="row">
        <Button
          type="primary"
          disabled={disabled}
          loading={command.isPending}
          onClick={() => command.mutate(inputOf(true, ''))}
        >
          {t('drafts.agree')}
        </Button>
        <Button disabled={disabled} onClick={() => setSendingBack(true)}>
          {t('drafts.send_back')}
        </Button>
      </div>
      {sendingBack ? null : <ProblemNotice error={command.error} />}
      <FormModal<{ reason: string }, Parameters<typeof command.mutate>[0], OutputOf<typeof signDraft>>
        title={t('drafts.send_back')}
        action={t('drafts.send_back')}
        open={sendingBack}
        command={command}
        inputOf={({ reason }) => inputOf(false, reason)}
        onClose={() => setSendingBack(false)}
      >
        <Form.Item
          name="reason"
          label={t('drafts.send_back_reason')}
          rules={[{ required: true, message: t('common.required') }]}
        >
          <Input.TextArea rows={3} maxLength={2000} />
        </Form.Item>
      </FormModal>
    </div>
  )
}

function Publish({ draft, onPublished }: { draft: DraftView; onPublished: (jobId: string) => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const command = useCommand(publishDraft)
  return (
    <Form<{ known_from?: string }>
      layout="vertical"
      requiredMark={false}
      onFinish={({ known_from }) =>
        void command
          .mutateAsync({
            params: { draft_id: String(draft.draft_id) },
            body: { revision: draft.revision, known_from: known_from ? new Date(known_from).toISOString() : null },
          })
          .then(({ job_id }) => {
            void message.success(t('drafts.published_done'))
            onPublished(job_id)
          })
          .catch(() => undefined)
      }
    >
      <p className="soft form-about">{t('drafts.publish_help')}</p>
      <Form.Item name="known_from" label={t('drafts.known_from')} extra={t('drafts.known_help')}>
        <Input type="datetime-local" style={{ width: 240 }} />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={command.isPending}>
        {t('drafts.publish')}
      </Button>
      <ProblemNotice error={command.error} />
    </Form>
  )
}

function Revisions({ draft }: { draft: DraftView }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <Section title={t('drafts.revisions')}>
      <Rows
        caption={t('drafts.revisions')}
        rows={draft.revisions}
        atOnce={10}
        rowKey={(row) => row.revision}
        columns={[
          {
            key: 'revision',
            title: t('drafts.draft_word'),
            narrow: 'title',
            show: (row) => t('drafts.revision', { revision: row.revision }),
          },
          { key: 'note', title: t('drafts.changed_what'), show: (row) => row.note || '—' },
          {
            key: 'by',
            title: t('drafts.last_saved'),
            show: (row) => t('drafts.saved_by', { who: row.saved_by, at: formats.moment(row.saved_at) }),
          },
        ]}
      />
    </Section>
  )
}

function LayAside({ draft }: { draft: DraftView }) {
  const { t } = useTranslation()
  const command = useCommand(closeDraft)
  const [open, setOpen] = useState(false)
  return (
    <div>
      <Button onClick={() => setOpen(true)}>{t('drafts.lay_aside')}</Button>
      <FormModal<{ reason: string }, Parameters<typeof command.mutate>[0], OutputOf<typeof closeDraft>>
        title={t('drafts.lay_aside')}
        action={t('drafts.lay_aside')}
        danger
        open={open}
        command={command}
        inputOf={({ reason }) => ({ params: { draft_id: String(draft.draft_id) }, body: { reason } })}
        onClose={() => setOpen(false)}
        done={t('drafts.laid_aside')}
      >
        <Form.Item
          name="reason"
          label={t('drafts.lay_aside_reason')}
          rules={[{ required: true, message: t('common.required') }]}
        >
          <Input.TextArea rows={2} maxLength={500} />
        </Form.Item>
      </FormModal>
    </div>
  )
}
