import { describe, expect, it } from 'vitest'
import { readClock } from '#platform/ui/clock-input.tsx'
import { type DraftLine, lacksTimes } from './day-draft.ts'

const line: DraftLine = {
  span_id: '1',
  person_id: 1,
  person_name: '张三',
  state: 'changed',
  post_id: 1,
  post_name: '发热门诊',
  from: '00:00',
  to: '08:00',
}

describe('a line with its own times', () => {
  it('waits while what was typed is no time of day; a line as planned does not', () => {
    expect(['8', '830', '20：00'].map(readClock)).toEqual(['08:00', '08:30', '20:00'])
    expect(['25:90', '24:00', '-3', 'x'].map(readClock)).toEqual([undefined, undefined, undefined, undefined])
    expect(lacksTimes([line])).toBe(false)
    expect(lacksTimes([line, { ...line, from: '' }])).toBe(true)
    expect(lacksTimes([{ ...line, state: 'added', to: '' }])).toBe(true)
    expect(lacksTimes([{ ...line, state: 'as_planned', from: '' }])).toBe(false)
  })
})
