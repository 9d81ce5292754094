import { expect, it } from 'vitest'
import { changedFiles, changedPieces } from './pack-differences.ts'

type View = Parameters<typeof changedPieces>[0]

const figure = (text: string, known: string): View['parameters'][number]['values'][number] => ({
  from: '2020-01-23',
  to: null,
  known,
  value: 4_000,
  text: { zh: text, en: text },
  source: 'notice',
  source_title: '关于标准的通知',
  source_number: null,
  article: null,
  grade: 'A',
  unverified: false,
  example: false,
  pack: 'county',
  layer: 'county',
  file: 'pack.yaml',
  line: 1,
  column: 1,
})

const version = (text: string, line: number): View => ({
  pack_hash: '0'.repeat(64),
  code: 'county',
  version: '1',
  layer: 'county',
  title: { zh: '某区', en: 'a district' },
  area: '330603',
  extends: null,
  published: '2020-02-05',
  recorded_at: '2020-02-05T00:00:00Z',
  files: [{ path: 'pack.yaml', text: `a\nb\n\nrate: ${text}\nb\n` }],
  sources: [],
  clauses: [],
  entitlements: [],
  decision_points: [],
  parameters: [
    {
      code: 'meal',
      title: { zh: '伙食', en: 'meals' },
      unit: 'yuan_per_day',
      clause: null,
      pack: 'county',
      open_to: null,
      at_least: null,
      at_most: null,
      file: 'pack.yaml',
      line,
      column: 1,
      values: [figure(text, '2020-02-05')],
    },
  ],
})

it('a figure that changed stands beside what it was; one that only moved in its file does not', () => {
  const [piece, ...others] = changedPieces(version('40 元', 1), version('50 元', 1))
  expect(others).toEqual([])
  expect(piece?.before?.lines[0]?.zh).toBe('2020-01-23 起：40 元，2020-02-05 公布，关于标准的通知')
  expect(piece?.after?.lines[0]?.zh).toContain('50 元')
  expect(changedPieces(version('40 元', 1), version('40 元', 9))).toEqual([])
  expect(changedPieces({ ...version('40 元', 1), parameters: [] }, version('40 元', 1))[0]?.before).toBeNull()
})

it('lines of the files are compared as often as they stand there', () => {
  expect(changedFiles(version('40', 1), version('50', 1))).toEqual([
    { path: 'pack.yaml', taken: ['rate: 40'], added: ['rate: 50'] },
  ])
  expect(changedFiles(version('40', 1), version('40', 1))).toEqual([])
})
