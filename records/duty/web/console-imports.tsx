import { Link, useNavigate } from '@tanstack/react-router'
import { App, Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { call, download } from '#platform/ui/client.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Page, Section } from '#platform/ui/page.tsx'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { keyOf, useEndless } from '#platform/ui/queries.ts'
import { EndlessRows } from '#platform/ui/rows.tsx'
import { SheetChooser } from '#platform/ui/sheet-chooser.tsx'
import { Nothing } from '#platform/ui/states.tsx'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { downloadDutyTemplate, listDutyImports, uploadDutySheet } from '../import-contract.ts'

type ImportList = OutputOf<typeof listDutyImports>

/** An office's own sheet: handed in here, understood, shown, and recorded only when somebody has confirmed it. */
export function ImportsPage() {
  const { t } = useTranslation()
  const { operation_id, unit_id, unit_name } = useWorkplace()
  if (operation_id === undefined)
    return (
      <Page title={t('import.title')}>
        <Nothing>{t('common.no_operation')}</Nothing>
      </Page>
    )
  const params = { operation_id: String(operation_id), unit_id: String(unit_id) }
  return (
    <Page
      title={t('import.title')}
      about={t('import.about', { unit: unit_name })}
      actions={<Link to="/duty">{t('duty.to_month')}</Link>}
    >
      <Upload params={params} />
      <Section title={t('import.earlier')}>
        <Imports params={params} />
      </Section>
    </Page>
  )
}

interface Params {
  readonly operation_id: string
  readonly unit_id: string
}

function Upload({ params }: { params: Params }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { message } = App.useApp()
  const [over, setOver] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(undefined)
  const hand = async (file: File | undefined) => {
    if (!file) return
    setBusy(true)
    setError(undefined)
    try {
      const { import_id } = await call(uploadDutySheet, { params, query: { file_name: file.name }, body: file })
      await navigate({ to: '/duty/import/$import_id', params: { import_id } })
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(false)
    }
  }
  const template = () =>
    download(downloadDutyTemplate, { params }).catch(() => void message.error(t('import.template_failed')))
  return (
    <section
      className={over ? 'panel import-drop import-over' : 'panel import-drop'}
      aria-label={t('import.upload')}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        void hand(event.dataTransfer.files[0])
      }}
    >
      <p>{t('import.drop')}</p>
      <p className="soft small">{t('import.what')}</p>
      <div className="row">
        <SheetChooser label={t('import.upload')} busy={busy} onChoose={(file) => void hand(file)} />
        <Button onClick={() => void template()}>{t('import.template')}</Button>
      </div>
      <ProblemNotice error={error} />
    </section>
  )
}

function Imports({ params }: { params: Params }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const query = useEndless(keyOf(listDutyImports, params), (after, signal) =>
    call(listDutyImports, { params, query: { limit: 20, ...(after ? { after } : {}) } }, { signal }),
  )
  return (
    <EndlessRows<ImportList, ImportList['imports'][number]>
      caption={t('import.earlier')}
      query={query}
      rowsOf={(page) => page.imports}
      rowKey={(one) => one.import_id}
      empty={t('import.none')}
      columns={[
        {
          key: 'file',
          title: t('import.file'),
          narrow: 'title',
          show: (one) => (
            <Link to="/duty/import/$import_id" params={{ import_id: one.import_id }}>
              {one.file_name}
            </Link>
          ),
        },
        { key: 'by', title: t('import.by'), show: (one) => one.uploaded_by },
        { key: 'at', title: t('import.at'), show: (one) => formats.moment(one.uploaded_at) },
        { key: 'state', title: t('import.state_title'), show: (one) => t(`import.state.${one.state}`) },
        {
          key: 'recorded',
          title: t('import.recorded'),
          number: true,
          show: (one) => (one.recorded === null ? '—' : formats.count(one.recorded)),
        },
        {
          key: 'corrected',
          title: t('import.corrected'),
          number: true,
          show: (one) => (one.corrected === null ? '—' : formats.count(one.corrected)),
        },
      ]}
    />
  )
}
