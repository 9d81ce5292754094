import { useParams } from '@tanstack/react-router'
import { App, Button, Tag } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '#platform/ui/formats.ts'
import { Page } from '#platform/ui/page.tsx'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { Loaded } from '#platform/ui/states.tsx'
import { useMay } from '#platform/ui/workplace.tsx'
import { readDraft, saveDraft } from '../contract-drafts.ts'
import type { NoticeTie } from '../notice-paragraphs.ts'
import { DraftCheck } from './draft-check.tsx'
import { DraftFigures } from './draft-figures.tsx'
import { DraftSamples } from './draft-samples.tsx'
import { DraftSigning } from './draft-signing.tsx'
import { DraftText } from './draft-text.tsx'
import { type DraftView, type TextFile, useDraftCheck } from './use-draft-check.ts'
import { useWhatIf } from './what-if-run.tsx'
import './drafts.css'

/** A draft from its first line to its publication, in six steps. */
export function DraftPage() {
  const { t } = useTranslation()
  const { draft_id } = useParams({ from: '/drafts/$draft_id' })
  const draft = useEndpoint(readDraft, { params: { draft_id } })
  // A saved revision opens anew, at the step where one stood.
  const [step, setStep] = useState<Step | undefined>(undefined)
  return draft.data ? (
    <Editor
      key={`${draft.data.draft_id} ${draft.data.revision}`}
      draft={draft.data}
      step={step ?? (draft.data.state === 'open' || draft.data.state === 'sent_back' ? 'figures' : 'sign')}
      onStep={setStep}
    />
  ) : (
    <Page title={t('drafts.title')}>
      <Loaded query={draft} rows={10}>
        {() => null}
      </Loaded>
    </Page>
  )
}

interface Work {
  readonly files: readonly TextFile[]
  readonly notice_text: string
  readonly notice_ties: readonly NoticeTie[]
  readonly note: string
}

const STEPS = ['figures', 'text', 'check', 'sample', 'effect', 'sign'] as const
type Step = (typeof STEPS)[number]

function Editor({ draft, step, onStep }: { draft: DraftView; step: Step; onStep: (step: Step) => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const isOpen = draft.state !== 'published' && draft.state !== 'closed'
  const mayWrite = useMay('policies.write') && isOpen
  const saved: Work = { files: draft.files, notice_text: draft.notice_text, notice_ties: draft.notice_ties, note: '' }
  const [work, setWork] = useState<Work>(saved)
  const [shown, setShown] = useState<{ file: string; line: number; column: number } | undefined>(undefined)
  const check = useDraftCheck(draft, work.files)
  const changed =
    work.notice_text !== draft.notice_text ||
    work.notice_ties !== saved.notice_ties ||
    work.files.some((file, index) => file !== draft.files[index])
  const setFiles = (files: readonly TextFile[], note = '') =>
    setWork((before) => ({ ...before, files, note: [before.note, note].filter((part) => part !== '').join('；') }))
  const goTo = (place: { file: string; line: number; column: number }) => {
    setShown({ ...place })
    onStep('text')
  }
  const panes = {
    figures: (
      <DraftFigures
        check={check.data}
        files={work.files}
        baseFiles={draft.base_files}
        readOnly={!mayWrite}
        noticeText={work.notice_text}
        onNotice={(notice_text) => setWork((before) => ({ ...before, notice_text }))}
        ties={work.notice_ties}
        onTies={(notice_ties) => setWork((before) => ({ ...before, notice_ties }))}
        onFiles={setFiles}
      />
    ),
    text: (
      <DraftText
        files={work.files}
        check={check.data}
        shown={shown}
        readOnly={!mayWrite}
        onFiles={(files) => setFiles(files)}
        onShow={setShown}
      />
    ),
    check: <DraftCheck check={check} onShow={goTo} />,
    sample: <DraftSamples draft={draft} files={work.files} />,
    effect: <DraftEffect draft={draft} changed={changed} />,
    sign: <DraftSigning draft={draft} changed={changed} />,
  }
  return (
    <Page
      title={draft.title}
      about={`${draft.area_name} · ${t('drafts.revision', { revision: draft.revision })} · ${t('drafts.saved_by', {
        who: draft.saved_by,
        at: formats.moment(draft.saved_at),
      })}`}
      actions={<Tag>{t(`drafts.state.${draft.state}`)}</Tag>}
    >
      {mayWrite ? <SaveBar draft={draft} work={work} changed={changed} /> : null}
      <Steps step={step} onStep={onStep} panes={panes} isOpen={isOpen} />
    </Page>
  )
}

/** The six steps; one that was opened keeps what was worked out there while another is on the screen. */
function Steps({
  step,
  onStep,
  panes,
  isOpen,
}: {
  step: Step
  onStep: (step: Step) => void
  panes: Readonly<Record<Step, ReactNode>>
  /** Each step says what is done there while there is something to do. */
  isOpen: boolean
}) {
  const { t } = useTranslation()
  const [opened, setOpened] = useState<ReadonlySet<Step>>(new Set())
  if (!opened.has(step)) setOpened(new Set([...opened, step]))
  return (
    <>
      <nav aria-label={t('drafts.steps')} className="draft-steps">
        {STEPS.map((key) => (
          <button
            key={key}
            type="button"
            className="draft-step"
            aria-current={key === step ? 'step' : undefined}
            onClick={() => onStep(key)}
          >
            {t(`drafts.step.${key}`)}
          </button>
        ))}
      </nav>
      {STEPS.filter((key) => opened.has(key)).map((key) => (
        <section key={key} aria-label={t(`drafts.step.${key}`)} hidden={key !== step}>
          {isOpen ? <p className="soft step-help">{t(`drafts.help.${key}`)}</p> : null}
          {panes[key]}
        </section>
      ))}
    </>
  )
}

/** Saves over the revision that was opened; whoever saved meanwhile is named and nothing typed here is lost. */
function SaveBar({ draft, work, changed }: { draft: DraftView; work: Work; changed: boolean }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const command = useCommand(saveDraft)
  // By its promise: with the saved revision this bar is replaced by that of the next one.
  const save = () =>
    command
      .mutateAsync({
        params: { draft_id: String(draft.draft_id) },
        body: {
          expected_revision: draft.revision,
          files: [...work.files],
          notice_text: work.notice_text,
          notice_ties: [...work.notice_ties],
          note: work.note.slice(0, 500),
        },
      })
      .then(({ revision }) => message.success(t('drafts.saved', { revision })))
      // What went wrong stands below.
      .catch(() => undefined)
  return (
    <div className="draft-bar stack tight">
      <div className="row">
        <Button type="primary" disabled={!changed} loading={command.isPending} onClick={() => void save()}>
          {t('drafts.save')}
        </Button>
        <span className="waiting" role="status">
          {changed ? t('drafts.unsaved') : ''}
        </span>
      </div>
      <ProblemNotice error={command.error} />
    </div>
  )
}

function DraftEffect({ draft, changed }: { draft: DraftView; changed: boolean }) {
  const { t } = useTranslation()
  const run = useWhatIf(draft.operation_id)
  const { draft_id, revision, area_unit_id } = draft
  return (
    <div className="stack">
      <div className="row spread">
        <p className="soft">{changed ? t('drafts.save_first') : ''}</p>
        <Button
          disabled={changed}
          loading={run.pending}
          onClick={() => run.start({ area_unit_id, change: { kind: 'draft', draft_id, revision } })}
        >
          {t('drafts.run_effect')}
        </Button>
      </div>
      {run.outcome}
    </div>
  )
}
