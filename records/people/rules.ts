import { parseDay } from '#engines/values/time.ts'

export interface Reason {
  readonly zh: string
  readonly en: string
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECK_DIGITS = '10X98765432'

/**
 * The last character of an 18-digit identity number (GB 11643-1999, ISO 7064 MOD 11-2).
 *
 * @example checkCharacter('99990119900307001') // '5'
 */
export function checkCharacter(first17: string): string {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(first17[index]), 0)
  return CHECK_DIGITS[sum % 11]
}

/**
 * Checks an 18-digit ID number: length, date of birth and check digit (GB 11643). Full-width digits and spaces are read.
 *
 * @example checkIdNumber('99990119900101001X') // the number, or the reason why it is none
 */
export function checkIdNumber(text: string): { id_number: string } | { reason: Reason } {
  const plain = text.normalize('NFKC').replace(/\s/g, '').toUpperCase()
  if (!/^\d{17}[\dX]$/.test(plain)) {
    return {
      reason: { zh: `应为 18 位，实际 ${plain.length} 位`, en: `18 characters expected, ${plain.length} given` },
    }
  }
  const born = `${plain.slice(6, 10)}-${plain.slice(10, 12)}-${plain.slice(12, 14)}`
  if (parseDay(born) === undefined) return { reason: { zh: `出生日期 ${born} 不存在`, en: `there is no day ${born}` } }
  if (checkCharacter(plain) !== plain[17])
    return { reason: { zh: '最后一位校验码不符', en: 'the check digit does not fit' } }
  return { id_number: plain }
}

const CJK = /\p{Script=Han}/u

/**
 * One spelling per name: no spaces between Chinese characters, one kind of middle dot, composed characters. Spaces in
 * names of other scripts stay.
 *
 * @example tidyName(' 张 三 ') // '张三'
 */
export function tidyName(text: string): string {
  const name = text
    .normalize('NFC')
    .replace(/[\u3000\s]+/g, ' ')
    .replace(/[•‧・･]/g, '·')
    .trim()
  return CJK.test(name) ? name.replace(/ /g, '') : name
}

/** `999901199001010012` → `9999**********0012`. */
export function maskIdNumber(idNumber: string): string {
  return `${idNumber.slice(0, 4)}**********${idNumber.slice(-4)}`
}

/** `13800001234` → `138****1234`. */
export function maskPhone(phone: string): string {
  return phone.length < 7 ? '****' : `${phone.slice(0, 3)}****${phone.slice(-4)}`
}

const OPPOSITE_TIES = { spouse: 'spouse', parent: 'child', child: 'parent', sibling: 'sibling' } as const

/** The tie as the other person has it. */
export function oppositeTie(tie: keyof typeof OPPOSITE_TIES): keyof typeof OPPOSITE_TIES {
  return OPPOSITE_TIES[tie]
}

/** The day before, as a civil date; the last day of the appointment that a new one ends. */
export function dayBefore(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)
}

/** A name as it is compared: without blanks, full-width letters as plain ones. */
export function bareName(name: string): string {
  return name.normalize('NFKC').replace(/\s/g, '')
}
