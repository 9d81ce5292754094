/**
 * Which duty entries were known at a time. An entry carries `recorded_at`, the world's time; `known_at` is the product's time. In a
 * demo the two differ: there what was filled in carries the product's times of its story, and what is entered since the world's.
 */

/** A look further back than this is held back to what was recorded by then; one at this moment reads what stands. */
const PRESENT_MS = 60_000

/**
 * The times at which an entry must have been recorded to count, as text of a `tstzmultirange`; undefined where everything that
 * stands counts.
 *
 * @example recordedBy(new Date('2020-02-11T00:00:00Z'), { now, real: now }) // '{(,"2020-02-11T00:00:00.000Z"]}'
 */
export function recordedBy(
  knownAt: Date,
  { now, real }: { readonly now: Date; readonly real: Date },
): string | undefined {
  if (knownAt.getTime() >= now.getTime() - PRESENT_MS) return undefined
  const shift = real.getTime() - now.getTime()
  const until = `(,"${knownAt.toISOString()}"]`
  const live = new Date(knownAt.getTime() + shift)
  if (Math.abs(shift) < PRESENT_MS || live <= now) return `{${until}}`
  // What carries a time after the product's now was recorded by the world's clock.
  return `{${until},("${now.toISOString()}","${live.toISOString()}"]}`
}
