import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { setFigure } from './set-figure.ts'

const text = readFileSync(new URL('../../policies/shaoxing-keqiao-example-2020/pack.yaml', import.meta.url), 'utf8')
const files = [{ path: 'pack.yaml', text }]
const document = {
  kind: 'new',
  title: '关于调整伙食补助标准的通知',
  number: '区财〔2020〕8号',
  issued_by: '区财政局',
  published: '2020-02-24',
} as const

function changedLines(before: string, after: string): string[] {
  const old = new Set(before.split('\n'))
  return after.split('\n').filter((line) => !old.has(line))
}

describe('a figure changed in a form', () => {
  it('adds one value and its document and leaves every other line as it was, comments too', () => {
    const [changed] = setFigure(files, {
      parameter: 'meal-allowance-rate',
      value: '50 yuan',
      from_on: '2020-02-25',
      known_on: null,
      document,
    }) ?? [{ text: '' }]
    expect(changedLines(text, changed?.text ?? '')).toEqual([
      '  version: "2"',
      '  doc-2020-02-24:',
      '    title: "关于调整伙食补助标准的通知"',
      '    number: "区财〔2020〕8号"',
      '    issued_by: ["区财政局"]',
      '    published: 2020-02-24',
      '    grade: A',
      '      - { from: 2020-02-25, value: 50 yuan, source: doc-2020-02-24 }',
    ])
    expect(text.split('\n').filter((line) => !(changed?.text ?? '').includes(line))).toEqual(['  version: "1"'])
  })

  it('raises the version once, however many figures a draft changes', () => {
    const change = { value: '50 yuan', known_on: null, document }
    const once = setFigure(files, { ...change, parameter: 'meal-allowance-rate', from_on: '2020-02-25' }, files) ?? []
    const twice =
      setFigure(once, { ...change, parameter: 'front-line-allowance-rate', from_on: '2020-02-26' }, files) ?? []
    expect(twice[0]?.text).toContain('  version: "2"')
    expect(twice[0]?.text).toContain('from: 2020-02-26')
  })

  it('says since when a change of earlier days can be known', () => {
    const [changed] = setFigure(files, {
      parameter: 'front-line-allowance-rate',
      value: '120 yuan',
      from_on: '2020-01-23',
      known_on: '2020-02-24',
      document: { kind: 'known', code: 'example-rates', published: '2020-02-05' },
    }) ?? [{ text: '' }]
    expect(changedLines(text, changed?.text ?? '')).toEqual([
      '  version: "2"',
      '      - { from: 2020-01-23, known: 2020-02-24, value: 120 yuan, source: example-rates }',
    ])
  })

  it('ends the value before it where both rest on the same day of knowledge', () => {
    const [changed] = setFigure(files, {
      parameter: 'meal-allowance-rate',
      value: '50 yuan',
      from_on: '2020-02-10',
      known_on: null,
      document: { kind: 'known', code: 'example-rates', published: '2020-02-05' },
    }) ?? [{ text: '' }]
    expect(changed?.text).toContain('{ from: 2020-01-23, to: 2020-02-09, value: 40 yuan')
    expect(changed?.text).toContain('- { from: 2020-02-10, value: 50 yuan, source: example-rates }')
  })

  it('sets a figure of a layer above that the pack had not set', () => {
    const [changed] = setFigure(files, {
      parameter: 'meal-day-threshold',
      value: '2 hours',
      from_on: '2020-02-10',
      known_on: null,
      document: { kind: 'known', code: 'example-rates', published: '2020-02-05' },
    }) ?? [{ text: '' }]
    expect(
      changed?.text.endsWith(
        '  meal-day-threshold:\n    values:\n      - { from: 2020-02-10, value: 2 hours, source: example-rates }\n',
      ),
    ).toBe(true)
  })

  it('changed twice with the same first day and day of knowledge keeps the later word only', () => {
    const change = (value: string, from_on: string) =>
      ({
        parameter: 'meal-allowance-rate',
        value,
        from_on,
        known_on: '2020-02-24',
        document: { kind: 'known', code: 'example-rates', published: '2020-02-05' },
      }) as const
    const once = setFigure(files, change('50 yuan', '2020-02-10')) ?? []
    const [twice] = setFigure(once, change('60 yuan', '2020-02-10')) ?? []
    expect(twice?.text).toContain('- { from: 2020-02-10, known: 2020-02-24, value: 60 yuan, source: example-rates }')
    expect(twice?.text).not.toContain('50 yuan')
    const [before] = setFigure(once, change('45 yuan', '2020-02-01')) ?? []
    expect(before?.text).toContain('{ from: 2020-02-01, to: 2020-02-09, known: 2020-02-24, value: 45 yuan')
    const [tried] = setFigure(once, { ...change('45 yuan', '2020-02-01'), over_later: true }) ?? []
    expect(tried?.text).toContain('- { from: 2020-02-10, known: 2020-02-24, value: 45 yuan')
  })

  it('gives nothing for what is no pack', () => {
    expect(
      setFigure([{ path: 'a.yaml', text: '- 1' }], {
        parameter: 'x',
        value: '1 yuan',
        from_on: '2020-02-10',
        known_on: null,
        document,
      }),
    ).toBeUndefined()
  })
})
