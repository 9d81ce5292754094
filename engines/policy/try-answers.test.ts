import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { compileStack, resultAt } from './compile.ts'
import { explain } from './explain.ts'
import { batchOf, type PersonFacts } from './facts.ts'
import { loadPacks } from './load.ts'
import { formatMistake } from './pack.ts'

/** A made-up notice: who is looked at by employment, establishment and a finding. */
const pack = (who: string, rate = 'day-rate') => `
pack: { id: p-2031, version: '1', title: { zh: 甲, en: A }, level: county, area: '990101', published: 2031-01-01 }
sources: { n: { title: 甲, issued_by: [甲], published: 2031-01-01, grade: A } }
clauses: { '1': { title: { zh: 甲, en: A }, summary: { zh: 甲, en: A }, source: n, offices: [甲] } }
findings: { hurt: { title: { zh: 受伤, en: hurt } } }
parameters:
  day-rate: { title: { zh: 甲, en: A }, unit: yuan_per_day, clause: '1', values: [{ from: 2031-01-01, value: 100 yuan, source: n }] }
  high-rate: { title: { zh: 甲, en: A }, unit: yuan_per_day, clause: '1', values: [{ from: 2031-01-01, value: 200 yuan, source: n }] }
entitlements:
  e:
    title: { zh: 甲, en: A }
    clause: '1'
    source: n
    from: 2031-01-01
    gives: money_per_day
    who: [${who}]
    rate: ${rate}
    count: { assign: civil_day, mixed: highest, steps: [{ over: 0 minutes, counts: 1 day }] }
    rounding: { to: fen, mode: half_up }
`
const yes = '{ outcome: entitled, basis: n }'
const not = '{ outcome: not_covered, reason: { zh: 甲, en: A } }'
const when = (condition: string, outcome: string) => `{ when: ${condition}, ${outcome.slice(2)}`

const DAY = dayOf('2031-02-03')
const nobody: PersonFacts = {
  person: 1,
  employment: null,
  established: 'unknown',
  party: 'unknown',
  area: '990101',
  findings: {},
  spans: [
    {
      start_minute: DAY * MINUTES_PER_DAY + 480,
      end_minute: DAY * MINUTES_PER_DAY + 960,
      post_kind: 'checkpoint',
      exposure: 'none',
      unit_kind: null,
      area: '990101',
      ref: 'd-1',
    },
  ],
}

function evaluate(text: string, person: PersonFacts) {
  const hash = (value: string) => createHash('sha256').update(value).digest('hex')
  const loaded = loadPacks([{ path: 'p-2031/pack.yaml', text }], hash)
  if (!loaded.ok) throw new Error(loaded.mistakes.map((mistake) => formatMistake(mistake, 'en')).join('\n'))
  const stack = loaded.stacks.get('p-2031')
  const compiled = stack && compileStack(stack, { from: DAY, on: DAY, known: DAY })
  if (!compiled?.ok) throw new Error('does not compile')
  const batch = batchOf([person])
  const result = resultAt(compiled.program, compiled.program.evaluate(batch), batch, 0, 0)
  return { result, explanation: explain(compiled.program, person, 'e', 'zh') }
}

describe('a fact is missing only if it matters', () => {
  it('settles whoever has no recorded establishment where staff and non-staff are owed the same', () => {
    const who = [when('{ established: no }', yes), when('{ established: yes }', yes), not].join()
    const { result, explanation } = evaluate(pack(who), nobody)
    expect(result).toMatchObject({ state: 'settled', amount_fen: 10_000, missing: null })
    expect(explanation.result).toEqual(result)
    expect(JSON.stringify(explanation.lines)).toContain('没有登记：是否在编；怎样登记结果都一样')
  })

  it('names the missing fact where the answers lead to different outcomes', () => {
    const who = [when('{ established: no }', not), yes].join()
    expect(evaluate(pack(who), nobody).result).toMatchObject({ state: 'missing_fact', missing: 'established' })
  })

  it('looks at money, not at words: another case with the same rate is the same, another rate is not', () => {
    const byEstablishment = (other: string) => `{ if: { established: yes }, take: day-rate, else: ${other} }`
    expect(evaluate(pack(yes, byEstablishment('day-rate')), nobody).result.state).toBe('settled')
    expect(evaluate(pack(yes, byEstablishment('high-rate')), nobody).result.state).toBe('missing_fact')
  })

  it('tries two missing facts together, and findings like words', () => {
    const who = [
      when('{ established: no, finding: { hurt: yes } }', yes),
      when('{ employment: police }', yes),
      yes,
    ].join()
    expect(evaluate(pack(who), nobody).result).toMatchObject({ state: 'settled', amount_fen: 10_000 })
    const matters = [when('{ established: no, finding: { hurt: yes } }', not), yes].join()
    const known = evaluate(pack(matters), { ...nobody, established: 'no' })
    expect(known.result).toMatchObject({ state: 'missing_fact', missing: 'finding:hurt' })
    expect(evaluate(pack(matters), { ...nobody, established: 'yes' }).result.state).toBe('settled')
  })

  it('says "not covered" at once where nobody would be', () => {
    const who = [when('{ established: no }', not), when('{ post_kind: sampling }', yes), not].join()
    expect(evaluate(pack(who), nobody).result).toMatchObject({ state: 'not_covered', missing: null })
  })
})
