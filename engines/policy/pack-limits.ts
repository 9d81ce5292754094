import type { Mistakes } from './mistakes.ts'
import type { Place } from './pack.ts'
import type { Label } from './vocabulary.ts'

/**
 * How large a pack may be. The limits stand well above any notice (the four layers of this house together have under 70,000
 * characters and 2,000 lines) and are looked at before anything is parsed, since reading a pack keeps its thread busy:
 * `docs/policy-language.md` says how long the largest accepted pack takes.
 */
export const PACK_LIMITS = {
  files: 60,
  characters: 400_000,
  lines: 12_000,
  /** Commas, brackets and list dashes, wherever they stand: what a line can hold many of. */
  separators: 24_000,
  /** Codes defined in all sections together. */
  rules: 3_000,
} as const

interface Size {
  readonly characters: number
  readonly lines: number
  readonly separators: number
}

const NAMES = {
  files: { zh: '个文件', en: 'files' },
  characters: { zh: '个字符', en: 'characters' },
  lines: { zh: '行', en: 'lines' },
  separators: { zh: '个逗号、括号和列表横线', en: 'commas, brackets and list dashes' },
  rules: { zh: '条规则', en: 'rules' },
} as const satisfies Record<keyof typeof PACK_LIMITS, Label>

/** Counts without parsing. */
export function sizeOf(text: string): Size {
  let lines = 1
  let separators = 0
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index)
    if (character === 10) lines += 1
    else if (character === 44 || character === 91 || character === 123) separators += 1
    // `- - - a` and `? ? ? a` nest on one line without brackets.
    else if ((character === 45 || character === 63) && text.charCodeAt(index + 1) === 32) separators += 1
  }
  return { characters: text.length, lines, separators }
}

/** Refuses what is larger than a pack may be; names the limit. True when something was refused. */
export function refuseLarge(limit: keyof typeof PACK_LIMITS, found: number, place: Place, mistakes: Mistakes): boolean {
  const most = PACK_LIMITS[limit]
  if (found <= most) return false
  const name = NAMES[limit]
  mistakes.add(
    `pack.too_many_${limit}`,
    place,
    `${found}`,
    { zh: `政策包太大：${found} ${name.zh}`, en: `the pack is too large: ${found} ${name.en}` },
    {
      zh: `一个政策包最多 ${most} ${name.zh}；相同的内容请用类别、表格或参数合并，或拆成几个政策包`,
      en: `a pack holds at most ${most} ${name.en}: merge what repeats with categories, tables or parameters, or make several packs`,
    },
  )
  return true
}

/** Looks at all files of a pack together, before any of them is parsed. */
export function refuseLargePack(
  files: readonly { readonly path: string; readonly text: string }[],
  mistakes: Mistakes,
): boolean {
  const total = { files: files.length, characters: 0, lines: 0, separators: 0 }
  for (const { path, text } of files) {
    const place = { file: path, line: 1, column: 1 }
    total.characters += text.length
    if (refuseLarge('characters', total.characters, place, mistakes)) return true
    const size = sizeOf(text)
    total.lines += size.lines
    total.separators += size.separators
    if (refuseLarge('lines', total.lines, place, mistakes)) return true
    if (refuseLarge('separators', total.separators, place, mistakes)) return true
  }
  const [first] = files
  return first !== undefined && refuseLarge('files', total.files, { file: first.path, line: 1, column: 1 }, mistakes)
}
