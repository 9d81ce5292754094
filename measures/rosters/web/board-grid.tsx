import { type KeyboardEvent, type PointerEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dayOf, formatDay, weekdayOf } from '#engines/values/time.ts'
import { weekdayNames } from '#platform/ui/formats.ts'
import { useLanguage } from '#platform/ui/problem-notice.tsx'
import type { CellNote, DraftView } from '../roster-contract.ts'
import { type BoardState, cellAt, type Place } from './board-state.ts'

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

interface GridProps {
  readonly draft: DraftView
  readonly state: BoardState
  readonly troubled: ReadonlyMap<string, 'hard' | 'soft'>
  readonly acts: GridActs
  readonly readOnly: boolean
  readonly at: Place | undefined
  readonly onMove: (place: Place) => void
}

interface View {
  readonly top: number
  readonly left: number
  readonly width: number
  readonly height: number
}

/** What of a scrolled area has to be drawn. */
export function windowOf(offset_px: number, length_px: number, size_px: number, count: number): [number, number] {
  const first = Math.max(0, Math.floor(offset_px / size_px) - MARGIN)
  return [first, Math.min(count, Math.ceil((offset_px + length_px) / size_px) + MARGIN)]
}

export const keyAt = (person: string, day: number) => `${person}/${day}`

/** People down, days across; only what is in view is drawn, so that 200 people × 60 days move as smoothly as ten. */
export function BoardGrid(props: GridProps) {
  const { draft, state, troubled, at, onMove } = props
  const { t } = useTranslation()
  const frame = useRef<HTMLDivElement>(null)
  const [view, setView] = useState<View>({ top: 0, left: 0, width: 1200, height: 600 })
  const notes = useMemo(() => notesByCell(draft.notes), [draft.notes])
  const colours = useMemo(() => new Map(draft.needs.shifts.map(({ code }, index) => [code, index % 6])), [draft])
  useFrame(frame, setView)
  const [firstRow, lastRow] = windowOf(view.top, view.height - HEAD_PX, ROW_PX, draft.people.length)
  const [firstDay, lastDay] = windowOf(view.left, view.width - NAME_PX, COLUMN_PX, draft.days)
  const days = Array.from({ length: lastDay - firstDay }, (_, index) => firstDay + index)
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
        {draft.people.slice(firstRow, lastRow).map((person, index) => {
          const id = String(person.person_id)
          const row = firstRow + index
          return (
            // biome-ignore lint/a11y/useSemanticElements: see the grid
            // biome-ignore lint/a11y/useFocusableInteractive: the grid itself holds the focus
            <div
              key={id}
              role="row"
              aria-rowindex={row + 2}
              className="board-row"
              style={{ top: HEAD_PX + row * ROW_PX }}
            >
              {/* biome-ignore lint/a11y/useSemanticElements: see the grid */}
              {/* biome-ignore lint/a11y/useFocusableInteractive: see the grid */}
              <div role="rowheader" className="board-name" title={`${person.name} ${person.title}`}>
                {person.name}
              </div>
              {days.map((day) => (
                <Cell
                  key={day}
                  place={{ person: id, day }}
                  code={cellAt(state, { person: id, day })}
                  colour={colours}
                  before={draft.published[id]?.[day] ?? null}
                  isPublished={draft.published_at !== null}
                  trouble={troubled.get(keyAt(id, day))}
                  note={notes.get(keyAt(id, day))}
                  isPinned={state.pinned[id]?.includes(day) === true}
                  isHere={at?.person === id && at.day === day}
                  isOver={day < draft.frozen_before_day}
                />
              ))}
            </div>
          )
        })}
      </div>
    </div>
  )
}

function notesByCell(notes: readonly CellNote[]): ReadonlyMap<string, CellNote['kind']> {
  return new Map(notes.map(({ person_id, day, kind }) => [keyAt(String(person_id), day), kind]))
}

function useFrame(frame: { readonly current: HTMLDivElement | null }, setView: (view: View) => void): void {
  useEffect(() => {
    const box = frame.current
    if (!box) return
    let asked = 0
    const look = () => {
      asked = 0
      setView({ top: box.scrollTop, left: box.scrollLeft, width: box.clientWidth, height: box.clientHeight })
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
  }, [frame, setView])
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

function Head({ draft, days }: { draft: DraftView; days: readonly number[] }) {
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
}

interface CellProps {
  readonly place: Place
  readonly code: string | null
  readonly colour: ReadonlyMap<string, number>
  readonly before: string | null
  readonly isPublished: boolean
  readonly trouble: 'hard' | 'soft' | undefined
  readonly note: CellNote['kind'] | undefined
  readonly isPinned: boolean
  readonly isHere: boolean
  readonly isOver: boolean
}

function Cell({ place, code, colour, before, isPublished, trouble, note, isPinned, isHere, isOver }: CellProps) {
  const { t } = useTranslation()
  const marks = [
    'board-cell',
    code === null ? '' : `board-c${colour.get(code) ?? 0}`,
    isHere ? 'board-here' : '',
    trouble ? `board-${trouble}` : '',
    note && note !== 'rather_not' ? 'board-closed' : '',
    isPublished && before !== code ? 'board-changed' : '',
    isPinned ? 'board-pinned' : '',
    isOver ? 'board-over' : '',
  ]
  const why = note ? t(`rosters.note_${note}`) : ''
  const was = isPublished && before !== code ? t('rosters.was', { cell: before ?? t('rosters.off') }) : ''
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid
    // biome-ignore lint/a11y/useFocusableInteractive: see the grid
    <div
      role="gridcell"
      id={`cell-${place.person}-${place.day}`}
      aria-colindex={place.day + 2}
      aria-selected={isHere}
      data-person={place.person}
      data-day={place.day}
      className={marks.filter(Boolean).join(' ')}
      style={{ left: NAME_PX + place.day * COLUMN_PX }}
      title={[why, was].filter(Boolean).join('；') || undefined}
    >
      {code}
    </div>
  )
}

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
