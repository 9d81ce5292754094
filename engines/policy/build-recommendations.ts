import type { Building } from './build-parameters.ts'
import { buildProvision } from './build-provisions.ts'
import { suggestion } from './mistakes.ts'
import type { Place, Quantity } from './pack.ts'
import type { Recommendation, TableAnswer, TableInput, TableRow } from './pack-provisions.ts'
import { amountOf } from './schema/measures.ts'
import type { WrittenAnswer, WrittenBound, WrittenRecommendation } from './schema/recommendation-shape.ts'
import type { Named } from './schema/shape.ts'

export function buildRecommendation(
  building: Building,
  named: Named<WrittenRecommendation>,
): Recommendation | undefined {
  const { value: written } = named
  const base = buildProvision(building, named)
  const inputs = new Map(written.inputs.flatMap((one) => inputOf(building, one) ?? []).map((one) => [one.code, one]))
  const outcomes = new Map(written.outcomes.map((one) => [one.code, one.value]))
  const rows = written.rows.flatMap((row) => rowOf(building, inputs, outcomes, row) ?? [])
  if (!base || inputs.size !== written.inputs.length || rows.length !== written.rows.length) return undefined
  return { ...base, decision: written.decision, inputs, outcomes, rows }
}

function inputOf(
  building: Building,
  { code, place, value: written }: WrittenRecommendation['inputs'][number],
): TableInput | undefined {
  const { title, words, number } = written
  if (words !== null && number === null) {
    return { code, kind: 'choice', title, words: new Map(words.map((one) => [one.code, one.value])) }
  }
  if (words === null && number !== null) return { code, kind: 'number', title, unit: number }
  return building.mistakes.add(
    'provision.form',
    place,
    code,
    { zh: 'words 与 number 要写一个，且只能写一个', en: 'exactly one of words and number is needed' },
    { zh: '选项写 words，数量写 number', en: 'words for a choice, number for a quantity' },
  )
}

function rowOf(
  building: Building,
  inputs: ReadonlyMap<string, TableInput>,
  outcomes: ReadonlyMap<string, unknown>,
  written: WrittenRecommendation['rows'][number],
): TableRow | undefined {
  const { recommends, basis, article, place } = written
  if (!outcomes.has(recommends)) return refuseWord(building, place, recommends, [...outcomes.keys()])
  const answers = new Map<string, TableAnswer>()
  for (const { code, place: at, value } of written.if) {
    const input = inputs.get(code)
    const answer = input ? answerOf(building, input, value) : refuseWord(building, at, code, [...inputs.keys()])
    if (!answer) return undefined
    answers.set(code, answer)
  }
  return { answers, recommends, basis, article, place }
}

function refuseWord(building: Building, place: Place, value: string, words: readonly string[]): undefined {
  return building.mistakes.add(
    'shape.unknown_word',
    place,
    value,
    { zh: '表里没有这个词', en: 'the table has no such word' },
    suggestion(value, words),
  )
}

function answerOf(building: Building, input: TableInput, written: WrittenAnswer): TableAnswer | undefined {
  if (input.kind === 'choice') {
    if (written.kind === 'words') {
      const strange = written.words.find((word) => !input.words.has(word))
      if (strange === undefined) return { kind: 'words', words: written.words }
      return refuseWord(building, written.place, strange, [...input.words.keys()])
    }
    return refuseAnswer(building, written.place, input)
  }
  if (written.kind === 'words') return refuseAnswer(building, written.place, input)
  const at_least = boundOf(building, input.unit, written.at_least)
  const under = boundOf(building, input.unit, written.under)
  return at_least === undefined || under === undefined ? undefined : { kind: 'band', at_least, under }
}

function refuseAnswer(building: Building, place: Place, input: TableInput): undefined {
  return building.mistakes.add(
    'table.answer',
    place,
    input.code,
    { zh: '答案的写法与问题不合', en: 'the answer does not fit the question' },
    input.kind === 'choice'
      ? { zh: `写选项：${[...input.words.keys()].join(', ')}`, en: `write: ${[...input.words.keys()].join(', ')}` }
      : { zh: '写 { at_least: …, under: … }', en: 'write { at_least: …, under: … }' },
  )
}

function boundOf(
  building: Building,
  unit: 'count' | 'days' | 'minutes',
  written: WrittenBound | null,
): Quantity | null | undefined {
  if (written === null) return null
  if ('measure' in written) {
    const literal = amountOf(unit, written.measure, building.mistakes)
    return literal === undefined ? undefined : { literal }
  }
  building.mistakes.refer({ kind: 'parameter', code: written.parameter, place: written.place, units: [unit] })
  return written
}
