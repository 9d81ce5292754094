/**
 * Cuts a JSON text that comes in pieces into the values of its outermost map, and lists there into their items, so that a file
 * of 100,000 people is never held as a whole. Only the cut is made here: each piece's text is parsed by whoever takes it.
 */
export interface JsonPiece {
  readonly key: string
  /** Position in the list that stands under `key`; `null` when the value is no list. */
  readonly index: number | null
  readonly text: string
  /** The line of the file on which the piece begins. */
  readonly line: number
}

/** The text is no JSON map. `line` counts from 1. */
export class JsonBroken extends Error {
  readonly line: number
  constructor(reason: string, line: number) {
    super(reason)
    this.line = line
  }
}

/** One person with 20,000 spans stays below; a file without line or list structure does not fill the memory. */
export const PIECE_CHARACTERS_MAX = 16_000_000

const QUOTE = 34
const BACKSLASH = 92
const NEWLINE = 10
const COMMA = 44
const COLON = 58
const OPEN_LIST = 91
const CLOSE_LIST = 93
const OPEN_MAP = 123
const CLOSE_MAP = 125

/** Between two pieces, inside the outermost map (`map`) or a list of it (`list`), or inside a piece. */
type State = 'start' | 'key' | 'colon' | 'value' | 'item' | 'piece' | 'after_value' | 'after_item' | 'end'

class Scanner {
  private state: State = 'start'
  private key = ''
  private index: number | null = null
  private depth = 0
  private inText = false
  private escaped = false
  private pieceLine = 1
  /** What of the piece lay in earlier chunks. */
  private held: string[] = []
  private heldLength = 0
  private bare = false
  readonly seen = new Set<string>()
  line = 1

  get isDone(): boolean {
    return this.state === 'end'
  }

  /** The pieces that end within this chunk. */
  *take(chunk: string): Generator<JsonPiece> {
    let begin = this.state === 'piece' || (this.state === 'key' && this.inText) ? 0 : -1
    for (let at = 0; at < chunk.length; at++) {
      const character = chunk.charCodeAt(at)
      if (character === NEWLINE) this.line += 1
      if (this.state === 'piece' || (this.state === 'key' && this.inText)) {
        if (!this.endsPiece(character)) continue
        // A number, true, false or null ends before the comma or bracket; a text, list or map with its last character.
        const isBare = !this.closedWith(character)
        const text = this.finish(chunk.slice(begin, isBare ? at : at + 1))
        begin = -1
        if (this.state === 'key') this.takeKey(text)
        else {
          yield { key: this.key, index: this.index, text, line: this.pieceLine }
          this.state = this.index === null ? 'after_value' : 'after_item'
          if (isBare) this.between(character)
        }
        continue
      }
      if (character <= 32 || character === 0xfeff) continue
      if (this.between(character)) begin = at
    }
    if (begin >= 0) this.hold(chunk.slice(begin))
  }

  private closedWith(character: number): boolean {
    return !this.bare && (character === QUOTE || character === CLOSE_LIST || character === CLOSE_MAP)
  }

  /** Whether this character ends the piece (or, for a bare word, follows it). */
  private endsPiece(character: number): boolean {
    if (this.inText) {
      if (this.escaped) this.escaped = false
      else if (character === BACKSLASH) this.escaped = true
      else if (character === QUOTE) {
        this.inText = false
        return this.depth === 0
      }
      return false
    }
    if (this.bare) return character === COMMA || character === CLOSE_LIST || character === CLOSE_MAP || character <= 32
    if (character === QUOTE) this.inText = true
    else if (character === OPEN_LIST || character === OPEN_MAP) this.depth += 1
    else if (character === CLOSE_LIST || character === CLOSE_MAP) {
      this.depth -= 1
      return this.depth === 0
    }
    return false
  }

  private hold(text: string): void {
    this.heldLength += text.length
    if (this.heldLength > PIECE_CHARACTERS_MAX) throw new JsonBroken('one value is too long', this.pieceLine)
    this.held.push(text)
  }

  private finish(last: string): string {
    this.hold(last)
    const text = this.held.length === 1 ? (this.held[0] ?? '') : this.held.join('')
    this.held = []
    this.heldLength = 0
    return text
  }

  private takeKey(text: string): void {
    const key: unknown = JSON.parse(text)
    this.key = String(key)
    if (this.seen.has(this.key)) throw new JsonBroken(`"${this.key}" stands twice`, this.line)
    this.seen.add(this.key)
    this.state = 'colon'
  }

  /** A character outside of pieces; true when a piece or key begins with it. */
  private between(character: number): boolean {
    if (character <= 32) return false
    switch (this.state) {
      case 'start':
        if (character === OPEN_MAP) return this.go('key')
        break
      case 'key':
        if (character === QUOTE) return this.begin(character)
        if (character === CLOSE_MAP && this.seen.size === 0) return this.go('end')
        break
      case 'colon':
        if (character === COLON) return this.go('value')
        break
      case 'value':
        this.index = null
        if (character === OPEN_LIST) {
          this.index = -1
          return this.go('item')
        }
        return this.beginPiece(character)
      case 'item':
        if (character === CLOSE_LIST && this.index === -1) return this.go('after_value')
        this.index = (this.index ?? -1) + 1
        return this.beginPiece(character)
      case 'after_item':
        if (character === COMMA) return this.go('item')
        if (character === CLOSE_LIST) return this.go('after_value')
        break
      case 'after_value':
        if (character === COMMA) return this.go('key')
        if (character === CLOSE_MAP) return this.go('end')
        break
    }
    throw new JsonBroken(`"${String.fromCharCode(character)}" does not belong here`, this.line)
  }

  private go(state: State): false {
    this.state = state
    return false
  }

  private beginPiece(character: number): true {
    this.state = 'piece'
    this.pieceLine = this.line
    return this.begin(character)
  }

  private begin(character: number): true {
    this.inText = character === QUOTE
    this.depth = character === OPEN_LIST || character === OPEN_MAP ? 1 : 0
    this.bare = !this.inText && this.depth === 0
    return true
  }
}

/**
 * @example [...scanJson(['{"a": 1, "people": [{"id": ', '1}, {}]}'])].map(({ key, index, text }) => [key, index, text])
 * // [['a', null, '1'], ['people', 0, '{"id": 1}'], ['people', 1, '{}']]
 */
export function* scanJson(chunks: Iterable<string>): Generator<JsonPiece> {
  const scanner = new Scanner()
  for (const chunk of chunks) yield* scanner.take(chunk)
  if (!scanner.isDone) throw new JsonBroken('the text ends too early', scanner.line)
}

/** The keys that hold an empty list yield no piece; `keys` lists all that were seen. */
export function scanJsonWithKeys(chunks: Iterable<string>): {
  pieces: Generator<JsonPiece>
  keys: ReadonlySet<string>
} {
  const scanner = new Scanner()
  function* pieces(): Generator<JsonPiece> {
    for (const chunk of chunks) yield* scanner.take(chunk)
    if (!scanner.isDone) throw new JsonBroken('the text ends too early', scanner.line)
  }
  return { pieces: pieces(), keys: scanner.seen }
}
