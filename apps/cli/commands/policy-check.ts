import { readPackFolder } from '#apps/cli/packs-on-disk.ts'
import { fatigueOf } from '#engines/fatigue/fatigue.ts'
import { formatMistake, type Mistake, type Stack } from '#engines/policy/pack.ts'
import { testPack } from '#engines/policy/test-pack.ts'
import type { Command } from '../command.ts'

export const command: Command = {
  usage: 'DIR',
  text: {
    zh: [
      '检查一个政策包目录：词、单位、日期、缺口和重叠、上下级的限额、例子的写法。一次列出所有要改的地方：文件:行:列。',
      '上级的包先在旁边的目录找，再在随程序带的 policies/ 里找。退出状态 0 没有错，1 有错。',
    ].join('\n'),
    en: [
      'Checks the folder of a pack: words, units, dates, gaps and overlaps, bounds of layers above, the form of its examples.',
      'All mistakes are listed at once as file:line:column. Layers above are looked for in the folders beside it, then among the',
      'packs that come with the program. Exit status 0: no mistake; 1: mistakes.',
    ].join('\n'),
  },
  options: {},
  settings: [],
  words: { min: 1, max: 1 },
  printsData: true,
  async run({ words, print }) {
    const [folder = '.'] = words
    const read = readPackFolder(folder)
    const tested = read.ok ? testPack(read.stack, read.cases, fatigueOf) : undefined
    const mistakes = read.ok ? (tested?.mistakes ?? []) : read.mistakes
    const stack = read.ok ? read.stack : null
    print(
      {
        zh: inWords(stack, mistakes, tested?.cases ?? 0, 'zh'),
        en: inWords(stack, mistakes, tested?.cases ?? 0, 'en'),
      },
      {
        format: 'tongpao.policy.check/1',
        ok: mistakes.length === 0,
        pack: stack && packData(stack),
        cases: tested?.cases ?? 0,
        mistakes: mistakes.map(mistakeData),
      },
    )
    return mistakes.length === 0 ? 0 : 1
  },
}

function inWords(stack: Stack | null, mistakes: readonly Mistake[], cases: number, language: 'zh' | 'en'): string {
  const lines = mistakes.map((mistake) => formatMistake(mistake, language))
  if (lines.length > 0 || !stack) {
    const count = language === 'zh' ? `共 ${lines.length} 处需要改正。` : `${lines.length} mistake(s).`
    return [...lines, count].join('\n')
  }
  const layers = stack.layers.map(({ id }) => id).join(' → ')
  return language === 'zh'
    ? `没有错。${layers}；条款 ${stack.clauses.size}，参数 ${stack.parameters.size}，待遇 ${stack.entitlements.size}，决定事项 ${stack.decision_points.size}，例子 ${cases}。`
    : `No mistakes. ${layers}: ${stack.clauses.size} clauses, ${stack.parameters.size} parameters, ${stack.entitlements.size} entitlements, ${stack.decision_points.size} decision points, ${cases} examples.`
}

/** Which text a result rests on: every layer with its version and hash. */
export function packData(stack: Stack) {
  return {
    id: stack.id,
    hash: stack.hash,
    layers: stack.layers.map(({ id, version, level, area, hash }) => ({ id, version, level, area, hash })),
  }
}

export function mistakeData({ code, place, value, wrong, right }: Mistake) {
  return { code, file: place.file, line: place.line, column: place.column, value, wrong, right }
}
