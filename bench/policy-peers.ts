import { createHash } from 'node:crypto'
import { Environment } from '@marcbachmann/cel-js'
import { LogicEngine } from 'json-logic-engine'
import Publicodes from 'publicodes'
import { compileStack } from '#engines/policy/compile.ts'
import { batchOf, type FactBatch, PeopleColumns, type PersonFacts } from '#engines/policy/facts.ts'
import { loadPacks } from '#engines/policy/load.ts'
import type { Exposure, PostKind } from '#engines/policy/vocabulary.ts'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'

/**
 * The same rule in four languages: a daily subsidy whose tier goes by post and exposure, a whole or half day by two thresholds, and a
 * rate that rises on a date. Same duty, results checked equal row by row. Bar: faster than each of the others. Ours does more with it:
 * who, layers, what is known, open facts and decisions; theirs is the bare formula.
 */

const PEOPLE = 2_000
const DAYS = 60
/** As the command line takes them: people as they are read, some hundred at once. */
const CHUNK_PEOPLE = 250
const FROM = dayOf('2020-01-23')
const RISE = 30
const CLOSE = ['fever_clinic', 'isolation_ward', 'sampling', 'testing_lab', 'infection_control'] as const
const SECOND = ['patient_transport', 'general_ward', 'outpatient_triage', 'epidemiology', 'disinfection'] as const
const POSTS: readonly PostKind[] = [...CLOSE, ...SECOND, 'checkpoint', 'office_support', 'production']
const EXPOSED: readonly Exposure[] = ['direct', 'indirect', 'none']

/** One person's duty on one day, which all four are asked about. */
interface DutyDay {
  readonly post: PostKind
  readonly exposure: Exposure
  readonly minutes: number
  /** Counted from the first day. */
  readonly day: number
}

const PACK = `
pack: { id: peers-2020, version: '1', title: { zh: 比较, en: peers }, level: county, area: '999901', published: 2020-01-01 }
sources: { rule: { title: 比较用规则, issued_by: [比较], published: 2020-01-01, grade: U } }
clauses: { '1': { title: { zh: 补助, en: subsidy }, summary: { zh: 补助, en: subsidy }, source: rule, offices: [比较] } }
parameters:
  rate-1: { title: { zh: 一档, en: tier 1 }, unit: yuan_per_day, values: [{ from: 2020-01-01, to: 2020-02-21, value: 300 yuan, source: rule }, { from: 2020-02-22, value: 350 yuan, source: rule }] }
  rate-2: { title: { zh: 二档, en: tier 2 }, unit: yuan_per_day, values: [{ from: 2020-01-01, to: 2020-02-21, value: 200 yuan, source: rule }, { from: 2020-02-22, value: 250 yuan, source: rule }] }
categories:
  tier:
    title: { zh: 档, en: tier }
    values: { one: { zh: 一, en: one }, two: { zh: 二, en: two }, other: { zh: 其他, en: other } }
    versions:
      - source: rule
        cases:
          - { when: { post_kind: [${CLOSE.join(', ')}], exposure: direct }, is: one }
          - { when: { post_kind: [${[...CLOSE, ...SECOND].join(', ')}] }, is: two }
          - { is: other }
entitlements:
  subsidy:
    title: { zh: 补助, en: subsidy }
    clause: '1'
    source: rule
    from: 2020-01-01
    gives: money_per_day
    who:
      - { when: { category: { tier: other } }, outcome: not_covered, reason: { zh: 其他, en: other } }
      - { outcome: entitled, basis: rule }
    rate: { by: tier, values: { one: rate-1, two: rate-2, other: none } }
    count: { assign: civil_day, mixed: highest, steps: [{ over: 4 hours, counts: 1 day }, { over: 0 minutes, counts: 0.5 days }] }
    rounding: { to: fen, mode: half_up }
`

function madeUpDuty(): readonly DutyDay[] {
  let seed = 20_200_203
  const below = (limit: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((seed / 2 ** 32) * limit)
  }
  return Array.from({ length: PEOPLE * DAYS }, (_, index) => ({
    post: POSTS[below(POSTS.length)] ?? 'checkpoint',
    exposure: EXPOSED[below(EXPOSED.length)] ?? 'none',
    minutes: 30 + below(20) * 30,
    day: index % DAYS,
  }))
}

function peopleOf(duty: readonly DutyDay[]): readonly PersonFacts[] {
  return Array.from({ length: PEOPLE }, (_, row) => ({
    person: row + 1,
    employment: 'medical',
    established: 'no',
    party: 'none',
    area: '999901',
    findings: {},
    spans: duty.slice(row * DAYS, (row + 1) * DAYS).map(({ post, exposure, minutes, day }) => ({
      start_minute: (FROM + day) * MINUTES_PER_DAY,
      end_minute: (FROM + day) * MINUTES_PER_DAY + minutes,
      post_kind: post,
      exposure,
      unit_kind: 'hospital',
      area: '999901',
      ref: '',
    })),
  }))
}

function ours(): (batch: FactBatch) => Float64Array {
  const loaded = loadPacks([{ path: 'policies/peers-2020/pack.yaml', text: PACK }], (text) =>
    createHash('sha256').update(text).digest('hex'),
  )
  if (!loaded.ok) throw new Error(loaded.mistakes.map(({ wrong, value }) => `${value}: ${wrong.en}`).join('\n'))
  const stack = loaded.stacks.get('peers-2020')
  const compiled = stack && compileStack(stack, { from: FROM, on: FROM + DAYS - 1, known: FROM + DAYS })
  if (!compiled?.ok) throw new Error('the pack does not compile')
  return (batch) => compiled.program.evaluate(batch).amount_fen
}

type Peer = (row: DutyDay) => number

function jsonLogic(): Peer {
  const variable = (name: string) => ({ var: name })
  const risen = (low: number, high: number) => ({ if: [{ '>=': [variable('day'), RISE] }, high, low] })
  const isClose = { and: [{ in: [variable('post'), CLOSE] }, { '===': [variable('exposure'), 'direct'] }] }
  const isSecond = { in: [variable('post'), [...CLOSE, ...SECOND]] }
  const minutes = variable('minutes')
  const rate = { if: [isClose, risen(30_000, 35_000), isSecond, risen(20_000, 25_000), 0] }
  const share = { if: [{ '>': [minutes, 240] }, 1, { '>': [minutes, 0] }, 0.5, 0] }
  const run: unknown = new LogicEngine().build({ '*': [rate, share] })
  if (typeof run !== 'function') throw new Error('json-logic-engine built no function')
  return (row) => Number(run(row))
}

function cel(): Peer {
  const quoted = (list: readonly string[]) => `[${list.map((one) => `"${one}"`).join(', ')}]`
  const risen = (low: number, high: number) => `(day >= ${RISE}.0 ? ${high}.0 : ${low}.0)`
  const environment = new Environment()
    .registerVariable('post', 'string')
    .registerVariable('exposure', 'string')
    .registerVariable('minutes', 'double')
    .registerVariable('day', 'double')
  const run = environment.parse(
    `(post in ${quoted(CLOSE)} && exposure == "direct" ? ${risen(30_000, 35_000)}
      : post in ${quoted([...CLOSE, ...SECOND])} ? ${risen(20_000, 25_000)} : 0.0)
      * (minutes > 240.0 ? 1.0 : minutes > 0.0 ? 0.5 : 0.0)`,
  )
  return ({ post, exposure, minutes, day }) => Number(run({ post, exposure, minutes, day }))
}

function publicodes(): Peer {
  const isOneOf = (list: readonly string[]) => ({ 'une de ces conditions': list.map((one) => `poste = '${one}'`) })
  const risen = (low: number, high: number) => ({
    variations: [{ si: `jour >= ${RISE}`, alors: high }, { sinon: low }],
  })
  const engine = new Publicodes({
    poste: { 'par défaut': "'checkpoint'" },
    exposition: { 'par défaut': "'none'" },
    minutes: { 'par défaut': 0 },
    jour: { 'par défaut': 0 },
    proche: { 'toutes ces conditions': [isOneOf(CLOSE), "exposition = 'direct'"] },
    second: isOneOf([...CLOSE, ...SECOND]),
    'taux proche': risen(30_000, 35_000),
    'taux second': risen(20_000, 25_000),
    taux: {
      variations: [{ si: 'proche', alors: 'taux proche' }, { si: 'second', alors: 'taux second' }, { sinon: 0 }],
    },
    part: { variations: [{ si: 'minutes > 240', alors: 1 }, { si: 'minutes > 0', alors: 0.5 }, { sinon: 0 }] },
    montant: { valeur: 'taux * part' },
  })
  return ({ post, exposure, minutes, day }) => {
    engine.setSituation({ poste: `'${post}'`, exposition: `'${exposure}'`, minutes, jour: day })
    return Number(engine.evaluate('montant').nodeValue)
  }
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

const WARM_UP_MS = 150
const ROUND_MS = 80
const ROUNDS = 5

/**
 * Rows a second, best of some rounds, after the same warm-up for everybody. A round repeats the run until it is long enough for the
 * clock of CPU time, which ticks by milliseconds.
 */
function rateOf(rows: number, run: () => void): number {
  let repeats = 0
  for (const start = cpuMs(); cpuMs() - start < WARM_UP_MS; repeats++) run()
  repeats = Math.max(1, Math.ceil((repeats * ROUND_MS) / WARM_UP_MS))
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const start = cpuMs()
    for (let again = 0; again < repeats; again++) run()
    best = Math.min(best, (cpuMs() - start) / repeats)
  }
  return rows / (Math.max(best, 0.001) / 1000)
}

/** Prints how often ours goes in the time of each peer; true when ours is faster than each and all agree. */
export function benchPolicyPeers(): boolean {
  const duty = madeUpDuty()
  const people = peopleOf(duty)
  const batch = batchOf(people)
  const evaluate = ours()
  const amounts = evaluate(batch)
  const own = rateOf(duty.length, () => evaluate(batch))
  const columns = new PeopleColumns()
  const chunks = Array.from({ length: Math.ceil(PEOPLE / CHUNK_PEOPLE) }, (_, index) =>
    people.slice(index * CHUNK_PEOPLE, (index + 1) * CHUNK_PEOPLE),
  )
  const fromObjects = rateOf(duty.length, () => {
    for (const chunk of chunks) evaluate(columns.batch(chunk))
  })
  console.log(`policy: one rule, four engines; ${duty.length.toLocaleString('en')} duty days`)
  console.log(
    `  tongpao: ${shown(own)}/s from columns, ${shown(fromObjects)}/s from the plain objects that the others take`,
  )
  let held = true
  for (const [name, peer, count] of [
    ['json-logic-engine (compiled)', jsonLogic(), PEOPLE],
    ['@marcbachmann/cel-js (parsed once)', cel(), PEOPLE],
    ['publicodes', publicodes(), 20],
  ] as const) {
    const rows = duty.slice(0, count * DAYS)
    const same = agrees(peer, rows, amounts)
    const rate = rateOf(rows.length, () => {
      for (const row of rows) peer(row)
    })
    // The bar: each from the form in which it holds its input, columns here, objects there; and ours from their objects too.
    const ratio = own / rate
    const times = `${ratio.toFixed(1)} × as fast from columns, ${(fromObjects / rate).toFixed(2)} × from objects`
    console.log(`  ${name}: ${shown(rate)}/s, ours ${times}, amounts ${same ? 'equal' : 'DIFFER'}`)
    held &&= same && ratio > 1 && fromObjects > rate
  }
  return held
}

/** By person: ours gives a person's sum, NaN where nothing of it is covered. */
function agrees(peer: Peer, rows: readonly DutyDay[], amounts: Float64Array): boolean {
  for (let row = 0; row < rows.length / DAYS; row++) {
    let sum = 0
    for (const day of rows.slice(row * DAYS, (row + 1) * DAYS)) sum += peer(day)
    const amount = amounts[row] ?? Number.NaN
    if (sum !== (Number.isNaN(amount) ? 0 : amount)) return false
  }
  return true
}

function shown(rate: number): string {
  return Math.round(rate).toLocaleString('en')
}
