import { type KeyboardEvent, memo, type PointerEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dayOf, formatDay, weekdayOf } from '#engines/values/time.ts'
import { weekdayNames } from '#platform/ui/formats.ts'
import { useLanguage } from '#platform/ui/problem-notice.tsx'
import type { CellNote, DraftView } from '../roster-contract.ts'
import type { BoardState, Place } from './board-state.ts'

export const ROW_PX = 30
export const COLUMN_PX = 34
const NAME_PX = 132
const HEAD_PX = 44
/** Rows and columns drawn beyond what is in view, so that a quick scroll meets no gap. */
const MARGIN = 4

export interface GridActs {
  onSet(place: Place, cell: string | null): void
  onSwap(from: Place, to: Place): void
  onPin(place: Place): void
  onUndo(): void
  onRedo(): void
  onOpen(place: Place): void
}

export type Troubles = ReadonlyMap<string, ReadonlyMap<number, 'hard' | 'soft'>>

interface GridProps {
  readonly draft: DraftView
  readonly state: BoardState
  /** By person and day. */
  readonly troubled: Troubles
  readonly acts: GridActs
  readonly readOnly: boolean
  readonly at: Place | undefined
  readonly onMove: (place: Place) => void
}

/** Rows and columns that are drawn, each from the first to before the last. */
interface Drawn {
  readonly rows: readonly [number, number]
  readonly days: readonly [number, number]
}

/** Windows move by so many rows or columns at once: most frames of a scroll draw nothing new. */
const STRIDE = 4

/** What of a scrolled area has to be drawn. */
export function windowOf(offset_px: number, length_px: number, size_px: number, count: number): [number, number] {
  const first = Math.floor(offset_px / size_px) - MARGIN
  const last = Math.ceil((offset_px + length_px) / size_px) + MARGIN
  return [Math.max(0, Math.floor(first / STRIDE) * STRIDE), Math.min(count, Math.ceil(last / STRIDE) * STRIDE)]
}

/** People down, days across; only what is in view is drawn, and drawn anew only where something changed. */
export function BoardGrid(props: GridProps) {
  const { draft, state, troubled, at, onMove } = props
  const { t } = useTranslation()
  const frame = useRef<HTMLDivElement>(null)
  const drawn = useDrawn(frame, draft)
  const notes = useMemo(() => notesByPerson(draft.notes), [draft.notes])
  const colours = useMemo(() => new Map(draft.needs.shifts.map(({ code }, index) => [code, index % 6])), [draft])
  const [firstDay, lastDay] = drawn.days
  const days = useMemo(
    () => Array.from({ length: lastDay - firstDay }, (_, index) => firstDay + index),
    [firstDay, lastDay],
  )
  const keys = useKeys(props)
  const drag = useDrag(props)
  useEffect(() => {
    if (at) reveal(frame.current, draft, at)
  }, [at, draft])
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cannot leave out the rows that are not in view
    <div
      ref={frame}
      className="board-frame"
      role="grid"
      tabIndex={0}
      aria-label={t('rosters.grid', { name: draft.name })}
      aria-rowcount={draft.people.length + 1}
      aria-colcount={draft.days + 1}
      aria-activedescendant={at ? `cell-${at.person}-${at.day}` : undefined}
      aria-readonly={props.readOnly}
      onKeyDown={keys}
      onPointerDown={drag.onDown}
      onPointerUp={drag.onUp}
      onDoubleClick={() => at && props.acts.onOpen(at)}
      onFocus={() => at ?? onMove({ person: String(draft.people[0]?.person_id ?? ''), day: 0 })}
    >
      <div
        className="board-space"
        style={{ width: NAME_PX + draft.days * COLUMN_PX, height: HEAD_PX + draft.people.length * ROW_PX }}
      >
        <Head draft={draft} days={days} />
        {draft.people.slice(...drawn.rows).map((person, index) => {
          const id = String(person.person_id)
          return (
            <BoardRow
              key={id}
              id={id}
              name={person.name}
              title={person.title}
              index={drawn.rows[0] + index}
              days={days}
              cells={state.cells[id]}
              published={draft.published_at === null ? undefined : (draft.published[id] ?? NOTHING)}
              pinned={state.pinned[id]}
              troubles={troubled.get(id)}
              notes={notes.get(id)}
              colours={colours}
              here={at?.person === id ? at.day : undefined}
              overBefore={draft.frozen_before_day}
            />
          )
        })}
      </div>
    </div>
  )
}

const NOTHING: readonly (string | null)[] = []

type Notes = ReadonlyMap<number, CellNote['kind']>

function notesByPerson(notes: readonly CellNote[]): ReadonlyMap<string, Notes> {
  const byPerson = new Map<string, Map<number, CellNote['kind']>>()
  for (const { person_id, day, kind } of notes) {
    const own = byPerson.get(String(person_id)) ?? new Map<number, CellNote['kind']>()
    byPerson.set(String(person_id), own.set(day, kind))
  }
  return byPerson
}

/** Scrolling changes the state only when other rows or columns come into view. */
function useDrawn(frame: { readonly current: HTMLDivElement | null }, draft: DraftView): Drawn {
  const people = draft.people.length
  const of = (top: number, left: number, width: number, height: number): Drawn => ({
    rows: windowOf(top, height - HEAD_PX, ROW_PX, people),
    days: windowOf(left, width - NAME_PX, COLUMN_PX, draft.days),
  })
  const [drawn, setDrawn] = useState<Drawn>(() => of(0, 0, 1200, 600))
  const latest = useRef(of)
  latest.current = of
  useFrame(frame, ({ scrollTop, scrollLeft, clientWidth, clientHeight }) => {
    const next = latest.current(scrollTop, scrollLeft, clientWidth, clientHeight)
    setDrawn((before) => (isSame(before.rows, next.rows) && isSame(before.days, next.days) ? before : next))
  })
  return drawn
}

function isSame(left: readonly [number, number], right: readonly [number, number]): boolean {
  return left[0] === right[0] && left[1] === right[1]
}

function useFrame(frame: { readonly current: HTMLDivElement | null }, onView: (box: HTMLDivElement) => void): void {
  const latest = useRef(onView)
  latest.current = onView
  useEffect(() => {
    const box = frame.current
    if (!box) return
    let asked = 0
    const look = () => {
      asked = 0
      latest.current(box)
    }
    const ask = () => {
      if (asked === 0) asked = requestAnimationFrame(look)
    }
    look()
    box.addEventListener('scroll', ask, { passive: true })
    const sizes = new ResizeObserver(ask)
    sizes.observe(box)
    return () => {
      box.removeEventListener('scroll', ask)
      sizes.disconnect()
      cancelAnimationFrame(asked)
    }
  }, [frame])
}

function reveal(box: HTMLDivElement | null, draft: DraftView, { person, day }: Place): void {
  if (!box) return
  const row = draft.people.findIndex(({ person_id }) => String(person_id) === person)
  const top = row * ROW_PX
  const left = day * COLUMN_PX
  if (top < box.scrollTop) box.scrollTop = top
  if (top + ROW_PX > box.scrollTop + box.clientHeight - HEAD_PX)
    box.scrollTop = top + ROW_PX - box.clientHeight + HEAD_PX
  if (left < box.scrollLeft) box.scrollLeft = left
  if (left + COLUMN_PX > box.scrollLeft + box.clientWidth - NAME_PX) {
    box.scrollLeft = left + COLUMN_PX - box.clientWidth + NAME_PX
  }
}

const Head = memo(function Head({ draft, days }: { draft: DraftView; days: readonly number[] }) {
  const language = useLanguage()
  const { t } = useTranslation()
  const names = weekdayNames(language)
  const first = dayOf(draft.from_on)
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid
    // biome-ignore lint/a11y/useFocusableInteractive: see the grid
    <div role="row" aria-rowindex={1} className="board-head">
      {/* biome-ignore lint/a11y/useSemanticElements: see the grid */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: see the grid */}
      <div role="columnheader" className="board-name">
        {t('rosters.person')}
      </div>
      {days.map((day) => {
        const weekday = weekdayOf(first + day)
        return (
          // biome-ignore lint/a11y/useSemanticElements: see the grid
          // biome-ignore lint/a11y/useFocusableInteractive: see the grid
          <div
            key={day}
            role="columnheader"
            className={`board-day${weekday >= 5 ? ' board-weekend' : ''}`}
            style={{ left: NAME_PX + day * COLUMN_PX }}
          >
            <span>{Number(formatDay(first + day).slice(8))}</span>
            <small>{(names[weekday] ?? '').slice(-1)}</small>
          </div>
        )
      })}
    </div>
  )
})

interface RowProps {
  readonly id: string
  readonly name: string
  readonly title: string
  readonly index: number
  readonly days: readonly number[]
  readonly cells: readonly (string | null)[] | undefined
  /** Undefined while nothing of the period is published. */
  readonly published: readonly (string | null)[] | undefined
  readonly pinned: readonly number[] | undefined
  readonly troubles: ReadonlyMap<number, 'hard' | 'soft'> | undefined
  readonly notes: Notes | undefined
  readonly colours: ReadonlyMap<string, number>
  /** The day of the cell that is chosen, when it lies in this row. */
  readonly here: number | undefined
  readonly overBefore: number
}

/** One person's days; stays as it is while another row changes. */
const BoardRow = memo(function BoardRow(props: RowProps) {
  const { t } = useTranslation()
  const { id, name, title, index, days, cells, published, pinned, troubles, notes, colours, here } = props
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid
    // biome-ignore lint/a11y/useFocusableInteractive: the grid itself holds the focus
    <div role="row" aria-rowindex={index + 2} className="board-row" style={{ top: HEAD_PX + index * ROW_PX }}>
      {/* biome-ignore lint/a11y/useSemanticElements: see the grid */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: see the grid */}
      <div role="rowheader" className="board-name" title={`${name} ${title}`}>
        {name}
      </div>
      {days.map((day) => {
        const code = cells?.[day] ?? null
        const note = notes?.get(day)
        const before = published === undefined ? code : (published[day] ?? null)
        const why = note ? t(`rosters.note_${note}`) : ''
        const was = before === code ? '' : t('rosters.was', { cell: before ?? t('rosters.off') })
        const trouble = troubles?.get(day)
        const marks = [
          'board-cell',
          code === null ? '' : `board-c${colours.get(code) ?? 0}`,
          here === day ? 'board-here' : '',
          trouble ? `board-${trouble}` : '',
          note && note !== 'rather_not' ? 'board-closed' : '',
          before === code ? '' : 'board-changed',
          pinned?.includes(day) === true ? 'board-pinned' : '',
          day < props.overBefore ? 'board-over' : '',
        ]
        return (
          <Cell
            key={day}
            person={id}
            day={day}
            code={code}
            isHere={here === day}
            marks={marks.filter(Boolean).join(' ')}
            title={[why, was].filter(Boolean).join('；') || undefined}
          />
        )
      })}
    </div>
  )
})

interface CellProps {
  readonly person: string
  readonly day: number
  readonly code: string | null
  readonly isHere: boolean
  readonly marks: string
  readonly title: string | undefined
}

const Cell = memo(function Cell({ person, day, code, isHere, marks, title }: CellProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid
    // biome-ignore lint/a11y/useFocusableInteractive: see the grid
    <div
      role="gridcell"
      id={`cell-${person}-${day}`}
      aria-colindex={day + 2}
      aria-selected={isHere}
      data-person={person}
      data-day={day}
      className={marks}
      style={{ left: NAME_PX + day * COLUMN_PX }}
      title={title}
    >
      {code}
    </div>
  )
})

function placeOf(target: EventTarget | null): Place | undefined {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-day]') : null
  const { person, day } = cell?.dataset ?? {}
  return person === undefined || day === undefined ? undefined : { person, day: Number(day) }
}

/** A press chooses a cell; let go over another one, the two change places. */
function useDrag({ acts, readOnly, onMove }: GridProps) {
  const from = useRef<Place | undefined>(undefined)
  return {
    onDown(event: PointerEvent) {
      from.current = placeOf(event.target)
      if (from.current) onMove(from.current)
    },
    onUp(event: PointerEvent) {
      const to = placeOf(document.elementFromPoint(event.clientX, event.clientY))
      const start = from.current
      from.current = undefined
      if (readOnly || !start || !to || (start.person === to.person && start.day === to.day)) return
      acts.onSwap(start, to)
      onMove(to)
    },
  }
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
}

/** Arrows move, a shift's letter sets, Delete clears, the space bar pins, Ctrl+Z takes back, Enter asks what can be done. */
function useKeys({ draft, acts, readOnly, at, onMove }: GridProps) {
  const typed = useRef({ text: '', at_ms: 0 })
  return useCallback(
    (event: KeyboardEvent) => {
      if (!at) return
      const control = event.ctrlKey || event.metaKey
      const step = STEPS[event.key]
      if (step) {
        const row = draft.people.findIndex(({ person_id }) => String(person_id) === at.person)
        const person = draft.people[clamp(row + step[0], draft.people.length)]
        if (person) onMove({ person: String(person.person_id), day: clamp(at.day + step[1], draft.days) })
      } else if (event.key === 'Enter') acts.onOpen(at)
      else if (readOnly) return
      else if (control && event.key.toLowerCase() === 'z') event.shiftKey ? acts.onRedo() : acts.onUndo()
      else if (control && event.key.toLowerCase() === 'y') acts.onRedo()
      else if (control || event.altKey) return
      else if (event.key === 'Delete' || event.key === 'Backspace') acts.onSet(at, null)
      else if (event.key === ' ') acts.onPin(at)
      else if (/^[a-zA-Z0-9]$/.test(event.key)) {
        const quick = event.timeStamp - typed.current.at_ms < 700
        const both = `${quick ? typed.current.text : ''}${event.key.toUpperCase()}`
        const codes = draft.needs.shifts.map(({ code }) => code)
        const text = codes.some((code) => code.startsWith(both)) ? both : event.key.toUpperCase()
        typed.current = { text, at_ms: event.timeStamp }
        if (codes.includes(text)) acts.onSet(at, text)
      } else return
      event.preventDefault()
    },
    [draft, acts, readOnly, at, onMove],
  )
}

function clamp(value: number, count: number): number {
  return Math.max(0, Math.min(count - 1, value))
}
