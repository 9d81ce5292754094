import { describe, expect, it } from 'vitest'
import { loadPacks } from './load.ts'
import { formatMistake } from './pack.ts'
import { testPack } from './test-pack.ts'

/** Examples that are written wrong are refused with their line, before anything is computed from them. */

const PACK = `pack: { id: a-2020, version: "1", title: { zh: 例, en: example }, level: city, area: "3306", published: 2020-01-01 }
sources: { notice: { title: 通知, issued_by: [某局], published: 2020-01-01, grade: A } }
`

function mistakesOf(lines: string): readonly string[] {
  const loaded = loadPacks([{ path: 'policies/a-2020/pack.yaml', text: PACK }], () => '0')
  const stack = loaded.ok ? loaded.stacks.get('a-2020') : undefined
  if (!stack) throw new Error('no stack')
  const text = `cases:\n  - name: x\n    from: 2020-02-01\n    on: 2020-03-31\n    person: {}\n${lines}`
  const { mistakes } = testPack(stack, [{ path: 'cases/a.yaml', text }])
  return mistakes.map((one) => formatMistake(one, 'zh'))
}

const span = (from: string, to: string, more = '') => `    spans:\n      - { from: ${from}, to: ${to}${more} }\n`

describe('a span of an example', () => {
  it('that ends before it begins is refused with its line and what to check', () => {
    expect(mistakesOf(span('2020-02-03 20:00', '2020-02-03 06:00'))).toEqual([
      'cases/a.yaml:7:39  "2020-02-03 20:00 – 2020-02-03 06:00"  结束不晚于开始（2020-02-03 20:00） — 核对起止；跨零点的，结束写第二天',
    ])
    expect(mistakesOf(span('2020-02-03 20:00', '2020-02-03 20:00'))).toHaveLength(1)
  })

  it('of 40 hours is refused; one of 24 hours is not', () => {
    const [found] = mistakesOf(span('2020-02-03 08:00', '2020-02-05 00:00'))
    expect(found).toContain('cases/a.yaml:7:39')
    expect(found).toContain('一条值守有 40 小时，最多 24 小时')
    expect(found).toContain('第一条到 2020-02-04 08:00 为止')
    expect(mistakesOf(span('2020-02-03 08:00', '2020-02-04 08:00'))).toEqual([])
  })

  it('on a day that the calendar does not have names the days that may be meant', () => {
    const [found] = mistakesOf(span('2020-02-30 08:00', '2020-02-30 16:00'))
    expect(found).toContain('"2020-02-30 08:00"  日历上没有这一天：2020 年 2 月有 29 天')
    expect(found).toContain('写 2020-02-29 08:00 或 2020-03-01 08:00')
    expect(mistakesOf(span('2020-02-03 20:00', '2020-02-03 26:00'))[0]).toContain('零点以后写第二天：2020-02-04 02:00')
    expect(mistakesOf(span('2020-2-3 8:00', '2020-02-03 16:00'))[0]).toContain('写成“2020-02-03 08:00”')
    expect(mistakesOf(span('2020-02-03', '2020-02-03 16:00'))[0]).toContain('几点几分也要写')
  })

  it('is repeated on whole days, not without end', () => {
    expect(mistakesOf(span('2020-02-03 08:00', '2020-02-03 16:00', ', repeat: 4 hours'))[0]).toContain('不是连上几天')
    expect(mistakesOf(span('2020-02-03 08:00', '2020-02-03 16:00', ', repeat: 100000 days'))[0]).toContain('1 到 400')
    expect(mistakesOf(span('2020-02-03 08:00', '2020-02-03 16:00', ', repeat: 15 days'))).toEqual([])
  })
})

describe('a check', () => {
  it('with awards in a list is told to write them with their day', () => {
    const loaded = loadPacks([{ path: 'policies/a-2020/pack.yaml', text: PACK }], () => '0')
    const stack = loaded.ok ? loaded.stacks.get('a-2020') : undefined
    if (!stack) throw new Error('no stack')
    const text =
      'checks:\n  - { name: x, on: 2020-02-03, privilege: first, awards: [merit], expect: { state: applies } }'
    const { mistakes } = testPack(stack, [{ path: 'cases/a.yaml', text }])
    expect(mistakes.map((one) => formatMistake(one, 'zh'))).toEqual([
      'cases/a.yaml:2:58  "[…]"  这里的写法不对 — 应写“奖项: 哪天获得”的形式',
    ])
  })
})

describe('days of an example', () => {
  it('stand in order', () => {
    const decision = '{ point: a, choice: b, from: 2020-02-10, to: 2020-02-03, decided_on: 2020-02-03 }'
    expect(mistakesOf(`    decisions: [${decision}]\n`)[0]).toContain('decisions：最后一天早于第一天')
    expect(mistakesOf('    operation: { starts: 2020-02-10, ends: 2020-02-03 }\n')[0]).toContain('operation')
  })

  it('exist: what a month has instead is said', () => {
    expect(mistakesOf('    operation: { starts: 2019-02-29 }\n')[0]).toContain('2019 年 2 月有 28 天')
    expect(mistakesOf('    operation: { starts: 2020-13-01 }\n')[0]).toContain('没有 13 月')
    expect(mistakesOf('    operation: { starts: 2020-4-31 }\n')[0]).toContain('2020-04-30 或 2020-05-01')
    expect(mistakesOf('    operation: { starts: 2020/4/3 }\n')[0]).toContain('写成“2020-04-03”')
  })
})
