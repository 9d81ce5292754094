import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { type LoadRequest, type OpenLoadReport, openLoop } from './http-load.ts'
import { type Bar, percentile, printFigure } from './print.ts'
import { type Parts, withProcessorTime } from './processor-time.ts'
import type { Node } from './spawn-node.ts'

/**
 * Three times the capacity: what is let in stays fast, the rest is told to come back, and who only asks whether the house
 * stands is not starved.
 *
 * The generator has no machine of its own. How late it sent and what each part used is printed. It does not go before the others: each
 * answer would then wake it and take the processor from the product in the middle of a write.
 */
const OVERLOAD = { factor: 3, seconds: 8, accepted_ms_max: 250, connections_open: 2_000 }
const PROBE_EVERY_MS = 100
/** Asks for a path again and again, and says how long the answers took; an answer other than 200 counts as endless. */
async function probe(port: number, path: string, isRunning: () => boolean): Promise<number[]> {
  const times: number[] = []
  while (isRunning()) {
    const started = performance.now()
    const status = await fetch(`http://127.0.0.1:${port}${path}`).then(
      async (answer) => {
        await answer.arrayBuffer()
        return answer.status
      },
      () => 0,
    )
    times.push(status === 200 ? performance.now() - started : Number.POSITIVE_INFINITY)
    await sleep(PROBE_EVERY_MS)
  }
  return times
}

function bars(over: OpenLoadReport, probes: readonly number[]): Bar[] {
  const others = [...over.statuses]
    .filter(([status]) => status !== 200 && status !== 503)
    .reduce((sum, [, count]) => sum + count, 0)
  const accepted_ms = percentile(over.accepted_ms, 0.99)
  const probe_ms = percentile(probes, 0.99)
  const limit = OVERLOAD.accepted_ms_max
  return [
    { name: 'overload: accepted ones, p99', reached: accepted_ms, limit, unit: 'ms', kind: 'most' },
    { name: 'overload: neither accepted nor 503', reached: others, limit: 0, unit: 'requests', kind: 'most' },
    {
      name: 'overload: 503 without Retry-After',
      reached: over.without_retry_after,
      limit: 0,
      unit: 'requests',
      kind: 'most',
    },
    { name: 'overload: /healthz and /readyz, p99', reached: probe_ms, limit, unit: 'ms', kind: 'most' },
  ]
}

export async function measureOverload(
  node: Node,
  parts: Parts,
  capacity: number,
  requestsFor: (count: number) => readonly LoadRequest[],
): Promise<Bar[]> {
  const perSecond = OVERLOAD.factor * capacity
  const requests = requestsFor(Math.round(perSecond * OVERLOAD.seconds))
  let running = true
  const probing = [probe(node.port, '/healthz', () => running), probe(node.port, '/readyz', () => running)]
  const over = await withProcessorTime(
    parts,
    ({ statuses }) => [...statuses.values()].reduce((a, b) => a + b, 0),
    () => openLoop(node.port, perSecond, requests, OVERLOAD.connections_open),
  )
  running = false
  const probes = (await Promise.all(probing)).flat()

  const accepted = over.statuses.get(200) ?? 0
  const seconds = over.seconds
  printFigure('at three times the capacity, asked', perSecond, 'unit-days/s')
  printFigure('  accepted', accepted / seconds, 'unit-days/s')
  printFigure('  told to come back', (over.statuses.get(503) ?? 0) / seconds, 'requests/s')
  printFigure('  accepted ones, median', percentile(over.accepted_ms, 0.5), 'ms')
  printFigure('  generator late, p99', percentile(over.late_ms, 0.99), 'ms')
  printFigure('  connections open beforehand', OVERLOAD.connections_open, '')
  printFigure('  connections opened meanwhile', over.opened_late, '')
  return bars(over, probes)
}
