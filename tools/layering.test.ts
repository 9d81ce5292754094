import { describe, expect, it } from 'vitest'
import {
  heightOf,
  type Import,
  listFiles,
  listImports,
  listPackages,
  MEASURE_PAIRS,
  placeOf,
  RECORDS,
} from './source-tree.ts'

const sources = listFiles('.ts', '.tsx', '.mjs').filter((path) => placeOf(path).floor !== undefined)
/** Tests look at the house as a whole and may stand anywhere in it. */
const isTest = (path: string) => /\.test\.tsx?$|(^|\/)testing(-[\w-]+)?\.ts$|\/testing\//.test(path)
const imports = sources.filter((path) => !isTest(path)).flatMap(listImports)

function offences(isOffence: (link: Import) => boolean): string[] {
  return imports.filter(isOffence).map(({ from, to }) => `${from} → ${to}`)
}

describe('the floors of the house', () => {
  it('are seen: the check finds the imports that it judges', () => {
    expect(imports.length).toBeGreaterThan(300)
  })

  it('import only from floors below', () => {
    const upwards = offences(({ from, to }) => {
      const [above, below] = [placeOf(from).floor, placeOf(to).floor]
      return above !== undefined && below !== undefined && heightOf(below) > heightOf(above)
    })
    expect(upwards).toEqual([])
  })

  it('keep records in their order', () => {
    const order: readonly string[] = RECORDS
    const backwards = offences(({ from, to }) => {
      const [reader, read] = [placeOf(from), placeOf(to)]
      return (
        reader.floor === 'records' && read.floor === 'records' && order.indexOf(read.room) > order.indexOf(reader.room)
      )
    })
    expect(backwards).toEqual([])
  })

  it('let a room of records be read through its contract, rules and reads', () => {
    const inside = offences(({ from, to }) => {
      const [reader, read] = [placeOf(from), placeOf(to)]
      const isOther =
        read.floor === 'records' &&
        (reader.floor === 'records' || reader.floor === 'measures') &&
        reader.room !== read.room
      return isOther && /\/server\//.test(to) && !/\/server\/(reads|rebuild)\.ts$/.test(to)
    })
    expect(inside).toEqual([])
  })

  it('let measures read only those measures that the list of pairs allows', () => {
    const strangers = offences(({ from, to }) => {
      const [reader, read] = [placeOf(from), placeOf(to)]
      if (reader.floor !== 'measures' || read.floor !== 'measures' || reader.room === read.room) return false
      const isPair = MEASURE_PAIRS.some(([a, b]) => a === reader.room && b === read.room)
      return !isPair || !to.endsWith('/server/reads.ts')
    })
    expect(strangers).toEqual([])
  })

  it('keep engines pure and apart: values, vocabularies and pure packages only', () => {
    const engines = sources.filter((path) => placeOf(path).floor === 'engines' && !isTest(path))
    const packages = engines.flatMap((path) => listPackages(path).map((name) => `${path} → ${name}`))
    expect(packages.filter((line) => !line.endsWith('→ yaml'))).toEqual([])
    const across = offences(({ from, to }) => {
      const [reader, read] = [placeOf(from), placeOf(to)]
      return (
        reader.floor === 'engines' && read.floor === 'engines' && read.room !== reader.room && read.room !== 'values'
      )
    })
    expect(across).toEqual([])
  })

  it('keep the server out of the pages', () => {
    const isPage = (path: string) => /(^|\/)web\/|^apps\/(console|phone)\/|^platform\/ui\//.test(path)
    const reached = offences(({ from, to }) => isPage(from) && /\/server\//.test(to))
    expect(reached).toEqual([])
    const node = sources
      .filter((path) => isPage(path) && !isTest(path))
      .flatMap((path) => listPackages(path).map((name) => `${path} → ${name}`))
    expect(node.filter((line) => line.includes('→ node:'))).toEqual([])
  })
})
