import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { type Document, isNode, LineCounter, parseDocument } from 'yaml'
import type { Decision } from '#engines/policy/facts.ts'
import { withLines } from '#engines/policy/facts-file/find-lines.ts'
import type { FactMistake } from '#engines/policy/facts-file/json-shape.ts'
import {
  decisionsFor,
  type FactsHead,
  type FactsText,
  jsonFacts,
  plainFacts,
  readFactsHead,
} from '#engines/policy/facts-file/read-facts.ts'
import type { Stack } from '#engines/policy/pack.ts'
import { yamlMistake } from '#engines/policy/yaml-mistakes.ts'
import { OperatorError } from '#platform/db/operator-error.ts'

const CHUNK_BYTES = 1 << 20
/** YAML is read as a whole; larger facts come as JSON, which is read piece by piece. */
const YAML_BYTES_MAX = 20_000_000

export interface FactsFile {
  readonly file: string
  readonly hash: string
  readonly text: FactsText
  readonly head: FactsHead
}

/** Opens and checks a facts file, JSON or YAML; every mistake is told with its line and JSON pointer. */
export function openFacts(file: string): FactsFile {
  if (!existsSync(file) || !statSync(file).isFile())
    throw new OperatorError(`没有事实文件 ${file}。`, `There is no facts file ${file}.`, { exitStatus: 2 })
  const text = /\.ya?ml$/.test(file) ? yamlFacts(file) : jsonFacts(() => chunksOf(file))
  const read = readFactsHead(text)
  if (!read.ok) throw refuseFacts(file, read.mistakes, read.count)
  return { file, hash: hashOf(file), text, head: read.head }
}

/** The decisions of the file in the words of the stack. */
export function decisionsIn(facts: FactsFile, stack: Stack): readonly Decision[] {
  const { decisions, mistakes } = decisionsFor(stack, facts.head)
  if (mistakes.length > 0) throw refuseFacts(facts.file, withLines(facts.text, mistakes), mistakes.length)
  return decisions
}

export function refuseFacts(file: string, mistakes: readonly FactMistake[], count: number): OperatorError {
  const lines = (language: 'zh' | 'en') =>
    mistakes
      .map(({ pointer, line, value, wrong, right }) => {
        const place = line === null ? file : `${file}:${line}`
        return `${place}#${pointer}  "${value}"  ${wrong[language]} — ${right[language]}`
      })
      .join('\n')
  return new OperatorError(
    `事实文件有 ${count} 处需要改正：\n${lines('zh')}`,
    `The facts have ${count} mistake(s):\n${lines('en')}`,
    { exitStatus: 1 },
  )
}

function* chunksOf(file: string): Generator<string> {
  const handle = openSync(file, 'r')
  const decoder = new StringDecoder('utf8')
  const bytes = Buffer.allocUnsafe(CHUNK_BYTES)
  try {
    for (;;) {
      const length = readSync(handle, bytes, 0, CHUNK_BYTES, null)
      if (length === 0) break
      yield decoder.write(bytes.subarray(0, length))
    }
    yield decoder.end()
  } finally {
    closeSync(handle)
  }
}

function hashOf(file: string): string {
  const hash = createHash('sha256')
  const handle = openSync(file, 'r')
  const bytes = Buffer.allocUnsafe(CHUNK_BYTES)
  try {
    for (;;) {
      const length = readSync(handle, bytes, 0, CHUNK_BYTES, null)
      if (length === 0) return hash.digest('hex')
      hash.update(bytes.subarray(0, length))
    }
  } finally {
    closeSync(handle)
  }
}

function yamlFacts(file: string): FactsText {
  const size = statSync(file).size
  if (size > YAML_BYTES_MAX) {
    throw new OperatorError(
      `${file} 有 ${size} 字节，YAML 最多 ${YAML_BYTES_MAX}。大的事实文件请用 JSON。`,
      `${file} has ${size} bytes; YAML may have ${YAML_BYTES_MAX}. Write large facts as JSON.`,
      { exitStatus: 1 },
    )
  }
  const lineCounter = new LineCounter()
  const options = { schema: 'core', prettyErrors: false, uniqueKeys: true, lineCounter } as const
  const text = readFileSync(file, 'utf8')
  const document = parseDocument(text, options)
  const [wrong] = document.errors
  if (wrong) {
    const found = yamlMistake(text, { code: wrong.code, message: wrong.message, offset: wrong.pos[0] })
    const { line, col } = lineCounter.linePos(found.offset)
    const told = (language: 'zh' | 'en') =>
      `${file}:${line}:${col}  "${found.value}"  ${found.wrong[language]} — ${found.right[language]}`
    throw new OperatorError(told('zh'), told('en'))
  }
  try {
    return plainFacts(document.toJS({ maxAliasCount: 0 }), (pointers) => linesInYaml(document, lineCounter, pointers))
  } catch {
    throw new OperatorError(
      `${file} 里不能用锚点和引用（& *），把内容照写一遍。`,
      `${file} may use no anchors or aliases (& *): write the content out.`,
    )
  }
}

/** The line of each pointer, or of the nearest part of it that is there. */
function linesInYaml(
  document: Document.Parsed,
  counter: LineCounter,
  pointers: readonly string[],
): ReadonlyMap<string, number> {
  return new Map(
    pointers.flatMap((pointer) => {
      const path = pointer
        .split('/')
        .slice(1)
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
        .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
      for (let length = path.length; length >= 0; length--) {
        const node: unknown = document.getIn(path.slice(0, length), true)
        if (isNode(node) && node.range) return [[pointer, counter.linePos(node.range[0]).line] as const]
      }
      return []
    }),
  )
}
