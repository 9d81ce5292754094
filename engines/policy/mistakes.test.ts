import { describe, expect, it } from 'vitest'
import { loadPacks } from './load.ts'
import { formatMistake } from './pack.ts'

const hash = (text: string) => `${text.length}`

const ABOVE = `pack:
  id: above-2020
  version: '1'
  title: { zh: 上级, en: above }
  level: province
  area: '33'
  published: 2020-01-01
sources:
  notice: { title: 通知, issued_by: [厅], published: 2020-01-01, grade: A }
clauses:
  '1': { title: { zh: 补助, en: pay }, summary: { zh: 补助, en: pay }, source: notice, offices: [厅] }
parameters:
  capped: { title: { zh: 有上限, en: capped }, unit: yuan_per_day, open: { to: [county], at_least: 10 yuan, at_most: 50 yuan } }
  fixed: { title: { zh: 定死, en: fixed }, unit: yuan_per_day, values: [{ from: 2020-01-01, value: 300 yuan, source: notice }] }
`

const HEAD = `pack:
  id: below-2020
  version: '1'
  title: { zh: 下级, en: below }
  level: county
  area: '330603'
  extends: above-2020
  published: 2020-01-02
sources:
  own: { title: 办法, issued_by: [区], published: 2020-01-02, grade: A }
clauses:
  '1': { title: { zh: 补助, en: pay }, summary: { zh: 补助, en: pay }, source: own, offices: [区] }
`
const HEAD_LINES = HEAD.split('\n').length - 1

/** The first mistakes of the lower pack, as `line code value`. */
function mistakesOf(body: string, head = HEAD): readonly string[] {
  const loaded = loadPacks(
    [
      { path: 'policies/above-2020/pack.yaml', text: ABOVE },
      { path: 'policies/below-2020/pack.yaml', text: head + body },
    ],
    hash,
  )
  if (loaded.ok) return []
  for (const mistake of loaded.mistakes) {
    expect(mistake.place.file).toBe('policies/below-2020/pack.yaml')
    expect(
      mistake.wrong.zh.length * mistake.wrong.en.length * mistake.right.zh.length * mistake.right.en.length,
    ).toBeGreaterThan(0)
  }
  return loaded.mistakes.map(({ place, code, value }) => `${place.line - HEAD_LINES} ${code} ${value}`)
}

it('names a full-width colon after a key', () => {
  const loaded = loadPacks(
    [{ path: 'policies/above-2020/pack.yaml', text: ABOVE.replace('level: p', 'level：p') }],
    hash,
  )
  const shown = loaded.ok ? [] : loaded.mistakes.map((one) => formatMistake(one, 'zh'))
  expect(shown[0]).toContain('全角冒号“：”')
})

const parameter = (values: string, more = '') =>
  `parameters:\n  rate:\n    title: { zh: 标准, en: rate }\n    unit: yuan_per_day\n${more}    values:\n${values}`
const entitlement = (body: string) =>
  `parameters:
  rate: { title: { zh: 标准, en: rate }, unit: yuan_per_day, values: [{ from: 2020-01-01, value: 1 yuan, source: own }] }
  hours: { title: { zh: 时长, en: hours }, unit: minutes, values: [{ from: 2020-01-01, value: 4 hours, source: own }] }
entitlements:
  pay:
    title: { zh: 补助, en: pay }
    clause: '1'
    source: own
    from: 2020-01-01
    gives: money_per_day
    count: { assign: civil_day, steps: [{ over: 0 minutes, counts: 1 day }], mixed: highest }
    rounding: { to: fen, mode: half_up }
${body}`
const category = (versions: string) =>
  `categories:\n  tier:\n    title: { zh: 档, en: tier }\n    values: { high: { zh: 高, en: high }, low: { zh: 低, en: low } }\n    versions:\n${versions}`

const WHO = '    who: [{ outcome: entitled, basis: own }]\n'

describe('a pack with a mistake is refused with line, value and remedy', () => {
  it('the pack that the mistakes are put into is right without them', () => {
    expect(mistakesOf(entitlement(`${WHO}    rate: rate\n`))).toEqual([])
  })

  it.each([
    [
      'a float as an amount',
      parameter('      - { from: 2020-01-01, value: 301.5, source: own }\n'),
      '6 measure.float 301.5',
    ],
    [
      'an amount without its unit',
      parameter('      - { from: 2020-01-01, value: 300, source: own }\n'),
      '6 measure.unit 300',
    ],
    [
      'hours where money belongs',
      parameter('      - { from: 2020-01-01, value: 4 hours, source: own }\n'),
      '6 measure.unit 4 hours',
    ],
    [
      '30 February',
      parameter('      - { from: 2020-02-30, value: 300 yuan, source: own }\n'),
      '6 date.none 2020-02-30',
    ],
    [
      '29 February of a common year',
      parameter('      - { from: 2021-02-29, value: 300 yuan, source: own }\n'),
      '6 date.none 2021-02-29',
    ],
    [
      'a first day after the last',
      parameter('      - { from: 2020-03-01, to: 2020-02-01, value: 300 yuan, source: own }\n'),
      '6 dates.order 2020-03-01 … 2020-02-01',
    ],
    [
      'overlapping values known alike',
      parameter(
        '      - { from: 2020-01-01, to: 2020-02-10, value: 1 yuan, source: own }\n      - { from: 2020-02-10, value: 2 yuan, source: own }\n',
      ),
      '7 dates.overlap 2020-02-10',
    ],
    [
      'days without a value',
      parameter(
        '      - { from: 2020-01-01, to: 2020-02-10, value: 1 yuan, source: own }\n      - { from: 2020-02-12, value: 2 yuan, source: own }\n',
      ),
      '7 dates.gap 2020-02-12',
    ],
    [
      'an unknown word',
      category('      - source: own\n        cases: [{ when: { post_kind: fever_clinc }, is: high }, { is: low }]\n'),
      '7 shape.unknown_word fever_clinc',
    ],
    ['an unknown key', 'parameter:\n  rate: {}\n', '1 shape.unknown_key parameter'],
    ['a missing key', 'findings:\n  pregnant: {}\n', '2 shape.absent title'],
    ['a key twice', 'findings:\n  a: { title: { zh: 甲, en: a } }\nfindings: {}\n', '3 source.duplicate_key findings'],
    ['an anchor', 'findings:\n  a: &x { title: { zh: 甲, en: a } }\n', '2 source.anchor & * !'],
    [
      'a text cut by a comma',
      'findings:\n  a: { title: { zh: 甲, en: one, two three } }\n',
      '2 shape.cut_text two three',
    ],
    [
      'a text cut by a comma before a single word',
      'findings:\n  a: { title: { zh: 甲, en: one, two } }\n',
      '2 shape.cut_text two',
    ],
    ['no YAML', 'findings: [\n', '1 source.not_yaml findings: ['],
    [
      'a value that no table row covers',
      category('      - source: own\n        table: [{ when: { exposure: [direct, indirect] }, is: high }]\n'),
      '6 table.uncovered exposure: none',
    ],
    [
      'a value in two table rows',
      category(
        '      - source: own\n        table:\n          - { when: { exposure: [direct, none] }, is: high }\n          - { when: { exposure: [indirect, none] }, is: low }\n',
      ),
      '9 table.twice exposure: none',
    ],
    [
      'cases that leave somebody out',
      category('      - source: own\n        cases: [{ when: { exposure: direct }, is: high }]\n'),
      '7 cases.otherwise ',
    ],
    [
      'a value the category has not',
      category('      - source: own\n        cases: [{ is: middle }]\n'),
      '7 category.value middle',
    ],
    [
      'a category that asks for itself',
      category('      - source: own\n        cases: [{ when: { category: { tier: high } }, is: low }, { is: high }]\n'),
      '2 category.cycle tier → tier',
    ],
    ['an unknown parameter', entitlement(`${WHO}    rate: rats\n`), '14 reference.unknown rats'],
    ['a parameter of another unit', entitlement(`${WHO}    rate: hours\n`), '14 reference.unit hours'],
    [
      'an unknown source',
      entitlement('    who: [{ outcome: entitled, basis: owm }]\n    rate: rate\n'),
      '13 reference.unknown owm',
    ],
    [
      'a right without its ground',
      entitlement('    who: [{ outcome: entitled }]\n    rate: rate\n'),
      '13 who.incomplete entitled',
    ],
    [
      'people without establishment left out in silence',
      entitlement(
        '    who:\n      - { when: { established: yes }, outcome: entitled, basis: own }\n      - { outcome: not_covered, reason: { zh: 无, en: none } }\n    rate: rate\n',
      ),
      '14 who.without_establishment pay',
    ],
    ['money without a rate', entitlement(WHO), '5 entitlement.incomplete money_per_day'],
    [
      'a value above the cap from above',
      'sets:\n  capped: { values: [{ from: 2020-01-01, value: 60 yuan, source: own }] }\n',
      '2 layer.above_cap 60.00 yuan a day',
    ],
    [
      'a value below the floor from above',
      'sets:\n  capped: { values: [{ from: 2020-01-01, value: 9.99 yuan, source: own }] }\n',
      '2 layer.below_floor 9.99 yuan a day',
    ],
    [
      'a change of what is fixed above',
      'sets:\n  fixed: { values: [{ from: 2020-01-01, value: 60 yuan, source: own }] }\n',
      '2 layer.fixed fixed',
    ],
    ['a setting of what nobody left open', 'sets:\n  caped: { values: [] }\n', '2 setting.unknown caped'],
    [
      'a code that is taken above',
      'parameters:\n  fixed: { title: { zh: 定, en: f }, unit: yuan, values: [{ from: 2020-01-01, value: 1 yuan, source: own }] }\n',
      '2 code.twice fixed',
    ],
  ])('%s', (_, body, expected) => {
    expect(mistakesOf(body)).toContain(expected)
  })

  it('two exceptions that replace the same thing on the same days are refused with both names', () => {
    const exception = (code: string) =>
      `  ${code}: { changes: pay, title: { zh: 例外, en: exception }, clause: '1', source: own, from: 2020-01-02, effect: { not_covered: { zh: 无, en: none } } }\n`
    const body = entitlement(`${WHO}    rate: rate\nexceptions:\n${exception('first')}${exception('second')}`)
    expect(mistakesOf(body)).toEqual(['17 exception.conflict second, first'])
    const settled = body.replace('second: { changes: pay,', 'second: { changes: pay, over: first,')
    expect(mistakesOf(settled)).toEqual([])
  })

  it('the last day is called "to" everywhere; what an exception changes stands under "changes"', () => {
    const exception = (written: string) =>
      `${entitlement(`${WHO}    rate: rate\n`)}exceptions:\n  x: { ${written}, title: { zh: 例外, en: x }, clause: '1', source: own, from: 2020-01-02, effect: { not_covered: { zh: 无, en: none } } }\n`
    expect(mistakesOf(exception('changes: pay, to: 2020-02-01'))).toEqual([])
    expect(mistakesOf(exception('changes: pay, until: 2020-02-01')).join()).toContain('shape.until until')
    expect(mistakesOf(exception('to: pay')).join()).toContain('exception.to pay')
  })

  it('a parent that is not there, a county above its province, an area outside', () => {
    expect(mistakesOf('', HEAD.replace('extends: above-2020', 'extends: abowe-2020'))).toEqual([
      '-10 pack.no_parent abowe-2020',
    ])
    expect(mistakesOf('', HEAD.replace('level: county', 'level: national'))).toEqual(['-10 layer.level national'])
    expect(mistakesOf('', HEAD.replace("area: '330603'", "area: '420102'"))).toEqual(['-10 layer.area 420102'])
  })

  it('YAML bombs, depth and 50,000 rules are stopped', () => {
    expect(mistakesOf(`findings: ${'['.repeat(5_000)}\n`)).toEqual(['1 source.too_deep …'])
    const rules = Array.from({ length: 50_000 }, (_, index) => `  f${index}: {}\n`).join('')
    expect(mistakesOf(`findings:\n${rules}`)[0]).toContain('pack.too_many_characters')
    expect(mistakesOf(`a: ${'x'.repeat(1_000_001)}\n`)[0]).toContain('pack.too_many_characters')
  })

  it('says in Chinese and English where it stands and what would be right', () => {
    const loaded = loadPacks(
      [{ path: 'a/pack.yaml', text: ABOVE.replace('yuan_per_day, open', 'yuan_per_dya, open') }],
      hash,
    )
    const [mistake] = loaded.ok ? [] : loaded.mistakes
    expect(mistake && formatMistake(mistake, 'zh')).toBe(
      'a/pack.yaml:13:51  "yuan_per_dya"  不认识这个词 — 是否想写“yuan_per_day”？',
    )
    expect(mistake && formatMistake(mistake, 'en')).toContain('did you mean "yuan_per_day"?')
  })
})
