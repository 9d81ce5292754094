import { useTranslation } from 'react-i18next'
import { useFormats } from '#platform/ui/formats.ts'
import type { SolveView } from '../roster-contract.ts'

const WIDTH = 600
const HEIGHT = 140
const EDGE = 8
/** How high a broken hard rule stands in the picture: above any penalty that a roster without one has. */
const HARD_HEIGHT = 2_000

type Point = SolveView['curve'][number]

/**
 * Penalty over time as it falls, and the bound below it. The height goes by the logarithm: the first moments are hundreds of times above the
 * last, and both are to be seen.
 */
export function Curve({ solve }: { solve: SolveView }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const last = solve.curve.at(-1)
  if (!last) return <p className="soft">{t('rosters.preparing')}</p>
  const cost = ({ hard, penalty }: Pick<Point, 'hard' | 'penalty'>) => (hard ?? 0) * HARD_HEIGHT + Math.max(0, penalty)
  const end = Math.max(last.seconds, solve.state === 'running' ? solve.seconds_max : 0, 0.1)
  const bound = last.bound !== null && last.bound > 0 ? last.bound : undefined
  const top = Math.log1p(Math.max(...solve.curve.map(cost), 1))
  const floor = Math.log1p(Math.min(bound ?? Number.POSITIVE_INFINITY, ...solve.curve.map(cost))) * 0.9
  const x = (seconds: number) => EDGE + (seconds / end) * (WIDTH - 2 * EDGE)
  const y = (value: number) =>
    HEIGHT - EDGE - ((Math.log1p(value) - floor) / Math.max(top - floor, 0.01)) * (HEIGHT - 2 * EDGE)
  const text = t('rosters.curve_text', {
    seconds: formats.count(Math.round(last.seconds)),
    penalty: formats.count(Math.round(last.penalty)),
  })
  const firstFine = solve.curve.findIndex(({ hard }) => (hard ?? 0) === 0)
  const split = firstFine === -1 ? solve.curve.length : firstFine
  const line = (points: readonly Point[]) => steps(points.map((point) => [x(point.seconds), y(cost(point))]))
  return (
    <figure className="stack tight" style={{ margin: 0 }}>
      <svg
        className="board-curve"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={text}
      >
        <polyline className="board-curve-hard" points={line(solve.curve.slice(0, split + 1))} />
        <polyline points={line(solve.curve.slice(split))} />
        {bound === undefined ? null : <line x1={EDGE} x2={WIDTH - EDGE} y1={y(bound)} y2={y(bound)} />}
      </svg>
      <figcaption className="soft">
        {[
          text,
          (last.hard ?? 0) > 0 ? t('rosters.score_hard', { count: last.hard ?? 0 }) : '',
          split > 0 && split < solve.curve.length
            ? t('rosters.curve_hard_until', { seconds: round(solve.curve[split]?.seconds ?? 0) })
            : '',
          bound === undefined ? '' : t('rosters.bound', { bound: formats.count(Math.ceil(bound)) }),
        ]
          .filter((part) => part !== '')
          .join(t('common.comma'))}
      </figcaption>
    </figure>
  )
}

const round = (seconds: number): number => Math.round(seconds * 10) / 10

/** A step down happens when it is found, not before. */
function steps(points: readonly (readonly [number, number])[]): string {
  return points
    .map(([x, y], index) => {
      const before = points[index - 1]
      return `${before ? `${x},${before[1]} ` : ''}${x},${y}`
    })
    .join(' ')
}
