import { describe, expect, it } from 'vitest'
import { loadPacks } from './load.ts'
import { PACK_LIMITS } from './pack-limits.ts'

const hash = (text: string) => `${text.length}`

const HEAD = `pack:
  id: a-2020
  version: '1'
  title: { zh: 甲, en: a }
  level: national
  area: '0'
  published: 2020-01-01
sources:
  own: { title: 通知, issued_by: [厅], published: 2020-01-01, grade: A }
clauses:
  '1': { title: { zh: 补助, en: pay }, summary: { zh: 补助, en: pay }, source: own, offices: [厅] }
`
const HEAD_LINES = HEAD.split('\n').length - 1

/** Mistakes as `line:column code value`, counted from the end of the head. */
function mistakesOf(body: string): readonly string[] {
  const loaded = loadPacks([{ path: 'a-2020/pack.yaml', text: HEAD + body }], hash)
  if (loaded.ok) return []
  return loaded.mistakes.map(({ place, code, value, wrong, right }) => {
    expect(wrong.zh.length * wrong.en.length * right.zh.length * right.en.length).toBeGreaterThan(0)
    return `${place.line - HEAD_LINES}:${place.column} ${code} ${value}`
  })
}

/** In one millisecond or so for what is refused before parsing, in seconds for the largest that is read. */
function milliseconds(run: () => void): number {
  const start = performance.now()
  run()
  return performance.now() - start
}

const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('')

describe('what is meant to harm is refused at once, with its place', () => {
  it.each([
    ['ten thousand laughs', `a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n`, '1:7 source.anchor & * !'],
    ['a merge key', `findings:\n  x: &x { title: { zh: 甲, en: a } }\n  y: { <<: *x }\n`, '2:9 source.anchor & * !'],
    ['an alias for a key', `findings: { &k a: {} }\n`, '1:16 source.anchor & * !'],
    ['a tag', `findings: !!map {}\n`, '1:17 source.anchor & * !'],
    [
      'the same key twice',
      `findings:\n  a: { title: { zh: 甲, en: a } }\n  a: { title: { zh: 乙, en: b } }\n`,
      '3:3 source.duplicate_key a',
    ],
    ['the same section twice', `findings: {}\nfindings: {}\n`, '2:1 source.duplicate_key findings'],
    ['two documents in one file', `---\nfindings: {}\n`, '1:1 source.not_yaml ---'],
    ['brackets in brackets', `findings: ${'['.repeat(5_000)}\n`, '1:1 source.too_deep …'],
    ['lists in lists', `findings:\n${'- '.repeat(150)}a\n`, '2:1 source.too_deep …'],
    ['indents in indents', lines(60, (index) => `${' '.repeat(index)}a:\n`), '26:26 source.too_deep …'],
  ])('%s', (_, body, expected) => {
    expect(mistakesOf(body)).toContain(expected)
  })

  it.each([
    ['50,000 rules', `findings:\n${lines(50_000, (index) => `  f${index}: {}\n`)}`, 'characters'],
    ['too many lines', lines(PACK_LIMITS.lines, () => '#\n'), 'lines'],
    ['a list of 100,000 in one line', `a: [${'a,'.repeat(100_000)}a]\n`, 'separators'],
    ['lists in lists by the thousand', lines(8_000, () => `${'- '.repeat(20)}a\n`), 'separators'],
  ])('%s: refused by a named limit before anything is parsed', (_, body, limit) => {
    const spent = milliseconds(() => expect(mistakesOf(body)[0]).toContain(`pack.too_many_${limit}`))
    expect(spent).toBeLessThan(200)
  })

  it('more rules than a pack may hold are counted over all its files', () => {
    const file = (name: string) => ({
      path: `a-2020/${name}.yaml`,
      text: `findings:\n${lines(1_600, (index) => `  ${name}${index}: { title: { zh: 甲, en: a } }\n`)}`,
    })
    const loaded = loadPacks([{ path: 'a-2020/pack.yaml', text: HEAD }, file('b'), file('c')], hash)
    expect(loaded.ok ? [] : loaded.mistakes.map(({ code, value }) => `${code} ${value}`)).toEqual([
      'pack.too_many_rules 3202',
    ])
  })

  it('more files than a pack may hold', () => {
    const files = Array.from({ length: 70 }, (_, index) => ({ path: `a-2020/f${index}.yaml`, text: 'findings: {}\n' }))
    const loaded = loadPacks(files, hash)
    expect(loaded.ok ? [] : loaded.mistakes.map(({ code }) => code)).toEqual(['pack.too_many_files'])
  })

  it('a pack that names 900 things that are not there answers within seconds', () => {
    const body = `parameters:\n${lines(900, (index) => `  p${index}: { title: { zh: 数, en: n }, unit: yuan, values: [{ from: 2020-01-01, value: 1 yuan, source: ${'q'.repeat(40)}${index} }] }\n`)}`
    const spent = milliseconds(() => expect(mistakesOf(body)).toHaveLength(200))
    expect(spent).toBeLessThan(8_000)
  })

  it('categories that ask for one another twice at every step are refused before they multiply', () => {
    const body = `categories:\n${lines(60, (index) => {
      const next = `{ category: { c${index + 1}: a } }`
      const cases = index < 59 ? `{ when: { any: [${next}, { not: ${next} }] }, is: a }, ` : ''
      return `  c${index}: { title: { zh: 档, en: t }, values: { a: { zh: 甲, en: a } }, versions: [{ source: own, cases: [${cases}{ is: a }] }] }\n`
    })}`
    const spent = milliseconds(() => expect(mistakesOf(body)).toEqual(['2:3 category.too_deep c0']))
    expect(spent).toBeLessThan(5_000)
  })
})

const category = (code: string, asks: string) =>
  `  ${code}: { title: { zh: 档, en: t }, values: { a: { zh: 甲, en: a } }, versions: [{ source: own, cases: [{ when: { category: { ${asks}: a } }, is: a }, { is: a }] }] }\n`
const right = `entitlements:\n  e: { title: { zh: 权, en: r }, clause: '1', source: own, from: 2020-01-01, gives: right, who: [{ outcome: entitled, basis: own }] }\n`
const exception = (code: string, over: string) =>
  `  ${code}: { changes: e, over: ${over}, title: { zh: 例, en: x }, clause: '1', source: own, from: 2020-01-01, effect: { not_covered: { zh: 无, en: none } } }\n`
const value = (from: string, to: string, amount = '1 yuan') =>
  `      - { from: ${from}, ${to === '' ? '' : `to: ${to}, `}value: ${amount}, source: own }\n`
const rate = (values: string) =>
  `parameters:\n  rate:\n    title: { zh: 标准, en: rate }\n    unit: yuan_per_day\n    values:\n${values}`

describe('circles, days and figures', () => {
  it.each([
    [
      'categories in a circle of three',
      `categories:\n${category('b', 'c')}${category('c', 'd')}${category('d', 'b')}`,
      '2:3 category.cycle b → c → d → b',
    ],
    [
      'exceptions that go over one another',
      `${right}exceptions:\n${exception('x', 'y')}${exception('y', 'x')}`,
      '4:3 over.circle x → y → x',
    ],
    ['an exception over itself', `${right}exceptions:\n${exception('x', 'x')}`, '4:3 over.circle x → x'],
    ['29 February of a common year', rate(value('2021-02-29', '')), '6:17 date.none 2021-02-29'],
    ['29 February of 1900', rate(value('1900-02-29', '')), '6:17 date.none 1900-02-29'],
    [
      'a gap of one day, 29 February',
      rate(value('2020-01-01', '2020-02-28') + value('2020-03-01', '')),
      '7:9 dates.gap 2020-03-01',
    ],
    [
      'an overlap of one day, 29 February',
      rate(value('2020-01-01', '2020-02-29') + value('2020-02-29', '')),
      '7:9 dates.overlap 2020-02-29',
    ],
    ['a float', rate(value('2020-01-01', '', '12.5')), '6:36 measure.float 12.5'],
    [
      'a float with its unit but three digits',
      rate(value('2020-01-01', '', '12.345 yuan')),
      '6:36 measure.form 12.345 yuan',
    ],
    ['infinity', rate(value('2020-01-01', '', '.inf')), '6:36 measure.float .inf'],
    ['an exponent', rate(value('2020-01-01', '', '1e3')), '6:36 measure.float 1e3'],
    ['a negative amount', rate(value('2020-01-01', '', '-5 yuan')), '6:36 measure.form -5 yuan'],
  ])('%s', (_, body, expected) => {
    expect(mistakesOf(body)).toContain(expected)
  })

  it('29 February of a leap year is a day, and so is the day before March in a common one', () => {
    expect(
      mistakesOf(rate(value('2020-01-01', '2020-02-29') + value('2020-03-01', '2021-02-28') + value('2021-03-01', ''))),
    ).toEqual([])
  })
})
