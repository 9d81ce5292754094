import { describe, expect, it } from 'vitest'
import { listFiles, readText } from './source-tree.ts'

const LINES_MAX = 500
const sources = listFiles('.ts', '.tsx', '.mjs').filter((path) => !path.startsWith('platform/db/tables.ts'))

describe('the sources', () => {
  it('fit in their rooms: no file is longer than 500 lines', () => {
    const long = sources
      .map((path) => ({ path, lines: readText(path).split('\n').length }))
      .filter(({ lines }) => lines > LINES_MAX)
    expect(long).toEqual([])
  })

  it('leave nothing for later and silence no check', () => {
    const words = /\b(TODO|FIXME|XXX)\b|@ts-ignore|@ts-expect-error|\bas any\b|\.only\(|\bit\.todo\b/
    const left = sources.filter((path) => !path.startsWith('tools/tidy')).filter((path) => words.test(readText(path)))
    expect(left).toEqual([])
  })

  it('are named for what they hold', () => {
    const vague = sources.filter((path) => /(^|\/)(utils?|helpers?|common|manager|misc|index)\.tsx?$/.test(path))
    expect(vague.filter((path) => !path.endsWith('/server/index.ts'))).toEqual([])
  })

  it('have kebab-case names', () => {
    const odd = sources.filter((path) => path.split('/').some((part) => !/^[a-z0-9.-]+$/.test(part)))
    expect(odd).toEqual([])
  })
})
