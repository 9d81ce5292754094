import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMinute } from '#engines/values/time.ts'
import { jsonFacts, peopleOf, plainFacts, readFactsHead } from './read-facts.ts'
import { JsonBroken, scanJson } from './scan-json.ts'

const nurse = {
  id: '甲',
  employment: 'medical',
  unit: 'u1',
  spans: [{ id: 'd1', from: '2020-02-03T20:00', to: '2020-02-04T06:00', post_kind: 'fever_clinic', unit: 'u1' }],
}
const file = { facts: 1, units: [{ id: 'u1', kind: 'hospital', area: '330603' }], people: [nurse] }

function mistakesOf(value: unknown): readonly string[] {
  const read = readFactsHead(plainFacts(value))
  return read.ok ? [] : read.mistakes.map(({ pointer, value: written, right }) => `${pointer} ${written} → ${right.en}`)
}

describe('a facts file', () => {
  it('leaves unknown what it does not say, and takes kind and area of a span from the unit that it names', () => {
    const text = plainFacts(file)
    const read = readFactsHead(text)
    const people = read.ok ? [...peopleOf(text, read.head)] : []
    expect(people[0]).toMatchObject({
      id: '甲',
      name: null,
      facts: { established: 'unknown', party: 'unknown', area: null, findings: {} },
    })
    const span = people[0]?.facts.spans[0]
    expect(span).toMatchObject({ unit_kind: 'hospital', area: '330603', exposure: 'unknown', ref: 'd1' })
    expect(formatMinute(span?.end_minute ?? 0)).toContain('2020-02-04')
  })

  it('names every mistake by its pointer, with what would be right', () => {
    const wrong = {
      ...file,
      people: [
        { ...nurse, employment: 'medicl', nickname: 'x' },
        { ...nurse, spans: [{ from: '2020-02-30T20:00', to: '2020-02-04T06:00+08:00' }] },
        { ...nurse, id: '乙', unit: 'u2', spans: [{ from: '2020-02-04T06:00', to: '2020-02-04T06:00' }] },
        { ...nurse, id: '丙' },
        { ...nurse, id: '丙' },
      ],
      decisions: [{ id: 'm1', point: 'x', about: {}, amount: 12.5, from: '2020-02-03', decided_on: '2020-02-03' }],
    }
    const found = mistakesOf(wrong)
    expect(found).toContain('/people/0/employment medicl → did you mean "medical"?')
    expect(found.some((one) => one.startsWith('/people/0/nickname'))).toBe(true)
    expect(found.some((one) => one.startsWith('/people/1/spans/0/from 2020-02-30T20:00'))).toBe(true)
    expect(found.some((one) => one.startsWith('/people/1/spans/0/to 2020-02-04T06:00+08:00'))).toBe(true)
    expect(found.some((one) => one.startsWith('/people/2/spans/0/to'))).toBe(true)
    expect(found.some((one) => one.startsWith('/people/4/id 丙'))).toBe(true)
    expect(found.some((one) => one.startsWith('/decisions/0/amount 12.5'))).toBe(true)
  })

  it('refuses units that are not listed, decisions about nobody, and a file without people', () => {
    expect(mistakesOf({ ...file, units: [] })[0]).toContain('/people/0/unit u1')
    const decision = { id: 'm', point: 'x', choice: 'y', from: '2020-02-03', decided_on: '2020-02-03' }
    expect(mistakesOf({ ...file, decisions: [{ ...decision, about: {} }] })[0]).toContain('/decisions/0/about')
    expect(mistakesOf({ ...file, decisions: [{ ...decision, about: { person: '丁' } }] })[0]).toContain('丁')
    expect(mistakesOf({ facts: 1 })[0]).toContain('people')
    expect(mistakesOf({ facts: 2, people: [] })[0]).toContain('/facts 2')
  })

  it('names the line of every mistake, and what would be right of a time', () => {
    const json = `{
  "facts": 1,
  "people": [
    { "id": "甲", "spans": [] },
    {
      "id": "乙",
      "spans": [
        { "from": "2020-02-03T20:00", "to": "2020-02-03T06:00" },
        { "from": "2020-02-03T08:00",
          "to": "2020-02-05T00:00" },
        { "from": "2020-02-30T08:00", "to": "2020-03-01T08:00" }
      ]
    },
    { "id": "丙", "children": ["2019-02-29"], "unit": "无" }
  ],
  "decisions": [
    { "id": "m", "point": "x", "choice": "y", "about": { "person": "丁" }, "from": "2020-02-03", "decided_on": "2020-02-03" }
  ]
}`
    const read = readFactsHead(jsonFacts(() => json.match(/[\s\S]{1,7}/g) ?? []))
    const found = read.ok ? [] : read.mistakes.map(({ pointer, line, right }) => `${line} ${pointer} ${right.zh}`)
    expect(found.map((one) => one.split(' ').slice(0, 2).join(' '))).toEqual([
      '11 /people/1/spans/2/from',
      '14 /people/2/children/0',
      '17 /decisions/0/about/person',
    ])
    expect(found[0]).toContain('2020-02-29T08:00 或 2020-03-01T08:00')
    // A person of whom something cannot be read is not looked at further; mended, the spans are.
    const mended = readFactsHead(jsonFacts(() => [json.replace('2020-02-30', '2020-02-29')]))
    const spans = mended.ok ? [] : mended.mistakes.map(({ pointer, line, wrong }) => `${line} ${pointer} ${wrong.zh}`)
    expect(spans[0]).toContain('8 /people/1/spans/0/to 结束不晚于开始')
    expect(spans[1]).toContain('10 /people/1/spans/1/to 一条值守有 40 小时')
  })

  it('says on which line JSON breaks off', () => {
    const read = readFactsHead(jsonFacts(() => ['{"facts": 1,\n"people": [\n{"id": "甲"}\n']))
    expect(read.ok ? '' : read.mistakes[0]?.wrong.en).toContain('line 4')
  })
})

describe('cutting JSON into pieces', () => {
  const json = fc.dictionary(fc.string(), fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())), { maxKeys: 5 })

  it('gives the same values as parsing the whole, wherever the text is cut', () => {
    fc.assert(
      fc.property(json, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 2 }), (value, size, indent) => {
        const text = JSON.stringify(value, undefined, indent)
        const chunks = text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? []
        const again = new Map<string, unknown>()
        for (const [key, one] of Object.entries(value)) if (Array.isArray(one)) again.set(key, [])
        for (const { key, index, text: piece } of scanJson(chunks)) {
          const list = again.get(key)
          if (index === null) again.set(key, JSON.parse(piece))
          else if (Array.isArray(list)) list.push(JSON.parse(piece))
        }
        expect(Object.fromEntries(again)).toEqual(JSON.parse(text))
      }),
      { numRuns: 300 },
    )
  })

  it('refuses what is no map, stops early, or names a key twice', () => {
    for (const text of ['', '[1]', '{"a": 1', '{"a": 1} x', '{"a": 1, "a": 2}', '{"a": [1,}', '{,}']) {
      expect(() => [...scanJson([text])], text).toThrow(JsonBroken)
    }
  })
})
