import { decisionsIn, openFacts } from '#apps/cli/facts-on-disk.ts'
import { loadPackFolder } from '#apps/cli/packs-on-disk.ts'
import { compileFor, DAY_OPTIONS, type Days, daysData, daysOf } from '#apps/cli/policy-days.ts'
import { fatigueOf } from '#engines/fatigue/fatigue.ts'
import { explainedAnswer } from '#engines/policy/answer.ts'
import { restAnswer } from '#engines/policy/answer-rest.ts'
import type { CompiledProgram } from '#engines/policy/compile.ts'
import { explain } from '#engines/policy/explain.ts'
import { batchOf, type PersonFacts } from '#engines/policy/facts.ts'
import { peopleOf } from '#engines/policy/facts-file/read-facts.ts'
import { stateText } from '#engines/policy/miss-texts.ts'
import { nearestWord } from '#engines/policy/mistakes.ts'
import type { Stack } from '#engines/policy/pack.ts'
import { breachesIn, restByDay } from '#engines/policy/rest-breaches.ts'
import { compileRest, type RestProgram } from '#engines/policy/rest-compile.ts'
import { explainRest } from '#engines/policy/rest-explain.ts'
import type { ExplanationLine } from '#engines/policy/results.ts'
import { formatDay } from '#engines/values/time.ts'
import { OperatorError } from '#platform/db/operator-error.ts'
import type { Command } from '../command.ts'
import { packData } from './policy-check.ts'

export const command: Command = {
  usage: '--pack DIR --facts FACTS.json --person ID (--entitlement CODE | --rest-rule CODE) [--lang zh|en]',
  text: {
    zh: '说明一个人的一项待遇从哪里来：条款、依据、每天的记录和算式、标准的版本和等级、还缺什么；\n或一条休息规则为什么到了、没到：各项数字和界限、哪天起应休、哪几天违反了。\n--json 输出与 policy run 中同一项相同的内容。',
    en: 'Explains one entitlement of one person: clause, ground, records and arithmetic of every day, versions and grades of the\nfigures, what is still open; or why a rest rule applies or not: its figures and bounds, since when, days of breach. --json prints what policy run prints for it.',
  },
  options: {
    pack: { value: 'DIR', text: { zh: '政策包目录', en: 'folder of the pack' } },
    facts: { value: 'FILE', text: { zh: '事实文件（.json 或 .yaml）', en: 'the facts (.json or .yaml)' } },
    person: { value: 'ID', text: { zh: '人的编号', en: 'id of the person' } },
    entitlement: { value: 'CODE', text: { zh: '待遇的名称（code）', en: 'code of the entitlement' } },
    'rest-rule': { value: 'CODE', text: { zh: '休息规则的名称（code）', en: 'code of the rest rule' } },
    ...DAY_OPTIONS,
  },
  settings: [],
  printsData: true,
  async run(call) {
    const facts = openFacts(call.required('facts'))
    const stack = loadPackFolder(call.required('pack'))
    const days = daysOf(call, facts)
    const rule = call.option('rest-rule')
    if (rule !== undefined && call.option('entitlement') !== undefined) {
      throw new OperatorError(
        '--entitlement 和 --rest-rule 只写一个。',
        'Give either --entitlement or --rest-rule, not both.',
        { exitStatus: 2 },
      )
    }
    const program = compileFor(stack, days, decisionsIn(facts, stack), facts)
    const rest = rule === undefined ? undefined : compileRest(stack, days)
    const code = rest ? ruleOf(rest, rule ?? '') : entitlementOf(program, call.required('entitlement'))
    const wanted = call.required('person')
    for (const { id, name, unit, facts: person } of peopleOf(facts.text, facts.head)) {
      if (id !== wanted) continue
      const head = { format: 'tongpao.policy.explain/1', pack: packData(stack), facts: { hash: facts.hash } }
      const about = { ...head, ...daysData(days), person: id, name, unit }
      if (rest) {
        const explained = explainRestFor(rest, stack, days, person, code)
        const texts = { zh: explained.text(name ?? id, 'zh'), en: explained.text(name ?? id, 'en') }
        call.print(texts, { ...about, ...explained.answer(call.language) })
        return 0
      }
      const text = (language: 'zh' | 'en') => {
        const { title, lines } = explain(program, person, code, language)
        return [`${name ?? id} · ${title}`, ...lines.flatMap((line) => indented(line, 1))].join('\n')
      }
      const answer = explainedAnswer(program, person, code, call.language)
      call.print({ zh: text('zh'), en: text('en') }, { ...about, ...answer })
      return 0
    }
    const near = nearestWord(wanted, facts.head.numbers.keys())
    throw new OperatorError(
      `事实文件里没有“${wanted}”这个人。${near === undefined ? '' : `是否想写“${near}”？`}`,
      `The facts have no person "${wanted}".${near === undefined ? '' : ` Did you mean "${near}"?`}`,
      { exitStatus: 2 },
    )
  },
}

function entitlementOf(program: CompiledProgram, wanted: string): string {
  const codes = program.entitlements.map(({ code }) => code)
  if (codes.includes(wanted)) return wanted
  throw new OperatorError(
    `政策包里没有待遇“${wanted}”。有：${codes.join('、')}`,
    `The pack has no entitlement "${wanted}". It has: ${codes.join(', ')}`,
    { exitStatus: 2 },
  )
}

function ruleOf(rest: RestProgram, wanted: string): string {
  const codes = rest.rules.map(({ rule }) => rule.code)
  if (codes.includes(wanted)) return wanted
  throw new OperatorError(
    `政策包里没有当天有效的休息规则“${wanted}”。有：${codes.join('、') || '（没有）'}`,
    `The pack has no rest rule "${wanted}" in force on the day. It has: ${codes.join(', ') || '(none)'}`,
    { exitStatus: 2 },
  )
}

/** A rest rule for one person: how it stands on the last day, why, and the days on which duty went against it. */
function explainRestFor(rest: RestProgram, stack: Stack, days: Days, person: PersonFacts, code: string) {
  const batch = batchOf([person])
  const breaches = breachesIn(restByDay(stack, days), batch, fatigueOf)
    .filter(({ rule }) => rule === code)
    .map(({ from, to }) => ({ from: formatDay(from), to: formatDay(to) }))
  const explain = (language: 'zh' | 'en') =>
    explainRest(rest, batch, 0, code, fatigueOf, { language, closed_facts: 'named' })
  const rule = rest.rules.find((one) => one.rule.code === code)?.rule
  if (!rule) throw new RangeError(`no rest rule ${code}`)
  return {
    text(name: string, language: 'zh' | 'en') {
      const { lines, result } = explain(language)
      const runs = breaches.map(({ from, to }) =>
        from === to ? from : `${from} ${language === 'zh' ? '至' : 'to'} ${to}`,
      )
      const broken =
        runs.length === 0
          ? { zh: '这些日子没有违反', en: 'no breach in these days' }
          : { zh: `违反：${runs.join('、')}`, en: `breaches: ${runs.join(', ')}` }
      const state = stateText(result.state)[language]
      const texts = [`${formatDay(days.on)} ${state}`, ...lines.map((line) => line.text), broken[language]]
      return [`${name} · ${rule.title[language]}`, ...texts.map((line) => `  ${line}`)].join('\n')
    },
    answer(language: 'zh' | 'en') {
      const { lines, result } = explain(language)
      return { ...restAnswer(rule, result, { stack, language }), breaches, steps: lines }
    },
  }
}

function indented(line: ExplanationLine, depth: number): readonly string[] {
  const own = `${'  '.repeat(depth)}${line.text}`
  return [own, ...(line.lines ?? []).flatMap((below) => indented(below, depth + 1))]
}
