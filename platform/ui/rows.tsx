import { Button } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemNotice } from './problem-notice.tsx'
import { Waiting } from './states.tsx'

export interface Column<Row> {
  readonly key: string
  readonly title: string
  readonly show: (row: Row) => ReactNode
  /** Right-aligned, with figures of equal width. */
  readonly number?: boolean
  /** On a narrow screen: the headline of the row, or left out. */
  readonly narrow?: 'title' | 'hide'
}

export interface RowsProps<Row> {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string | number
  readonly rowClass?: (row: Row) => string
  readonly empty?: ReactNode
  readonly footer?: ReactNode
  /** Shows so many first, and more when asked: for lists that came whole. */
  readonly atOnce?: number
}

function classOf<Row>(column: Column<Row>): string {
  const classes = [column.number ? 'number' : '', column.narrow === 'title' ? 'row-title' : '']
  if (column.narrow === 'hide') classes.push('narrow-hide')
  return classes.filter((name) => name !== '').join(' ')
}

/** The one table of the console: a plain HTML table that turns into a list of cards on a narrow screen. */
export function Rows<Row>({ caption, columns, rows, rowKey, rowClass, empty, footer, atOnce }: RowsProps<Row>) {
  const { t } = useTranslation()
  const [shownCount, setShownCount] = useState(atOnce ?? rows.length)
  const shown = atOnce === undefined ? rows : rows.slice(0, shownCount)
  return (
    <div className="rows-frame">
      <table className="rows">
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" className={classOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.length === 0 ? (
            <tr>
              <td colSpan={columns.length} data-label="" className="soft">
                {empty ?? t('common.nothing')}
              </td>
            </tr>
          ) : null}
          {shown.map((row) => (
            <tr key={rowKey(row)} className={rowClass?.(row)}>
              {columns.map((column) => (
                <td key={column.key} data-label={column.title} className={classOf(column)}>
                  {column.show(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < rows.length ? (
        <div className="rows-more">
          <Button onClick={() => setShownCount(shownCount + (atOnce ?? 0))}>
            {t('common.more_of', { shown: shown.length, all: rows.length })}
          </Button>
        </div>
      ) : null}
      {footer}
    </div>
  )
}

export interface Endless<Page> {
  readonly data: { readonly pages: readonly Page[] } | undefined
  readonly error: Error | null
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  fetchNextPage(): unknown
  refetch(): unknown
}

/** A list that is read a screenful at a time, with "more" at its end. */
export function EndlessRows<Page, Row>({
  query,
  rowsOf,
  ...rest
}: Omit<RowsProps<Row>, 'rows' | 'footer'> & {
  query: Endless<Page>
  rowsOf: (page: Page) => readonly Row[]
}) {
  const { t } = useTranslation()
  if (query.data === undefined)
    return query.error ? (
      <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <Waiting rows={8} />
    )
  const more = query.hasNextPage ? (
    <div className="rows-more">
      <Button onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
        {t('common.more')}
      </Button>
    </div>
  ) : undefined
  return (
    <div className="stack tight">
      <Rows {...rest} rows={query.data.pages.flatMap((page) => [...rowsOf(page)])} footer={more} />
      {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.fetchNextPage()} /> : null}
    </div>
  )
}
