import type { Label } from './vocabulary.ts'

/** What is wrong with YAML that cannot be read, in our own words: where the slip was made, the line as written, and what would be right. */

export interface YamlProblem {
  /** The parser's name for it. */
  readonly code: string
  readonly message: string
  /** Where the parser noticed it. */
  readonly offset: number
}

export interface YamlMistake {
  readonly code: string
  /** Where whoever wrote it has to look. */
  readonly offset: number
  readonly value: string
  readonly wrong: Label
  readonly right: Label
}

interface Line {
  readonly start: number
  readonly text: string
  readonly number: number
}

function linesOf(text: string): readonly Line[] {
  let start = 0
  return text.split('\n').map((line, index) => {
    const found = { start, text: line.replace(/\r$/, ''), number: index + 1 }
    start += line.length + 1
    return found
  })
}

const SHOWN_MAX = 40
const shown = (text: string) => {
  const trimmed = text.trim().replaceAll('\t', '⇥')
  return trimmed.length <= SHOWN_MAX ? trimmed : `${trimmed.slice(0, SHOWN_MAX - 1)}…`
}

/** Everything that an answer looks at. */
interface Looking {
  readonly text: string
  readonly lines: readonly Line[]
  readonly at: Line
  readonly problem: YamlProblem
}

type Said = readonly [offset: number, value: string, wrong: Label, right: Label]

function said(line: Line, wrong: readonly [string, string], right: readonly [string, string], column = -1): Said {
  const indent = line.text.length - line.text.trimStart().length
  const offset = line.start + (column >= 0 ? column : indent)
  return [offset, shown(line.text), { zh: wrong[0], en: wrong[1] }, { zh: right[0], en: right[1] }]
}

/**
 * @example yamlMistake('a:\n\tb: 1\n', { code: 'TAB_AS_INDENT', message: '…', offset: 3 }).wrong.zh // '缩进用了制表符'
 */
export function yamlMistake(text: string, problem: YamlProblem): YamlMistake {
  const lines = linesOf(text)
  const at = lines.findLast(({ start }) => start <= problem.offset) ?? { start: 0, text: '', number: 1 }
  const looking: Looking = { text, lines, at, problem }
  let found: Said | undefined
  for (const look of LOOKS) {
    found = look(looking)
    if (found) break
  }
  const [offset, value, wrong, right] = found ?? unreadable(looking)
  return { code: CLEVER.has(problem.code) ? 'source.anchor' : 'source.not_yaml', offset, value, wrong, right }
}

const CLEVER: ReadonlySet<string> = new Set(['TAG_RESOLVE_FAILED', 'MULTIPLE_ANCHORS', 'MULTIPLE_TAGS', 'ALIAS_PROPS'])

/** Asked in this order: what leads astray first. */
const LOOKS: readonly ((looking: Looking) => Said | undefined)[] = [
  severalDocuments,
  sameKey,
  tabs,
  openQuote,
  fullWidthColon,
  openBracket,
  noSpaceAfterColon,
  colonInText,
  strangeBeginning,
  textAfterEnd,
  indentation,
  noColon,
  clever,
]

function severalDocuments({ problem, at }: Looking): Said | undefined {
  if (problem.code !== 'MULTIPLE_DOCS') return undefined
  return said(
    at,
    ['一个文件里写了不止一份', 'there is more than one document in the file'],
    ['删去“---”和“...”这样的行，或拆成几个文件', 'remove lines such as "---" and "...", or split the file'],
  )
}

/** Packs are asked for keys that stand twice by their own reader, which knows the other place. */
function sameKey({ problem, at }: Looking): Said | undefined {
  if (problem.code !== 'DUPLICATE_KEY') return undefined
  return said(
    at,
    ['同一个词写了两次', 'the key stands twice'],
    ['删去一处，或改名', 'remove one of them or rename it'],
    problem.offset - at.start,
  )
}

function tabs({ at, problem }: Looking): Said | undefined {
  if (problem.code !== 'TAB_AS_INDENT' && !/^ *\t/.test(at.text)) return undefined
  return said(
    at,
    ['缩进用了制表符（Tab）', 'the line is indented with a tab'],
    ['换成空格，每级两格', 'use blanks, two for each level'],
    at.text.indexOf('\t'),
  )
}

/** The quote that opens a text and is not closed on its line, before the place where the parser gave up. */
function openQuote({ lines, problem }: Looking): Said | undefined {
  const isAbout = /quote|at node end|Implicit|YAML stream|Flow/.test(problem.message)
  if (!isAbout) return undefined
  for (const line of lines) {
    if (line.start > problem.offset) return undefined
    const opened = openedIn(line.text)
    if (opened === undefined) continue
    return said(
      line,
      ['引号没有成对', 'a quote is not closed'],
      [
        '在这段文字末尾补上同样的引号；文字里有单引号的写成两个',
        'end the text with the same quote; write a single quote inside twice',
      ],
      opened,
    )
  }
  return undefined
}

/** The column of a quote that begins a text and does not end it on this line. */
function openedIn(line: string): number | undefined {
  let column = 0
  while (column < line.length) {
    const character = line[column]
    const before = column === 0 ? ' ' : (line[column - 1] ?? ' ')
    if (character === '#' && /\s/.test(before)) return undefined
    if ((character === '"' || character === "'") && /[\s[{,]/.test(before)) {
      const end = closingQuote(line, column, character)
      if (end === undefined) return column
      column = end
    }
    column += 1
  }
  return undefined
}

function closingQuote(line: string, from: number, quote: '"' | "'"): number | undefined {
  for (let column = from + 1; column < line.length; column++) {
    if (quote === '"' && line[column] === '\\') column += 1
    else if (line[column] === quote && quote === "'" && line[column + 1] === "'") column += 1
    else if (line[column] === quote) return column
  }
  return undefined
}

/** A full-width colon after a key is the slip of whoever types Chinese. */
function fullWidthColon({ lines, at }: Looking): Said | undefined {
  const near = [lines[at.number - 2], at, lines[at.number]]
  const line = near.find((one) => one && /^[\s-]*[\w'"-]+\s*：/.test(one.text))
  return (
    line &&
    said(
      line,
      ['名称后面写了全角冒号“：”', 'a full-width colon "：" stands after a key'],
      ['换成半角冒号加一个空格“: ”', 'write a plain colon and a space ": "'],
      line.text.indexOf('：'),
    )
  )
}

const CLOSES: Readonly<Record<string, string>> = { '{': '}', '[': ']' }

/** Brackets that stand open where the parser gave up, outside of quotes and comments. */
function bracketsOpenAt(text: string, end: number): readonly { readonly bracket: string; readonly offset: number }[] {
  const open: { bracket: string; offset: number }[] = []
  for (let offset = 0; offset < end; offset++) {
    const character = text[offset] ?? ''
    const before = text[offset - 1] ?? ' '
    if (character === '#' && /\s/.test(before)) offset = (text.indexOf('\n', offset) + 1 || end + 1) - 1
    else if ((character === '"' || character === "'") && /[\s[{,]/.test(before)) {
      const line = text.slice(0, offset).lastIndexOf('\n') + 1
      const stop = text.indexOf('\n', offset)
      const closed = closingQuote(text.slice(line, stop < 0 ? text.length : stop), offset - line, character)
      offset = closed === undefined ? offset : line + closed
    } else if ((character === '{' || character === '[') && (open.length > 0 || /[\s,[{]/.test(before)))
      open.push({ bracket: character, offset })
    else if (open.length > 0 && character === CLOSES[open.at(-1)?.bracket ?? '']) open.pop()
  }
  return open
}

function openBracket({ text, lines, at, problem }: Looking): Said | undefined {
  if (!/^Flow (map|sequence)|flow-(map|seq)-end/.test(problem.message)) return undefined
  const column = problem.offset - at.start
  const written = at.text[column] ?? ''
  const open = bracketsOpenAt(text, problem.offset).at(-1)
  const line = open && lines.findLast(({ start }) => start <= open.offset)
  if (!open || !line) {
    return said(
      at,
      [`多了一个“${written}”`, `there is one "${written}" too many`],
      [
        '删去它，或补上前面的括号；文字里有括号的，整段加引号',
        'remove it or open it before; put text with brackets in quotes',
      ],
      column,
    )
  }
  const close = CLOSES[open.bracket] ?? ''
  if (written === ']' || written === '}') {
    return said(
      at,
      [`写了“${written}”，前面打开的是“${open.bracket}”`, `"${written}" closes what "${open.bracket}" opened`],
      [`换成“${close}”`, `write "${close}"`],
      column,
    )
  }
  return said(
    line,
    [`括号“${open.bracket}”没有合上`, `the bracket "${open.bracket}" is not closed`],
    [`在这一项末尾补上“${close}”`, `end the entry with "${close}"`],
    open.offset - line.start,
  )
}

function noSpaceAfterColon({ at, problem }: Looking): Said | undefined {
  if (problem.code !== 'MULTILINE_IMPLICIT_KEY' && problem.code !== 'MISSING_CHAR') return undefined
  const parts = /^([\s-]*[\w'"-]+):(\S.*)$/.exec(at.text)
  if (!parts) return undefined
  return said(
    at,
    ['冒号后面没有空格', 'there is no blank after the colon'],
    [
      `写成“${shown(parts[1] ?? '')}: ${shown(parts[2] ?? '')}”`,
      `write "${shown(parts[1] ?? '')}: ${shown(parts[2] ?? '')}"`,
    ],
    (parts[1] ?? '').length,
  )
}

/** A colon and a blank within a text, or a comma forgotten between two entries: the parser takes both for a map in a map. */
function colonInText({ text, lines, at, problem }: Looking): Said | undefined {
  const isNested = problem.code === 'BLOCK_IN_FLOW' || problem.code === 'BLOCK_AS_IMPLICIT_KEY'
  const inFlow = bracketsOpenAt(text, problem.offset).length > 0
  if (inFlow && (isNested || problem.code === 'MULTILINE_IMPLICIT_KEY')) {
    return said(
      at,
      ['括号里两项之间少了英文逗号，或文字里有冒号', 'a comma is missing between two entries, or a text holds a colon'],
      ['各项之间加英文逗号；有冒号的文字整段加引号', 'put commas between entries, and text with a colon in quotes'],
      problem.offset - at.start,
    )
  }
  if (problem.code !== 'BLOCK_AS_IMPLICIT_KEY' || /sequence/.test(problem.message)) return undefined
  const rest = at.text.slice(problem.offset - at.start)
  if (/:\s/.test(rest)) {
    return said(
      at,
      ['文字里有冒号和空格', 'the text holds a colon and a blank'],
      [`整段加引号：'${shown(rest)}'`, `put the whole text in quotes: '${shown(rest)}'`],
      problem.offset - at.start,
    )
  }
  const next = lines.slice(at.number).find((line) => line.text.trim() !== '')
  return (
    next &&
    said(
      next,
      [
        `缩进比上面（第 ${at.number} 行）深，那一行却已经写完了`,
        `indented more than line ${at.number} above, which is complete already`,
      ],
      [
        '与上一行对齐；要写下一级的，上一行冒号后面不写内容',
        'align it with that line, or leave nothing after the colon above',
      ],
    )
  )
}

function strangeBeginning({ at, problem }: Looking): Said | undefined {
  const column = problem.offset - at.start
  const written = at.text[column] ?? ''
  if (problem.code === 'BAD_DQ_ESCAPE') {
    return said(
      at,
      ['双引号里的反斜杠“\\”有特别的意思', 'a backslash within double quotes has a meaning of its own'],
      ['改用单引号，或写两个“\\\\”', 'use single quotes, or write it twice'],
      column,
    )
  }
  if (problem.code !== 'BAD_SCALAR_START' && problem.code !== 'BAD_ALIAS') return undefined
  return said(
    at,
    [`文字不能以“${written}”开头`, `a text cannot begin with "${written}"`],
    ['给整段文字加引号', 'put the whole text in quotes'],
    column,
  )
}

function textAfterEnd({ at, problem }: Looking): Said | undefined {
  if (problem.code !== 'UNEXPECTED_TOKEN') return undefined
  const column = problem.offset - at.start
  if (/Not a YAML token/.test(problem.message)) {
    return said(
      at,
      ['“|”“>”后面不能接着写文字', 'no text may follow "|" or ">" on its line'],
      ['文字从下一行写起，多缩进两格；短的不用“|”', 'begin the text on the next line, two blanks deeper'],
      column,
    )
  }
  const before = at.text.slice(0, column).trimEnd()
  if (/["'\]}]$/.test(before)) {
    return said(
      at,
      [`“${before.at(-1)}”后面还有文字`, `text follows after ${before.at(-1)}`],
      ['把它移进引号、括号里，或另起一行', 'move it inside, or to a line of its own'],
      column,
    )
  }
  return mixed(at)
}

function mixed(at: Line): Said {
  return said(
    at,
    [
      '同一级里有的是“- ”开头的条目，有的是“名称: 内容”',
      'entries with "- " and entries "key: value" stand on one level',
    ],
    ['同一级只用一种；核对这一行的缩进', 'use one of them on a level; check how this line is indented'],
  )
}

/** Where the levels of the lines above begin, as far as they still stand open. */
function levelsBefore(lines: readonly Line[], at: Line): readonly number[] {
  const levels: number[] = []
  for (const line of lines) {
    if (line.number >= at.number) break
    if (/^\s*(?:#.*)?$/.test(line.text)) continue
    const indent = line.text.length - line.text.trimStart().length
    while ((levels.at(-1) ?? -1) >= indent) levels.pop()
    levels.push(indent)
  }
  return levels
}

function indentation({ lines, at, problem }: Looking): Said | undefined {
  const isIndent =
    problem.code === 'BAD_INDENT' || /Sequence item without|block sequence may not|block-seq-ind/.test(problem.message)
  if (!isIndent) return undefined
  const indent = at.text.length - at.text.trimStart().length
  const levels = levelsBefore(lines, at)
  if (levels.includes(indent)) return mixed(at)
  const all = levels.join('、')
  return said(
    at,
    [
      `缩进 ${indent} 格，对不上上面任何一级（${all} 格）`,
      `indented by ${indent} blanks, which is no level above (${levels.join(', ')})`,
    ],
    ['与同一级的各项对齐，每级两格', 'align it with its own level, two blanks for each'],
  )
}

function noColon({ at, problem }: Looking): Said | undefined {
  if (problem.code !== 'MISSING_CHAR' && problem.code !== 'MULTILINE_IMPLICIT_KEY') return undefined
  if (/^\s*- /.test(at.text)) return mixed(at)
  return said(
    at,
    ['名称后面没有冒号', 'there is no colon after the key'],
    [
      `写成“${shown(at.text)}: 内容”；是上一行文字的下文的，整段加引号`,
      `write "${shown(at.text)}: …"; text that goes on from above stands in quotes`,
    ],
  )
}

function clever({ at, problem }: Looking): Said | undefined {
  if (!CLEVER.has(problem.code)) return undefined
  return said(
    at,
    ['不用锚点、引用和标签（& * !）', 'no anchors, aliases or tags (& * !)'],
    ['把内容照写一遍；文字以这些符号开头的加引号', 'write the content out; put text that begins so in quotes'],
    problem.offset - at.start,
  )
}

function unreadable({ at, problem }: Looking): Said {
  return said(
    at,
    ['读不出这一行的写法', 'this line cannot be read'],
    ['核对缩进、冒号后的空格、引号和括号', 'check the indentation, the blank after the colon, quotes and brackets'],
    problem.offset - at.start,
  )
}
