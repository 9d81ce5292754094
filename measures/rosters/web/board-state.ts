import type { Cells } from '../roster-contract.ts'

/** The roster under somebody's hands: changes one by one, each can be taken back. Pure. */

export interface BoardState {
  readonly cells: Cells
  readonly pinned: Readonly<Record<string, readonly number[]>>
}

export interface History {
  readonly now: BoardState
  readonly before: readonly BoardState[]
  readonly after: readonly BoardState[]
}

export interface Place {
  readonly person: string
  readonly day: number
}

const STEPS_MAX = 200

export function begin(cells: Cells, pinned: BoardState['pinned']): History {
  return { now: { cells, pinned }, before: [], after: [] }
}

function step(history: History, now: BoardState): History {
  return { now, before: [...history.before.slice(1 - STEPS_MAX), history.now], after: [] }
}

export function cellAt({ cells }: BoardState, { person, day }: Place): string | null {
  return cells[person]?.[day] ?? null
}

function put(cells: Cells, { person, day }: Place, cell: string | null): Cells {
  const row = cells[person] ?? []
  return { ...cells, [person]: row.map((old, at) => (at === day ? cell : old)) }
}

/** One cell; setting what stands there already is no step. */
export function setCell(history: History, place: Place, cell: string | null): History {
  if (cellAt(history.now, place) === cell) return history
  return step(history, { ...history.now, cells: put(history.now.cells, place, cell) })
}

/** Two cells change places: a shift is dragged to another person or day. */
export function swapCells(history: History, from: Place, to: Place): History {
  const moving = cellAt(history.now, from)
  const standing = cellAt(history.now, to)
  if (moving === standing) return history
  return step(history, { ...history.now, cells: put(put(history.now.cells, from, standing), to, moving) })
}

export function togglePin(history: History, { person, day }: Place): History {
  const days = history.now.pinned[person] ?? []
  const next = days.includes(day) ? days.filter((one) => one !== day) : [...days, day]
  return step(history, { ...history.now, pinned: { ...history.now.pinned, [person]: next } })
}

export function undo(history: History): History {
  const last = history.before.at(-1)
  if (last === undefined) return history
  return { now: last, before: history.before.slice(0, -1), after: [history.now, ...history.after] }
}

export function redo(history: History): History {
  const [next, ...after] = history.after
  if (next === undefined) return history
  return { now: next, before: [...history.before, history.now], after }
}

export interface CellChange extends Place {
  readonly from: string | null
  readonly to: string | null
}

/** What differs from the plan that people know. */
export function differences(published: Cells, { cells }: BoardState): CellChange[] {
  return Object.entries(cells).flatMap(([person, row]) =>
    row.flatMap((to, day): CellChange[] => {
      const from = published[person]?.[day] ?? null
      return from === to ? [] : [{ person, day, from, to }]
    }),
  )
}
