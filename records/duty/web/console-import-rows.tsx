import { Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { call } from '#platform/ui/client.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Section } from '#platform/ui/page.tsx'
import { keyOf, useEndless } from '#platform/ui/queries.ts'
import { EndlessRows, Rows } from '#platform/ui/rows.tsx'
import { type ImportRow, listImportRows, ROW_KINDS, type RowKind, type Understanding } from '../import-contract.ts'
import type { ImportParams } from './console-import.tsx'

type RowPage = OutputOf<typeof listImportRows>

type ReadColumn = Understanding['tables'][number]['columns'][number]

/** Columns side by side that mean the same, such as the days of a roster, in one: `D–G 2月18日–2月21日`. */
function stretches(columns: readonly ReadColumn[]): { columns: string; headers: string; field: string }[] {
  const found: { first: ReadColumn; last: ReadColumn }[] = []
  for (const column of columns) {
    const before = found.at(-1)
    if (before && before.last.field === column.field && (column.field === 'day' || column.field === 'ignored'))
      before.last = column
    else found.push({ first: column, last: column })
  }
  return found.map(({ first, last }) => ({
    columns: first === last ? first.column : `${first.column}–${last.column}`,
    headers: first === last ? first.header : `${first.header}–${last.header}`,
    field: first.field,
  }))
}

/** How the sheet was read: which column is what, which mark means what. */
export function UnderstoodTables({ understood }: { understood: Understanding }) {
  const { t, i18n } = useTranslation()
  const formats = useFormats()
  const fieldName = (field: string) => {
    const key = `import.field.${field}`
    return i18n.exists(key) ? t(key as 'import.field.name') : field
  }
  const columnsOf = (table: Understanding['tables'][number]) =>
    stretches(table.columns).map(({ columns, headers, field }) => `${columns} ${headers} → ${fieldName(field)}`)
  return (
    <Section title={t('import.understood')}>
      <div className="stack tight">
        <Rows
          caption={t('import.understood')}
          rows={understood.tables}
          rowKey={(table) => `${table.sheet} ${table.title} ${table.row_count}`}
          atOnce={12}
          columns={[
            {
              key: 'sheet',
              title: t('import.sheet'),
              narrow: 'title',
              show: (table) => (
                <>
                  {table.sheet} <span className="soft small">{table.title}</span>
                </>
              ),
            },
            { key: 'form', title: t('import.form_title'), show: (table) => t(`import.form.${table.form}`) },
            { key: 'unit', title: t('people.unit'), show: (table) => table.unit ?? '—' },
            {
              key: 'columns',
              title: t('import.columns'),
              show: (table) => <span className="small">{columnsOf(table).slice(0, 20).join(' · ')}</span>,
            },
            { key: 'rows', title: t('import.rows'), number: true, show: (table) => formats.count(table.row_count) },
          ]}
        />
        {understood.marks.length > 0 ? (
          <p className="soft small">
            {t('import.marks')}{' '}
            {understood.marks.map(({ mark, meaning, count }) => `${mark} = ${meaning ?? '?'} (${count})`).join(' · ')}
          </p>
        ) : null}
        {understood.notices.slice(0, 20).map((notice) => (
          <p key={`${notice.sheet} ${notice.row} ${notice.text.en}`} className="soft small">
            {t('import.place', { sheet: notice.sheet, row: notice.row })} {formats.label(notice.text)}
          </p>
        ))}
      </div>
    </Section>
  )
}

/** The rows of one kind, refused ones first: those are what the reader has to look at. */
export function ImportRows({ params, counts }: { params: ImportParams; counts: Understanding['counts'] }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const order: readonly RowKind[] = ['refused', 'waiting', 'differs', 'ready', 'already']
  const [kind, setKind] = useState<RowKind>(order.find((one) => counts[one] > 0) ?? 'ready')
  const placeText = ({ sheet, row, column }: ImportRow['place']) =>
    column === null ? t('import.place', { sheet, row }) : t('import.place_column', { sheet, row, column })
  const query = useEndless(keyOf(listImportRows, { params, kind, counts }), (after, signal) =>
    call(listImportRows, { params, query: { kind, limit: 25, ...(after ? { after } : {}) } }, { signal }),
  )
  return (
    <Section
      title={t('import.by_row')}
      aside={
        <Segmented
          value={kind}
          onChange={setKind}
          options={ROW_KINDS.map((value) => ({
            value,
            label: `${t(`import.kind.${value}`)} ${formats.count(counts[value])}`,
          }))}
          style={{ maxWidth: '100%', overflowX: 'auto' }}
        />
      }
    >
      <EndlessRows<RowPage, ImportRow>
        caption={t('import.by_row')}
        query={query}
        rowsOf={(page) => page.rows}
        rowKey={(row) => row.row_no}
        rowClass={(row) => (row.kind === 'refused' ? 'problem-row' : '')}
        empty={t('import.no_rows')}
        columns={[
          { key: 'duty', title: t('import.duty'), narrow: 'title', show: (row) => <DutyCell row={row} /> },
          {
            key: 'place',
            title: t('import.where'),
            show: ({ place }) => <span className="nowrap">{placeText(place)}</span>,
          },
          { key: 'reason', title: t('import.why'), show: (row) => <ReasonCell row={row} /> },
        ]}
      />
    </Section>
  )
}

function DutyCell({ row: { duty, value } }: { row: ImportRow }) {
  const formats = useFormats()
  if (!duty) return <span className="soft">{value}</span>
  return (
    <>
      {duty.person_name} · {duty.unit_name} {duty.post_name} · {formats.day(formats.dateOf(duty.starts_at))}{' '}
      {formats.times(duty.starts_at, duty.ends_at)}
    </>
  )
}

function ReasonCell({ row }: { row: ImportRow }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <div>
      {row.reason ? <p>{formats.label(row.reason)}</p> : null}
      {row.right ? <p className="soft small">{formats.label(row.right)}</p> : null}
      {row.stands ? (
        <p className="soft small">
          {t('import.stands', {
            what: `${row.stands.post_name} ${formats.times(row.stands.starts_at, row.stands.ends_at)}`,
          })}
        </p>
      ) : null}
      {!row.reason && !row.stands ? (row.questions.length > 0 ? t('import.awaits') : '—') : null}
    </div>
  )
}
