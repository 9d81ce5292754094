import { setImmediate as nextTurn } from 'node:timers/promises'

/** Long enough to get on with it, short enough that nobody notices a wait. */
const TURN_MS = 12

/**
 * Maps many items and lets requests in between: whenever a turn has lasted its time, everything that waits goes first.
 *
 * @example const outcomes = await inTurns(rows, (row) => settleRow(row))
 */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Result,
): Promise<Result[]> {
  const results: Result[] = []
  let until_ms = performance.now() + TURN_MS
  for (const [index, item] of items.entries()) {
    results.push(work(item, index))
    if (index % 32 === 31 && performance.now() > until_ms) {
      await nextTurn()
      until_ms = performance.now() + TURN_MS
    }
  }
  return results
}
