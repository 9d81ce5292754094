import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { compileStack } from './compile.ts'
import { explain } from './explain.ts'
import type { PersonFacts } from './facts.ts'
import { loadPacks } from './load.ts'
import { evaluateOne } from './test-pack.ts'

function packWith(entitlement: string): ReturnType<typeof loadPacks> {
  const text = `
pack: { id: caps-2024, version: '1', title: { zh: 封顶, en: caps }, level: county, area: '999901', published: 2024-01-01 }
sources: { rule: { title: 试验, issued_by: [试验], published: 2024-01-01, grade: U } }
clauses: { '1': { title: { zh: 试, en: trial }, summary: { zh: 试, en: trial }, source: rule, offices: [试验] } }
events: { task: { title: { zh: 任务, en: task } } }
parameters:
  each: { title: { zh: 每次, en: each }, unit: yuan_once, values: [{ from: 2024-01-01, value: 80 yuan, source: rule }] }
  hour: { title: { zh: 每小时, en: hour }, unit: yuan_per_hour, values: [{ from: 2024-01-01, value: 30 yuan, source: rule }] }
entitlements:
  pay: { title: { zh: 报酬, en: pay }, clause: '1', source: rule, from: 2024-01-01, who: [{ outcome: entitled, basis: rule }], ${entitlement} }
`
  return loadPacks([{ path: 'policies/caps-2024/pack.yaml', text }], (one) =>
    createHash('sha256').update(one).digest('hex'),
  )
}

const FROM = dayOf('2024-02-01')

function workerWith(facts: Partial<PersonFacts>): PersonFacts {
  return {
    person: 1,
    employment: 'enterprise',
    established: 'no',
    party: 'none',
    area: '999901',
    findings: {},
    spans: [],
    ...facts,
  }
}

function programOf(entitlement: string) {
  const loaded = packWith(entitlement)
  const stack = loaded.ok ? loaded.stacks.get('caps-2024') : undefined
  const compiled = stack && compileStack(stack, { from: FROM, on: FROM + 40, known: FROM + 40 })
  if (!compiled?.ok) throw new Error('the pack does not compile')
  return compiled.program
}

describe('caps', () => {
  it('hold for a day: fourteen hours are paid as twelve, and the next day begins anew', () => {
    const program = programOf(
      'gives: money_per_hour, rate: hour, hours: { assign: civil_day, mixed: highest, step: 1 hour, mode: down }, rounding: { to: fen, mode: half_up }, limits: [{ per: day, minutes: 12 hours }]',
    )
    const spans = [0, 1].map((day) => ({
      start_minute: (FROM + day) * MINUTES_PER_DAY,
      end_minute: (FROM + day) * MINUTES_PER_DAY + 14 * 60,
      post_kind: 'flood_rescue' as const,
      exposure: 'none' as const,
      unit_kind: null,
      area: '999901',
      ref: `d${day}`,
    }))
    expect(evaluateOne(program, workerWith({ spans })).get('pay')?.amount_fen).toBe(2 * 12 * 3_000)
  })

  it('hold for events, month by month, and the explanation adds up to what is paid', () => {
    const program = programOf(
      'gives: money_per_event, events: task, amount: each, limits: [{ per: month, amount: 200 yuan }]',
    )
    const events = [0, 1, 2, 35].map((day) => ({ kind: 'task', day: FROM + day, count: 1, ref: `e${day}` }))
    const worker = workerWith({ events })
    const result = evaluateOne(program, worker).get('pay')
    expect(result?.amount_fen).toBe(20_000 + 8_000)
    const days = explain(program, worker, 'pay', 'zh').lines.filter(({ kind }) => kind === 'day')
    expect(days.reduce((sum, { amount_fen = 0 }) => sum + amount_fen, 0)).toBe(result?.amount_fen)
    expect(days.some(({ text }) => text.includes('封顶后 40.00 元'))).toBe(true)
  })

  it('are refused where they would not be heeded', () => {
    for (const written of [
      'gives: money_per_event, events: task, amount: each, limits: [{ per: month, days: 3 days }]',
      'gives: money_once, amount: each, limits: [{ per: month, amount: 200 yuan }]',
      'gives: right, limits: [{ per: month, minutes: 3 hours }]',
    ]) {
      const loaded = packWith(written)
      expect(loaded.ok ? [] : loaded.mistakes.map(({ code }) => code)).toContain('limit.not_heeded')
    }
  })
})
