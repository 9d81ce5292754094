/** Formats that Excel knows by number only (ECMA-376 18.8.30, with those that Chinese Excel adds). */
const BUILT_IN: Readonly<Record<number, string>> = {
  1: '0',
  2: '0.00',
  3: '#,##0',
  4: '#,##0.00',
  9: '0%',
  10: '0.00%',
  11: '0.00E+00',
  14: 'yyyy/m/d',
  15: 'd-mmm-yy',
  16: 'd-mmm',
  17: 'mmm-yy',
  18: 'h:mm AM/PM',
  19: 'h:mm:ss AM/PM',
  20: 'h:mm',
  21: 'h:mm:ss',
  22: 'yyyy/m/d h:mm',
  27: 'yyyy"年"m"月"',
  28: 'm"月"d"日"',
  29: 'm"月"d"日"',
  30: 'm-d-yy',
  31: 'yyyy"年"m"月"d"日"',
  32: 'h"时"mm"分"',
  33: 'h"时"mm"分"ss"秒"',
  34: 'h"时"mm"分"',
  35: 'h"时"mm"分"ss"秒"',
  36: 'yyyy"年"m"月"',
  45: 'mm:ss',
  46: '[h]:mm:ss',
  47: 'mm:ss.0',
  49: '@',
  50: 'yyyy"年"m"月"',
  51: 'm"月"d"日"',
  52: 'yyyy"年"m"月"',
  53: 'm"月"d"日"',
  54: 'm"月"d"日"',
  55: 'h"时"mm"分"',
  56: 'h"时"mm"分"ss"秒"',
  57: 'yyyy"年"m"月"',
  58: 'm"月"d"日"',
}

export function builtInFormat(id: number): string | undefined {
  return BUILT_IN[id]
}

const CODES = new Map<string, 'number' | 'date' | 'time'>()

/**
 * What a number means under a format: a day, a time of the day (or a length of time), or just a number.
 *
 * @example kindOfNumber('m"月"d"日"') // 'date'
 */
export function kindOfNumber(format: string | undefined): 'number' | 'date' | 'time' {
  if (format === undefined) return 'number'
  const known = CODES.get(format)
  if (known) return known
  const settled = kindOfCodes(bareCodes(format))
  if (CODES.size < 5_000) CODES.set(format, settled)
  return settled
}

function kindOfCodes(codes: string): 'number' | 'date' | 'time' {
  if (/[yd]/.test(codes)) return 'date'
  if (/[hs]/.test(codes)) return 'time'
  return codes.includes('m') && !/[#0?]/.test(codes) ? 'date' : 'number'
}

/** The first section without literals, colours and conditions; elapsed hours stay. */
function bareCodes(format: string): string {
  return (format.split(';')[0] ?? '')
    .replace(/"[^"]*"/g, '')
    .replace(/\\./g, '')
    .replace(/\[(h+|m+|s+)\]/gi, '$1')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/_.|\*./g, '')
    .replace(/am\/pm|a\/p|上午\/下午/gi, '')
    .toLowerCase()
}

/**
 * Minutes since 1970-01-01 00:00 on the local clock for a spreadsheet's serial day. Seconds are rounded to the minute.
 *
 * Source: ECMA-376 18.17.4. The 1900 system counts a 29 February 1900 that never was.
 *
 * @example serialToMinute(43864, false) // minutes of 2020-02-03 00:00
 */
export function serialToMinute(serial: number, date1904: boolean): number {
  const daysTo1970 = date1904 ? 24_107 : serial < 60 ? 25_568 : 25_569
  return Math.round((serial - daysTo1970) * 1_440)
}

/** The other way round, in the 1900 system, for days after February 1900. */
export function minuteToSerial(minute: number): number {
  return minute / 1_440 + 25_569
}

/**
 * A number as the sheet shows it, for the formats that matter in duty sheets: dates, times, leading zeros, fixed decimals,
 * and a literal before or behind (`3日`, `第2周`). Everything else is shown in full digits.
 *
 * @example showNumber(7, '000', false) // '007'
 */
export function showNumber(value: number, format: string | undefined, date1904: boolean): string {
  const kind = kindOfNumber(format)
  if (kind === 'date') return showDate(value, date1904)
  if (kind === 'time') return showTime(value, format ?? '')
  const simple =
    format === undefined
      ? null
      : /^("[^"]*"|\\.|[\u0080-\uffff])*(0+)(\.0+)?("[^"]*"|\\.|[\u0080-\uffff]|\s)*$/.exec(format)
  if (simple && format !== undefined && value >= 0 && value < 1e15) {
    const decimals = Math.max(0, (simple[3] ?? '').length - 1)
    const digits = value.toFixed(decimals).padStart((simple[2] ?? '').length + (decimals > 0 ? decimals + 1 : 0), '0')
    return format
      .replace(/0[0.]*/, digits)
      .replaceAll('"', '')
      .replaceAll('\\', '')
      .trim()
  }
  return plainDigits(value)
}

/** Never `3.3E+17`: what was lost stays visible as digits, and the reader is told by the size of the number. */
function plainDigits(value: number): string {
  if (!Number.isFinite(value)) return ''
  if (Math.abs(value) >= 1e15 && Math.abs(value) < 1e21) return BigInt(Math.round(value)).toString()
  return String(Number(value.toPrecision(15)))
}

function showDate(serial: number, date1904: boolean): string {
  const minute = serialToMinute(serial, date1904)
  const moment = new Date(minute * 60_000)
  if (Number.isNaN(moment.getTime())) return String(serial)
  const text = moment.toISOString()
  return minute % 1_440 === 0 ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 16)}`
}

function showTime(serial: number, format: string): string {
  const elapsed = /\[h+\]/i.test(format)
  const minutes = Math.round(serial * 1_440)
  const shown = elapsed || minutes < 0 ? minutes : minutes % 1_440
  const hours = Math.floor(Math.abs(shown) / 60)
  const sign = shown < 0 ? '-' : ''
  return `${sign}${String(hours).padStart(2, '0')}:${String(Math.abs(shown) % 60).padStart(2, '0')}`
}
