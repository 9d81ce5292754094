import { expect, test } from 'vitest'
import { NOT_RECORDED } from './facts.ts'
import { packWords, unpackWords } from './packed-words.ts'
import { EXPOSURES, POST_KINDS, UNIT_KINDS, wordsOf } from './vocabulary.ts'

test('every word of the vocabulary, and a word that was not recorded, comes out of the packed number as it went in', () => {
  const positions = (words: readonly string[]) => [...words.keys(), NOT_RECORDED]
  for (const post_kind of positions(wordsOf(POST_KINDS))) {
    for (const exposure of positions(wordsOf(EXPOSURES))) {
      for (const unit_kind of positions(wordsOf(UNIT_KINDS))) {
        expect(unpackWords(packWords(post_kind, exposure, unit_kind))).toEqual({ post_kind, exposure, unit_kind })
      }
    }
  }
})
