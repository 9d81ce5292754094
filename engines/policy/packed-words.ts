import { NOT_RECORDED } from './facts.ts'

const POST_MASK = 31
const EXPOSURE_MASK = 7
const UNIT_MASK = 31
const POST_SHIFT = 8
const EXPOSURE_SHIFT = 5

/** So many bits the words of a span take. */
export const PACKED_BITS = 13

/**
 * The words of a span as one small number. Each list of the vocabulary is shorter than its mask, which stands for a word that was not
 * recorded (`packed-words.test.ts` holds that).
 */
export function packWords(post: number, exposure: number, unit: number): number {
  return ((post & POST_MASK) << POST_SHIFT) | ((exposure & EXPOSURE_MASK) << EXPOSURE_SHIFT) | (unit & UNIT_MASK)
}

/** @example unpackWords(packWords(3, 1, NOT_RECORDED)) // { post_kind: 3, exposure: 1, unit_kind: NOT_RECORDED } */
export function unpackWords(packed: number): { post_kind: number; exposure: number; unit_kind: number } {
  return {
    post_kind: recorded(packed >>> POST_SHIFT, POST_MASK),
    exposure: recorded((packed >>> EXPOSURE_SHIFT) & EXPOSURE_MASK, EXPOSURE_MASK),
    unit_kind: recorded(packed & UNIT_MASK, UNIT_MASK),
  }
}

function recorded(word: number, mask: number): number {
  return word === mask ? NOT_RECORDED : word
}
