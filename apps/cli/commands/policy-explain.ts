import { decisionsIn, openFacts } from '#apps/cli/facts-on-disk.ts'
import { loadPackFolder } from '#apps/cli/packs-on-disk.ts'
import { compileFor, DAY_OPTIONS, daysData, daysOf } from '#apps/cli/policy-days.ts'
import { explainedAnswer } from '#engines/policy/answer.ts'
import type { CompiledProgram } from '#engines/policy/compile.ts'
import { explain } from '#engines/policy/explain.ts'
import { peopleOf } from '#engines/policy/facts-file/read-facts.ts'
import { nearestWord } from '#engines/policy/mistakes.ts'
import type { ExplanationLine } from '#engines/policy/results.ts'
import { OperatorError } from '#platform/db/operator-error.ts'
import type { Command } from '../command.ts'
import { packData } from './policy-check.ts'

export const command: Command = {
  usage: '--pack DIR --facts FACTS.json --person ID --entitlement CODE [--lang zh|en]',
  text: {
    zh: '说明一个人的一项待遇从哪里来：条款、依据、每天的记录和算式、标准的版本和等级、还缺什么。\n--json 输出与 policy run 中同一项相同的内容。',
    en: 'Explains one entitlement of one person: clause, ground, records and arithmetic of every day, versions and grades of the\nfigures, what is still open. --json prints what policy run prints for it.',
  },
  options: {
    pack: { value: 'DIR', text: { zh: '政策包目录', en: 'folder of the pack' } },
    facts: { value: 'FILE', text: { zh: '事实文件（.json 或 .yaml）', en: 'the facts (.json or .yaml)' } },
    person: { value: 'ID', text: { zh: '人的编号', en: 'id of the person' } },
    entitlement: { value: 'CODE', text: { zh: '待遇的名称（code）', en: 'code of the entitlement' } },
    ...DAY_OPTIONS,
  },
  settings: [],
  printsData: true,
  async run(call) {
    const facts = openFacts(call.required('facts'))
    const stack = loadPackFolder(call.required('pack'))
    const days = daysOf(call, facts)
    const program = compileFor(stack, days, decisionsIn(facts, stack), facts)
    const code = entitlementOf(program, call.required('entitlement'))
    const wanted = call.required('person')
    for (const { id, name, unit, facts: person } of peopleOf(facts.text, facts.head)) {
      if (id !== wanted) continue
      const text = (language: 'zh' | 'en') => {
        const { title, lines } = explain(program, person, code, language)
        return [`${name ?? id} · ${title}`, ...lines.flatMap((line) => indented(line, 1))].join('\n')
      }
      const answer = explainedAnswer(program, person, code, call.language)
      const head = { format: 'tongpao.policy.explain/1', pack: packData(stack), facts: { hash: facts.hash } }
      call.print({ zh: text('zh'), en: text('en') }, { ...head, ...daysData(days), person: id, name, unit, ...answer })
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

function indented(line: ExplanationLine, depth: number): readonly string[] {
  const own = `${'  '.repeat(depth)}${line.text}`
  return [own, ...(line.lines ?? []).flatMap((below) => indented(below, depth + 1))]
}
