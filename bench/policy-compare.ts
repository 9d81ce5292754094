import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFacts } from '#apps/cli/facts-on-disk.ts'
import { assumeFigure } from '#engines/policy/compare-change.ts'
import { FundCosts } from '#engines/policy/compare-funds.ts'
import { Comparing } from '#engines/policy/compare-stacks.ts'
import { type CompiledProgram, compileStack } from '#engines/policy/compile.ts'
import { batchOf, type FactBatch, type PersonFacts } from '#engines/policy/facts.ts'
import { peopleOf } from '#engines/policy/facts-file/read-facts.ts'
import { loadPacks } from '#engines/policy/load.ts'
import type { Stack } from '#engines/policy/pack.ts'
import { EMPLOYMENTS, POST_KINDS, wordsOf } from '#engines/policy/vocabulary.ts'
import { dayOf, formatDay, MINUTES_PER_DAY } from '#engines/values/time.ts'

/**
 * What-if over 100,000 people × 60 days: one figure of the example county changed, who gains and loses, what each fund pays on every
 * day before and after. Bar: under 15 s on one core. And a facts file of 100,000 people, read from disk piece by piece: time and memory
 * are printed.
 */

const PEOPLE = 100_000
const FILE_DAYS = 20
const DAYS = 60
const CHUNK_PEOPLE = 5_000
const LIMIT_SECONDS = 15
const FROM = dayOf('2020-01-23')
const folder = join(import.meta.dirname, '../policies')
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

function exampleCounty(): Stack {
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.yaml'))
    .map((path) => ({ path: `policies/${path}`, text: readFileSync(join(folder, path), 'utf8') }))
  const loaded = loadPacks(files, sha256)
  const stack = loaded.ok ? loaded.stacks.get('shaoxing-keqiao-example-2020') : undefined
  if (!stack) throw new Error('the packs do not load')
  return stack
}

function programOf(stack: Stack): CompiledProgram {
  const compiled = compileStack(stack, { from: FROM, on: FROM + DAYS - 1, known: FROM + DAYS })
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message.en).join('\n'))
  return compiled.program
}

function numbers(): (limit: number) => number {
  let seed = 20_200_203
  return (limit) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((seed / 2 ** 32) * limit)
  }
}

function madeUpPeople(first: number, count: number, days: number, below: (limit: number) => number): PersonFacts[] {
  const employments = wordsOf(EMPLOYMENTS)
  const posts = wordsOf(POST_KINDS)
  return Array.from({ length: count }, (_, row) => {
    const post_kind = posts[below(posts.length)] ?? null
    const exposure = below(2) === 0 ? 'direct' : 'none'
    return {
      person: first + row + 1,
      employment: employments[below(employments.length)] ?? null,
      established: 'no',
      party: 'none',
      area: below(2) === 0 ? '330603' : '330602',
      findings: {},
      spans: Array.from({ length: days }, (_, day) => {
        const start_minute = (FROM + day) * MINUTES_PER_DAY + 480 + below(12) * 60
        const end_minute = start_minute + 180 + below(10) * 60
        return { start_minute, end_minute, post_kind, exposure, unit_kind: 'hospital', area: '330603', ref: '' }
      }),
    }
  })
}

export function benchPolicyCompare(): boolean {
  const stack = exampleCounty()
  const assumed = assumeFigure(stack, { parameter: 'meal-allowance-rate', value: 5_000, from: FROM + 20 }, sha256)
  if (!assumed.ok) throw new Error(`no parameter ${assumed.unknown}`)
  const below = numbers()
  const batches: FactBatch[] = []
  for (let first = 0; first < PEOPLE; first += CHUNK_PEOPLE) {
    const { span_ref: _, ...columns } = batchOf(madeUpPeople(first, CHUNK_PEOPLE, DAYS, below))
    batches.push(columns)
  }
  const start = performance.now()
  const [before, after] = [programOf(stack), programOf(assumed.stack)]
  const comparing = new Comparing(before, after)
  const costs = [new FundCosts(before), new FundCosts(after)]
  for (const batch of batches) comparing.add(batch)
  const compared = (performance.now() - start) / 1000
  for (const batch of batches) for (const cost of costs) cost.add(batch)
  const seconds = (performance.now() - start) / 1000
  const { total, people_changed } = comparing.result()
  const adds = total.gains_fen - total.losses_fen === total.difference_fen
  const dated = costs.map((cost) => cost.result().reduce((sum, { cost_fen }) => sum + cost_fen, 0))
  const same = adds && dated[0] === total.before_fen && dated[1] === total.after_fen
  console.log(
    `policy: what-if over ${PEOPLE.toLocaleString('en')} people × ${DAYS} days, ${people_changed.toLocaleString('en')} changed`,
  )
  console.log(
    `  who gains and loses ${compared.toFixed(1)} s, with funds by day ${seconds.toFixed(1)} s (limit ${LIMIT_SECONDS} s); sums ${same ? 'agree' : 'DIFFER'}`,
  )
  readFile()
  return same && seconds < LIMIT_SECONDS
}

/** A facts file as another system would write it. */
function readFile(): void {
  const place = mkdtempSync(join(tmpdir(), 'facts-'))
  const file = join(place, 'facts.json')
  try {
    writeFacts(file)
    const size = statSync(file).size / 1e6
    const start = performance.now()
    const facts = openFacts(file)
    const checked = performance.now()
    let people = 0
    let most = 0
    for (const _ of peopleOf(facts.text, facts.head)) {
      people += 1
      if (people % 5_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed)
    }
    const seconds = (from: number, to: number) => ((to - from) / 1000).toFixed(1)
    console.log(
      `policy: facts file of ${people.toLocaleString('en')} people, ${size.toFixed(0)} MB: checked in ${seconds(start, checked)} s, gone through again in ${seconds(checked, performance.now())} s, heap at most ${(most / 1e6).toFixed(0)} MB`,
    )
  } finally {
    rmSync(place, { recursive: true })
  }
}

function writeFacts(file: string): void {
  const below = numbers()
  const moment = (minute: number) => {
    const time = minute % MINUTES_PER_DAY
    const clock = `${String(Math.floor(time / 60)).padStart(2, '0')}:${String(time % 60).padStart(2, '0')}`
    return `${formatDay(Math.floor(minute / MINUTES_PER_DAY))}T${clock}`
  }
  writeFileSync(file, '{"facts": 1, "example": true, "people": [\n')
  for (let first = 0; first < PEOPLE; first += CHUNK_PEOPLE) {
    const lines = madeUpPeople(first, CHUNK_PEOPLE, FILE_DAYS, below).map(
      ({ person, employment, established, area, spans }) =>
        JSON.stringify({
          id: `P${person}`,
          employment,
          established,
          area,
          spans: spans.map(({ start_minute, end_minute, post_kind, exposure, unit_kind, area: place }, index) => ({
            id: `D${person}-${index}`,
            from: moment(start_minute),
            to: moment(end_minute),
            post_kind,
            exposure,
            unit_kind,
            area: place,
          })),
        }),
    )
    writeFileSync(file, `${lines.join(',\n')}${first + CHUNK_PEOPLE < PEOPLE ? ',' : ''}\n`, { flag: 'a' })
  }
  writeFileSync(file, ']}\n', { flag: 'a' })
}
