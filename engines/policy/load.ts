import { buildPack } from './build-pack.ts'
import { checkStack } from './check-stack.ts'
import { extendStack } from './layers.ts'
import { Mistakes, suggestion } from './mistakes.ts'
import type { Mistake, Stack } from './pack.ts'
import { refuseLarge, refuseLargePack } from './pack-limits.ts'
import { type PackFile, packFileShape, type WrittenHeader } from './schema/pack-shape.ts'
import { readSource, type SourceFile } from './source.ts'

/** Gives a hexadecimal digest of a text; handed in, since engines reach no libraries of the machine. */
export type Hash = (text: string) => string

export type LoadResult =
  | { readonly ok: true; readonly stacks: ReadonlyMap<string, Stack> }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] }

interface Directory {
  readonly name: string
  readonly files: SourceFile[]
}

interface ReadDirectory {
  readonly header: WrittenHeader
  readonly files: readonly PackFile[]
  readonly hash: string
  readonly mistakes: Mistakes
}

/**
 * Reads policy packs and joins each with the layers above it.
 *
 * Input: every YAML file of every pack wanted, with its path; files of one directory make one pack, those under `cases/` are
 * its examples and are not read here (`test-pack.ts` does). Output: one stack per pack, keyed by pack id, or every mistake found.
 * A pack's hash covers its files in the order of their paths, so that any change of text gives another hash.
 *
 * @example
 * const loaded = loadPacks([{ path: 'policies/a-2020/pack.yaml', text }], (text) => sha256(text))
 * if (loaded.ok) compileStack(loaded.stacks.get('a-2020'), …)
 */
export function loadPacks(files: readonly SourceFile[], hash: Hash): LoadResult {
  const wrong: Mistakes[] = []
  const packs = new Map<string, ReadDirectory>()
  const broken = new Set<string>()
  for (const directory of directoriesOf(files)) {
    const mistakes = new Mistakes()
    wrong.push(mistakes)
    const read = readDirectory(directory, hash, mistakes)
    if (!read) {
      // What stands on a pack that cannot be read is not blamed for it.
      broken.add(directory.name.split('/').at(-1) ?? '')
      continue
    }
    const earlier = packs.get(read.header.id)
    if (earlier) refuseSameId(read, earlier)
    else packs.set(read.header.id, read)
  }
  const stacks = new Map<string, Stack>()
  for (const id of packs.keys()) stackUp(id, { packs, broken, stacks, hash }, [])
  const mistakes = wrong.flatMap(({ list }) => list)
  return mistakes.length === 0 ? { ok: true, stacks } : { ok: false, mistakes }
}

function directoriesOf(files: readonly SourceFile[]): readonly Directory[] {
  const directories = new Map<string, Directory>()
  for (const file of [...files].sort((left, right) => (left.path < right.path ? -1 : 1))) {
    const name = file.path.split('/').slice(0, -1).join('/')
    if (name.endsWith('/cases') || name === 'cases') continue
    const directory = directories.get(name) ?? { name, files: [] }
    directory.files.push(file)
    directories.set(name, directory)
  }
  return [...directories.values()]
}

function readDirectory(directory: Directory, hash: Hash, mistakes: Mistakes): ReadDirectory | undefined {
  if (refuseLargePack(directory.files, mistakes)) return undefined
  const files: PackFile[] = []
  for (const file of directory.files) {
    const located = readSource(file, mistakes)
    const read = located && packFileShape.read(located, mistakes)
    if (read) files.push(read)
  }
  const headers = files.flatMap(({ pack }) => pack ?? [])
  const [header, second] = headers
  if (mistakes.list.length > 0) return undefined
  const first = directory.files[0]
  if (first && refuseLarge('rules', rulesIn(files), { file: first.path, line: 1, column: 1 }, mistakes))
    return undefined
  if (second) refuseSecondHeader(second, mistakes)
  if (!header) return refuseNoHeader(directory, mistakes)
  const text = directory.files.map((file) => `${file.path.split('/').at(-1)}\0${file.text}`).join('\0')
  return { header, files, hash: hash(text), mistakes }
}

/** Codes defined in all sections of all files. */
function rulesIn(files: readonly PackFile[]): number {
  return files.reduce(
    (sum, file) => Object.values(file).reduce((count, part) => count + (Array.isArray(part) ? part.length : 0), sum),
    0,
  )
}

function refuseNoHeader(directory: Directory, mistakes: Mistakes): undefined {
  const file = directory.files[0]?.path ?? directory.name
  return mistakes.add(
    'pack.no_head',
    { file, line: 1, column: 1 },
    'pack',
    { zh: '这个目录里没有写“pack:”的文件', en: 'no file of this directory has a "pack:" head' },
    { zh: '在 pack.yaml 开头写 pack: 一节', en: 'begin pack.yaml with a "pack:" section' },
  )
}

function refuseSecondHeader(second: WrittenHeader, mistakes: Mistakes): void {
  mistakes.add(
    'pack.two_heads',
    second.place,
    second.id,
    { zh: '一个目录只能有一个“pack:”', en: 'a directory has one "pack:" head' },
    { zh: '把另一个政策包放到自己的目录', en: 'put the other pack into a directory of its own' },
  )
}

function refuseSameId(read: ReadDirectory, earlier: ReadDirectory): void {
  const where = `${earlier.header.place.file}:${earlier.header.place.line}`
  read.mistakes.add(
    'pack.same_id',
    read.header.place,
    read.header.id,
    { zh: `${where} 已有同名的政策包`, en: `${where} already has this id` },
    { zh: '换一个 id', en: 'choose another id' },
  )
}

interface Stacking {
  readonly packs: ReadonlyMap<string, ReadDirectory>
  readonly broken: ReadonlySet<string>
  readonly stacks: Map<string, Stack>
  readonly hash: Hash
}

/** Builds a pack's stack after that of the layer above it; `undefined` when something above is missing or turns in a circle. */
function stackUp(id: string, stacking: Stacking, below: readonly string[]): Stack | undefined {
  const done = stacking.stacks.get(id)
  if (done) return done
  const read = stacking.packs.get(id)
  if (!read) return undefined
  const { header, files, mistakes } = read
  if (below.includes(id)) return refuseCycle(header, [...below, id], mistakes)
  let above: Stack | null = null
  if (header.extends !== null) {
    if (stacking.broken.has(header.extends)) return undefined
    if (!stacking.packs.has(header.extends)) return refuseNoParent(header, header.extends, stacking, mistakes)
    const parent = stackUp(header.extends, stacking, [...below, id])
    if (!parent) return undefined
    above = parent
  }
  const pack = buildPack(header, files, read.hash, above, mistakes)
  const stack = extendStack(above, pack, stacking.hash, mistakes)
  checkStack(stack, pack, mistakes)
  stacking.stacks.set(id, stack)
  return stack
}

function refuseCycle(header: WrittenHeader, path: readonly string[], mistakes: Mistakes): undefined {
  return mistakes.add(
    'pack.cycle',
    header.place,
    path.join(' → '),
    { zh: '政策包互相以对方为上级', en: 'the packs extend one another in a circle' },
    { zh: '县 → 市 → 省 → 国家，逐级向上写 extends', en: 'extends goes up: county, city, province, national' },
  )
}

function refuseNoParent(header: WrittenHeader, parent: string, stacking: Stacking, mistakes: Mistakes): undefined {
  return mistakes.add(
    'pack.no_parent',
    header.place,
    parent,
    { zh: '没有这个上级政策包', en: 'there is no such pack above' },
    suggestion(parent, [...stacking.packs.keys()]),
  )
}
