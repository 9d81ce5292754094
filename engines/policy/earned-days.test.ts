import { describe, expect, it } from 'vitest'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { compileStack, resultAt } from './compile.ts'
import { earnedDays } from './earned-days.ts'
import { batchOf, type PersonFacts } from './facts.ts'
import { loadPacks } from './load.ts'

const PACK = `pack: { id: leave-city, version: '1', title: { zh: 市, en: city }, level: city, area: '990500', published: 2031-06-01 }
sources: { paper: { title: 文件, issued_by: [某局], published: 2031-06-01, grade: A } }
clauses: { '1': { title: { zh: 补休, en: leave }, summary: { zh: 补休, en: leave }, source: paper, offices: [某局] } }
calendar: [{ source: paper, covers: { from: 2031-01-01, to: 2031-12-31 } }]
entitlements:
  leave:
    title: { zh: 补休, en: leave }
    clause: '1'
    source: paper
    from: 2031-06-01
    gives: minutes
    who: [{ outcome: entitled, basis: paper }]
    earn: [{ working_day: { over: 8 hours }, rest_day: all, statutory_holiday: all, basis: paper }]
`
const CAPPED = `${PACK}    limits: [{ per: month, minutes: 15 hours }]
`

function person(number: number, area: string, hours: Readonly<Record<string, number>>): PersonFacts {
  const facts = { employment: 'police', established: 'yes', party: 'none', findings: {} } as const
  const post = { post_kind: 'checkpoint', exposure: 'none', unit_kind: null, area } as const
  const spans = Object.entries(hours).map(([day, long]) => {
    const start_minute = dayOf(day) * MINUTES_PER_DAY + 480
    return { start_minute, end_minute: start_minute + long * 60, ...post, ref: `${number}-${day}` }
  })
  return { person: number, area, ...facts, spans }
}

function earnedBy(text: string) {
  const loaded = loadPacks([{ path: 'leave-city/pack.yaml', text }], (all) => all)
  const stack = loaded.ok ? loaded.stacks.get('leave-city') : undefined
  if (!stack) throw new Error(JSON.stringify(loaded))
  const compiled = compileStack(stack, {
    from: dayOf('2031-06-01'),
    on: dayOf('2031-06-30'),
    known: dayOf('2031-06-30'),
  })
  if (!compiled.ok) throw new Error('not compiled')
  const { program } = compiled
  // 6 June is a Friday, the 7th and 8th are a weekend, the 9th is a Monday.
  const hours = { '2031-06-06': 12, '2031-06-07': 8, '2031-06-08': 8, '2031-06-09': 8 }
  const batch = batchOf([person(1, '990501', hours), person(2, '990601', hours), person(3, '990501', {})])
  return {
    earned: earnedDays(program, batch),
    quantity: resultAt(program, program.evaluate(batch), batch, 0, 0).quantity,
  }
}

describe('the days on which leave is earned', () => {
  it('are those of the duty, add up to the quantity, and are none for people of another place', () => {
    expect(earnedBy(PACK)).toEqual({
      earned: [{ row: 0, entitlement: 'leave', days: [5, 6, 7], minutes: [240, 480, 480] }],
      quantity: 1200,
    })
  })

  it('heed a cap, which the later days come up against', () => {
    expect(earnedBy(CAPPED)).toEqual({
      earned: [{ row: 0, entitlement: 'leave', days: [5, 6, 7], minutes: [240, 480, 180] }],
      quantity: 900,
    })
  })
})
