import {
  EMPLOYMENTS,
  ESTABLISHMENTS,
  EXPOSURES,
  isWord,
  type Label,
  PARTY_STATUSES,
  UNIT_KINDS,
} from '#engines/policy/vocabulary.ts'
import type { OpenPoint } from './workbook.ts'

export const YES_NO = { yes: { zh: '是', en: 'yes' }, no: { zh: '否', en: 'no' } } as const satisfies Record<
  string,
  Label
>

/** Facts that a duty sheet does not hold and an office can answer under `fact:about`, or for all under `fact:*`. */
export const ANSWERABLE = {
  employment: { words: EMPLOYMENTS, question: '人员身份' },
  established: { words: ESTABLISHMENTS, question: '是否在编' },
  party: { words: PARTY_STATUSES, question: '政治面貌' },
  exposure: { words: EXPOSURES, question: '是否接触疑似或确诊患者' },
  unit_kind: { words: UNIT_KINDS, question: '单位种类' },
  register: { words: YES_NO, question: '事项是否已全部列在文件里（没有列出的就是没有发生）' },
} as const satisfies Record<string, { words: Readonly<Record<string, Label>>; question: string }>
export type Answerable = keyof typeof ANSWERABLE

/** The answers of an office, which of them were of use, and what is still to be asked. */
export class SheetAnswers {
  private readonly given: Readonly<Record<string, string>>
  private readonly used = new Set<string>()
  private readonly misread = new Map<string, string>()
  private readonly gaps = new Map<string, { readonly text: string; readonly about: string; count: number }>()

  constructor(given: Readonly<Record<string, string>>) {
    this.given = given
  }

  /** The answer about the first of some names that has one, or about all (`*`), as a word of the list. */
  look<Word extends string>(
    fact: Answerable,
    names: readonly string[],
    words: Readonly<Record<Word, Label>>,
  ): Word | null {
    for (const name of [...names, '*']) {
      const key = `${fact}:${name}`
      const written = this.given[key]
      if (written === undefined) continue
      this.used.add(key)
      const word = Object.keys(words).find((one) => isThis(words, one, written))
      if (word !== undefined && isWord(words, word)) return word
      this.misread.set(key, choices(words))
    }
    return null
  }

  /** As `look`; where there is no answer it is asked for about the first name. */
  ask<Word extends string>(
    fact: Answerable,
    names: readonly [string, ...string[]],
    words: Readonly<Record<Word, Label>>,
  ): Word | null {
    const found = this.look(fact, names, words)
    if (found === null) this.note(fact, names[0])
    return found
  }

  note(fact: Answerable, about: string): void {
    const key = `${fact}:${about}`
    const { question, words } = ANSWERABLE[fact]
    const text = `${question}（可填：${choices(words)}；答案的键：${key}，同样的可一并写 ${fact}:*）`
    const gap = this.gaps.get(key) ?? { text, about, count: 0 }
    gap.count += 1
    this.gaps.set(key, gap)
  }

  /** A text without a list of words: a division code, a number. */
  text(key: string): string | undefined {
    const written = this.given[key]
    if (written !== undefined) this.used.add(key)
    return written
  }

  refuse(key: string, right: string): void {
    this.misread.set(key, right)
  }

  /** What nobody has said. */
  open(): readonly OpenPoint[] {
    return [...this.gaps.values()].map(({ text, about, count }) => ({
      kind: '文件没有写明',
      about,
      text: count > 1 ? `${text}，涉及 ${count} 条记录` : text,
    }))
  }

  /** Answers that were of no use here; `usedElsewhere` by the reading of the sheet. */
  leftOver(reading: { readonly unused: readonly string[]; readonly misread: readonly string[] }): readonly LeftOver[] {
    const unused = new Set(reading.unused)
    const misread = new Map([...reading.misread.map((key) => [key, ''] as const), ...this.misread])
    return Object.entries(this.given).flatMap(([key, value]): LeftOver[] => {
      if (misread.has(key)) return [{ key, value, problem: 'misread', right: misread.get(key) ?? '' }]
      return unused.has(key) && !this.used.has(key) ? [{ key, value, problem: 'unused', right: this.nearest(key) }] : []
    })
  }

  /** The open question whose key looks most like the one given. */
  private nearest(key: string): string {
    const fact = key.split(':')[0] ?? ''
    const alike = [...this.gaps.keys()].filter((one) => one.startsWith(`${fact}:`))
    return alike.slice(0, 5).join('、')
  }
}

/** An answer that no question asked, or that could not be understood. */
export interface LeftOver {
  readonly key: string
  readonly value: string
  readonly problem: 'unused' | 'misread'
  /** What could be written instead, where that is known. */
  readonly right: string
}

export function leftOverPoints(leftOver: readonly LeftOver[]): readonly OpenPoint[] {
  return leftOver.map(({ key, value, problem, right }) =>
    problem === 'unused'
      ? {
          kind: '答案没有用上',
          about: key,
          text: `没有问题用到这个答案（所填：${value}）${right === '' ? '' : `；正在问的是：${right}`}`,
        }
      : {
          kind: '答案看不懂',
          about: key,
          text: `所填“${value}”不是可用的答案${right === '' ? '' : `，可填：${right}`}`,
        },
  )
}

function isThis(words: Readonly<Record<string, Label>>, word: string, written: string): boolean {
  const text = written.trim().toLowerCase()
  return word === text || words[word]?.zh === text || words[word]?.en.toLowerCase() === text
}

function choices(words: Readonly<Record<string, Label>>): string {
  return Object.values(words)
    .map(({ zh }) => zh)
    .join('、')
}
