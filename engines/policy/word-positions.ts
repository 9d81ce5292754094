/** As in `facts.ts`: no such word. */
const NOT_RECORDED = 255
const SLOTS = 256
const FACTORS_TRIED = 4_096

/**
 * The position of each of a few known words, without the chains of a hash table: their length gives each word a slot of its own where no two
 * are equally long, else length, first and last letter times a factor; one comparison says whether it is that word. A million spans
 * are four million of these, and every letter that is looked at is felt.
 *
 * @example positionsOf(['direct', 'indirect', 'none'])('none') // 2; anything else 255
 */
export function positionsOf(words: readonly string[]): (word: string | null) => number {
  if (new Set(words.map(({ length }) => length)).size === words.length) return positionsByLength(words)
  const factor = factorFor(words)
  const known: string[] = Array.from({ length: SLOTS }, () => '')
  const positions = new Uint8Array(SLOTS).fill(NOT_RECORDED)
  words.forEach((word, position) => {
    known[slotOf(word, factor)] = word
    positions[slotOf(word, factor)] = position
  })
  return (word) => {
    if (word === null || word.length === 0) return NOT_RECORDED
    const slot = slotOf(word, factor)
    return known[slot] === word ? (positions[slot] ?? NOT_RECORDED) : NOT_RECORDED
  }
}

function positionsByLength(words: readonly string[]): (word: string | null) => number {
  const longest = Math.max(...words.map(({ length }) => length))
  const known: string[] = Array.from({ length: longest + 1 }, () => '')
  const positions = new Uint8Array(longest + 1).fill(NOT_RECORDED)
  words.forEach((word, position) => {
    known[word.length] = word
    positions[word.length] = position
  })
  return (word) => {
    if (word === null || word.length === 0 || word.length > longest) return NOT_RECORDED
    return known[word.length] === word ? (positions[word.length] ?? NOT_RECORDED) : NOT_RECORDED
  }
}

function slotOf(word: string, factor: number): number {
  const { length } = word
  const letters = (word.charCodeAt(0) << 16) ^ (length << 8) ^ word.charCodeAt(length - 1)
  return (Math.imul(letters, factor) >>> 24) & (SLOTS - 1)
}

/** An odd factor that gives no two words the same slot. */
function factorFor(words: readonly string[]): number {
  for (let tried = 0; tried < FACTORS_TRIED; tried++) {
    const factor = Math.imul(2 * tried + 1, 0x9e37_79b1) | 1
    if (new Set(words.map((word) => slotOf(word, factor))).size === words.length) return factor
  }
  throw new RangeError(`no factor tells these words apart: ${words.join(', ')}`)
}
