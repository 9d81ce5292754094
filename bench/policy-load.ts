import { createHash } from 'node:crypto'
import { compileStack } from '#engines/policy/compile.ts'
import { loadPacks } from '#engines/policy/load.ts'
import { PACK_LIMITS } from '#engines/policy/pack-limits.ts'
import { dayOf } from '#engines/values/time.ts'

/**
 * How long the largest packs that are accepted take to load, and how fast those beyond the limits are refused. Run:
 * `node bench/policy-load.ts`.
 */
const HEAD = `pack:
  id: big-2020
  version: '1'
  title: { zh: 大, en: big }
  level: national
  area: '0'
  published: 2020-01-01
sources:
  s: { title: 通知, issued_by: [厅], published: 2020-01-01, grade: A }
clauses:
  '1': { title: { zh: 补助, en: pay }, summary: { zh: 补助, en: pay }, source: s, offices: [厅] }
`
const many = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('')
const parameter = (i: number) =>
  `  p${i}: { title: { zh: 数, en: n }, unit: yuan_per_day, values: [{ from: 2020-01-01, value: 1 yuan, source: s }] }\n`
const entitlement = (i: number) => `  e${i}:
    title: { zh: 补助, en: pay }
    clause: '1'
    source: s
    from: 2020-01-01
    gives: right
    who: [{ outcome: entitled, basis: s }]
`
const category = (i: number, next: string) =>
  `  c${i}: { title: { zh: 档, en: t }, values: { a: { zh: 甲, en: a } }, versions: [{ source: s, cases: [${next}{ is: a }] }] }\n`
const asks = (i: number) =>
  `{ when: { any: [{ category: { c${i}: a } }, { not: { category: { c${i}: a } } }] }, is: a }, `
const exception = (i: number) =>
  `  x${i}: { to: e0, title: { zh: 例, en: x }, clause: '1', source: s, from: 2020-01-01, effect: { not_covered: { zh: 无, en: n } }${i > 0 ? `, over: [${Array.from({ length: Math.min(i, 5) }, (_, back) => `x${i - 1 - back}`).join(', ')}]` : ''} }\n`

const PACKS: Readonly<Record<string, string>> = {
  'lines to the limit, parameters': `${HEAD}parameters:\n${many(1_950, parameter)}`,
  'entitlements to the limit of lines': `${HEAD}entitlements:\n${many(1_700, entitlement)}`,
  '700 categories, each asking the next twice': `${HEAD}categories:\n${many(700, (i) => category(i, i < 699 ? asks(i + 1) : ''))}entitlements:\n${entitlement(0).replace('[{ outcome', '[{ when: { category: { c0: a } }, outcome: entitled, basis: s }, { outcome')}`,
  'lists in lists on one line': `${HEAD}${many(8_000, () => `${'- '.repeat(20)}a\n`)}`,
  'exceptions on one entitlement': `${HEAD}entitlements:\n${entitlement(0)}exceptions:\n${many(1_500, exception)}`,
  'exceptions that all clash': `${HEAD}entitlements:\n${entitlement(0)}exceptions:\n${many(1_500, exception).replaceAll(/, over: \[[^\]]*\]/g, '')}`,
  'references that name nothing': `${HEAD}parameters:\n${many(900, parameter)}entitlements:\n${many(900, (i) => entitlement(i).replace('basis: s', `basis: ${'z'.repeat(50)}${i}`))}`,
  'values, one after the other': `${HEAD}parameters:\n  p: { title: { zh: 数, en: n }, unit: yuan, values: [${many(1_990, (i) => `{ from: ${new Date((18_262 + i) * 86_400_000).toISOString().slice(0, 10)}, to: ${new Date((18_262 + i) * 86_400_000).toISOString().slice(0, 10)}, value: 1 yuan, source: s }, `)}] }\n`,
  'comments to the limit of characters': `${HEAD}${many(11_900, () => `#${' x'.repeat(15)}\n`)}`,
  'long texts': `${HEAD}findings:\n${many(190, (i) => `  f${i}: { title: { zh: ${'字'.repeat(1_900)}, en: a } }\n`)}`,
  '50,000 rules': `${HEAD}findings:\n${many(50_000, (i) => `  f${i}: { title: { zh: 甲, en: a } }\n`)}`,
  'a list of 400,000': `a: [${'a,'.repeat(400_000)}a]`,
}

console.log(`limits: ${JSON.stringify(PACK_LIMITS)}`)
for (const [name, text] of Object.entries(PACKS)) {
  const start = performance.now()
  const loaded = loadPacks([{ path: 'big-2020/pack.yaml', text }], (hashed) =>
    createHash('sha256').update(hashed).digest('hex'),
  )
  const loading_ms = performance.now() - start
  const stack = loaded.ok ? loaded.stacks.get('big-2020') : undefined
  const on = dayOf('2020-02-29')
  const again = performance.now()
  if (stack) compileStack(stack, { from: on - 59, on, known: on, decisions: [] })
  const compiling = stack ? `, compiled for 60 days in ${(performance.now() - again).toFixed(0)} ms` : ''
  const outcome = loaded.ok ? 'accepted' : `refused (${loaded.mistakes.length}: ${loaded.mistakes[0]?.code})`
  console.log(
    `${name.padEnd(44)} ${String(text.length).padStart(7)} characters  ${loading_ms.toFixed(0).padStart(6)} ms  ${outcome}${compiling}`,
  )
}
