import { readPackFolder } from '#apps/cli/packs-on-disk.ts'
import { fatigueOf } from '#engines/fatigue/fatigue.ts'
import { formatMistake } from '#engines/policy/pack.ts'
import { type PackTestResult, testPack } from '#engines/policy/test-pack.ts'
import type { Command } from '../command.ts'
import { mistakeData, packData } from './policy-check.ts'

export const command: Command = {
  usage: 'DIR',
  text: {
    zh: '运行政策包 cases/ 里的例子，列出每个与预期不符的地方：写在哪一行，应得什么，算出什么。\n退出状态 0 全部相符，1 有不符、有错，或没有例子。',
    en: 'Runs the examples under cases/ of a pack and lists where one comes out otherwise than it says: line, wanted, got.\nExit status 0: all as they say; 1: some not, a mistake, or no example at all.',
  },
  options: {},
  settings: [],
  words: { min: 1, max: 1 },
  printsData: true,
  async run({ words, print }) {
    const [folder = '.'] = words
    const read = readPackFolder(folder)
    if (!read.ok) {
      const lines = (language: 'zh' | 'en') => read.mistakes.map((one) => formatMistake(one, language)).join('\n')
      print(
        { zh: lines('zh'), en: lines('en') },
        {
          format: 'tongpao.policy.test/2',
          ok: false,
          pack: null,
          cases: 0,
          misses: [],
          mistakes: read.mistakes.map(mistakeData),
        },
      )
      return 1
    }
    const result = testPack(read.stack, read.cases, fatigueOf)
    const isGood = result.cases > 0 && result.misses.length === 0 && result.mistakes.length === 0
    print(
      { zh: inWords(result, 'zh'), en: inWords(result, 'en') },
      {
        format: 'tongpao.policy.test/2',
        ok: isGood,
        pack: packData(read.stack),
        cases: result.cases,
        misses: result.misses.map(({ place, ...miss }) => ({ file: place.file, line: place.line, ...miss })),
        mistakes: result.mistakes.map(mistakeData),
      },
    )
    return isGood ? 0 : 1
  },
}

function inWords({ cases, misses, mistakes }: PackTestResult, language: 'zh' | 'en'): string {
  const isChinese = language === 'zh'
  const lines = mistakes.map((one) => formatMistake(one, language))
  for (const { place, name, entitlement, wanted, got } of misses) {
    const what = isChinese ? `应为“${wanted.zh}”，算出“${got.zh}”` : `wanted "${wanted.en}", got "${got.en}"`
    lines.push(`${place.file}:${place.line}:${place.column}  ${name} · ${entitlement}：${what}`)
  }
  if (cases === 0 && mistakes.length === 0)
    lines.push(isChinese ? '没有例子：请在 cases/ 里写几个。' : 'No examples: write some under cases/.')
  lines.push(
    isChinese
      ? `${cases} 个例子，${misses.length} 处不符，${mistakes.length} 处写错。`
      : `${cases} examples, ${misses.length} not as they say, ${mistakes.length} mistakes.`,
  )
  return lines.join('\n')
}
