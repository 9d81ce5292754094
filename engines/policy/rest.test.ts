import { describe, expect, it } from 'vitest'
import { fatigueOf } from '#engines/fatigue/fatigue.ts'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { batchOf, type PersonFacts } from './facts.ts'
import { loadPacks } from './load.ts'
import { formatMistake, type Stack } from './pack.ts'
import { compileRest } from './rest-compile.ts'
import { evaluateRest, restResultAt } from './rest-evaluate.ts'
import { explainRest } from './rest-explain.ts'

const HEAD = `pack:
  id: a-2020
  version: "1"
  title: { zh: 例, en: example }
  level: city
  area: "3306"
  published: 2020-02-03
sources:
  notice: { title: 通知, issued_by: [某局], published: 2020-02-03, grade: A }
clauses:
  "3":
    title: { zh: 轮休, en: rest }
    summary: { zh: 例, en: example }
    source: notice
    offices: [某局]
findings:
  ill: { title: { zh: 带病, en: ill } }
decision_points:
  how-long:
    clause: "3"
    question: { zh: 休几天, en: how many days }
    word: 适当
    decided_by: [某局]
    scope: area
    basis: notice
    amount: { unit: days }
parameters:
  longest-run: { title: { zh: 最长连续天数, en: longest run }, unit: days, open: { to: county, decision: how-long } }
`

const rule = (when: string, outcome = 'limit: yes') => `${HEAD}rest_rules:
  r:
    title: { zh: 规则, en: rule }
    clause: "3"
    source: notice
    from: 2020-01-01
    when: ${when}
    outcome: { ${outcome} }
`

function load(text: string): Stack | readonly string[] {
  const loaded = loadPacks([{ path: 'policies/a-2020/pack.yaml', text }], () => '0')
  if (!loaded.ok) return loaded.mistakes.map((mistake) => formatMistake(mistake, 'zh'))
  const stack = loaded.stacks.get('a-2020')
  if (!stack) throw new Error('no stack')
  return stack
}

function stackOf(text: string): Stack {
  const stack = load(text)
  if (!('rest_rules' in stack)) throw new Error(stack.join('\n'))
  return stack
}

const LAST = dayOf('2020-02-20')

/** So many days of duty up to the last one, from eight o'clock for so many minutes. */
function worker(
  days: number,
  minutes = 600,
  findings: Readonly<Record<string, boolean>> = { ill: false },
): PersonFacts {
  const spans = Array.from({ length: days }, (_, back) => ({
    start_minute: (LAST - days + 1 + back) * MINUTES_PER_DAY + 480,
    end_minute: (LAST - days + 1 + back) * MINUTES_PER_DAY + 480 + minutes,
    post_kind: 'checkpoint' as const,
    exposure: 'none' as const,
    unit_kind: null,
    area: null,
    ref: `s${back}`,
  }))
  return { person: 1, employment: 'police', established: 'yes', party: 'none', area: '330603', findings, spans }
}

function resultFor(text: string, person: PersonFacts) {
  const program = compileRest(stackOf(text), { on: LAST, known: LAST })
  const batch = batchOf([person])
  return restResultAt(program, evaluateRest(program, batch, fatigueOf), batch, 0, 0)
}

const stateFor = (text: string, person: PersonFacts) => resultFor(text, person).state

describe('rest rules', () => {
  it('tell “以上” from “超过”: the bound itself counts or does not', () => {
    expect(stateFor(rule('{ days_in_a_row: { at_least: 7 days } }'), worker(7))).toBe('applies')
    expect(stateFor(rule('{ days_in_a_row: { more_than: 7 days } }'), worker(7))).toBe('soon')
    expect(stateFor(rule('{ days_in_a_row: { more_than: 7 days } }'), worker(8))).toBe('applies')
  })

  it('look at rolling windows: hours, nights, days off, time since a rest', () => {
    expect(stateFor(rule('{ hours: { in: 7 days, more_than: 60 hours } }'), worker(6))).toBe('soon')
    expect(stateFor(rule('{ hours: { in: 7 days, more_than: 60 hours } }'), worker(7))).toBe('applies')
    expect(stateFor(rule('{ nights: { in: 7 days, at_least: 1 people } }'), worker(7))).toBe('clear')
    expect(stateFor(rule('{ days_off: { in: 10 days, less_than: 2 days } }'), worker(9))).toBe('applies')
    expect(stateFor(rule('{ time_since_rest: { of: 24 hours, more_than: 30 days } }'), worker(31))).toBe('applies')
  })

  it('a missing closed fact is named unless the figures alone decide', () => {
    const text = rule('{ any: [{ days_in_a_row: { at_least: 15 days } }, { finding: { ill: yes } }] }')
    expect(resultFor(text, worker(3, 600, {}))).toMatchObject({ state: 'missing_fact', missing: 'finding:ill' })
    expect(stateFor(text, worker(15, 600, {}))).toBe('applies')
    expect(stateFor(text, worker(3, 600, { ill: true }))).toBe('applies')
  })

  it('a bound that a higher layer leaves open waits for the decision that sets it', () => {
    const text = rule('{ days_in_a_row: { at_least: longest-run } }')
    expect(resultFor(text, worker(9))).toMatchObject({ state: 'needs_decision', decision_point: 'how-long' })
  })

  it('explain themselves with figures and spans; a closed fact is named only to whoever may read it', () => {
    const text = rule(
      '{ any: [{ days_in_a_row: { at_least: 15 days }, mean_a_day: { at_least: 10 hours } }, { finding: { ill: yes } }] }',
      'must_rest: { length: 3 days, not_set_off_against: [annual_leave] }',
    )
    const program = compileRest(stackOf(text), { on: LAST, known: LAST })
    const batch = batchOf([worker(15, 600, { ill: true })])
    const textFor = (closed_facts: 'named' | 'hidden') =>
      explainRest(program, batch, 0, 'r', fatigueOf, { language: 'zh', closed_facts })
        .lines.map((line) => line.text)
        .join('\n')
    expect(textFor('named')).toContain('带病')
    expect(textFor('hidden')).not.toContain('带病')
    expect(textFor('hidden')).toContain('已确认的受保护情形')
    expect(textFor('hidden')).toContain('连续值守 15 天（界限：不少于 15 天）：符合')
    expect(textFor('hidden')).toContain('须休息 3 天，不抵年休假')
    expect(textFor('hidden')).toContain('2020-02-20 08:00 – 18:00，10小时')
  })

  it.each([
    ['{ days_in_a_row: { at_least: 7 hours } }', '单位不合'],
    ['{ days_in_a_row: { in: 7 days, at_least: 7 days } }', '没有这一项'],
    ['{ hours: { at_least: 60 hours } }', '缺少“in”'],
    ['{ days_off: { in: 36 hours, less_than: 1 days } }', '按整天算'],
    ['{ hours: { in: 7 days } }', '没有写界限'],
    ['{ day_in_a_row: { at_least: 7 days } }', '是否想写“days_in_a_row”'],
    ['{ finding: { tired: yes } }', '没有定义过这个事实'],
  ])('refuse what cannot be meant: %s', (when, message) => {
    const mistakes = load(rule(when))
    expect('rest_rules' in mistakes ? [] : mistakes.join('\n')).toContain(message)
  })

  it('refuse two outcomes and a rule that rests on no clause', () => {
    const both = load(rule('{ hours: { in: 7 days, more_than: 60 hours } }', 'limit: yes, should_rotate: {}'))
    expect(JSON.stringify(both)).toContain('也只写一个')
    const none = load(
      rule('{ hours: { in: 7 days, more_than: 60 hours } }').replace(
        '    clause: "3"\n    source: notice\n    from: 2020-01-01',
        '    source: notice\n    from: 2020-01-01',
      ),
    )
    expect(JSON.stringify(none)).toContain('没有写依据哪一条')
  })
})
