import { randomUUID } from 'node:crypto'
import { closedLoop, type LoadReport, type LoadRequest } from './http-load.ts'
import { measureOverload } from './overload.ts'
import { type Bar, percentile, printBars, printFigure } from './print.ts'
import { type Parts, withProcessorTime } from './processor-time.ts'
import { rawRate } from './raw-client.ts'
import { spawnNode } from './spawn-node.ts'
import { type CitySize, FIRST_UNIT, fillCity, OPERATION, openStage, personAt, tokenOf } from './stage.ts'

/**
 * Duty confirmations, with session, permission, row-level security, audit and idempotency on, each answered after its
 * commit: closed loop against a bare client in the same run, a shift change, and three times the capacity.
 */
const SIZE: CitySize = { units: 8_000, people_per_unit: 13 }
const PATH = `/api/operations/${OPERATION}/duty-confirmations`
const CONNECTIONS = 64
const CLOSED_COUNT = 20_000
const SHIFT_CHANGE = { unit_days: 8_000, spans: 100_000, seconds_max: 10 }
const CLOSED_P99_MS_MAX = 100
const DAY_MS = 86_400_000
const FIRST_DAY_MS = Date.parse('2020-01-23T00:00:00Z')

/** Each call takes a day that nobody used: every confirmation is new. */
class Days {
  #used = 0
  take(): { date: string; unit: number } {
    const index = this.#used
    this.#used += 1
    const date = new Date(FIRST_DAY_MS + Math.floor(index / SIZE.units) * DAY_MS).toISOString().slice(0, 10)
    return { date, unit: index % SIZE.units }
  }
  /** Begins a fresh date. */
  turn(): void {
    this.#used = Math.ceil(this.#used / SIZE.units) * SIZE.units
  }
}

const days = new Days()

function spanTimes(date: string) {
  return { starts_at: `${date}T08:00:00+08:00`, ends_at: `${date}T20:00:00+08:00` }
}

function requestFor({ date, unit }: { date: string; unit: number }, spans: number): LoadRequest {
  const unit_id = FIRST_UNIT + unit
  const lines = Array.from({ length: spans }, (_, place) => ({
    span_id: randomUUID(),
    person_id: personAt(SIZE, unit, place),
    post_id: unit_id,
    ...spanTimes(date),
  }))
  const body = JSON.stringify({ unit_id, duty_date: date, said_at: `${date}T20:05:00+08:00`, lines })
  return { path: PATH, token: tokenOf(unit_id), key: randomUUID(), body }
}

function take(count: number, spansAt: (index: number) => number): LoadRequest[] {
  return Array.from({ length: count }, (_, index) => requestFor(days.take(), spansAt(index)))
}

const accepted = ({ statuses }: LoadReport) => statuses.get(200) ?? 0

/** A raw client and the product in turn, so that a machine whose speed drifts treats both alike. */
async function compare(rawConfig: Parameters<typeof rawRate>[0], port: number, parts: Parts) {
  const raw: number[] = []
  const ours: LoadReport[] = []
  for (let round = 0; round < 3; round += 1) {
    const spans = Array.from({ length: CLOSED_COUNT / 4 }, () => {
      const { date, unit } = days.take()
      return { person_id: personAt(SIZE, unit, 0), unit_id: FIRST_UNIT + unit, date, ...spanTimes(date) }
    })
    raw.push(await rawRate(rawConfig, 32, spans))
    const requests = take(CLOSED_COUNT, () => 1)
    ours.push(await withProcessorTime(parts, accepted, () => closedLoop(port, CONNECTIONS, requests)))
  }
  return { raw, ours }
}

const rateOf = (report: LoadReport) => accepted(report) / report.seconds

/** Closed loop against the bare client, and the same with a median of 12 spans. */
async function measureClosed(rawConfig: Parameters<typeof rawRate>[0], port: number, parts: Parts) {
  const { raw, ours } = await compare(rawConfig, port, parts)
  const rates = ours.map(rateOf)
  const ratios = rates.map((rate, index) => rate / raw[index])
  const times = ours.flatMap(({ accepted_ms }) => accepted_ms)
  printFigure('bare client, 32 connections', percentile(raw, 0.5), 'confirmations/s')
  printFigure('product, 64 connections, 1 span each', percentile(rates, 0.5), 'unit-days/s = spans/s')
  const requests = take(4_000, () => 12)
  const twelve = rateOf(await closedLoop(port, CONNECTIONS, requests))
  printFigure('product, 12 spans each', twelve, 'unit-days/s')
  printFigure('product, 12 spans each', 12 * twelve, 'spans/s')
  const bars: Bar[] = [
    {
      name: 'closed loop against the bare client',
      reached: percentile(ratios, 0.5),
      limit: 1,
      unit: '×',
      kind: 'least',
    },
    { name: 'closed loop p99', reached: percentile(times, 0.99), limit: CLOSED_P99_MS_MAX, unit: 'ms', kind: 'most' },
  ]
  return { perSecond: percentile(rates, 0.5), bars }
}

function spansOfShiftChange(index: number): number {
  // 8,000 unit-days of 12 or 13 people, 100,000 in all.
  return index % 2 === 0 ? 12 : 13
}

async function measureShiftChange(port: number, parts: Parts): Promise<Bar[]> {
  days.turn()
  const requests = take(SHIFT_CHANGE.unit_days, spansOfShiftChange)
  console.log('       shift change, for each unit-day')
  const change = await withProcessorTime(parts, accepted, () => closedLoop(port, CONNECTIONS, requests))
  const lost = SHIFT_CHANGE.unit_days - accepted(change)
  return [
    {
      name: '100,000 spans of 8,000 unit-days',
      reached: change.seconds,
      limit: SHIFT_CHANGE.seconds_max,
      unit: 's',
      kind: 'most',
    },
    { name: 'of them not recorded', reached: lost, limit: 0, unit: 'unit-days', kind: 'most' },
  ]
}

/** With `overload` or `change`, only that part; the former after a short look at what the capacity is. */
async function run([only]: readonly string[]): Promise<boolean> {
  const stage = await openStage()
  try {
    console.log('       filling 104,000 people…')
    await fillCity(stage.admin, SIZE)
    const node = await spawnNode(stage.opened.appConfig)
    const parts = { product_pid: node.process.pid, dataFolder: stage.dataFolder }
    try {
      const warm = take(4_000, () => 1)
      await closedLoop(node.port, CONNECTIONS, warm)
      if (only === 'change') return printBars(await measureShiftChange(node.port, parts))
      if (only === 'overload') {
        const perSecond = rateOf(
          await closedLoop(
            node.port,
            CONNECTIONS,
            take(10_000, () => 1),
          ),
        )
        days.turn()
        return printBars(await measureOverload(node, parts, perSecond, (count) => take(count, () => 1)))
      }
      const { perSecond, bars } = await measureClosed(stage.opened.embedded?.superuserConfig ?? {}, node.port, parts)
      const change = await measureShiftChange(node.port, parts)
      days.turn()
      const overload = await measureOverload(node, parts, perSecond, (count) => take(count, () => 1))
      return printBars([...bars, ...change, ...overload])
    } finally {
      await node.stop()
    }
  } finally {
    await stage.close()
  }
}

export const bench = {
  about: 'duty confirmations against a bare client, a shift change, three times the capacity',
  run,
}
