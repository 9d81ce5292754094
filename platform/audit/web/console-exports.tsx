import { Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { call } from '#platform/ui/client.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Page } from '#platform/ui/page.tsx'
import { keyOf, useEndless } from '#platform/ui/queries.ts'
import { EndlessRows } from '#platform/ui/rows.tsx'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { listExports } from '../contract.ts'

type ExportPage = OutputOf<typeof listExports>
type ExportRow = ExportPage['exports'][number]

/** From the number on a paper to who took it out, when and what for. */
export function ExportsPage() {
  const { t } = useTranslation()
  const formats = useFormats()
  const { unit_id } = useWorkplace()
  const [number, setNumber] = useState('')
  const filter = { unit_id: String(unit_id), limit: 25, ...(number ? { number } : {}) }
  const query = useEndless(keyOf(listExports, filter), (after, signal) =>
    call(listExports, { query: { ...filter, ...(after ? { after } : {}) } }, { signal }),
  )
  return (
    <Page title={t('exports.title')} about={t('exports.about')}>
      <Input.Search
        aria-label={t('exports.find')}
        placeholder={t('exports.find')}
        allowClear
        onSearch={(words) => setNumber(words.trim())}
        style={{ maxWidth: 320 }}
      />
      <EndlessRows<ExportPage, ExportRow>
        caption={t('exports.title')}
        query={query}
        rowsOf={(page) => page.exports}
        rowKey={(row) => row.number}
        empty={t('exports.none')}
        columns={[
          { key: 'number', title: t('exports.number'), narrow: 'title', show: (row) => <code>{row.number}</code> },
          { key: 'by', title: t('exports.by'), show: (row) => row.by },
          { key: 'at', title: t('exports.at'), show: (row) => formats.realMoment(row.exported_at) },
          { key: 'purpose', title: t('exports.purpose'), show: (row) => row.purpose },
          { key: 'file', title: t('exports.file'), show: (row) => row.file_name },
          {
            key: 'people',
            title: t('exports.people'),
            number: true,
            show: (row) => (row.people_count === null ? '—' : formats.count(row.people_count)),
          },
          {
            key: 'sum',
            title: t('exports.sum'),
            show: (row) => <code title={row.sha256}>{row.sha256.slice(0, 12)}…</code>,
          },
        ]}
      />
    </Page>
  )
}
