import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { loadPacks } from '#engines/policy/load.ts'
import { formatMistake, type Mistake, type Stack } from '#engines/policy/pack.ts'
import { OperatorError } from '#platform/db/operator-error.ts'

export interface SourceText {
  readonly path: string
  readonly text: string
}

/** The packs that come with the program; a pack elsewhere extends them by their id. */
export const SHIPPED_PACKS = path.resolve(import.meta.dirname, '../../policies')

/** As every pack is pinned, here and in the database. */
function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

export type FolderRead =
  | { readonly ok: true; readonly stack: Stack; readonly cases: readonly SourceText[] }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] }

/** The YAML files of a folder, named as seen from where the command was given, so that an editor can jump to them. */
export function readFolder(folder: string): SourceText[] {
  const shown = path.relative(process.cwd(), folder) || '.'
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => ({
      path: path.posix.join(shown.split(path.sep).join('/'), name),
      text: readFileSync(path.join(folder, name), 'utf8'),
    }))
}

/**
 * Reads the pack in a folder with the layers that it extends, which are looked for in the folders beside it and then among those
 * that come with the program, and its examples under `cases/`. Mistakes are answered, not thrown.
 */
export function readPackFolder(folder: string): FolderRead {
  const own = path.resolve(folder)
  if (!existsSync(own) || !statSync(own).isDirectory()) {
    throw new OperatorError(`没有政策包目录 ${folder}。`, `There is no pack folder ${folder}.`, { exitStatus: 2 })
  }
  const files = readFolder(own)
  if (files.length === 0) {
    throw new OperatorError(
      `${folder} 里没有 .yaml 文件。新写一个包：tongpao policy new 名称`,
      `${folder} holds no .yaml files. To begin a pack: tongpao policy new NAME`,
      { exitStatus: 2 },
    )
  }
  const read = new Set<string>()
  for (;;) {
    const loaded = loadPacks(files, sha256)
    if (loaded.ok) return { ok: true, stack: lowestOf(loaded.stacks), cases: casesOf(own) }
    const missing = new Set(loaded.mistakes.filter(({ code }) => code === 'pack.no_parent').map(({ value }) => value))
    const above = [...missing].flatMap((id) => (read.has(id) ? [] : findLayer(id, own)))
    if (above.length === 0) return { ok: false, mistakes: loaded.mistakes.map((one) => sayWhereLooked(one, own)) }
    for (const { id, place } of above) {
      read.add(id)
      files.push(...readFolder(place))
    }
  }
}

function casesOf(folder: string): readonly SourceText[] {
  const cases = path.join(folder, 'cases')
  return existsSync(cases) ? readFolder(cases) : []
}

function lowestOf(stacks: ReadonlyMap<string, Stack>): Stack {
  return [...stacks.values()].reduce((one, other) => (other.layers.length > one.layers.length ? other : one))
}

function findLayer(id: string, own: string): readonly { id: string; place: string }[] {
  const places = [path.join(path.dirname(own), id), path.join(SHIPPED_PACKS, id)]
  const place = places.find((one) => one !== own && existsSync(one) && statSync(one).isDirectory())
  return place === undefined ? [] : [{ id, place }]
}

function sayWhereLooked(mistake: Mistake, own: string): Mistake {
  if (mistake.code !== 'pack.no_parent') return mistake
  const places = [...new Set([path.dirname(own), SHIPPED_PACKS])].join(path.delimiter === ';' ? '; ' : ', ')
  const shipped = readdirSync(SHIPPED_PACKS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .join(', ')
  return {
    ...mistake,
    wrong: {
      zh: `没有这个上级政策包（找过 ${places}）`,
      en: `there is no such pack above (looked in ${places})`,
    },
    right: {
      zh: `把它的目录放在本包旁边，或改 extends；随程序带的有：${shipped}`,
      en: `put its folder beside this one, or correct extends; those that come with the program: ${shipped}`,
    },
  }
}

/**
 * Loads a pack from its folder, with the layers that it extends. Mistakes are told with file and line, what is wrong and what would
 * be right.
 *
 * @example loadPackFolder('policies/shaoxing-2020').layers.map(({ id }) => id) // ['national-2020', 'zhejiang-2020', 'shaoxing-2020']
 */
export function loadPackFolder(folder: string): Stack {
  const read = readPackFolder(folder)
  if (read.ok) return read.stack
  throw refusal(read.mistakes)
}

function refusal(mistakes: readonly Mistake[]): OperatorError {
  const lines = (language: 'zh' | 'en') => mistakes.map((mistake) => formatMistake(mistake, language)).join('\n')
  return new OperatorError(
    `政策包有 ${mistakes.length} 处需要改正：\n${lines('zh')}`,
    `The pack has ${mistakes.length} mistake(s):\n${lines('en')}`,
    { exitStatus: 1 },
  )
}
