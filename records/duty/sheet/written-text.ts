/**
 * Text as offices type it, brought to one form before it is compared: full-width digits and punctuation, all kinds of
 * dashes and blanks. Names are treated apart, because compatibility forms are different characters there.
 */

/** Half-width, one kind of dash, single blanks. @example plain('８：００ ～２０：００') // '8:00 ~20:00' */
export function plain(text: string): string {
  // Most cells are already in that form; there may be a million of them.
  if (/^[!-~\u4e00-\u9fff]*$/.test(text)) return text
  return text
    .normalize('NFKC')
    .replace(/[\u2010-\u2015\u2212\u2500\u2501\u30fc]+/g, '-')
    .replace(/[〜∼]/g, '~')
    .replace(/[\s\u200b-\u200f\ufeff]+/g, ' ')
    .trim()
}

/** `plain` without any blanks. */
export function tight(text: string): string {
  return plain(text).replaceAll(' ', '')
}

export type NameReading =
  | { readonly ok: true; readonly name: string; readonly remark: string }
  | { readonly ok: false; readonly reason: 'name_missing' | 'name_unreadable' | 'name_several' }

/**
 * A person's name without the blanks that offices use to align two-character names, and without a remark in brackets.
 *
 * @example readName('张　三（组长）') // { ok: true, name: '张三', remark: '组长' }
 */
export function readName(text: string): NameReading {
  const remarks: string[] = []
  const bare = text
    .replace(/[(（]([^()（）]*)[)）]/g, (_, remark: string) => {
      remarks.push(remark.trim())
      return ''
    })
    .replace(/[\u200b-\u200f\ufeff]/g, '')
    .replace(/[\s\u3000]+/g, ' ')
    .replace(/(?<=\p{L})\s?[•・‧∙･.．](?=\s?\p{Script=Han})\s?/gu, '·')
    .trim()
  if (bare === '') return { ok: false, reason: 'name_missing' }
  if (/[、,，;；/／\n]/.test(bare)) return { ok: false, reason: 'name_several' }
  const joined = /\p{Script=Han}/u.test(bare) ? bare.replaceAll(' ', '') : bare
  const length = [...joined].length
  if (bare.includes(' ') && /^\p{Script=Han}+$/u.test(joined) && length > 4)
    return { ok: false, reason: 'name_several' }
  const isChinese = /^[\p{Script=Han}·]{2,20}$/u.test(joined) && !/^·|·$/.test(joined)
  const isForeign = /^\p{L}[\p{L}\p{M}'’·. -]{1,58}$/u.test(joined) && !/\p{Script=Han}/u.test(joined)
  if (!isChinese && !isForeign) return { ok: false, reason: 'name_unreadable' }
  return { ok: true, name: joined, remark: remarks.filter((remark) => remark !== '').join('；') }
}

/** Several names in one cell, as in `张三、李四`; blanks alone never separate, because they also stand inside names. */
export function splitNames(text: string): string[] {
  return text
    .split(/[、,，;；/／\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

const DIGITS: Readonly<Record<string, number>> = {
  〇: 0,
  零: 0,
  一: 1,
  二: 2,
  两: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
}

/**
 * Chinese numerals before 年, 月, 日, 号, 时, 点 and 分 become digits.
 *
 * @example withDigits('二〇二〇年二月二十三日') // '2020年2月23日'
 */
export function withDigits(text: string): string {
  return text.replace(/[〇零一二两三四五六七八九十廿卅]+(?=[年月日号时点分])/g, (numeral, at: number) =>
    text[at + numeral.length] === '年' && !/[十廿卅]/.test(numeral)
      ? [...numeral].map((digit) => DIGITS[digit] ?? '').join('')
      : String(chineseNumber(numeral)),
  )
}

function chineseNumber(numeral: string): number {
  const spread = numeral.replace('廿', '二十').replace('卅', '三十')
  const [tens, ones] = spread.split('十')
  if (ones === undefined) return [...spread].reduce((value, digit) => value * 10 + (DIGITS[digit] ?? 0), 0)
  return (tens ? (DIGITS[tens] ?? 1) : 1) * 10 + (ones ? (DIGITS[ones] ?? 0) : 0)
}
