import { FORBIDDEN, type Model } from './model.ts'
import { rowCost } from './row-cost.ts'

/**
 * Brings two rosters together that both began as a third: what only one of them has changed is taken from it, day by day
 * where both have changed a person's row; where the mixture would be illegal, the row of `theirs` stands.
 *
 * @param base,mine,theirs rows of everybody, [person * days + day]
 */
export function mergeRows(model: Model, base: Int32Array, mine: Int32Array, theirs: Int32Array): Int32Array {
  const { people, days } = model
  const merged = theirs.slice()
  for (let person = 0; person < people; person++) {
    const from = person * days
    let isMixed = false
    for (let cell = from; cell < from + days; cell++) {
      if (mine[cell] === base[cell] || theirs[cell] === mine[cell]) continue
      isMixed = true
      if (theirs[cell] === base[cell]) merged[cell] = mine[cell] as number
    }
    if (isMixed && rowCost(model, person, merged) >= FORBIDDEN) {
      merged.set(theirs.subarray(from, from + days), from)
    }
  }
  return merged
}
