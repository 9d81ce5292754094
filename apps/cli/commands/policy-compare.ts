import { createHash } from 'node:crypto'
import { decisionsIn, type FactsFile, openFacts } from '#apps/cli/facts-on-disk.ts'
import { loadPackFolder } from '#apps/cli/packs-on-disk.ts'
import { compileFor, DAY_OPTIONS, daysData, daysOf } from '#apps/cli/policy-days.ts'
import { assumeFigure } from '#engines/policy/compare-change.ts'
import { FundCosts, type FundCourse } from '#engines/policy/compare-funds.ts'
import { type CellDifference, Comparing, type Comparison } from '#engines/policy/compare-stacks.ts'
import type { CompiledProgram } from '#engines/policy/compile.ts'
import { batchOf, PeopleColumns } from '#engines/policy/facts.ts'
import { peopleOf, unitsOf } from '#engines/policy/facts-file/read-facts.ts'
import { Mistakes, nearestWord } from '#engines/policy/mistakes.ts'
import type { Stack } from '#engines/policy/pack.ts'
import { amountIn, measure } from '#engines/policy/schema/measures.ts'
import { unitProgram, unitRow } from '#engines/policy/units.ts'
import { formatYuan } from '#engines/values/money.ts'
import { formatDay, parseDay } from '#engines/values/time.ts'
import { OperatorError, type Wording } from '#platform/db/operator-error.ts'
import type { Call, Command } from '../command.ts'
import { packData } from './policy-check.ts'
import { chunksOf } from './policy-run.ts'

/** More differences than anybody reads one by one; the totals count all. */
const PEOPLE_LISTED_MAX = 1_000

export const command: Command = {
  usage: "--pack A (--with B | --set 'PARAMETER=VALUE@FROM') --facts FACTS.json",
  text: {
    zh: [
      '同一份事实，换一个包或改一个数，谁多得、谁少得、各多少；按待遇、按资金、按区县合计，资金用到哪天为止。',
      "--set 例：--set 'meal-allowance-rate=50 yuan@2020-02-10'。只用于测算，结果标“示例”“未核实”。",
      '少得的只列出，不等于要追回。退出状态 0 比较完，1 包或事实有错，2 用法不对。',
    ].join('\n'),
    en: [
      'The same facts by another pack or with one figure changed: who gains, who loses, how much; by entitlement, fund and county,',
      "and until when each fund lasts. --set for instance: --set 'meal-allowance-rate=50 yuan@2020-02-10'; such results are marked as",
      'examples and unverified. A loss is listed, which does not mean that it is taken back. Exit status 0: compared; 1: pack or facts',
      'are wrong; 2: wrong use.',
    ].join('\n'),
  },
  options: {
    pack: { value: 'DIR', text: { zh: '现在的政策包目录', en: 'folder of the pack as it is' } },
    with: { value: 'DIR', text: { zh: '拿来比的政策包目录', en: 'folder of the pack to compare with' } },
    set: {
      value: 'CHANGE',
      text: { zh: '改一个数：参数=数量@从哪天起', en: 'one figure: parameter=quantity@from day' },
    },
    facts: { value: 'FILE', text: { zh: '事实文件（.json 或 .yaml）', en: 'the facts (.json or .yaml)' } },
    ...DAY_OPTIONS,
  },
  settings: [],
  printsData: true,
  async run(call) {
    const facts = openFacts(call.required('facts'))
    const stack = loadPackFolder(call.required('pack'))
    const other = otherStack(call, stack)
    const days = daysOf(call, facts)
    const before = compileFor(stack, days, decisionsIn(facts, stack), facts)
    const after = compileFor(other.stack, days, decisionsIn(facts, other.stack), facts)
    const compared = compareAll(before, after, facts)
    if (other.beyond) call.say(other.beyond)
    const data = {
      format: 'tongpao.policy.compare/1',
      before: packData(stack),
      after: { ...packData(other.stack), set: call.option('set') ?? null },
      beyond_bounds: other.beyond?.[call.language] ?? null,
      facts: { hash: facts.hash, people: facts.head.people, example: facts.head.example },
      ...daysData(days),
      ...comparisonData(compared, call.language),
    }
    call.print({ zh: inWords(compared, 'zh'), en: inWords(compared, 'en') }, data)
    return 0
  },
}

interface Other {
  readonly stack: Stack
  readonly beyond: Wording | null
}

function otherStack(call: Call, stack: Stack): Other {
  const folder = call.option('with')
  const change = call.option('set')
  if ((folder === undefined) === (change === undefined)) {
    throw new OperatorError('--with 和 --set 写一个。', 'Give either --with or --set.', { exitStatus: 2 })
  }
  if (folder !== undefined) return { stack: loadPackFolder(folder), beyond: null }
  return assume(stack, change ?? '')
}

const CHANGE = /^([a-z0-9][a-z0-9_-]*)=(.+)@(\d{4}-\d{2}-\d{2})$/

function assume(stack: Stack, change: string): Other {
  const [, parameter = '', written = '', day = ''] = CHANGE.exec(change.trim()) ?? []
  const from = parseDay(day)
  if (from === undefined) {
    throw wrongSet(
      `“${change}”读不懂，写成：参数=数量@日期，如 meal-allowance-rate=50 yuan@2020-02-10`,
      `"${change}" is not understood: write parameter=quantity@day, as in meal-allowance-rate=50 yuan@2020-02-10`,
    )
  }
  const unit = stack.parameters.get(parameter)?.unit
  if (unit === undefined) {
    const near = nearestWord(parameter, stack.parameters.keys())
    const all = [...stack.parameters.keys()].join(', ')
    throw wrongSet(
      `政策包里没有参数“${parameter}”。${near === undefined ? `有：${all}` : `是否想写“${near}”？`}`,
      `The pack has no parameter "${parameter}". ${near === undefined ? `It has: ${all}` : `Did you mean "${near}"?`}`,
    )
  }
  const mistakes = new Mistakes()
  const place = { file: '--set', line: 1, column: 1 }
  const read = measure.read({ kind: 'text', text: written.trim(), quoted: true, place }, mistakes)
  const value = read && amountIn(unit, read, mistakes)
  const [wrong] = mistakes.list
  if (wrong || value === undefined)
    throw wrongSet(
      `“${written}”：${wrong?.wrong.zh}。${wrong?.right.zh}`,
      `"${written}": ${wrong?.wrong.en}. ${wrong?.right.en}`,
    )
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  const assumed = assumeFigure(stack, { parameter, value, from }, sha256)
  if (!assumed.ok) throw wrongSet(`政策包里没有参数“${parameter}”。`, `The pack has no parameter "${parameter}".`)
  return assumed
}

function wrongSet(zh: string, en: string): OperatorError {
  return new OperatorError(`--set：${zh}`, `--set: ${en}`, { exitStatus: 2 })
}

interface Compared {
  readonly comparison: Comparison
  /** Entitlements that are a unit's; their `people` are units. */
  readonly units: Comparison
  readonly differences: readonly (CellDifference & { readonly id: string; readonly name: string | null })[]
  readonly unlisted: number
  readonly before: readonly FundCourse[]
  readonly after: readonly FundCourse[]
}

function compareAll(before: CompiledProgram, after: CompiledProgram, facts: FactsFile): Compared {
  const comparing = new Comparing(before, after)
  const [costsBefore, costsAfter] = [new FundCosts(before), new FundCosts(after)]
  const differences: Compared['differences'][number][] = []
  let unlisted = 0
  const columns = new PeopleColumns()
  for (const chunk of chunksOf(peopleOf(facts.text, facts.head))) {
    const names = new Map(chunk.map(({ id, name, facts: { person } }) => [person, { id, name }]))
    const batch = columns.batch(chunk.map((person) => person.facts))
    comparing.add(batch, (difference) => {
      const named = names.get(difference.person)
      if (named && differences.length < PEOPLE_LISTED_MAX) differences.push({ ...difference, ...named })
      else unlisted += 1
    })
    costsBefore.add(batch)
    costsAfter.add(batch)
  }
  const units = new Comparing(unitProgram(before), unitProgram(after))
  units.add(batchOf(unitsOf(facts.head).map((unit) => unitRow(unit.facts))))
  return {
    comparison: comparing.result(),
    units: units.result(),
    differences,
    unlisted,
    before: costsBefore.result(),
    after: costsAfter.result(),
  }
}

function comparisonData({ comparison, units, differences, unlisted, before, after }: Compared, language: 'zh' | 'en') {
  const course = (one: FundCourse | undefined) =>
    one === undefined
      ? null
      : {
          cost_fen: one.cost_fen,
          total_fen: one.total_fen,
          left_fen: one.left_fen,
          exhausted_on: one.exhausted_on === null ? null : formatDay(one.exhausted_on),
          projected_on: one.projected_on === null ? null : formatDay(one.projected_on),
          undated_fen: one.undated_fen,
          by_day_fen: one.by_day_fen,
        }
  return {
    people: comparison.people,
    people_changed: comparison.people_changed,
    total: comparison.total,
    by_entitlement: comparison.by_entitlement.map((row) => ({ ...row, title: row.title[language] })),
    by_fund: comparison.by_fund.map((row) => ({
      ...row,
      title: row.title?.[language] ?? null,
      before: course(before.find(({ fund }) => fund === row.fund)),
      after: course(after.find(({ fund }) => fund === row.fund)),
    })),
    by_area: comparison.by_area,
    units: {
      units: units.people,
      units_changed: units.people_changed,
      total: units.total,
      by_entitlement: units.by_entitlement.map((row) => ({ ...row, title: row.title[language] })),
    },
    differences: differences.map(({ id, name, person: _, ...difference }) => ({
      person: id,
      name,
      ...difference,
      difference_fen: (difference.after_fen ?? 0) - (difference.before_fen ?? 0),
    })),
    differences_unlisted: unlisted,
  }
}

function inWords({ comparison, units, differences, unlisted, after }: Compared, language: 'zh' | 'en'): string {
  const isChinese = language === 'zh'
  const { total, people, people_changed } = comparison
  const yuan = (fen: number) => `${fen > 0 ? '+' : ''}${fen < 0 ? '-' : ''}${formatYuan(Math.abs(fen))}`
  const row = (name: string, change: Comparison['total'], noun = '人') =>
    isChinese
      ? `  ${name}：${formatYuan(change.before_fen)} → ${formatYuan(change.after_fen)} 元（${yuan(change.difference_fen)}；多得 ${change.people_gaining} ${noun} ${yuan(change.gains_fen)}，少得 ${change.people_losing} ${noun} ${yuan(-change.losses_fen)}）`
      : `  ${name}: ${formatYuan(change.before_fen)} → ${formatYuan(change.after_fen)} yuan (${yuan(change.difference_fen)}; ${change.people_gaining} gain ${yuan(change.gains_fen)}, ${change.people_losing} lose ${yuan(-change.losses_fen)})`
  const unsaid = isChinese ? '没有写明' : 'not said'
  const lines = [
    isChinese ? `${people} 人，其中 ${people_changed} 人有变化` : `${people} people, of whom ${people_changed} change`,
    row(isChinese ? '合计' : 'all', total),
    isChinese ? '按待遇' : 'By entitlement',
    ...comparison.by_entitlement.flatMap((one) => [
      one.before_fen === 0 && one.after_fen === 0
        ? `  ${one.title[language]}${isChinese ? `：${one.quantity_before} → ${one.quantity_after}` : `: ${one.quantity_before} → ${one.quantity_after}`}`
        : row(one.title[language], one),
      ...one.states.map(({ before, after: now, people: moved }) =>
        isChinese
          ? `    ${stateName(before, language)} → ${stateName(now, language)}：${moved} 人`
          : `    ${stateName(before, language)} → ${stateName(now, language)}: ${moved}`,
      ),
    ]),
    isChinese ? '按资金' : 'By fund',
    ...comparison.by_fund.flatMap((one) => {
      const name = one.title?.[language] ?? unsaid
      return [
        row(name, one),
        ...lasting(
          after.find(({ fund }) => fund === one.fund),
          language,
        ),
      ]
    }),
    isChinese ? '按区县' : 'By county',
    ...comparison.by_area.map((one) => row(one.area ?? unsaid, one)),
    ...(units.by_entitlement.length > 0 && units.people > 0
      ? [
          isChinese
            ? `单位（${units.people} 个，${units.people_changed} 个有变化）`
            : `Units (${units.people}, ${units.people_changed} change)`,
          ...units.by_entitlement.map((one) => row(one.title[language], one, '个')),
        ]
      : []),
    isChinese ? '逐人' : 'One by one',
    ...differences.map(({ id, name, entitlement, before_fen, after_fen, before, after: now }) => {
      const shown = (fen: number | null, state: StateShown) => {
        const name = stateName(state, language)
        return fen === null ? name : `${formatYuan(fen)}${isChinese ? `（${name}）` : ` (${name})`}`
      }
      return `  ${name ?? id} · ${entitlement}：${shown(before_fen, before)} → ${shown(after_fen, now)}`
    }),
  ]
  if (unlisted > 0) lines.push(isChinese ? `  另有 ${unlisted} 项未列出` : `  ${unlisted} more are not listed`)
  return lines.join('\n')
}

type StateShown = CellDifference['before']

const STATE_NAMES: Readonly<Record<StateShown, Wording>> = {
  settled: { zh: '已定', en: 'settled' },
  needs_decision: { zh: '等人决定', en: 'waits for a decision' },
  missing_fact: { zh: '缺少事实', en: 'a fact is missing' },
  not_covered: { zh: '不适用', en: 'not covered' },
  absent: { zh: '没有这一项', en: 'not in the pack' },
}

function stateName(state: StateShown, language: 'zh' | 'en'): string {
  return STATE_NAMES[state][language]
}

function lasting(course: FundCourse | undefined, language: 'zh' | 'en'): readonly string[] {
  if (!course || course.total_fen === null || course.left_fen === null) return []
  const isChinese = language === 'zh'
  const total = formatYuan(course.total_fen)
  if (course.exhausted_on !== null) {
    const day = formatDay(course.exhausted_on)
    const short = formatYuan(Math.max(0, -course.left_fen))
    return [
      isChinese
        ? `    共 ${total} 元，${day} 起不够，到期末差 ${short} 元`
        : `    holds ${total} yuan; not enough from ${day}, ${short} short at the end`,
    ]
  }
  const left = formatYuan(course.left_fen)
  const until =
    course.projected_on === null
      ? ''
      : isChinese
        ? `；照最后七天的日均支出推算，${formatDay(course.projected_on)} 用完`
        : `; at the mean of the last seven days it runs out on ${formatDay(course.projected_on)}`
  return [
    isChinese
      ? `    共 ${total} 元，期末余 ${left} 元${until}`
      : `    holds ${total} yuan, ${left} left at the end${until}`,
  ]
}
