import { randomUUID } from 'node:crypto'
import { closedLoop, type LoadReport, type LoadRequest, openLoop } from './http-load.ts'
import { percentile, printBars, printFigure } from './print.ts'
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
const OVERLOAD = { factor: 3, seconds: 8, accepted_ms_max: 250 }
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

function take(count: number, spansAt: (index: number) => number): () => LoadRequest | undefined {
  let index = 0
  return () => {
    if (index >= count) return undefined
    index += 1
    return requestFor(days.take(), spansAt(index - 1))
  }
}

const accepted = ({ statuses }: LoadReport) => statuses.get(200) ?? 0

/** A raw client and the product in turn, so that a machine whose speed drifts treats both alike. */
async function compare(rawConfig: Parameters<typeof rawRate>[0], port: number) {
  const raw: number[] = []
  const ours: LoadReport[] = []
  for (let round = 0; round < 3; round += 1) {
    const next = () => {
      const { date, unit } = days.take()
      return { person_id: personAt(SIZE, unit, 0), unit_id: FIRST_UNIT + unit, date, ...spanTimes(date) }
    }
    raw.push(await rawRate(rawConfig, 32, CLOSED_COUNT / 4, next))
    ours.push(
      await closedLoop(
        port,
        CONNECTIONS,
        take(CLOSED_COUNT, () => 1),
      ),
    )
  }
  return { raw, ours }
}

function spansOfShiftChange(index: number): number {
  // 8,000 unit-days of 12 or 13 people, 100,000 in all.
  return index % 2 === 0 ? 12 : 13
}

async function run(): Promise<boolean> {
  const stage = await openStage()
  try {
    console.log('       filling 104,000 people…')
    await fillCity(stage.admin, SIZE)
    const node = await spawnNode(stage.opened.appConfig)
    try {
      await closedLoop(
        node.port,
        CONNECTIONS,
        take(4_000, () => 1),
      )
      const { raw, ours } = await compare(stage.opened.embedded?.superuserConfig ?? {}, node.port)
      const rates = ours.map((report) => accepted(report) / report.seconds)
      const ratio = percentile(
        rates.map((rate, index) => rate / raw[index]),
        0.5,
      )
      const p99_ms = percentile(
        ours.flatMap(({ accepted_ms }) => accepted_ms),
        0.99,
      )
      printFigure('bare client, 32 connections', percentile(raw, 0.5), 'confirmations/s')
      printFigure('product, 64 connections, 1 span each', percentile(rates, 0.5), 'unit-days/s = spans/s')

      const twelve = await closedLoop(
        node.port,
        CONNECTIONS,
        take(4_000, () => 12),
      )
      printFigure('product, 12 spans each', accepted(twelve) / twelve.seconds, 'unit-days/s')
      printFigure('product, 12 spans each', (12 * accepted(twelve)) / twelve.seconds, 'spans/s')

      days.turn()
      const change = await closedLoop(node.port, CONNECTIONS, take(SHIFT_CHANGE.unit_days, spansOfShiftChange))
      const refused = SHIFT_CHANGE.unit_days - accepted(change)

      const perSecond = OVERLOAD.factor * percentile(rates, 0.5)
      days.turn()
      const over = await openLoop(node.port, perSecond, OVERLOAD.seconds, () => requestFor(days.take(), 1))
      const others = [...over.statuses]
        .filter(([status]) => status !== 200 && status !== 503)
        .reduce((sum, [, n]) => sum + n, 0)
      printFigure('at three times the capacity, asked', perSecond, 'unit-days/s')
      printFigure('at three times the capacity, accepted', accepted(over) / over.seconds, 'unit-days/s')
      printFigure('at three times the capacity, told to come back', over.statuses.get(503) ?? 0, 'requests')

      return printBars([
        { name: 'closed loop against the bare client', reached: ratio, limit: 1, unit: '×', kind: 'least' },
        { name: 'closed loop p99', reached: p99_ms, limit: 100, unit: 'ms', kind: 'most' },
        {
          name: '100,000 spans of 8,000 unit-days',
          reached: change.seconds,
          limit: SHIFT_CHANGE.seconds_max,
          unit: 's',
          kind: 'most',
        },
        { name: 'of them not recorded', reached: refused, limit: 0, unit: 'unit-days', kind: 'most' },
        {
          name: 'overload: accepted ones, p99',
          reached: percentile(over.accepted_ms, 0.99),
          limit: OVERLOAD.accepted_ms_max,
          unit: 'ms',
          kind: 'most',
        },
        { name: 'overload: neither accepted nor 503', reached: others, limit: 0, unit: 'requests', kind: 'most' },
        {
          name: 'overload: 503 without Retry-After',
          reached: over.without_retry_after,
          limit: 0,
          unit: 'requests',
          kind: 'most',
        },
      ])
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
