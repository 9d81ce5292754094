import type { Mistake, Place, Unit } from './pack.ts'
import type { Label } from './vocabulary.ts'

/** A near word is looked for among so many of about the same length. */
const WORDS_MAX = 300

/** No pack needs more; past this the reader has seen enough to know that the file is not a pack. */
const MISTAKES_MAX = 200

export type ReferenceKind =
  | 'source'
  | 'clause'
  | 'finding'
  | 'event'
  | 'parameter'
  | 'category'
  | 'category_value'
  | 'entitlement'
  | 'exception'
  | 'decision_point'
  | 'step'
  | 'award'
  | 'headcount'
  | 'recipient'
  | 'fund'
  | 'happening'
  | 'quota'
  | 'deadline'
  | 'privilege'

/** A word in one place of a pack that must be defined in another, maybe in a layer above. */
export interface Reference {
  readonly kind: ReferenceKind
  readonly code: string
  readonly place: Place
  /** With a parameter: the units that fit here. With a category value: the category. */
  readonly units?: readonly Unit[]
  readonly category?: string
}

/**
 * Gathers what is wrong, so that an office sees every mistake of a pack at once instead of one after the other, and the
 * references that can be checked only when every layer has been read.
 */
export class Mistakes {
  readonly list: Mistake[] = []
  readonly references: Reference[] = []

  refer(reference: Reference): void {
    this.references.push(reference)
  }

  /** Nothing more is kept: whoever looks further for mistakes does so in vain. */
  get isFull(): boolean {
    return this.list.length >= MISTAKES_MAX
  }

  add(code: string, place: Place, value: string, wrong: Label, right: Label): undefined {
    if (this.list.length < MISTAKES_MAX) this.list.push({ code, place, value: shorten(value), wrong, right })
    return undefined
  }
}

function shorten(value: string): string {
  const flat = value.replace(/\s+/g, ' ')
  return flat.length <= 80 ? flat : `${flat.slice(0, 77)}…`
}

/**
 * The word that was probably meant, or `undefined` when none is near (edit distance at most a third of the word).
 *
 * @example nearestWord('fever_clinc', ['fever_clinic', 'checkpoint']) // 'fever_clinic'
 */
export function nearestWord(text: string, words: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(Math.min(text.length, 40) / 3)) + 1
  let looked = 0
  for (const word of words) {
    if (looked > WORDS_MAX) break
    if (Math.abs(word.length - text.length) >= bestDistance) continue
    looked += 1
    const distance = editDistance(text, word, bestDistance)
    if (distance < bestDistance) {
      best = word
      bestDistance = distance
    }
  }
  return best
}

/** "did you mean …?" where a near word exists, else the list of what is allowed. */
export function suggestion(text: string, words: readonly string[]): Label {
  const near = nearestWord(text, words)
  if (near !== undefined) return { zh: `是否想写“${near}”？`, en: `did you mean "${near}"?` }
  if (words.length === 0)
    return { zh: '这里没有可写的词，请先定义', en: 'nothing is defined here yet: define it first' }
  const shown = words.slice(0, 20).join(', ')
  return { zh: `可写：${shown}`, en: `write one of: ${shown}` }
}

/** Gives up, answering `limit`, once every way is at least that long. */
function editDistance(left: string, right: string, limit: number): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1)
      const removed = (previous[column] ?? 0) + 1
      const inserted = (current[column - 1] ?? 0) + 1
      current.push(Math.min(replaced, removed, inserted))
    }
    if (Math.min(...current) >= limit) return limit
    previous = current
  }
  return previous[right.length] ?? 0
}
