import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { loadPacks } from '#engines/policy/load.ts'
import { formatMistake, type Mistake, type Stack } from '#engines/policy/pack.ts'
import { OperatorError } from '#platform/db/operator-error.ts'
import { sha256 } from '#records/policies/server/packs.ts'

interface SourceText {
  readonly path: string
  readonly text: string
}

function readFolder(folder: string): SourceText[] {
  const shown = path.relative(process.cwd(), folder) || folder
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => ({
      path: path.posix.join(shown.split(path.sep).join('/'), name),
      text: readFileSync(path.join(folder, name), 'utf8'),
    }))
}

/**
 * Loads a pack from its folder, with the layers that it extends from the folders beside it. Mistakes are told with file and
 * line, what is wrong and what would be right.
 *
 * @example loadPackFolder('policies/shaoxing-2020').layers.map(({ id }) => id) // ['national-2020', 'zhejiang-2020', 'shaoxing-2020']
 */
export function loadPackFolder(folder: string): Stack {
  const own = path.resolve(folder)
  if (!existsSync(own) || !statSync(own).isDirectory()) {
    throw new OperatorError(`没有政策包目录 ${folder}。`, `There is no pack folder ${folder}.`, { exitStatus: 2 })
  }
  const files = readFolder(own)
  const read = new Set<string>()
  for (;;) {
    const loaded = loadPacks(files, sha256)
    if (loaded.ok) {
      const lowest = [...loaded.stacks.values()].reduce((one, other) =>
        other.layers.length > one.layers.length ? other : one,
      )
      return lowest
    }
    const missing = loaded.mistakes.filter(({ code }) => code === 'pack.no_parent').map(({ value }) => value)
    const above = [...new Set(missing)].filter((id) => !read.has(id) && existsSync(path.join(path.dirname(own), id)))
    if (above.length === 0) throw refusal(loaded.mistakes)
    for (const id of above) {
      read.add(id)
      files.push(...readFolder(path.join(path.dirname(own), id)))
    }
  }
}

function refusal(mistakes: readonly Mistake[]): OperatorError {
  const lines = (language: 'zh' | 'en') => mistakes.map((mistake) => formatMistake(mistake, language)).join('\n')
  return new OperatorError(
    `政策包有 ${mistakes.length} 处需要改正：\n${lines('zh')}`,
    `The pack has ${mistakes.length} mistake(s):\n${lines('en')}`,
    { exitStatus: 1 },
  )
}
