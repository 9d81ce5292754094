import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Select, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Page, Section } from '#platform/ui/page.tsx'
import { useEndpoint } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { Loaded, Nothing } from '#platform/ui/states.tsx'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { readClause, readClauseBoard } from '../contract.ts'
import { Layers } from './console-layers.tsx'
import { ClauseRules } from './console-rules.tsx'
import './console.css'

type BoardView = OutputOf<typeof readClauseBoard>
type ClauseView = OutputOf<typeof readClause>

/** The notice beside its pack: each clause, the rules made of it, the people whom they reach. */
export function NoticePage() {
  const { t } = useTranslation()
  const formats = useFormats()
  const { operation_id } = useWorkplace()
  const board = useEndpoint(
    readClauseBoard,
    { params: { operation_id: String(operation_id) } },
    { enabled: operation_id !== undefined },
  )
  const notice = board.data?.notice
  return (
    <Page title={t('notice.title')} about={notice ? formats.label(notice.title) : undefined}>
      {operation_id === undefined ? (
        <Nothing>{t('common.no_operation')}</Nothing>
      ) : (
        <Loaded query={board} rows={12}>
          {(data) =>
            data.clauses.length === 0 ? (
              <Nothing>{t('board.no_notice')}</Nothing>
            ) : (
              <Clauses operationId={operation_id} board={data} />
            )
          }
        </Loaded>
      )}
      {operation_id === undefined ? null : <Layers operationId={operation_id} />}
    </Page>
  )
}

function Clauses({ operationId, board }: { operationId: number; board: BoardView }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const navigate = useNavigate()
  const search = useSearch({ from: '/notice' })
  const number = search.clause ?? board.clauses[0]?.number ?? '1'
  return (
    <div className="notice">
      <nav aria-label={t('notice.clauses')}>
        <div className="notice-narrow">
          <Select
            aria-label={t('notice.clauses')}
            value={number}
            onChange={(clause: string) =>
              void navigate({ to: '/notice', search: ({ op, unit }) => ({ op, unit, clause }) })
            }
            options={board.clauses.map((clause) => ({
              value: clause.number,
              label: `${clause.number} ${formats.label(clause.title)}`,
            }))}
            style={{ width: '100%' }}
          />
        </div>
        <ol className="notice-clauses">
          {board.clauses.map((clause) => (
            <li key={clause.number}>
              <Link
                to="/notice"
                search={({ op, unit }) => ({ op, unit, clause: clause.number })}
                className={clause.number === number ? 'notice-clause notice-here' : 'notice-clause'}
                aria-current={clause.number === number ? 'true' : undefined}
              >
                <span className="notice-number">{clause.number}</span>
                <span>{formats.label(clause.title)}</span>
              </Link>
            </li>
          ))}
        </ol>
      </nav>
      <OneClause key={number} operationId={operationId} number={number} />
    </div>
  )
}

function OneClause({ operationId, number }: { operationId: number; number: string }) {
  const [county, setCounty] = useState<number | undefined>(undefined)
  const clause = useEndpoint(
    readClause,
    {
      params: { operation_id: String(operationId), number },
      query: county === undefined ? {} : { county_unit_id: String(county) },
    },
    { keep: true },
  )
  return (
    <Loaded query={clause} rows={10}>
      {(data) => (
        <div className="notice-sides">
          <div className="stack">
            <Words clause={data} />
            <Reached clause={data} onCounty={setCounty} />
          </div>
          <ClauseRules clause={data} />
        </div>
      )}
    </Loaded>
  )
}

/** What the notice says, in our own words, and who issued it. */
function Words({ clause }: { clause: ClauseView }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const source = clause.sources.find(({ code }) => code === clause.source)
  return (
    <section className="panel stack tight notice-words">
      <p className="soft small">{t('policy.clause_number', { number: clause.number })}</p>
      <h2 className="notice-title">{formats.label(clause.title)}</h2>
      <p>{formats.label(clause.summary)}</p>
      <p className="soft small">
        {clause.offices.join(t('common.comma'))}
        {source ? ` · ${source.title}${source.number ? `(${source.number})` : ''}` : ''}
      </p>
      {clause.measure_state === 'not_built' ? (
        <p className="soft">{t('board.room_not_built')}</p>
      ) : (
        <p className="soft small">{formats.label(clause.parts)}</p>
      )}
    </section>
  )
}

/** Whom the clause has reached, county by county. */
function Reached({ clause, onCounty }: { clause: ClauseView; onCounty: (unitId: number) => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <Section title={t('notice.reached', { figure: formats.count(clause.people_reached) })}>
      <Rows
        caption={t('notice.reached', { figure: formats.count(clause.people_reached) })}
        rows={clause.counties}
        rowKey={(county) => county.county_unit_id}
        empty={t('notice.nobody_reached')}
        columns={[
          {
            key: 'county',
            title: t('notice.county'),
            narrow: 'title',
            show: (county) => (
              <>
                <button type="button" className="figure-button" onClick={() => onCounty(county.county_unit_id)}>
                  {county.county_name}
                </button>{' '}
                {county.county_unit_id === clause.county_unit_id ? <Tag>{t('notice.shown')}</Tag> : null}
              </>
            ),
          },
          {
            key: 'people',
            title: t('notice.people'),
            number: true,
            show: (county) => (
              <>
                {formats.count(county.people_reached)}
                {county.units_reached > 0 ? (
                  <span className="soft small">
                    {' '}
                    {t('board.units', { figure: formats.count(county.units_reached) })}
                  </span>
                ) : null}
              </>
            ),
          },
          {
            key: 'amount',
            title: t('notice.amount'),
            number: true,
            show: (county) => {
              const sum = county.amount_fen + county.units_amount_fen
              return sum === 0 ? '—' : formats.yuan(sum)
            },
          },
          {
            key: 'waiting',
            title: t('notice.waiting'),
            number: true,
            show: (county) =>
              county.people_waiting + county.units_waiting === 0 ? (
                '—'
              ) : (
                <span className="waiting">
                  {county.people_waiting > 0 ? formats.count(county.people_waiting) : ''}
                  {county.units_waiting > 0 ? (
                    <span className="small" style={{ display: 'block' }}>
                      {t('board.units', { figure: formats.count(county.units_waiting) })}
                    </span>
                  ) : null}
                </span>
              ),
          },
        ]}
      />
    </Section>
  )
}
