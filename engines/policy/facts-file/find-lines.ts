import type { FactMistake } from './json-shape.ts'
import type { FactsText } from './read-facts.ts'
import { JsonBroken, scanJsonWithKeys } from './scan-json.ts'

/** On which line of a JSON text a pointer stands; only looked for once something there is found wrong. */

/**
 * Mistakes with the lines on which they stand.
 *
 * @param broken_line where the text broke off, for the mistake that is about the whole
 */
export function withLines(
  text: FactsText,
  mistakes: readonly FactMistake[],
  broken_line: number | null = null,
): readonly FactMistake[] {
  const lines = text.linesOf?.(mistakes.map(({ pointer }) => pointer))
  return mistakes.map((one) => ({
    ...one,
    line: one.pointer === '' ? (broken_line ?? 1) : (lines?.get(one.pointer) ?? null),
  }))
}

/** A file of facts in which the lines of mistakes are found by going through it once more. */
export function linesOfJson(open: () => Iterable<string>): NonNullable<FactsText['linesOf']> {
  return (pointers) => {
    const lines = new Map<string, number>()
    const wanted = new Map<string, { pointer: string; path: readonly string[] }[]>()
    for (const pointer of pointers) {
      const path = pathOf(pointer)
      const [key = '', index = ''] = path
      for (const place of [`${key}/${index}`, `${key}/`])
        wanted.set(place, [...(wanted.get(place) ?? []), { pointer, path }])
    }
    try {
      for (const { key, index, text, line } of scanJsonWithKeys(open()).pieces) {
        for (const { pointer, path } of wanted.get(`${key}/${index ?? ''}`) ?? []) {
          if (lines.has(pointer)) continue
          lines.set(pointer, line + newlinesBefore(text, offsetOf(text, path.slice(index === null ? 1 : 2))))
        }
      }
    } catch (error) {
      if (!(error instanceof JsonBroken)) throw error
    }
    return lines
  }
}

function pathOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function newlinesBefore(text: string, end: number): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) count += 1
  return count
}

/**
 * Where the value at a path begins in a JSON text that was parsed before; where the path goes no further, the last part that is there.
 *
 * @example offsetOf('{"a": [1, {"b": 2}]}', ['a', '1', 'b']) // 16
 */
export function offsetOf(text: string, path: readonly string[]): number {
  let at = afterBlanks(text, 0)
  for (const part of path) {
    const below = text[at] === '{' ? memberOf(text, at, part) : text[at] === '[' ? itemOf(text, at, Number(part)) : -1
    if (below < 0) return at
    at = below
  }
  return at
}

function afterBlanks(text: string, from: number): number {
  let at = from
  while (at < text.length && text.charCodeAt(at) <= 32) at += 1
  return at
}

/** The first character after the value that begins here. */
function afterValue(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const character = text[at]
    if (character === '"') at = afterText(text, at) - 1
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') {
      if (depth === 0) return at
      depth -= 1
    } else if (character === ',' && depth === 0) return at
    if (depth === 0 && (character === '"' || character === '}' || character === ']')) return at + 1
  }
  return text.length
}

function afterText(text: string, from: number): number {
  let at = from + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function memberOf(text: string, map: number, key: string): number {
  let at = afterBlanks(text, map + 1)
  while (text[at] === '"') {
    const end = afterText(text, at)
    const name: unknown = JSON.parse(text.slice(at, end))
    const value = afterBlanks(text, afterBlanks(text, end) + 1)
    if (name === key) return value
    at = afterBlanks(text, afterValue(text, value))
    if (text[at] === ',') at = afterBlanks(text, at + 1)
  }
  return -1
}

function itemOf(text: string, list: number, index: number): number {
  let at = afterBlanks(text, list + 1)
  for (let position = 0; text[at] !== ']' && at < text.length; position++) {
    if (position === index) return at
    at = afterBlanks(text, afterValue(text, at))
    if (text[at] === ',') at = afterBlanks(text, at + 1)
  }
  return -1
}
