import { App, Button, Modal, Select, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, download } from '#platform/ui/client.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { useCommand } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { SheetChooser } from '#platform/ui/sheet-chooser.tsx'
import {
  checkEventSheet,
  downloadEventTemplate,
  EVENT_ROW_KINDS,
  type EventSheet,
  type EventSheetRow,
  stateEventSheet,
} from '../event-sheet-contract.ts'
import { EVENT_FIELDS } from '../sheet/fields.ts'

type Answers = Readonly<Record<string, string>>

interface Params {
  readonly operation_id: string
  readonly unit_id: string
}

/** Events of many people from one sheet: chosen, shown as understood, questions answered, recorded by one button. */
export function EventSheetDialog({ params, onClose }: { params: Params; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [file, setFile] = useState<File | undefined>(undefined)
  const [answers, setAnswers] = useState<Answers>({})
  const [sheet, setSheet] = useState<EventSheet | undefined>(undefined)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(undefined)
  const state = useCommand(stateEventSheet)
  const check = async (chosen: File, given: Answers) => {
    setBusy(true)
    setError(undefined)
    state.reset()
    setAnswers(given)
    try {
      const query = { file_name: chosen.name, answers: JSON.stringify(given) }
      setSheet(await call(checkEventSheet, { params, query, body: chosen }))
      setFile(chosen)
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(false)
    }
  }
  const record = () => {
    if (!file || !sheet) return
    const query = { file_name: file.name, answers: JSON.stringify(answers), stated_count: sheet.counts.ready }
    state.mutate(
      { params, query, body: file },
      {
        onSuccess({ stated_count }) {
          void message.success(t('facts.sheet.done', { count: stated_count }))
          onClose()
        },
      },
    )
  }
  const answer = (key: string, value: string) => file && void check(file, { ...answers, [key]: value })
  return (
    <Modal
      open
      title={t('facts.sheet.open')}
      width={880}
      onCancel={onClose}
      onOk={record}
      okText={t('facts.sheet.record', { count: sheet?.counts.ready ?? 0 })}
      okButtonProps={{ loading: state.isPending, disabled: !sheet || sheet.counts.ready === 0 || busy }}
      cancelText={t('common.cancel')}
      destroyOnHidden
    >
      <div className="stack">
        <p className="soft">{t('facts.sheet.about')}</p>
        <Chooser params={params} busy={busy} again={file !== undefined} onChoose={(chosen) => void check(chosen, {})} />
        <ProblemNotice error={error ?? state.error} />
        {sheet ? <Understood sheet={sheet} answers={answers} onAnswer={answer} /> : null}
      </div>
    </Modal>
  )
}

function Chooser({
  params,
  busy,
  again,
  onChoose,
}: {
  params: Params
  busy: boolean
  again: boolean
  onChoose: (file: File) => void
}) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const template = () =>
    download(downloadEventTemplate, { params }).catch(() => void message.error(t('facts.sheet.template_failed')))
  return (
    <div className="row">
      <SheetChooser
        label={t(again ? 'facts.sheet.other' : 'facts.sheet.choose')}
        busy={busy}
        isMain={!again}
        onChoose={onChoose}
      />
      <Button onClick={() => void template()}>{t('facts.sheet.template')}</Button>
    </div>
  )
}

function Understood({
  sheet,
  answers,
  onAnswer,
}: {
  sheet: EventSheet
  answers: Answers
  onAnswer: (key: string, value: string) => void
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <>
      <div className="row">
        {EVENT_ROW_KINDS.filter((kind) => sheet.counts[kind] > 0).map((kind) => (
          <Tag key={kind} color={TONES[kind]}>
            {t(`facts.sheet.kind.${kind}`)} {formats.count(sheet.counts[kind])}
          </Tag>
        ))}
      </div>
      {sheet.questions.length > 0 ? (
        <section className="stack tight" aria-label={t('facts.sheet.questions')}>
          <h3>{t('facts.sheet.questions')}</h3>
          {sheet.questions.map(({ key, text, options, count }) => (
            <label key={key} className="row" htmlFor={`answer-${key}`}>
              <span>
                {formats.label(text)} <span className="soft">{t('facts.sheet.concerns', { count })}</span>
              </span>
              <Select
                id={`answer-${key}`}
                value={answers[key]}
                onChange={(value: string) => onAnswer(key, value)}
                placeholder={t('facts.sheet.choose_answer')}
                popupMatchSelectWidth={false}
                style={{ minWidth: 180 }}
                options={options.map(({ value, label }) => ({ value, label: formats.label(label) }))}
              />
            </label>
          ))}
        </section>
      ) : null}
      <Columns sheet={sheet} onAnswer={onAnswer} />
      <SheetRows sheet={sheet} />
    </>
  )
}

function Columns({ sheet, onAnswer }: { sheet: EventSheet; onAnswer: (key: string, value: string) => void }) {
  const { t } = useTranslation()
  if (sheet.columns.length === 0) return null
  const options = [...EVENT_FIELDS, 'none' as const].map((value) => ({ value, label: t(`facts.sheet.field.${value}`) }))
  return (
    <details open={sheet.columns.every(({ field }) => field !== 'event')}>
      <summary>{t('facts.sheet.columns')}</summary>
      <div className="stack tight">
        {sheet.columns.map(({ sheet: name, column, header, field }) => (
          <label key={`${name}!${column}`} className="row" htmlFor={`column-${name}!${column}`}>
            <span>{t('facts.sheet.column', { column, header })}</span>
            <Select
              id={`column-${name}!${column}`}
              value={field ?? 'none'}
              onChange={(value: string) => onAnswer(`column:${name}!${column}`, value)}
              style={{ minWidth: 130 }}
              options={options}
            />
          </label>
        ))}
      </div>
    </details>
  )
}

const TONES: Readonly<Record<EventSheetRow['kind'], string>> = {
  ready: 'default',
  already: 'default',
  differs: 'warning',
  refused: 'error',
  waiting: 'warning',
}

const ROWS_AT_ONCE = 20

function SheetRows({ sheet }: { sheet: EventSheet }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <>
      <Rows
        caption={t('facts.sheet.rows')}
        rows={sheet.rows}
        rowKey={({ sheet: name, row, on }) => `${name} ${row} ${on}`}
        atOnce={ROWS_AT_ONCE}
        columns={[
          { key: 'who', title: t('facts.sheet.who'), narrow: 'title', show: ({ value }) => value || '—' },
          {
            key: 'what',
            title: t('facts.what'),
            show: ({ event, on, count }) =>
              event === null || on === null
                ? '—'
                : `${formats.day(on)} ${formats.label(event)} ${t('facts.times_text', { figure: count })}`,
          },
          {
            key: 'kind',
            title: t('facts.sheet.why'),
            show: ({ kind, reason, right }) => (
              <div>
                <Tag color={TONES[kind]}>{t(`facts.sheet.kind.${kind}`)}</Tag> {reason ? formats.label(reason) : ''}
                {right ? <span className="soft"> {formats.label(right)}</span> : null}
              </div>
            ),
          },
          {
            key: 'row',
            title: t('facts.sheet.row'),
            show: ({ sheet: name, row }) => t('facts.sheet.place', { sheet: name, row }),
          },
        ]}
      />
      {sheet.rows_left_off > 0 ? (
        <p className="soft">{t('facts.sheet.left_off', { count: sheet.rows_left_off })}</p>
      ) : null}
    </>
  )
}
