/** As in `facts.ts`: no such word. */
const NOT_RECORDED = 255
const SLOTS = 256
const FACTORS_TRIED = 4_096

/**
 * The position of each of a few known words, without the chains of a hash table: length, first, middle and last letter times a factor
 * give each word a slot of its own, and one comparison says whether it is that word. A million spans are four million of these.
 *
 * @example positionsOf(['direct', 'indirect', 'none'])('none') // 2; anything else 255
 */
export function positionsOf(words: readonly string[]): (word: string | null) => number {
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

function slotOf(word: string, factor: number): number {
  const { length } = word
  const letters = (word.charCodeAt(0) << 16) ^ (word.charCodeAt(length >> 1) << 8) ^ word.charCodeAt(length - 1)
  return (Math.imul(letters ^ (length << 12), factor) >>> 24) & (SLOTS - 1)
}

/** An odd factor that gives no two words the same slot. */
function factorFor(words: readonly string[]): number {
  for (let tried = 0; tried < FACTORS_TRIED; tried++) {
    const factor = Math.imul(2 * tried + 1, 0x9e37_79b1) | 1
    if (new Set(words.map((word) => slotOf(word, factor))).size === words.length) return factor
  }
  throw new RangeError(`no factor tells these words apart: ${words.join(', ')}`)
}
