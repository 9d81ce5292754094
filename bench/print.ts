/** One bar: what was reached, its limit, and the ratio between them. */
export interface Bar {
  readonly name: string
  readonly reached: number
  readonly limit: number
  readonly unit: string
  /** `most`: the limit is an upper bound; `least`: a lower one. */
  readonly kind: 'most' | 'least'
}

function short(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
}

/** Prints bars one a line and answers whether all of them are held. */
export function printBars(bars: readonly Bar[]): boolean {
  let held = true
  for (const { name, reached, limit, unit, kind } of bars) {
    const isHeld = kind === 'most' ? reached <= limit : reached >= limit
    held &&= isHeld
    const word = kind === 'most' ? 'at most' : 'at least'
    console.log(
      `${isHeld ? 'held  ' : 'MISSED'} ${name}: ${short(reached)} ${unit} (${word} ${short(limit)}; ratio ${short(reached / limit)})`,
    )
  }
  return held
}

export function printFigure(name: string, value: number, unit: string): void {
  console.log(`       ${name}: ${short(value)} ${unit}`)
}

/** @example percentile([1, 2, 3, 4], 0.5) // 2 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}
