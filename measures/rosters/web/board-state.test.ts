import { describe, expect, it } from 'vitest'
import { windowOf } from './board-grid.tsx'
import { rulesInMinutes } from './board-side.tsx'
import { begin, cellAt, differences, redo, setCell, swapCells, togglePin, undo } from './board-state.ts'

const start = begin({ 1: ['A', null, 'N'], 2: [null, 'A', null] }, {})

describe('the roster under somebody’s hands', () => {
  it('takes back and does again, step by step; what changes nothing is no step', () => {
    const set = setCell(start, { person: '1', day: 1 }, 'N')
    expect(cellAt(set.now, { person: '1', day: 1 })).toBe('N')
    expect(setCell(set, { person: '1', day: 1 }, 'N')).toBe(set)
    expect(undo(set).now).toEqual(start.now)
    expect(redo(undo(set)).now).toEqual(set.now)
  })

  it('a dragged shift changes places with what stands there', () => {
    const moved = swapCells(start, { person: '1', day: 2 }, { person: '2', day: 2 })
    expect(moved.now.cells).toEqual({ 1: ['A', null, null], 2: [null, 'A', 'N'] })
    expect(differences(start.now.cells, moved.now)).toEqual([
      { person: '1', day: 2, from: 'N', to: null },
      { person: '2', day: 2, from: null, to: 'N' },
    ])
  })

  it('a pin is set and lifted', () => {
    const pinned = togglePin(start, { person: '1', day: 0 })
    expect(pinned.now.pinned).toEqual({ 1: [0] })
    expect(togglePin(pinned, { person: '1', day: 0 }).now.pinned).toEqual({ 1: [] })
  })

  it('tells hours where a rule counts minutes, and numbers elsewhere', () => {
    const found = rulesInMinutes({
      rules: [
        { kind: 'fairness', id: 'hours', of: 'minutes', shifts: 'work', tolerance: 60, price: 1 },
        { kind: 'fairness', id: 'nights', of: 'shifts', shifts: { ids: ['N'] }, tolerance: 1, price: 1 },
        { kind: 'clock_window', id: 'day', shifts: 'work', length_minutes: 1440, minutes_max: 720, price: 'hard' },
        { kind: 'run', id: 'row', shifts: 'work', max: 6, price: 'hard' },
      ],
    })
    expect([...found]).toEqual(['hours', 'day'])
  })

  it('draws only what is in view, with a margin', () => {
    expect(windowOf(0, 600, 30, 200)).toEqual([0, 24])
    expect(windowOf(3000, 600, 30, 200)).toEqual([96, 124])
    expect(windowOf(5700, 600, 30, 200)[1]).toBe(200)
  })
})
