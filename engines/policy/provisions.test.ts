import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayOf, formatDay } from '#engines/values/time.ts'
import { matchingFor } from './fund-use.ts'
import { loadPacks } from './load.ts'
import type { Stack } from './pack.ts'
import { checkAward, placesOf, quotaOn } from './quotas.ts'
import { recommend } from './recommendations.ts'
import { testPack } from './test-pack.ts'
import { addMonths, periodOf } from './time-spans.ts'

const hash = (text: string) => `${text.length}`
const FIELDS = `clause: '1', source: own, from: 2020-01-01`
const named = (zh: string) => `title: { zh: ${zh}, en: x }`
const WHO = 'who: [{ outcome: entitled, basis: own }]'

const HEAD = `pack:
  id: a-2020
  version: '1'
  title: { zh: 甲, en: a }
  level: province
  area: '33'
  published: 2020-01-01
sources:
  own: { title: 通知, issued_by: [厅], published: 2020-01-01, grade: A }
  later: { title: 后来的通知, issued_by: [厅], published: 2020-03-01, grade: C }
clauses:
  '1': { title: { zh: 条, en: clause }, summary: { zh: 条, en: clause }, source: own, offices: [厅] }
findings:
  on-front-line: { ${named('一线')} }
terms:
  done: { kind: event, ${named('事件')} }
  step: { kind: step, ${named('环节')} }
  award: { kind: award, ${named('奖')} }
  people: { kind: headcount, ${named('人数')} }
  members: { kind: recipient, ${named('党员')} }
  residents: { kind: recipient, ${named('群众')} }
parameters:
  share: { ${named('比例')}, unit: percent, open: { to: [city], at_most: 30 % }, values: [{ from: 2020-01-01, value: 15 %, source: later, known: 2020-03-01 }] }
decision_points:
  decide: { clause: '1', question: { zh: 定, en: decide }, word: 可, decided_by: [厅], scope: person, basis: own, choices: { a: { ${named('是')}, outcome: entitled }, b: { ${named('否')}, outcome: not_covered } } }
  how-much: { clause: '1', question: { zh: 多少, en: how much }, word: 最大力度, decided_by: [厅], scope: area, basis: own, amount: { unit: yuan } }
calendar:
  - source: own
    covers: { from: 2020-01-01, to: 2020-12-31 }
    statutory_holiday: [2020-01-25..2020-01-27]
    rest_day: [2020-01-24, 2020-01-28..2020-02-02]
    working_day: [2020-01-19]
`
const HEAD_LINES = HEAD.split('\n').length - 1

const BODY = `quotas:
  small: { ${named('小')}, ${FIELDS}, award: award, share: share, of: people, rounding: half_up, at_least: 1 people }
  apart: { ${named('单列')}, ${FIELDS}, award: award, fixed: 2 people, who: { finding: { on-front-line: yes } }, outside: small }
deadlines:
  five: { ${named('五天')}, ${FIELDS}, after: done, within: { working_days: 5 }, by: [厅], missed: { deadline: month } }
  month: { ${named('一月')}, ${FIELDS}, after: done, within: { months: 1 }, ends_on_day_off: next_working_day, by: [厅] }
  hours: { ${named('一天')}, ${FIELDS}, after: done, within: { hours: 24 }, by: [厅], missed: { decision: decide } }
duties:
  follow: { ${named('随事')}, ${FIELDS}, by: [厅], when: { after: done, within: { days: 3 } } }
  once: { ${named('一次')}, ${FIELDS}, by: [厅], when: { once: 2020-02-10 } }
waivers:
  first: { ${named('先')}, ${FIELDS}, step: step, effect: waived, ${WHO}, uses: { at_most: 1, per: { zh: 一个周期, en: a cycle } } }
  second: { ${named('后')}, clause: '1', source: later, from: 2020-02-01, step: step, effect: deemed_done, ${WHO}, over: first }
priorities:
  either: { ${named('或')}, ${FIELDS}, step: step, effect: { counts_as: { zh: 一年, en: a year } }, ${WHO}, not_with: first }
funds:
  upper: { ${named('上')}, ${FIELDS}, kind: party_dues, uses: { help: { ${named('补助')}, recipients: members, to: 2020-06-30 } }, unlisted: { decision: decide }, matching: { ratio: share } }
  floor: { ${named('下限')}, ${FIELDS}, kind: finance, matching: { at_least: share } }
  wider: { ${named('下限以上')}, ${FIELDS}, kind: finance, matching: { at_least: share, decision: how-much } }
recommendations:
  table:
    ${named('表')}
    clause: '1'
    source: own
    from: 2020-01-01
    decision: decide
    inputs: { days: { ${named('天')}, number: days }, kind: { ${named('类')}, words: { a: { zh: 甲, en: a }, b: { zh: 乙, en: b } } } }
    outcomes: { yes-please: { zh: 建议, en: yes }, not-yet: { zh: 暂不, en: no } }
    rows:
      - { if: { days: { at_least: 10 days } }, recommends: yes-please }
      - { if: { days: { under: 10 days }, kind: [a, b] }, recommends: not-yet }
`

function load(body: string, more = ''): ReturnType<typeof loadPacks> {
  const files = [{ path: 'a-2020/pack.yaml', text: HEAD + body }]
  const below = `pack: { id: b-2020, version: '1', title: { zh: 乙, en: b }, level: city, area: '3306', extends: a-2020, published: 2020-01-01 }
sources:
  own-b: { title: 办法, issued_by: [市], published: 2020-01-01, grade: A }
clauses:
  '1': { title: { zh: 条, en: clause }, summary: { zh: 条, en: clause }, source: own-b, offices: [市] }
`
  if (more !== '') files.push({ path: 'b-2020/pack.yaml', text: below + more })
  return loadPacks(files, hash)
}

function stackOf(body = BODY): Stack {
  const loaded = load(body)
  const stack = loaded.ok ? loaded.stacks.get('a-2020') : undefined
  if (!stack) throw new Error(loaded.ok ? 'no stack' : JSON.stringify(loaded.mistakes))
  return stack
}

const missesOf = (checks: string) => testPack(stackOf(), [{ path: 'a-2020/cases/c.yaml', text: `checks:\n${checks}` }])

describe('rules that are no sum of money', () => {
  it.each([
    [
      'five working days run past the Spring Festival',
      'on: 2020-01-22, deadline: five, event: 2020-01-22, expect: { state: running, due: 2020-02-06 }',
    ],
    ['a day too late', 'on: 2020-02-10, deadline: five, event: 2020-01-22, done: 2020-02-07, expect: { state: late }'],
    [
      'a year without a published calendar is not guessed',
      'on: 2020-12-30, deadline: five, event: 2020-12-30, expect: { state: missing_fact, missing: "calendar:2021-01-01" }',
    ],
    [
      'the last day is a Saturday, moved to Monday',
      'on: 2020-02-01, deadline: month, event: 2020-01-15, expect: { due: 2020-02-17 }',
    ],
    [
      'a month from 31 January ends on 29 February, moved to Monday',
      'on: 2020-02-01, deadline: month, event: 2020-01-31, expect: { due: 2020-03-02 }',
    ],
    [
      '24 hours to the minute',
      'on: 2020-02-11, deadline: hours, event: 2020-02-10 20:30, done: 2020-02-11 20:30, expect: { state: met, due: 2020-02-11 20:30 }',
    ],
    [
      '24 hours and a minute: late, and a decision waits',
      'on: 2020-02-11, deadline: hours, event: 2020-02-10 20:30, done: 2020-02-11 20:31, expect: { state: late, decision_point: decide }',
    ],
    [
      'hours without the minute of the event',
      'on: 2020-02-11, deadline: hours, event: 2020-02-10, expect: { state: missing_fact, missing: "event:minute" }',
    ],
    [
      'each event is followed',
      'on: 2020-02-20, since: 2020-02-01, duty: follow, events: [2020-02-03, 2020-02-10, 2020-02-19], acts: [2020-02-04, 2020-02-15], expect: { times: [done, late, open] }',
    ],
    ['a duty that was missed', 'on: 2020-02-20, since: 2020-02-01, duty: once, expect: { times: [missed] }'],
    ['one use only', 'on: 2020-02-10, privilege: first, used: [first], expect: { state: used_up }'],
    ['one of two privileges', 'on: 2020-02-10, privilege: either, used: [first], expect: { state: used_up }'],
    [
      'the later document goes over the earlier, once it is known',
      'on: 2020-02-10, known: 2020-03-01, privilege: first, expect: { state: gives_way, gives_way_to: second }',
    ],
    [
      'before that, the earlier holds',
      'on: 2020-02-10, known: 2020-02-29, privilege: first, expect: { state: applies }',
    ],
    [
      'a share that is known later',
      'on: 2020-02-10, quota: small, headcounts: { people: 10 people }, expect: { state: missing_fact, missing: "parameter:share" }',
    ],
    [
      'a share, rounded, with a least number',
      'on: 2020-03-10, quota: small, headcounts: { people: 3 people }, expect: { places: 1 people }',
    ],
    [
      'matching by ratio',
      'on: 2020-03-10, fund: upper, allotted: 1000.01 yuan, expect: { state: settled, amount: 150 yuan }',
    ],
    ['exactly so much', 'on: 2020-03-10, fund: upper, allotted: 1000 yuan, matched: 151 yuan, expect: { state: more }'],
    [
      'at least so much, rounded up',
      'on: 2020-03-10, fund: floor, allotted: 1000.01 yuan, expect: { state: settled, amount: 150.01 yuan }',
    ],
    [
      'at least so much: more is right',
      'on: 2020-03-10, fund: floor, allotted: 1000 yuan, matched: 400 yuan, expect: { state: enough, short: 0 yuan }',
    ],
    [
      'at least so much: less says what is wanting',
      'on: 2020-03-10, fund: floor, allotted: 1000 yuan, matched: 149.99 yuan, expect: { state: less, short: 0.01 yuan }',
    ],
    [
      'how much above the least share waits for somebody, who cannot go below it',
      'on: 2020-03-10, fund: wider, allotted: 1000 yuan, expect: { state: needs_decision, decision_point: how-much, amount: 150 yuan }',
    ],
    [
      'a decision below the least share does not hold',
      'on: 2020-03-10, fund: wider, allotted: 1000 yuan, decisions: [{ point: how-much, amount: 100 yuan, from: 2020-01-01, decided_on: 2020-01-01 }], expect: { state: settled, amount: 150 yuan }',
    ],
    [
      'a recipient that the use does not reach goes to a decision',
      'on: 2020-03-10, fund: upper, use: help, recipient: residents, expect: { state: needs_decision, decision_point: decide }',
    ],
    [
      'an unknown recipient is a missing fact',
      'on: 2020-03-10, fund: upper, use: help, expect: { state: missing_fact, missing: recipient }',
    ],
    [
      'a use that has ended is not listed any more',
      'on: 2020-07-01, fund: upper, use: help, recipient: members, expect: { state: needs_decision }',
    ],
  ])('%s', (name, body) => {
    const result = missesOf(`  - { name: ${JSON.stringify(name)}, ${body} }\n`)
    expect(result.mistakes.map(({ wrong }) => wrong.en)).toEqual([])
    expect(result.misses).toEqual([])
    expect(result.cases).toBe(1)
  })

  it('an example says when it asks for a state that there is not, or for a rule that nobody wrote', () => {
    const check = (fields: string) => missesOf(`  - { name: x, on: 2020-02-10, ${fields} }\n`)
    const [mistake] = check('deadline: five, event: 2020-01-22, expect: { state: runing }').mistakes
    expect(mistake).toMatchObject({ code: 'shape.unknown_word', value: 'runing', right: { zh: '是否想写“running”？' } })
    expect(check('duty: follow, since: 2020-02-01, expect: { times: [did] }').mistakes).toHaveLength(1)
    const [miss] = check('deadline: fifty, event: 2020-01-22, expect: { state: running }').misses
    expect(miss).toMatchObject({ entitlement: 'fifty', got: { zh: '没有定义过“fifty”' } })
    expect(miss?.wanted.zh).toContain('five')
  })

  it('an answer names clause, document, figures, facts and the way to it in both languages', () => {
    const day = dayOf('2020-03-10')
    const ruling = quotaOn(stackOf(), 'small', { day, known: day, headcounts: { people: 10 } })
    expect(ruling).toMatchObject({ clause: 'a-2020#1', source_title: '通知', places: 2, unverified: true })
    expect(ruling.figures.map(({ parameter, grade }) => `${parameter} ${grade}`)).toEqual(['share C'])
    expect(ruling.facts.map(({ text }) => text.zh)).toEqual(['人数：10'])
    expect(ruling.lines.map(({ zh }) => zh).join()).toContain('人数 10 × 15%，四舍五入，得 2')
    expect(ruling.lines.map(({ zh }) => zh).join()).toContain('未核实')
  })

  it('whoever counts in a quota that stands apart takes no place in the ordinary one', () => {
    const day = dayOf('2020-03-10')
    const nominee = (ref: string, yes: boolean | undefined) => ({
      ref,
      facts: yes === undefined ? {} : { findings: { 'on-front-line': yes } },
    })
    const people = [
      nominee('a', true),
      nominee('b', true),
      nominee('c', true),
      nominee('d', false),
      nominee('e', undefined),
    ]
    const check = checkAward(stackOf(), 'award', people, { day, known: day, headcounts: { people: 10 } })
    expect(check.charges.map(({ ref, quota }) => `${ref} ${quota}`)).toEqual([
      'a apart',
      'b apart',
      'c apart',
      'd small',
      'e null',
    ])
    expect(check.charges[4]?.missing).toBe('finding:on-front-line')
    expect(check.quotas.map(({ ruling, taken, over_by }) => `${ruling.rule} ${taken} ${over_by}`)).toEqual([
      'small 1 0',
      'apart 3 1',
    ])
  })

  it('a table recommends, and names who decides', () => {
    const day = dayOf('2020-03-10')
    const ruling = recommend(stackOf(), 'table', { day, known: day, answers: { days: 1000, kind: 'a' } })
    expect(ruling).toMatchObject({ state: 'recommended', recommends: 'yes-please', decision: 'decide' })
  })
})

/** `line code value` in the lower or only pack. */
function mistakesOf(body: string, more = ''): readonly string[] {
  const loaded = load(body, more)
  if (loaded.ok) return []
  for (const { wrong, right } of loaded.mistakes)
    expect(wrong.zh.length * wrong.en.length * right.zh.length * right.en.length).toBeGreaterThan(0)
  return loaded.mistakes.map(
    ({ place, code, value }) => `${more === '' ? place.line - HEAD_LINES : place.line - 5} ${code} ${value}`,
  )
}

const row = (condition: string, outcome = 'x') => `      - { if: ${condition}, recommends: ${outcome} }\n`
const table = (rows: string) => `recommendations:
  t:
    title: { zh: 表, en: t }
    clause: '1'
    source: own
    from: 2020-01-01
    decision: decide
    inputs: { days: { ${named('天')}, number: days }, kind: { ${named('类')}, words: { a: { zh: 甲, en: a }, b: { zh: 乙, en: b } } } }
    outcomes: { x: { zh: 一, en: x } }
    rows:
${rows}`

describe('a mistake in these sections is refused with its place', () => {
  it('the pack of these tests is right', () => {
    expect(mistakesOf(BODY)).toEqual([])
  })

  it.each([
    [
      'two quotas of one award',
      `quotas:\n  p: { ${named('一')}, ${FIELDS}, award: award, fixed: 1 people }\n  q: { ${named('二')}, ${FIELDS}, award: award, fixed: 1 people }\n`,
      '2 quota.conflict p, q',
    ],
    [
      'a share without rounding',
      `quotas:\n  p: { ${named('一')}, ${FIELDS}, award: award, share: 10 %, of: people }\n`,
      '2 quota.share share',
    ],
    [
      'more than all',
      `quotas:\n  p: { ${named('一')}, ${FIELDS}, award: award, share: 101 %, of: people, rounding: up }\n`,
      '2 quota.share 101 %',
    ],
    [
      'a quota of what is no award',
      `quotas:\n  p: { ${named('一')}, ${FIELDS}, award: people, fixed: 1 people }\n`,
      '2 reference.unknown people',
    ],
    [
      'days and months at once',
      `deadlines:\n  p: { ${named('一')}, ${FIELDS}, after: done, by: [厅], within: { days: 1, months: 1 } }\n`,
      '2 provision.form within',
    ],
    [
      'half a working day',
      `deadlines:\n  p: { ${named('一')}, ${FIELDS}, after: done, by: [厅], within: { working_days: 0.5 } }\n`,
      '2 span.number 0.5',
    ],
    [
      'deadlines in a circle',
      `deadlines:\n  p: { ${named('一')}, ${FIELDS}, after: done, by: [厅], within: { days: 1 }, missed: { deadline: q } }\n  q: { ${named('二')}, ${FIELDS}, after: done, by: [厅], within: { days: 1 }, missed: { deadline: p } }\n`,
      '2 deadline.circle p → q → p',
    ],
    [
      'the eighth day of a week',
      `duties:\n  p: { ${named('一')}, ${FIELDS}, by: [厅], when: { every: week, by_day: 8 } }\n`,
      '2 duty.by_day 8',
    ],
    [
      'two waivers of one step',
      `waivers:\n  p: { ${named('一')}, ${FIELDS}, step: step, effect: waived, ${WHO} }\n  q: { ${named('二')}, ${FIELDS}, step: step, effect: deemed_done, ${WHO} }\n`,
      '2 waiver.conflict p, q',
    ],
    [
      'each over the other',
      `waivers:\n  p: { ${named('一')}, ${FIELDS}, step: step, effect: waived, ${WHO}, over: q }\n  q: { ${named('二')}, ${FIELDS}, step: step, effect: waived, ${WHO}, over: p }\n`,
      '2 over.circle p → q → p',
    ],
    [
      'somebody left out',
      `waivers:\n  p: { ${named('一')}, ${FIELDS}, step: step, effect: waived, who: [{ when: { party: member }, outcome: entitled, basis: own }] }\n`,
      '2 cases.otherwise ',
    ],
    [
      'uses without a word about the others',
      `funds:\n  p: { ${named('一')}, ${FIELDS}, kind: finance, uses: { u: { ${named('用')} } } }\n`,
      '2 fund.unlisted uses',
    ],
    [
      'a fund that is not there',
      `entitlements:\n  e: { ${named('权')}, ${FIELDS}, gives: right, paid_by: nobody, ${WHO} }\n`,
      '2 reference.unknown nobody',
    ],
    [
      'pay out of a fund that forbids it',
      `funds:\n  p: { ${named('捐')}, ${FIELDS}, kind: donation, uses: { goods: { ${named('物资')} }, pay: { ${named('工资')}, forbidden: { zh: 不准, en: not allowed } } }, unlisted: { decision: decide } }\nentitlements:\n  e: { ${named('权')}, ${FIELDS}, gives: right, paid_by: p, use: pay, ${WHO} }\n`,
      '4 fund.use_forbidden pay',
    ],
    [
      'a fund that forbids something, and no word what for',
      `funds:\n  p: { ${named('捐')}, ${FIELDS}, kind: donation, uses: { goods: { ${named('物资')} }, pay: { ${named('工资')}, forbidden: { zh: 不准, en: not allowed } } }, unlisted: { decision: decide } }\nentitlements:\n  e: { ${named('权')}, ${FIELDS}, gives: right, paid_by: p, ${WHO} }\n`,
      '4 fund.use_unsaid e',
    ],
    [
      'an unlisted use that nobody decides about',
      `funds:\n  p: { ${named('捐')}, ${FIELDS}, kind: donation, uses: { goods: { ${named('物资')} } }, unlisted: { decision: decide } }\nentitlements:\n  e: { ${named('权')}, ${FIELDS}, gives: right, paid_by: p, use: other, ${WHO} }\n`,
      '4 fund.use_unlisted other',
    ],
    [
      'no row for a combination',
      table(row('{ days: { at_least: 10 days } }') + row('{ days: { under: 10 days }, kind: a }')),
      '2 table.uncovered days: 0 days or more, under 10 days, kind: b',
    ],
    [
      'two rows for a combination',
      table(row('{ days: { at_least: 10 days } }') + row('{ days: { under: 11 days } }')),
      '12 table.twice days: 10 days or more, under 11 days, kind: a',
    ],
    ['an answer the question has not', table(row('{ kind: c }')), '11 shape.unknown_word c'],
    ['a word where a number belongs', table(row('{ days: a }')), '11 table.answer days'],
  ])('%s', (_, body, expected) => {
    expect(mistakesOf(body)).toContain(expected)
  })

  it('money handed down keeps its uses, and a lower quota stays within the higher one', () => {
    const fund = (uses: string) =>
      `funds:\n  lower: { ${named('下')}, clause: '1', source: own-b, from: 2020-01-01, kind: party_dues, within: upper, uses: ${uses}, unlisted: { decision: decide } }\n`
    expect(mistakesOf(BODY, fund(`{ help: { ${named('补助')}, recipients: members } }`))).toEqual([])
    expect(mistakesOf(BODY, fund(`{ help: { ${named('补助')}, recipients: [members, residents] } }`))).toEqual([
      '2 fund.wider residents',
    ])
    expect(mistakesOf(BODY, fund(`{ feast: { ${named('宴')} } }`))).toEqual(['2 fund.wider feast'])
    const quota = (count: number) =>
      `quotas:\n  mine: { ${named('我')}, clause: '1', source: own-b, from: 2020-01-01, award: award, fixed: ${count} people, over: apart, outside: small }\n`
    expect(mistakesOf(BODY, quota(2))).toEqual([])
    expect(mistakesOf(BODY, quota(3))).toEqual(['2 layer.above_cap mine'])
  })
})

describe('a share of nobody', () => {
  it('gives no place, whatever the least number is, and says so', () => {
    const loaded = loadPacks([{ path: 'policies/a-2020/pack.yaml', text: HEAD + BODY }], hash)
    const stack = loaded.ok ? loaded.stacks.get('a-2020') : undefined
    if (!stack) throw new Error('no stack')
    const day = dayOf('2020-06-01')
    const nobody = quotaOn(stack, 'small', { day, known: day, headcounts: { people: 0 } })
    expect(nobody).toMatchObject({ state: 'settled', places: 0 })
    expect(JSON.stringify(nobody)).toContain('没有人参加，没有名额')
    expect(quotaOn(stack, 'small', { day, known: day, headcounts: { people: 1 } }).places).toBe(1)
  })
})

describe('laws', () => {
  it('places never exceed the share by a whole one, and rounding is ordered', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), fc.nat(1_000_000), (percent, people) => {
        const down = placesOf(percent, people, 'down')
        const half = placesOf(percent, people, 'half_up')
        const up = placesOf(percent, people, 'up')
        expect(down <= half && half <= up && up - down <= 1).toBe(true)
        expect(down * 10_000 <= percent * people && up * 10_000 >= percent * people).toBe(true)
      }),
    )
  })

  it('matching at least a share: whoever adds more never has less than enough, and what is short makes it enough', () => {
    const day = dayOf('2020-03-10')
    const stack = stackOf()
    const matched = (allotted: number, matched_fen: number) =>
      matchingFor(stack, 'floor', allotted, { day, known: day, matched_fen })
    fc.assert(
      fc.property(fc.nat(1_000_000_000), fc.nat(200_000_000), fc.nat(1_000), (allotted, added, more) => {
        const { state, short_fen, amount_fen } = matched(allotted, added)
        expect(state === 'enough').toBe(added >= (amount_fen ?? 0))
        expect((amount_fen ?? 0) * 10_000 >= allotted * 1_500).toBe(true)
        expect(matched(allotted, added + (short_fen ?? 0)).state).toBe('enough')
        if (state === 'enough') expect(matched(allotted, added + more).state).toBe('enough')
      }),
    )
  })

  it('months never skip a month, and every day lies in exactly one period', () => {
    const day = fc.integer({ min: dayOf('2019-01-01'), max: dayOf('2030-12-31') })
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 60 }), (start, months) => {
        const from = formatDay(start).split('-').map(Number)
        const to = formatDay(addMonths(start, months)).split('-').map(Number)
        const monthsBetween = ((to[0] ?? 0) - (from[0] ?? 0)) * 12 + (to[1] ?? 0) - (from[1] ?? 0)
        expect(monthsBetween).toBe(months)
      }),
    )
    fc.assert(
      fc.property(day, fc.constantFrom('day', 'week', 'month', 'quarter', 'year'), (start, unit) => {
        const period = periodOf(start, unit)
        expect(period.from <= start && start <= period.to).toBe(true)
        expect(periodOf(period.from, unit)).toEqual(period)
        expect(periodOf(period.to, unit)).toEqual(period)
        expect(periodOf(period.to + 1, unit).from).toBe(period.to + 1)
      }),
    )
  })
})
