import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { Mistakes } from './mistakes.ts'
import type { Place } from './pack.ts'
import { PACK_LIMITS, refuseLarge, sizeOf } from './pack-limits.ts'
import { yamlMistake } from './yaml-mistakes.ts'

/**
 * YAML as values that know where they stand. Everything written is kept as text: whether `300` is a number or `2020-02-03` a
 * day is for the pack's shape to say, so that nothing is turned into a float or a timestamp on the way.
 */
export type Located =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean; readonly place: Place }
  | { readonly kind: 'list'; readonly items: readonly Located[]; readonly place: Place }
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, LocatedEntry>; readonly place: Place }
  | { readonly kind: 'empty'; readonly place: Place }

export interface LocatedEntry {
  readonly key_place: Place
  readonly value: Located
}

export interface SourceFile {
  readonly path: string
  readonly text: string
}

const FILE_CHARACTERS_MAX = PACK_LIMITS.characters
const DEPTH_MAX = 24
const NODES_MAX = 60_000

interface Reading {
  readonly file: string
  readonly lines: LineCounter
  readonly mistakes: Mistakes
  nodes: number
}

/** Reads one YAML file; `undefined` when it is so wrong that there is nothing to look at. */
export function readSource(file: SourceFile, mistakes: Mistakes): Located | undefined {
  const start: Place = { file: file.path, line: 1, column: 1 }
  if (file.text.length > FILE_CHARACTERS_MAX) {
    return mistakes.add(
      'source.too_long',
      start,
      `${file.text.length}`,
      { zh: '文件过长', en: 'the file is too long' },
      {
        zh: `一个文件最多 ${FILE_CHARACTERS_MAX} 个字符，请拆成几个文件`,
        en: `a file holds at most ${FILE_CHARACTERS_MAX} characters: split it`,
      },
    )
  }
  const size = sizeOf(file.text)
  if (refuseLarge('lines', size.lines, start, mistakes)) return undefined
  if (refuseLarge('separators', size.separators, start, mistakes)) return undefined
  const tooDeep = lineNestedTooDeep(file.text)
  if (tooDeep !== undefined) return refuseDepth({ file: file.path, line: tooDeep, column: 1 }, mistakes)
  const lines = new LineCounter()
  const document = parseDocument(file.text, {
    schema: 'failsafe',
    lineCounter: lines,
    uniqueKeys: false,
    prettyErrors: false,
  })
  const reading: Reading = { file: file.path, lines, mistakes, nodes: 0 }
  const told = new Set<number>()
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    const found = yamlMistake(file.text, { code, message, offset: pos[0] })
    const place = placeAt(reading, found.offset)
    // One slip often makes the parser stumble several times.
    if (told.has(place.line)) continue
    told.add(place.line)
    mistakes.add(found.code, place, found.value, found.wrong, found.right)
  }
  if (document.errors.length > 0) return undefined
  return locate(reading, document.contents, start, 0)
}

/** A YAML bomb by nesting is stopped before the parser recurses into it: counts brackets, and indentation by column. */
function lineNestedTooDeep(text: string): number | undefined {
  let line = 1
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index)
    if (character === 10) line += 1
    else if (character === 91 || character === 123) depth += 1
    else if (character === 93 || character === 125) depth = Math.max(0, depth - 1)
    if (depth > 200) return line
  }
  const deepIndent = /^(?: {400}|(?:- ?){100})/m.exec(text)
  return deepIndent ? text.slice(0, deepIndent.index).split('\n').length : undefined
}

function refuseDepth(place: Place, mistakes: Mistakes): undefined {
  return mistakes.add(
    'source.too_deep',
    place,
    '…',
    { zh: '层次套得太深', en: 'nested too deeply' },
    { zh: `最多 ${DEPTH_MAX} 层`, en: `at most ${DEPTH_MAX} levels` },
  )
}

function placeAt(reading: Reading, offset: number): Place {
  const { line, col } = reading.lines.linePos(offset)
  return { file: reading.file, line: Math.max(1, line), column: Math.max(1, col) }
}

function locate(reading: Reading, node: Node | null, fallback: Place, depth: number): Located | undefined {
  if (node === null) return { kind: 'empty', place: fallback }
  const place = node.range ? placeAt(reading, node.range[0]) : fallback
  reading.nodes += 1
  if (depth > DEPTH_MAX) return refuseDepth(place, reading.mistakes)
  if (reading.nodes > NODES_MAX) {
    if (reading.nodes > NODES_MAX + 1) return undefined
    return reading.mistakes.add(
      'source.too_many',
      place,
      `${NODES_MAX}`,
      { zh: '一个文件里写的内容太多', en: 'one file holds too many values' },
      { zh: `每个文件最多 ${NODES_MAX} 个值，请拆成几个文件`, en: `at most ${NODES_MAX} values a file: split it` },
    )
  }
  if (isAlias(node) || node.anchor !== undefined || node.tag !== undefined) return refuseCleverYaml(reading, place)
  if (isScalar(node)) return locateScalar(node, place)
  if (isSeq(node)) {
    const items: Located[] = []
    for (const item of node.items) {
      const located = locate(reading, isNode(item) ? item : null, place, depth + 1)
      if (located) items.push(located)
    }
    return { kind: 'list', items, place }
  }
  if (isMap(node)) return locateMap(reading, node.items, place, depth)
  return refuseCleverYaml(reading, place)
}

function isNode(value: unknown): value is Node {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value)
}

function locateScalar(node: { value: unknown; type?: string }, place: Place): Located {
  const text = String(node.value ?? '')
  const quoted = node.type !== 'PLAIN'
  if (!quoted && (text === '' || text === '~' || text === 'null')) return { kind: 'empty', place }
  return { kind: 'text', text, quoted, place }
}

function refuseCleverYaml(reading: Reading, place: Place): undefined {
  return reading.mistakes.add(
    'source.anchor',
    place,
    '&  *  !',
    { zh: '政策包不用锚点、引用和标签', en: 'packs use no anchors, aliases or tags' },
    { zh: '把内容照写一遍，让读的人一眼看全', en: 'write the content out, so that a reader sees all of it' },
  )
}

function locateMap(
  reading: Reading,
  pairs: readonly { key: unknown; value: unknown }[],
  place: Place,
  depth: number,
): Located {
  const entries = new Map<string, LocatedEntry>()
  for (const pair of pairs) {
    const key = pair.key
    if (!isScalar(key) || key.anchor !== undefined) {
      refuseCleverYaml(reading, isNode(key) && key.range ? placeAt(reading, key.range[0]) : place)
      continue
    }
    const name = String(key.value ?? '')
    const keyPlace = key.range ? placeAt(reading, key.range[0]) : place
    const earlier = entries.get(name)
    if (earlier) {
      reading.mistakes.add(
        'source.duplicate_key',
        keyPlace,
        name,
        {
          zh: `同一个词写了两次（另一处在第 ${earlier.key_place.line} 行）`,
          en: `the key stands twice (also on line ${earlier.key_place.line})`,
        },
        { zh: '删去一处，或改名', en: 'remove one of them or rename it' },
      )
      continue
    }
    const value = locate(reading, isNode(pair.value) ? pair.value : null, keyPlace, depth + 1)
    if (value) entries.set(name, { key_place: keyPlace, value })
  }
  return { kind: 'map', entries, place }
}
