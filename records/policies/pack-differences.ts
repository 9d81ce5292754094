import type { OutputOf } from '#platform/http/endpoint.ts'
import type { readPack } from './contract.ts'

type PackView = OutputOf<typeof readPack>
type Words = PackView['title']

/** One figure, clause, rule or question of a pack, in lines for reading. */
export interface Piece {
  readonly code: string
  readonly title: Words
  readonly lines: readonly Words[]
}

export const PARTS = ['parameters', 'clauses', 'entitlements', 'decision_points'] as const
export type Part = (typeof PARTS)[number]

export interface ChangedPiece {
  readonly part: Part
  readonly code: string
  readonly title: Words
  /** `null`: this version does not have it. */
  readonly before: Piece | null
  readonly after: Piece | null
}

export interface ChangedFile {
  readonly path: string
  readonly taken: readonly string[]
  readonly added: readonly string[]
}

/**
 * What two versions of a pack say otherwise, piece by piece; pieces that say the same are left out.
 *
 * @example changedPieces(before, after)[0]?.part // 'parameters'
 */
export function changedPieces(before: PackView, after: PackView): readonly ChangedPiece[] {
  return PARTS.flatMap((part) => {
    const [old, now] = [piecesOf(before, part), piecesOf(after, part)]
    return [...new Set([...old.keys(), ...now.keys()])].flatMap((code) => {
      const [was, is] = [old.get(code) ?? null, now.get(code) ?? null]
      const either = is ?? was
      if (!either || JSON.stringify(was) === JSON.stringify(is)) return []
      return [{ part, code, title: either.title, before: was, after: is }]
    })
  })
}

/** The lines of the files that only one of the two has: everything that changed, also what the pages have no words for. */
type Files = Pick<PackView, 'files'>

export function changedFiles(before: Files, after: Files): readonly ChangedFile[] {
  const textOf = (pack: Files, path: string) => pack.files.find((file) => file.path === path)?.text ?? ''
  const paths = [...new Set([...before.files, ...after.files].map(({ path }) => path))].sort()
  return paths.flatMap((path) => {
    const [old, now] = [textOf(before, path).split('\n'), textOf(after, path).split('\n')]
    const taken = without(old, now)
    const added = without(now, old)
    return taken.length + added.length === 0 ? [] : [{ path, taken, added }]
  })
}

/** Lines of one text that the other does not have, as often as it does not. */
function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>()
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1)
  return lines.filter((line) => {
    const count = left.get(line) ?? 0
    if (count > 0) left.set(line, count - 1)
    return count === 0 && line.trim() !== ''
  })
}

function piecesOf(pack: PackView, part: Part): ReadonlyMap<string, Piece> {
  return new Map(READ[part](pack).map((piece) => [piece.code, piece]))
}

const READ: Readonly<Record<Part, (pack: PackView) => readonly Piece[]>> = {
  parameters: ({ parameters }) =>
    parameters.map(({ code, title, values }) => ({
      code,
      title,
      lines: values.map(({ from, to, text, known, source_title, source_number, example }) => {
        const source = `${source_title}${source_number ? `（${source_number}）` : ''}`
        return {
          zh: `${from} ${to ? `至 ${to}` : '起'}：${text.zh}，${known} 公布，${source}${example ? '，示例' : ''}`,
          en: `${from} ${to ? `to ${to}` : 'on'}: ${text.en}, known ${known}, ${source}${example ? ', example' : ''}`,
        }
      }),
    })),
  clauses: ({ clauses }) =>
    clauses.map(({ number, title, summary, offices }) => ({
      code: number,
      title: { zh: `${number} ${title.zh}`, en: `${number} ${title.en}` },
      lines: [summary, ...(offices.length > 0 ? [{ zh: offices.join('、'), en: offices.join(', ') }] : [])],
    })),
  entitlements: ({ entitlements, parameters }) =>
    entitlements.map((one) => ({ code: one.code, title: one.title, lines: ruleLines(one, parameters) })),
  decision_points: ({ decision_points }) =>
    decision_points.map(({ point, question, decided_by, word, range }) => ({
      code: point,
      title: question,
      lines: [
        { zh: `“${word}”，由${decided_by.join('、')}决定`, en: `"${word}", decided by ${decided_by.join(', ')}` },
        ...(range.kind === 'choices' ? range.choices.map(({ title }) => title) : []),
      ],
    })),
}

const OUTCOMES = {
  entitled: { zh: '应得', en: 'entitled' },
  undecided: { zh: '由人决定', en: 'decided by people' },
  not_covered: { zh: '不适用', en: 'not covered' },
} as const

function ruleLines(rule: PackView['entitlements'][number], parameters: PackView['parameters']): readonly Words[] {
  const { from, to, source_title, paid_by, who, exceptions } = rule
  const figures = rule.parameters.map((code) => parameters.find((one) => one.code === code)?.title ?? words(code))
  return [
    {
      zh: `${from} ${to ? `至 ${to}` : '起'}，${source_title}`,
      en: `${from} ${to ? `to ${to}` : 'on'}, ${source_title}`,
    },
    ...(paid_by ? [{ zh: `列支：${paid_by.zh}`, en: `paid by ${paid_by.en}` }] : []),
    ...who.map(({ outcome, when, reason }) => ({
      zh: `${OUTCOMES[outcome].zh}：${when.zh}${reason ? `（${reason.zh}）` : ''}`,
      en: `${OUTCOMES[outcome].en}: ${when.en}${reason ? ` (${reason.en})` : ''}`,
    })),
    ...(figures.length > 0
      ? [
          {
            zh: `用到的标准：${figures.map(({ zh }) => zh).join('、')}`,
            en: `figures: ${figures.map(({ en }) => en).join(', ')}`,
          },
        ]
      : []),
    ...exceptions.map(({ title, from: since }) => ({
      zh: `例外：${title.zh}，${since} 起`,
      en: `exception: ${title.en}, from ${since}`,
    })),
  ]
}

function words(text: string): Words {
  return { zh: text, en: text }
}
