import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fatigueOf } from '#engines/fatigue/fatigue.ts'
import { type CompiledProgram, compileStack, resultAt } from '#engines/policy/compile.ts'
import { explain } from '#engines/policy/explain.ts'
import { batchOf, type FactBatch, type PersonFacts, type SpanFacts } from '#engines/policy/facts.ts'
import { loadPacks } from '#engines/policy/load.ts'
import type { Stack } from '#engines/policy/pack.ts'
import { compileRest, type RestProgram } from '#engines/policy/rest-compile.ts'
import { evaluateRest, restResultAt } from '#engines/policy/rest-evaluate.ts'
import { explainRest } from '#engines/policy/rest-explain.ts'
import { REST_STATES, type RestColumns } from '#engines/policy/rest-results.ts'
import type { EvaluationColumns } from '#engines/policy/results.ts'
import { MINUTES_PER_DAY } from '#engines/values/time.ts'
import { nothingYet, type Totals, writtenByHand } from './policy-by-hand.ts'
import { chunkOf, DAYS, FROM, madeUpBatch, personAt } from './policy-people.ts'
import { printBars, printFigure } from './print.ts'

/**
 * Policy engine: 30,000 people × 60 days of duty through the full Shaoxing stack and the rest rules of the example county, on one
 * core; who must rest is asked as of the last day, two days ahead included. Inputs and pack hash of every chunk are kept, and
 * traces are made again from them. Bars: duty days a second; the time of closures written by hand for the same arithmetic (both
 * give the same totals, checked); one person's month explained.
 */

const PEOPLE = 30_000
const ON = FROM + DAYS - 1
const CHUNK_PEOPLE = 5_000
const DUTY_DAYS_A_SECOND_LIMIT = 2_000_000
const RATIO_LIMIT = 4
const EXPLANATION_LIMIT_MS = 5

const NAMED = { language: 'zh', closed_facts: 'named' } as const
const folder = join(import.meta.dirname, '../policies')

interface Programs {
  readonly money: CompiledProgram
  readonly rest: RestProgram
}

function stackOfExampleCounty(): Stack {
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.yaml'))
    .map((path) => ({ path: `policies/${path}`, text: readFileSync(join(folder, path), 'utf8') }))
  const loaded = loadPacks(files, (text) => createHash('sha256').update(text).digest('hex'))
  const stack = loaded.ok ? loaded.stacks.get('shaoxing-keqiao-example-2020') : undefined
  if (!stack) throw new Error('the packs do not load')
  return stack
}

function programsOf(stack: Stack, { from, on, known } = { from: FROM, on: ON, known: ON }): Programs {
  const compiled = compileStack(stack, { from, on, known })
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message.en).join('\n'))
  return { money: compiled.program, rest: compileRest(stack, { on, known }) }
}

/** What is stored of a chunk: with it and the pack of that hash, every trace can be made again. */
interface Kept {
  readonly pack_hash: string
  readonly from: number
  readonly on: number
  readonly known: number
  readonly inputs: FactBatch
  readonly money: EvaluationColumns
  readonly rest: RestColumns
}

function evaluateAll({ money, rest }: Programs, batch: FactBatch): readonly Kept[] {
  const kept: Kept[] = []
  for (let first = 0; first < batch.people; first += CHUNK_PEOPLE) {
    const inputs = chunkOf(batch, first, Math.min(batch.people, first + CHUNK_PEOPLE))
    kept.push({
      pack_hash: money.hash,
      from: money.from,
      on: money.to,
      known: money.known,
      inputs,
      money: money.evaluate(inputs),
      rest: evaluateRest(rest, inputs, fatigueOf),
    })
  }
  return kept
}

function totalsOf(kept: readonly Kept[]): Totals {
  const totals = nothingYet()
  for (const { money, rest } of kept) {
    const width = money.entitlements.length
    const leave = money.entitlements.indexOf('compensatory-leave')
    const insurance = money.entitlements.indexOf('accident-insurance')
    for (let cell = 0; cell < money.state.length; cell++) {
      const amount = money.amount_fen[cell] ?? Number.NaN
      if (!Number.isNaN(amount)) totals.amount_fen += amount
      if (cell % width === leave) totals.leave_minutes += Math.max(0, money.quantity[cell] ?? 0)
      const open = money.open_days[cell] ?? 0
      if (cell % width === insurance) totals.insurance_days += open
      else totals.open_days += open
    }
    for (const number of rest.state) {
      const state = REST_STATES[number]
      if (state === 'applies') totals.rest.due += 1
      else if (state === 'soon') totals.rest.soon += 1
      else if (state === 'missing_fact') totals.rest.missing += 1
    }
  }
  return totals
}

/** Thread CPU time, not the clock on the wall: the ratio must not depend on what else the machine does. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** The best of some rounds, each runner in turn, so that all meet the same conditions. */
function bestOfEach(rounds: number, runners: readonly (() => unknown)[]): readonly number[] {
  const best = runners.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < rounds; round++) {
    for (const [position, run] of runners.entries()) {
      const start = cpuMs()
      run()
      best[position] = Math.min(best[position] ?? 0, cpuMs() - start)
    }
  }
  return best
}

function nurse(): PersonFacts {
  const spans: SpanFacts[] = Array.from({ length: 31 }, (_, day) => ({
    start_minute: (FROM + day) * MINUTES_PER_DAY + 1_080,
    end_minute: (FROM + day) * MINUTES_PER_DAY + 1_560,
    post_kind: 'fever_clinic',
    exposure: 'direct',
    unit_kind: 'hospital',
    area: '330603',
    ref: `duty-${day}`,
  }))
  const findings = { ill: false, pregnant: false }
  return { person: 1, employment: 'medical', established: 'no', party: 'none', area: '330603', findings, spans }
}

function explainMonth({ money, rest }: Programs): number {
  const person = nurse()
  const batch = batchOf([person])
  const explainAll = () => [
    money.entitlements.map(({ code }) => explain(money, person, code, 'zh')),
    rest.rules.map(({ rule }) => explainRest(rest, batch, 0, rule.code, fatigueOf, NAMED)),
  ]
  for (let round = 0; round < 20; round++) explainAll()
  // Thread CPU time is too coarse for a few milliseconds, but not for a hundred rounds of them.
  const rounds = 100
  const start = cpuMs()
  for (let round = 0; round < rounds; round++) explainAll()
  return (cpuMs() - start) / rounds
}

/**
 * Traces of some people made again from nothing but what was kept: the packs are read again and found by the hash that was kept, the program
 * is compiled anew for the days that were kept. Gives how many there are and how many come to what was kept, to the fen.
 */
function tracesAgain(kept: readonly Kept[]): { readonly made: number; readonly agree: number } {
  const read = stackOfExampleCounty()
  let made = 0
  let agree = 0
  for (const { pack_hash, from, on, known, inputs, money, rest } of kept) {
    if (read.hash !== pack_hash) throw new Error('the pack of the hash that was kept is not there any more')
    const programs = programsOf(read, { from, on, known })
    for (let row = 0; row < inputs.people; row += 499) {
      const person = personAt(inputs, row)
      programs.money.entitlements.forEach(({ code }, position) => {
        const before = resultAt(programs.money, money, inputs, row, position)
        const again = explain(programs.money, person, code, 'zh')
        const added = again.lines.reduce((sum, line) => sum + (line.kind === 'day' ? (line.amount_fen ?? 0) : 0), 0)
        made += 1
        if (JSON.stringify(again.result) === JSON.stringify(before) && (before.amount_fen ?? 0) === added) agree += 1
      })
      programs.rest.rules.forEach(({ rule }, position) => {
        const before = restResultAt(programs.rest, rest, inputs, row, position)
        const again = explainRest(programs.rest, batchOf([person]), 0, rule.code, fatigueOf, NAMED)
        made += 1
        if (JSON.stringify(again.result) === JSON.stringify(before)) agree += 1
      })
    }
  }
  return { made, agree }
}

export function benchPolicy(): boolean {
  const stack = stackOfExampleCounty()
  const programs = programsOf(stack)
  const batch = madeUpBatch(PEOPLE)
  const byHand = writtenByHand()
  const first = cpuMs()
  const kept = evaluateAll(programs, batch)
  const cold_ms = cpuMs() - first
  const totals = totalsOf(kept)
  const peer = byHand(batch)
  const same = JSON.stringify(totals) === JSON.stringify(peer)
  const [engine_ms = 0, hand_ms = 0] = bestOfEach(7, [() => evaluateAll(programs, batch), () => byHand(batch)])
  const dutyDays = PEOPLE * DAYS
  const rules = `${programs.money.entitlements.length} entitlements and ${programs.rest.rules.length} rest rules`
  console.log(`policy: ${dutyDays.toLocaleString('en')} duty days, ${rules}, inputs and pack hash kept`)
  printFigure('first run', cold_ms, 'ms')
  printFigure('best run', engine_ms, 'ms')
  printFigure('written by hand', hand_ms, 'ms')
  if (!same) console.log(`MISSED totals differ\n  engine ${JSON.stringify(totals)}\n  hand   ${JSON.stringify(peer)}`)
  const traces = tracesAgain(kept)
  printFigure(
    'people for whom rest is due, soon due, or a fact is missing',
    totals.rest.due + totals.rest.soon + totals.rest.missing,
    'results',
  )
  const bars = printBars([
    {
      name: 'duty days a second',
      reached: dutyDays / (engine_ms / 1000),
      limit: DUTY_DAYS_A_SECOND_LIMIT,
      unit: '',
      kind: 'least',
    },
    {
      name: 'engine ÷ written by hand, totals equal',
      reached: engine_ms / hand_ms,
      limit: RATIO_LIMIT,
      unit: '×',
      kind: 'most',
    },
    {
      name: "one person's month explained, all entitlements and rest rules",
      reached: explainMonth(programs),
      limit: EXPLANATION_LIMIT_MS,
      unit: 'ms',
      kind: 'most',
    },
    {
      name: 'traces made again from what was kept that agree',
      reached: traces.agree,
      limit: traces.made,
      unit: '',
      kind: 'least',
    },
  ])
  return bars && same
}

if (import.meta.main) process.exitCode = benchPolicy() ? 0 : 1
