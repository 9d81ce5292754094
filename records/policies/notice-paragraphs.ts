/** Somebody tied a clause to a paragraph by hand; `begins` is how the paragraph begins, empty where it rests on none. */
export interface NoticeTie {
  readonly clause: string
  readonly begins: string
}

/** So much of a paragraph tells it from the others; the rest may be edited. */
const BEGINS_MAX = 40
const DIGITS = '零一二三四五六七八九'

export function paragraphsOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

export function beginningOf(paragraph: string): string {
  return paragraph.slice(0, BEGINS_MAX)
}

/** The number that a paragraph begins with: `一、`, `第十二条`, `（三）`, `4.`; undefined for none. */
export function numberOf(paragraph: string): string | undefined {
  const written =
    /^(?:第([一二三四五六七八九十]+|\d+)[条项章]|[（(]?([一二三四五六七八九十]+|\d+)(?:[、．.)）]|\s))/.exec(paragraph)
  const found = written?.[1] ?? written?.[2]
  if (found === undefined) return undefined
  return /^\d+$/.test(found) ? String(Number(found)) : String(fromChinese(found))
}

/** Numbers below a hundred, as notices count their items. */
function fromChinese(text: string): number {
  const [tens, ones] = text.split('十')
  if (ones === undefined) return DIGITS.indexOf(text)
  return (tens ? DIGITS.indexOf(tens) : 1) * 10 + (ones ? DIGITS.indexOf(ones) : 0)
}

/**
 * Which paragraph each clause rests on: as tied by hand, else the first that begins with its number.
 *
 * @returns positions in `paragraphs`, by clause number; clauses without a paragraph are left out
 * @example paragraphsByClause(['一、值守补助', '二、休息'], ['2'], []).get('2') // 1
 */
export function paragraphsByClause(
  paragraphs: readonly string[],
  clauses: readonly string[],
  ties: readonly NoticeTie[],
): ReadonlyMap<string, number> {
  const numbers = paragraphs.map(numberOf)
  return new Map(
    clauses.flatMap((clause) => {
      const tie = ties.find((one) => one.clause === clause)
      const position =
        tie === undefined
          ? numbers.indexOf(clause)
          : paragraphs.findIndex((one) => tie.begins !== '' && one.startsWith(tie.begins))
      return position < 0 ? [] : [[clause, position] as const]
    }),
  )
}
