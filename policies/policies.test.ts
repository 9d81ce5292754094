import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fatigueOf } from '#engines/fatigue/fatigue.ts'
import { factsSchema } from '#engines/policy/facts-file/facts-shape.ts'
import { loadPacks } from '#engines/policy/load.ts'
import { Mistakes } from '#engines/policy/mistakes.ts'
import { formatMistake } from '#engines/policy/pack.ts'
import { caseFileShape, caseSchema } from '#engines/policy/schema/case-shape.ts'
import { packFileShape, packSchema } from '#engines/policy/schema/pack-shape.ts'
import { readSource } from '#engines/policy/source.ts'
import { testPack } from '#engines/policy/test-pack.ts'

const folder = import.meta.dirname
const files = readdirSync(folder, { recursive: true })
  .map(String)
  .filter((path) => path.endsWith('.yaml'))
  .map((path) => ({ path: `policies/${path}`, text: readFileSync(join(folder, path), 'utf8') }))
const loaded = loadPacks(files, (text) => createHash('sha256').update(text).digest('hex'))

describe('the packs of this house', () => {
  it('load without a mistake', () => {
    expect(loaded.ok ? [] : loaded.mistakes.map((mistake) => formatMistake(mistake, 'en'))).toEqual([])
  })

  const stacks = loaded.ok ? [...loaded.stacks.values()] : []
  it.each(stacks)('$id gives what its examples say', (stack) => {
    const cases = files.filter(({ path }) => path.startsWith(`policies/${stack.id}/cases/`))
    const result = testPack(stack, cases, fatigueOf)
    expect(result.mistakes.map((mistake) => formatMistake(mistake, 'en'))).toEqual([])
    expect(result.misses).toEqual([])
    expect(result.cases).toBeGreaterThan(0)
  })

  it('lower layers give what the examples of the layers above say, unless they set it themselves', () => {
    const city = loaded.ok ? loaded.stacks.get('shaoxing-2020') : undefined
    const cases = files.filter(({ path }) => path.startsWith('policies/national-2020/cases/'))
    expect(city && testPack(city, cases, fatigueOf).misses).toEqual([])
  })

  it.each([
    ['pack.schema.json', packSchema()],
    ['case.schema.json', caseSchema()],
    ['facts.schema.json', factsSchema()],
  ])('%s is the one that the engine checks by (node policies/write-schemas.ts writes it)', (name, schema) => {
    expect(JSON.parse(readFileSync(join(folder, name), 'utf8'))).toEqual(JSON.parse(JSON.stringify(schema)))
  })
})

describe('the guide', () => {
  const guide = readFileSync(join(folder, '../docs/policy-language.md'), 'utf8')
  const blocks = [...guide.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)

  it.each(blocks)('has an example that reads as it stands: %#', (text) => {
    const mistakes = new Mistakes()
    const located = readSource({ path: 'docs/policy-language.md', text }, mistakes)
    const shape = /^(?:cases|checks):/.test(text) ? caseFileShape : packFileShape
    if (located) shape.read(located, mistakes)
    expect(mistakes.list.map((mistake) => formatMistake(mistake, 'en'))).toEqual([])
  })

  it('has such examples', () => {
    expect(blocks.length).toBeGreaterThan(8)
  })
})
