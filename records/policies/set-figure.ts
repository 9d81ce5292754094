import { isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml'
import { dayOf, formatDay } from '#engines/values/time.ts'

/**
 * Writes a dated value into a pack's YAML the way a careful hand would: the text around it, its comments and its layout stay
 * as they are, letter by letter.
 */

export interface TextFile {
  readonly path: string
  readonly text: string
}

/** The document that the new value rests on: one that the pack or a layer above cites already, or a new one. */
export type CitedDocument =
  | { readonly kind: 'known'; readonly code: string; readonly published: string }
  | {
      readonly kind: 'new'
      readonly title: string
      readonly number: string | null
      readonly issued_by: string
      readonly published: string
    }

export interface FigureChange {
  readonly parameter: string
  /** With its unit: `320 yuan`. */
  readonly value: string
  readonly from_on: string
  /** Since when it can be known, where that is not the day of its document. */
  readonly known_on: string | null
  readonly document: CitedDocument
  /** Also in place of values that begin later and can be known since the same day: for trying a figure out. */
  readonly over_later?: boolean
}

interface Splice {
  readonly at: number
  readonly remove: number
  readonly insert: string
}

interface ReadFile {
  readonly path: string
  readonly text: string
  readonly root: YAMLMap | undefined
}

function read({ path, text }: TextFile): ReadFile {
  const { contents } = parseDocument(text, { schema: 'failsafe', uniqueKeys: false })
  return { path, text, root: isMap(contents) ? contents : undefined }
}

function pairOf(map: YAMLMap | undefined, key: string): Pair | undefined {
  return map?.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key)
}

function mapAt(map: YAMLMap | undefined, key: string): YAMLMap | undefined {
  const value = pairOf(map, key)?.value
  return isMap(value) ? value : undefined
}

function textAt(map: YAMLMap | undefined, key: string): string | undefined {
  const value = pairOf(map, key)?.value
  return isScalar(value) ? String(value.value) : undefined
}

function rangeOf(node: unknown): readonly [number, number, number] {
  const range = (node as Node).range
  if (!range) throw new TypeError('a node that was read has a range')
  return range
}

function columnAt(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1)
}

/** The end of the line on which something ends, past a comment that stands behind it. */
function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset)
  return end < 0 ? text.length : end
}

function apply(text: string, splices: readonly Splice[]): string {
  let changed = text
  for (const { at, remove, insert } of [...splices].sort((left, right) => right.at - left.at)) {
    changed = changed.slice(0, at) + insert + changed.slice(at + remove)
  }
  return changed
}

function quoted(text: string): string {
  return JSON.stringify(text)
}

/** `doc-2020-02-24`, or with a number behind it when that is taken. */
function newCode(files: readonly ReadFile[], published: string): string {
  const taken = new Set(files.flatMap(({ root }) => mapAt(root, 'sources')?.items.map(({ key }) => String(key)) ?? []))
  const base = `doc-${published}`
  for (let count = 1; ; count++) {
    const code = count === 1 ? base : `${base}-${count}`
    if (!taken.has(code)) return code
  }
}

/** Behind the last entry of a block map, indented like its entries. */
function afterLast(text: string, map: YAMLMap, lines: (indent: string) => string): Splice {
  const first = map.items[0]
  const last = map.items.at(-1)
  if (!first || !last) throw new TypeError('a map without entries')
  const indent = ' '.repeat(columnAt(text, rangeOf(first.key)[0]))
  const end = lineEnd(text, rangeOf(last.value ?? last.key)[1])
  // A block value ends where the next line begins.
  const at = text[end - 1] === '\n' ? end - 1 : trimmedEnd(text, rangeOf(last.value ?? last.key)[1])
  return { at, remove: 0, insert: `\n${lines(indent)}` }
}

/** The end of the last line with something on it, at or before an offset. */
function trimmedEnd(text: string, offset: number): number {
  let at = offset
  while (at > 0 && /\s/.test(text[at - 1] ?? '')) at -= 1
  return lineEnd(text, at)
}

function sourceLines(indent: string, code: string, document: Extract<CitedDocument, { kind: 'new' }>): string {
  const number = document.number ? [`${indent}  number: ${quoted(document.number)}`] : []
  return [
    `${indent}${code}:`,
    `${indent}  title: ${quoted(document.title)}`,
    ...number,
    `${indent}  issued_by: [${quoted(document.issued_by)}]`,
    `${indent}  published: ${document.published}`,
    `${indent}  grade: A`,
  ].join('\n')
}

type Edits = Map<string, Splice[]>

function edit(edits: Edits, path: string, splice: Splice): void {
  edits.set(path, [...(edits.get(path) ?? []), splice])
}

function newSection(file: ReadFile, name: string, lines: string): Splice {
  const at = file.text.trimEnd().length
  return { at, remove: 0, insert: `\n\n${name}:\n${lines}` }
}

function citeDocument(files: readonly ReadFile[], head: ReadFile, document: CitedDocument, edits: Edits): string {
  if (document.kind === 'known') return document.code
  const code = newCode(files, document.published)
  const holder = files.find(({ root }) => mapAt(root, 'sources'))
  const sources = mapAt(holder?.root, 'sources')
  if (holder && sources)
    edit(
      edits,
      holder.path,
      afterLast(holder.text, sources, (indent) => sourceLines(indent, code, document)),
    )
  else edit(edits, head.path, newSection(head, 'sources', sourceLines('  ', code, document)))
  return code
}

interface WrittenValue {
  readonly item: YAMLMap
  readonly from: string
  readonly to: string | undefined
}

/** The values that can be known since a given day: none of them may overlap another. */
function valuesKnown(files: readonly ReadFile[], values: YAMLSeq, known: string): readonly WrittenValue[] {
  const published = new Map(
    files.flatMap(({ root }) =>
      (mapAt(root, 'sources')?.items ?? []).map((pair) => [
        String(pair.key),
        isMap(pair.value) ? textAt(pair.value, 'published') : undefined,
      ]),
    ),
  )
  return values.items.flatMap((item) => {
    const from = isMap(item) ? textAt(item, 'from') : undefined
    if (!isMap(item) || from === undefined) return []
    const since = textAt(item, 'known') ?? published.get(textAt(item, 'source') ?? '')
    return since === known ? [{ item, from, to: textAt(item, 'to') }] : []
  })
}

/** One that begins earlier ends the day before the new value. */
function endEarlier(file: ReadFile, { item, from, to }: WrittenValue, change: FigureChange, edits: Edits): void {
  if (from >= change.from_on || (to !== undefined && to < change.from_on)) return
  const before = formatDay(dayOf(change.from_on) - 1)
  const toPair = pairOf(item, 'to')
  if (toPair) {
    replace(file, toPair.value, before, edits)
    return
  }
  const fromPair = pairOf(item, 'from')
  const indent = ' '.repeat(columnAt(file.text, rangeOf(fromPair?.key)[0]))
  const insert = item.flow ? `, to: ${before}` : `\n${indent}to: ${before}`
  edit(edits, file.path, { at: rangeOf(fromPair?.value)[1], remove: 0, insert })
}

function replace(file: ReadFile, node: unknown, insert: string, edits: Edits): void {
  const [start, end] = rangeOf(node)
  edit(edits, file.path, { at: start, remove: end - start, insert })
}

/** The new value among those known since the same day: takes the place of one that begins with it, else stands beside them. */
function placeValue(
  file: ReadFile,
  written: YAMLMap,
  same: readonly WrittenValue[],
  change: FigureChange,
  source: string,
  edits: Edits,
): void {
  for (const one of same) endEarlier(file, one, change, edits)
  const after = same.filter(({ from }) => from > change.from_on)
  if (change.over_later) for (const { item } of after) replace(file, pairOf(item, 'value')?.value, change.value, edits)
  const twin = same.find(({ from }) => from === change.from_on)
  if (twin) {
    replace(file, pairOf(twin.item, 'value')?.value, change.value, edits)
    replace(file, pairOf(twin.item, 'source')?.value, source, edits)
    return
  }
  const later = after.map(({ from }) => from)
  const next = later.sort()[0]
  const to = next === undefined ? null : formatDay(dayOf(next) - 1)
  edit(edits, file.path, addValue(file, written, change, source, to))
}

function valueText(change: FigureChange, source: string, to: string | null): string {
  const until = to === null ? '' : `, to: ${to}`
  const known = change.known_on === null ? '' : `, known: ${change.known_on}`
  return `{ from: ${change.from_on}${until}${known}, value: ${change.value}, source: ${source} }`
}

/** Behind the last value, before `]`, or as the first one. */
function addValue(file: ReadFile, written: YAMLMap, change: FigureChange, source: string, to: string | null): Splice {
  const values = pairOf(written, 'values')?.value
  const value = valueText(change, source, to)
  if (!isSeq(values) || values.items.length === 0)
    return afterLast(file.text, written, (indent) => `${indent}values:\n${indent}  - ${value}`)
  const last = values.items.at(-1)
  if (values.flow) return { at: rangeOf(last)[1], remove: 0, insert: `, ${value}` }
  const dash = file.text.lastIndexOf('-', rangeOf(last)[0])
  const indent = ' '.repeat(columnAt(file.text, dash))
  return { at: trimmedEnd(file.text, rangeOf(last)[1]), remove: 0, insert: `\n${indent}- ${value}` }
}

function versionOf({ root }: ReadFile): string | undefined {
  const version = pairOf(mapAt(root, 'pack'), 'version')?.value
  return isScalar(version) ? String(version.value) : undefined
}

/** `"1"` → `"2"`, so that people can tell versions apart; the hash does so in any case. */
function raiseVersion(head: ReadFile, edits: Edits): void {
  const version = pairOf(mapAt(head.root, 'pack'), 'version')?.value
  if (!isScalar(version)) return
  const match = /^(.*?)(\d+)$/.exec(String(version.value))
  if (!match?.[2]) return
  const [start, end] = rangeOf(version)
  edit(edits, head.path, { at: start, remove: end - start, insert: quoted(`${match[1]}${Number(match[2]) + 1}`) })
}

/**
 * Adds a dated value of a parameter to a pack, with the document that it rests on, and raises the pack's version: above that of
 * `base`, the files that were changed first, so that a draft with five changes is one version on.
 *
 * @returns the files with their changes, or `undefined` where the files cannot be read as a pack
 * @example setFigure(files, { parameter: 'meal-allowance-rate', value: '50 yuan', from_on: '2020-02-24', known_on: null, document })
 */
export function setFigure(
  files: readonly TextFile[],
  change: FigureChange,
  base: readonly TextFile[] = files,
): readonly TextFile[] | undefined {
  const all = files.map(read)
  const own = all.filter(({ path }) => !path.startsWith('cases/'))
  const head = own.find(({ root }) => mapAt(root, 'pack'))
  if (!head) return undefined
  const edits: Edits = new Map()
  const source = citeDocument(own, head, change.document, edits)
  const known = change.known_on ?? change.document.published
  const holder = own.find(
    ({ root }) => mapAt(mapAt(root, 'parameters'), change.parameter) ?? mapAt(mapAt(root, 'sets'), change.parameter),
  )
  const written =
    mapAt(mapAt(holder?.root, 'parameters'), change.parameter) ?? mapAt(mapAt(holder?.root, 'sets'), change.parameter)
  if (holder && written) {
    const values = pairOf(written, 'values')?.value
    const same = isSeq(values) ? valuesKnown(own, values, known) : []
    placeValue(holder, written, same, change, source, edits)
  } else setAnew(own, head, change, source, edits)
  const began = base.map(read).find(({ root }) => mapAt(root, 'pack'))
  if (!began || versionOf(began) === versionOf(head)) raiseVersion(head, edits)
  return files.map((file) => ({ ...file, text: apply(file.text, edits.get(file.path) ?? []) }))
}

/** A figure of a layer above that this pack has not set so far. */
function setAnew(files: readonly ReadFile[], head: ReadFile, change: FigureChange, source: string, edits: Edits): void {
  const lines = (indent: string) =>
    `${indent}${change.parameter}:\n${indent}  values:\n${indent}    - ${valueText(change, source, null)}`
  const holder = files.find(({ root }) => (mapAt(root, 'sets')?.items.length ?? 0) > 0)
  const sets = mapAt(holder?.root, 'sets')
  if (holder && sets) edit(edits, holder.path, afterLast(holder.text, sets, lines))
  else edit(edits, head.path, newSection(head, 'sets', lines('  ')))
}
