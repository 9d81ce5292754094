import { describe, expect, it } from 'vitest'
import { Mistakes } from './mistakes.ts'
import { formatMistake } from './pack.ts'
import { readSource } from './source.ts'

/** Each slip in the writing is told in our own words, at the line where it was made. */

function mistakesOf(text: string, language: 'zh' | 'en' = 'zh'): readonly string[] {
  const mistakes = new Mistakes()
  readSource({ path: 'p.yaml', text }, mistakes)
  return mistakes.list.map((one) => formatMistake(one, language))
}

const SLIPS: readonly (readonly [name: string, text: string, place: string, zh: string, en: string])[] = [
  ['a tab', 'a:\n\tb: 1\n', 'p.yaml:2:1  "b: 1"', '缩进用了制表符', 'use blanks, two for each level'],
  ['a tab within braces', 'a: {\n\tb: 1 }\n', 'p.yaml:2:1', '缩进用了制表符', 'indented with a tab'],
  [
    'less indent than its level',
    'a:\n    b: 1\n  c: 2\n',
    'p.yaml:3:3  "c: 2"',
    '缩进 2 格，对不上上面任何一级（0、4 格）',
    'no level above (0, 4)',
  ],
  [
    'more indent than its level',
    'a:\n  b: 1\n    c: 2\n',
    'p.yaml:3:5  "c: 2"',
    '缩进比上面（第 2 行）深',
    'indented more than line 2 above',
  ],
  ['an entry of a list not aligned', 'a:\n  - x: 1\n   y: 2\n', 'p.yaml:3:4', '缩进 3 格', 'indented by 3 blanks'],
  ['dashes not aligned', 'a:\n  - x\n - y\n', 'p.yaml:3:2', '缩进 1 格', 'indented by 1 blanks'],
  ['a list below keys', 'b: 1\n- a\n', 'p.yaml:2:1', '同一级里', 'stand on one level'],
  ['keys below a list', '- a\nb: 1\n', 'p.yaml:2:1', '同一级里', 'stand on one level'],
  [
    'no blank after the colon',
    'a:\n  b:1\n  c: 2\n',
    'p.yaml:2:4  "b:1"',
    '冒号后面没有空格 — 写成“b: 1”',
    'write "b: 1"',
  ],
  ['no blank in the last line', 'a: 1\nb:2\n', 'p.yaml:2:2', '冒号后面没有空格', 'no blank after the colon'],
  ['no colon', 'a: 1\nb\nc: 2\n', 'p.yaml:2:1  "b"', '名称后面没有冒号 — 写成“b: 内容”', 'write "b: …"'],
  ['a full-width colon', 'a：1\nb: 2\n', 'p.yaml:1:2', '全角冒号“：”', 'a full-width colon'],
  [
    'a colon in a text',
    'a: 超过 6 小时: 一天\n',
    'p.yaml:1:4',
    "整段加引号：'超过 6 小时: 一天'",
    'holds a colon and a blank',
  ],
  [
    'a colon in a text within braces',
    'a: { zh: 甲: 乙, en: x }\n',
    'p.yaml:1:10',
    '或文字里有冒号',
    'put commas between entries',
  ],
  ['a comma forgotten', 'a: { b: 1 c: 2 }\n', 'p.yaml:1', '少了英文逗号', 'a comma is missing'],
  [
    'a comma forgotten at the end of a line',
    'a: { b: 1, c: 2\n d: 3 }\n',
    'p.yaml:1',
    '少了英文逗号',
    'a comma is missing',
  ],
  ['a double quote not closed', 'a: 1\nb: "x\nc: 2\n', 'p.yaml:2:4  "b: "x"', '引号没有成对', 'a quote is not closed'],
  ['a quote not closed before other quotes', 'a: "x\nb: "y"\n', 'p.yaml:1:4', '引号没有成对', 'a quote is not closed'],
  ['a single quote not closed', "a: 'x\nb: 2\n", 'p.yaml:1:4', '引号没有成对', 'end the text with the same quote'],
  ['text after a quote', 'a: "x" y\nb: 2\n', 'p.yaml:1:8', '后面还有文字', 'text follows after "'],
  [
    'a brace not closed',
    'a: { b: 1, c: 2\nd: 3\n',
    'p.yaml:1:4',
    '括号“{”没有合上 — 在这一项末尾补上“}”',
    'end the entry with "}"',
  ],
  ['a bracket not closed at the end', 'a: [1, 2\n', 'p.yaml:1:4', '括号“[”没有合上', 'is not closed'],
  ['a bracket too many', 'a: [1]]\n', 'p.yaml:1:7', '多了一个“]”', 'one "]" too many'],
  ['another bracket', 'a: {b: 1]\n', 'p.yaml:1:9', '写了“]”，前面打开的是“{” — 换成“}”', 'write "}"'],
  ['a key twice', 'a: 1\na: 2\n', 'p.yaml:2:1  "a"', '同一个词写了两次（另一处在第 1 行）', 'remove one of them'],
  ['an anchor', 'a: &x 1\nb: 2\n', 'p.yaml:1', '不用锚点、引用和标签', 'no anchors, aliases or tags'],
  ['an alias', 'a: *x\n', 'p.yaml:1:4', '不用锚点、引用和标签', 'no anchors, aliases or tags'],
  ['a star before a text', 'a: *\nb: 1\n', 'p.yaml:1', '给整段文字加引号', 'put the whole text in quotes'],
  ['a tag', 'a: !foo 1\n', 'p.yaml:1:4', '不用锚点、引用和标签', 'no anchors, aliases or tags'],
  ['several documents', 'a: 1\n---\nb: 2\n', 'p.yaml:2:1  "---"', '不止一份', 'split the file'],
  [
    'a text that begins with a sign',
    'a: @x\n',
    'p.yaml:1:4  "a: @x"',
    '文字不能以“@”开头',
    'put the whole text in quotes',
  ],
  ['a backslash', 'a: "x\\y"\n', 'p.yaml:1', '反斜杠', 'use single quotes'],
  ['text beside a bar', 'a: | x\n y\n', 'p.yaml:1', '后面不能接着写文字', 'begin the text on the next line'],
]

describe('a slip in the writing', () => {
  it.each(SLIPS)('%s', (_, text, place, zh, en) => {
    const [first = '', ...others] = mistakesOf(text)
    expect(first).toContain(place)
    expect(first).toContain(zh)
    expect(mistakesOf(text, 'en')[0]).toContain(en)
    expect(others.filter((one) => one.startsWith(first.split('  ')[0] ?? ''))).toEqual([])
  })

  it('is never told in the parser’s words', () => {
    const words =
      /Implicit|Nested mappings|compact|node end|token|flow|block|scalar|Missing closing|Plain value|parseAll/i
    for (const [, text] of SLIPS)
      for (const language of ['zh', 'en'] as const)
        for (const one of mistakesOf(text, language)) expect(one).not.toMatch(words)
  })

  it('in a long text is told at its own line, with other quotes and brackets around', () => {
    const sound = Array.from(
      { length: 200 },
      (_, index) => `k${index}: { zh: "甲", en: 'it''s [a]', list: [1, 2] } # it's "so`,
    )
    const text = [...sound.slice(0, 120), 'broken: { zh: "甲", en: x', ...sound.slice(120)].join('\n')
    expect(mistakesOf(text)[0]).toContain('p.yaml:121:9')
    expect(mistakesOf(text)[0]).toContain('括号“{”没有合上')
  })
})
