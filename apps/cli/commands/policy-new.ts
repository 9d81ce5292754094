import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readPackFolder } from '#apps/cli/packs-on-disk.ts'
import { fatigueOf } from '#engines/fatigue/fatigue.ts'
import { formatMistake, LEVELS } from '#engines/policy/pack.ts'
import { testPack } from '#engines/policy/test-pack.ts'
import { OperatorError } from '#platform/db/operator-error.ts'
import { templateFiles } from '#records/policies/pack-template.ts'
import type { Call, Command } from '../command.ts'

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/
/** No place has this code; whoever writes a pack puts their own in. */
const UNUSED_AREA = '999901'

export const command: Command = {
  usage: 'NAME [--dir DIR] [--extends PACK] [--level LEVEL] [--area CODE]',
  text: {
    zh: [
      '新写一个政策包：在 DIR/NAME 里放一个能检查、能运行的小包，逐段带说明，照着改成自己的通知。',
      '已有的目录不动。写完用 tongpao policy check 和 tongpao policy test 核对。',
    ].join('\n'),
    en: [
      'Begins a pack: puts a small one that checks and runs into DIR/NAME, with comments that teach, to be turned into your notice.',
      'A folder that exists is left alone. Afterwards: tongpao policy check and tongpao policy test.',
    ].join('\n'),
  },
  options: {
    dir: { value: 'DIR', text: { zh: '放在哪个目录下，默认当前目录', en: 'where to put it; here when left out' } },
    extends: {
      value: 'PACK',
      text: { zh: '上一层的包，如 national-2020', en: 'the pack above, such as national-2020' },
    },
    level: { value: 'LEVEL', text: { zh: '层级，默认 county', en: 'its level; county when left out' } },
    area: {
      value: 'CODE',
      text: { zh: `行政区划代码，默认 ${UNUSED_AREA}`, en: `division code; ${UNUSED_AREA} when left out` },
    },
  },
  settings: [],
  words: { min: 1, max: 1 },
  printsData: true,
  async run(call) {
    const folder = write(call)
    const read = readPackFolder(folder)
    const tested = read.ok ? testPack(read.stack, read.cases, fatigueOf) : undefined
    const mistakes = read.ok ? (tested?.mistakes ?? []) : read.mistakes
    const isGood = mistakes.length === 0 && tested?.misses.length === 0
    const next = (language: 'zh' | 'en') => {
      const wrong = mistakes.map((mistake) => formatMistake(mistake, language))
      const shown = path.relative(process.cwd(), folder) || '.'
      return [
        language === 'zh' ? `写在 ${shown}。` : `Written to ${shown}.`,
        ...wrong,
        language === 'zh' ? '改一处，查一处：' : 'Change a part, check a part:',
        `  tongpao policy check ${shown}`,
        `  tongpao policy test ${shown}`,
        `  tongpao policy run --pack ${shown} --facts ${path.join(shown, 'facts.example.json')}`,
      ].join('\n')
    }
    call.print({ zh: next('zh'), en: next('en') }, { format: 'tongpao.policy.new/1', folder, ok: isGood })
    return isGood ? 0 : 1
  },
}

function write(call: Call): string {
  const [name = ''] = call.words
  if (!NAME.test(name)) {
    throw new OperatorError(
      `“${name}”不能作名称：用小写字母、数字、连字符，如 binhai-2024。`,
      `"${name}" is no name: use lower-case letters, digits and hyphens, as in binhai-2024.`,
      { exitStatus: 2 },
    )
  }
  const written = call.option('level') ?? 'county'
  const level = LEVELS.find((one) => one === written)
  if (level === undefined) {
    throw new OperatorError(`层级可写 ${LEVELS.join('、')}。`, `The level is one of ${LEVELS.join(', ')}.`, {
      exitStatus: 2,
    })
  }
  const folder = path.resolve(call.option('dir') ?? '.', name)
  if (existsSync(folder)) {
    throw new OperatorError(`${folder} 已经有了，没有动它。`, `${folder} exists already and was left alone.`, {
      exitStatus: 2,
    })
  }
  // Facts name places by six digits: a whole city is written 990500.
  const area = (call.option('area') ?? UNUSED_AREA).replace(/^(\d{2}|\d{4})$/, (code) => code.padEnd(6, '0'))
  mkdirSync(path.join(folder, 'cases'), { recursive: true })
  for (const file of templateFiles({ name, level, area, above: call.option('extends') }))
    writeFileSync(path.join(folder, file.path), file.text)
  return folder
}
