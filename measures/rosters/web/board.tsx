import { useQueryClient } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { App, Button, InputNumber } from 'antd'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cancelJob } from '#platform/jobs/contract.ts'
import { call } from '#platform/ui/client.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Page, Section } from '#platform/ui/page.tsx'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { keyOf, useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { Loaded, Nothing } from '#platform/ui/states.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import { type DraftView, readDraft, readSolve, rebuildDraft, saveVersion, solveDraft } from '../roster-contract.ts'
import { DaysToConfirm } from './board-confirm.tsx'
import { Curve } from './board-curve.tsx'
import { useExplainer } from './board-explained.ts'
import { ExportButton } from './board-export.tsx'
import { BoardGrid, type GridActs, type Troubles } from './board-grid.tsx'
import { PrintedRoster } from './board-print.tsx'
import { PublishDialog } from './board-publish.tsx'
import { type Scoring, useScore } from './board-score.ts'
import { Conflicts, Ending, Legend, Penalties, ScoreLine, shownViolations, Violations } from './board-side.tsx'
import { begin, type History, type Place, redo, setCell, swapCells, togglePin, undo } from './board-state.ts'
import { CellDialog } from './board-takers.tsx'
import { Reasons } from './board-why.tsx'
import './board.css'

const SAVE_AFTER_MS = 1500
const SECONDS_STANDARD = 10

export interface DraftParams {
  readonly operation_id: string
  readonly unit_id: string
  readonly draft_id: string
}

/** A period of a roster: made by the solver, changed by hand, compared with what people know, published. */
export function BoardPage() {
  const { t } = useTranslation()
  const formats = useFormats()
  const { operation_id, unit_id } = useWorkplace()
  const { draft: draftId } = useSearch({ from: '/rosters/board' })
  const params = { operation_id: String(operation_id), unit_id: String(unit_id), draft_id: String(draftId) }
  const draft = useEndpoint(readDraft, { params }, { enabled: operation_id !== undefined && draftId !== undefined })
  const head = draft.data
  return (
    <Page
      title={
        head
          ? t('rosters.board', { name: head.name, from: formats.day(head.from_on), days: head.days })
          : t('rosters.title')
      }
      about={head?.unit_name}
    >
      {draftId === undefined ? (
        <Nothing>{t('rosters.no_periods')}</Nothing>
      ) : (
        <Loaded query={draft} rows={14}>
          {(loaded) => (
            <Board
              key={`${loaded.draft_id} ${loaded.version} ${loaded.solve?.version ?? ''}`}
              draft={loaded}
              params={params}
            />
          )}
        </Loaded>
      )}
    </Page>
  )
}

function emptyCells({ people, days }: DraftView) {
  return Object.fromEntries(people.map(({ person_id }) => [String(person_id), Array<string | null>(days).fill(null)]))
}

function Board({ draft, params }: { draft: DraftView; params: DraftParams }) {
  const may = useMay('duty.plan')
  const [history, setHistory] = useState<History>(() =>
    begin({ ...emptyCells(draft), ...(draft.cells ?? {}) }, draft.pinned),
  )
  const [at, setAt] = useState<Place | undefined>()
  const [opened, setOpened] = useState<Place | undefined>()
  const isSolving = draft.solve?.state === 'asked' || draft.solve?.state === 'running'
  const scoring = useScore(draft, history.now)
  const explainer = useExplainer(draft, history.now)
  const saving = useSaving(draft, params, history)
  const troubled = useMemo(() => troubles(scoring), [scoring])
  const acts: GridActs = {
    onSet: (place, cell) => setHistory((before) => setCell(before, place, cell)),
    onSwap: (from, to) => setHistory((before) => swapCells(before, from, to)),
    onPin: (place) => setHistory((before) => togglePin(before, place)),
    onUndo: () => setHistory(undo),
    onRedo: () => setHistory(redo),
    onOpen: setOpened,
  }
  const readOnly = !may || isSolving
  return (
    <>
      <div className="stack no-print">
        <Conflicts draft={draft} explainer={explainer} />
        {may ? <Tools {...{ draft, params, history, setHistory, scoring, saving, isSolving }} /> : null}
        {draft.solve && (isSolving || draft.solve.curve.length > 1 || draft.solve.state === 'crashed') ? (
          <SolvePanel draft={draft} params={params} />
        ) : null}
        <ScoreLine scoring={scoring} />
        <DaysToConfirm draft={draft} />
        <BoardGrid {...{ draft, state: history.now, troubled, acts, readOnly, at, onMove: setAt }} />
        <Legend draft={draft} />
        <div className="board-below">
          <Reasons {...{ draft, explainer, acts, readOnly, onShow: setAt }} />
        </div>
        <div className="board-below">
          <Violations draft={draft} scoring={scoring} onShow={setAt} />
          <Penalties draft={draft} scoring={scoring} />
        </div>
        <ProblemNotice error={saving.error} />
      </div>
      <PrintedRoster draft={draft} state={history.now} />
      {opened ? (
        <CellDialog
          {...{ draft, explainer, state: history.now, place: opened, acts, readOnly }}
          onClose={() => setOpened(undefined)}
        />
      ) : null}
    </>
  )
}

function troubles({ violations }: Pick<Scoring, 'violations'>): Troubles {
  const byPerson = new Map<string, Map<number, 'hard' | 'soft'>>()
  for (const { person, day, hard } of shownViolations(violations)) {
    if (person === undefined || day === undefined) continue
    const own = byPerson.get(person) ?? new Map<number, 'hard' | 'soft'>()
    byPerson.set(person, own)
    if (hard || !own.has(day)) own.set(day, hard ? 'hard' : 'soft')
  }
  return byPerson
}

export interface Saving {
  readonly version: number | null
  readonly isDirty: boolean
  readonly error: unknown
  /** Stores what is not stored yet; undefined when that was refused. */
  store(): Promise<number | null | undefined>
}

/** Changes are stored a moment after the last one, and before anything that rests on them. */
function useSaving(draft: DraftView, params: DraftParams, history: History): Saving {
  const [error, setError] = useState<unknown>()
  const [stored, setStored] = useState({ version: draft.version, state: history.now })
  const isDirty = stored.state !== history.now
  const latest = useRef({ history, stored })
  latest.current = { history, stored }
  const running = useRef<Promise<number | null | undefined> | undefined>(undefined)
  const store = async (): Promise<number | null | undefined> => {
    if (running.current) await running.current
    const { now } = latest.current.history
    const { version, state } = latest.current.stored
    if (state === now) return version
    const pinned = Object.fromEntries(Object.entries(now.pinned).map(([id, days]) => [id, [...days]]))
    // Not as a command of the page: what is on screen is what was just stored, and need not be read anew.
    running.current = call(saveVersion, { params, body: { base_version: version, cells: now.cells, pinned } })
      .then(
        (answer) => {
          setError(undefined)
          latest.current.stored = { version: answer.version, state: now }
          setStored(latest.current.stored)
          return answer.version
        },
        (failure) => {
          setError(failure)
          return undefined
        },
      )
      .finally(() => {
        running.current = undefined
      })
    return running.current
  }
  const again = useRef(store)
  again.current = store
  useEffect(() => {
    if (!isDirty || history.now === undefined) return
    const timer = setTimeout(() => void again.current(), SAVE_AFTER_MS)
    return () => clearTimeout(timer)
  }, [isDirty, history.now])
  return { version: stored.version, isDirty, error, store }
}

interface ToolsProps {
  readonly draft: DraftView
  readonly params: DraftParams
  readonly history: History
  readonly setHistory: (change: (before: History) => History) => void
  readonly scoring: Scoring
  readonly saving: Saving
  readonly isSolving: boolean
}

function Tools({ draft, params, history, setHistory, scoring, saving, isSolving }: ToolsProps) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [seconds, setSeconds] = useState(SECONDS_STANDARD)
  const [publishing, setPublishing] = useState(false)
  const solve = useCommand(solveDraft)
  const rebuild = useCommand(rebuildDraft)
  const start = async () => {
    if ((await saving.store()) !== undefined) solve.mutate({ params, body: { seconds } })
  }
  const refresh = async () => {
    if ((await saving.store()) !== undefined) rebuild.mutate({ params })
  }
  const publish = async () => {
    const version = await saving.store()
    if (version) setPublishing(true)
    else if (version === null) message.info(t('rosters.empty'))
  }
  return (
    <div className="stack tight">
      <div className="row spread">
        <div className="row">
          <Button
            type={draft.version === null ? 'primary' : 'default'}
            disabled={isSolving}
            onClick={() => void start()}
          >
            {t(canGoOn(draft) ? 'rosters.resume' : 'rosters.solve')}
          </Button>
          <InputNumber
            aria-label={t('rosters.solve_seconds', { seconds })}
            min={1}
            max={120}
            value={seconds}
            onChange={(value) => setSeconds(value ?? SECONDS_STANDARD)}
            suffix="s"
            style={{ width: 84 }}
          />
          <Button disabled={isSolving} onClick={() => void refresh()} loading={rebuild.isPending}>
            {t('rosters.rebuild')}
          </Button>
          <Button disabled={history.before.length === 0} onClick={() => setHistory(undo)}>
            {t('rosters.undo')}
          </Button>
          <Button disabled={history.after.length === 0} onClick={() => setHistory(redo)}>
            {t('rosters.redo')}
          </Button>
        </div>
        <div className="row">
          <span className="soft">
            {saving.isDirty
              ? t('rosters.unsaved')
              : saving.version === null
                ? t('rosters.empty')
                : t('rosters.saved_version', { version: saving.version })}
          </span>
          <ExportButton params={params} disabled={saving.version === null || saving.isDirty} />
          <Button onClick={() => window.print()}>{t('rosters.print')}</Button>
          <Button
            type={draft.version === null ? 'default' : 'primary'}
            disabled={isSolving}
            onClick={() => void publish()}
          >
            {t('rosters.publish')}
          </Button>
        </div>
      </div>
      <ProblemNotice error={solve.error ?? rebuild.error} />
      {publishing && saving.version !== null ? (
        <PublishDialog
          {...{ draft, params, scoring, state: history.now, version: saving.version }}
          onClose={() => setPublishing(false)}
        />
      ) : null}
    </div>
  )
}

/** A run that was stopped or broke off is taken up again where it was. */
function canGoOn({ solve }: DraftView): boolean {
  return solve !== null && (solve.can_resume || solve.state === 'stopped' || solve.state === 'crashed')
}

/** The curve while the solver runs, and how the last run went afterwards. */
function SolvePanel({ draft, params }: { draft: DraftView; params: DraftParams }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const stop = useCommand(cancelJob)
  const known = draft.solve
  const wasRunning = known?.state === 'asked' || known?.state === 'running'
  const solve = useEndpoint(
    readSolve,
    { params: { ...params, solve_id: String(known?.solve_id) } },
    { enabled: known !== null, every_ms: wasRunning ? 700 : false, keep: true },
  )
  const shown = solve.data ?? known
  const isOver = shown !== null && shown.state !== 'asked' && shown.state !== 'running'
  useEffect(() => {
    if (wasRunning && isOver) void client.invalidateQueries({ queryKey: [keyOf(readDraft, {})[0]] })
  }, [wasRunning, isOver, client])
  if (!shown) return null
  const { job_id } = shown
  return (
    <Section
      title={t(isOver ? 'rosters.curve' : 'rosters.solving')}
      aside={
        isOver || job_id === null ? null : (
          <Button danger onClick={() => stop.mutate({ params: { job_id } })} loading={stop.isPending}>
            {t('rosters.stop')}
          </Button>
        )
      }
    >
      <Curve solve={shown} />
      <Ending solve={shown} />
      {shown.mistakes.map((mistake) => (
        <p key={mistake} className="board-bad">
          {mistake}
        </p>
      ))}
    </Section>
  )
}
