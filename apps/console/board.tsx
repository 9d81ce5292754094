import { Link } from '@tanstack/react-router'
import { Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Page } from '#platform/ui/page.tsx'
import { useEndpoint } from '#platform/ui/queries.ts'
import { Loaded, Nothing } from '#platform/ui/states.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import { type ClauseStanding, type EntitlementStanding, readClauseBoard } from '#records/policies/contract.ts'
import './board.css'

type BoardView = OutputOf<typeof readClauseBoard>

/** The home page: the clauses of the notice as a table of contents, each with what has reached people and what is late. */
export function Board() {
  const { t } = useTranslation()
  const { operation_id, operation_name } = useWorkplace()
  const may = useMay('statements.read')
  const board = useEndpoint(
    readClauseBoard,
    { params: { operation_id: String(operation_id) } },
    { enabled: operation_id !== undefined && may, every_ms: 60_000 },
  )
  if (operation_id === undefined || !may)
    return (
      <Page title={t('board.title')}>
        <Nothing action={may ? undefined : <a href="/phone/">{t('board.to_phone')}</a>}>
          {may ? t('common.no_operation') : t('board.not_for_role')}
        </Nothing>
      </Page>
    )
  return (
    <Page title={t('board.title')} about={operation_name}>
      <Loaded query={board} rows={14}>
        {(data) => (
          <>
            <Summary board={data} />
            {data.clauses.length === 0 ? (
              <Nothing>{t('board.no_notice')}</Nothing>
            ) : (
              <ol className="board">
                {data.clauses.map((clause) => (
                  <Clause key={`${clause.pack} ${clause.number}`} clause={clause} />
                ))}
              </ol>
            )}
          </>
        )}
      </Loaded>
    </Page>
  )
}

/** What a leader needs first: how much has reached people, what waits for a decision, what is late. */
function Summary({ board }: { board: BoardView }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const sum = (figure: (clause: ClauseStanding) => number) =>
    board.clauses.reduce((total, clause) => total + figure(clause), 0)
  const late = sum(({ late_items }) => late_items)
  const waiting = sum(({ entitlements }) =>
    entitlements
      .filter(({ beneficiary }) => beneficiary === 'people')
      .reduce((total, one) => total + one.people_waiting_decision + one.people_missing_fact, 0),
  )
  const amount = sum(({ entitlements }) => entitlements.reduce((total, { amount_fen }) => total + (amount_fen ?? 0), 0))
  const reached = Math.max(0, ...board.clauses.map(({ people_reached }) => people_reached))
  const unbuilt = board.clauses.filter(({ measure_state }) => measure_state === 'not_built').length
  return (
    <section className="board-summary" aria-label={t('board.summary')}>
      <Figure label={t('board.people_reached')} value={formats.count(reached)} />
      <Figure label={t('board.amount')} value={formats.yuan(amount)} />
      <Figure label={t('board.waiting')} value={formats.count(waiting)} tone={waiting > 0 ? 'waiting' : ''} />
      <Figure label={t('board.late')} value={formats.count(late)} tone={late > 0 ? 'late' : ''} />
      <p className="soft small board-as-of">
        {board.notice ? formats.label(board.notice.title) : ''}
        {board.evaluation
          ? ` · ${t('board.as_of', {
              day: formats.day(board.evaluation.on_date),
              at: formats.moment(board.evaluation.finished_at ?? board.evaluation.started_at),
            })}`
          : ` · ${t('board.no_evaluation')}`}
        {unbuilt > 0 ? ` · ${t('board.unbuilt', { count: unbuilt })}` : ''}
      </p>
    </section>
  )
}

function Figure({ label, value, tone = '' }: { label: string; value: string; tone?: string }) {
  return (
    <div>
      <p className="soft">{label}</p>
      <p className={`board-figure ${tone}`}>{value}</p>
    </div>
  )
}

function Clause({ clause }: { clause: ClauseStanding }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const unbuilt = clause.measure_state === 'not_built'
  const empty = unbuilt && clause.entitlements.length === 0
  return (
    <li className={empty ? 'board-clause board-unbuilt' : 'board-clause'}>
      <p className="board-number" aria-hidden="true">
        {clause.number}
      </p>
      <div className="board-text">
        <h2>
          <Link
            to="/notice"
            search={({ op, unit }) => ({ op, unit, clause: clause.number })}
            aria-label={`${t('policy.clause_number', { number: clause.number })} ${formats.label(clause.title)}`}
          >
            {formats.label(clause.title)}
          </Link>
        </h2>
        <p className="soft">{formats.label(clause.summary)}</p>
      </div>
      <div className="board-standing">
        {empty ? (
          <p className="soft">{t('board.room_not_built')}</p>
        ) : (
          <>
            {clause.entitlements.map((standing) => (
              <Standing key={standing.entitlement} standing={standing} />
            ))}
            {clause.measure_state === 'partly' ? <p className="soft small">{formats.label(clause.parts)}</p> : null}
          </>
        )}
      </div>
      <div className="board-signals">
        {clause.late_items > 0 ? <Tag color="error">{t('board.clause_late', { count: clause.late_items })}</Tag> : null}
        {clause.open_decisions > 0 ? (
          <Link to="/worklist">
            <Tag color="warning">{t('board.clause_open', { count: clause.open_decisions })}</Tag>
          </Link>
        ) : null}
        {clause.waiting_items > 0 ? (
          <span className="soft small">{t('board.clause_waiting', { count: clause.waiting_items })}</span>
        ) : null}
      </div>
    </li>
  )
}

function Standing({ standing }: { standing: EntitlementStanding }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const waiting = standing.people_waiting_decision + standing.people_missing_fact
  const figure = formats.count(standing.people_settled)
  const isUnits = standing.beneficiary === 'units'
  const people = isUnits ? t('board.units', { figure }) : t('common.people', { count: standing.people_settled, figure })
  return (
    <p className="board-line">
      <span>{formats.label(standing.title)}</span>
      <span className="board-line-figures">
        {standing.people_settled > 0 ? people : null}
        {standing.amount_fen ? <strong>{formats.yuan(standing.amount_fen)}</strong> : null}
        {standing.gives === 'minutes' && standing.quantity > 0 ? (
          <strong>{formats.minutes(standing.quantity)}</strong>
        ) : null}
        {waiting > 0 ? (
          <span className="waiting">
            {t(isUnits ? 'board.units_waiting' : 'board.people_waiting', { figure: formats.count(waiting) })}
          </span>
        ) : null}
      </span>
    </p>
  )
}
