import { formatYuan } from '#engines/values/money.ts'
import type { Unit } from './pack.ts'
import type { Label } from './vocabulary.ts'

/** `150` → `1.5`, `100` → `1`. */
export function formatHundredths(hundredths: number): string {
  const whole = Math.floor(hundredths / 100)
  const part = String(hundredths % 100)
    .padStart(2, '0')
    .replace(/0+$/, '')
  return part === '' ? `${whole}` : `${whole}.${part}`
}

/** A rate in hundredths of a fen, in yuan with as many digits as it needs: `1166550` → `116.655`, `3000000` → `300.00`. */
export function formatRate(rate_hundredth_fen: number): string {
  const fen = Math.floor(rate_hundredth_fen / 100)
  const part = String(rate_hundredth_fen % 100)
    .padStart(2, '0')
    .replace(/0+$/, '')
  return `${formatYuan(fen)}${part}`
}

/** `510` → `8小时30分`. */
export function formatMinutes(minutes: number): Label {
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  const zh = [hours > 0 || rest === 0 ? `${hours}小时` : '', rest > 0 ? `${rest}分` : ''].join('')
  const en = [hours > 0 || rest === 0 ? `${hours} h` : '', rest > 0 ? `${rest} min` : ''].join(' ').trim()
  return { zh, en }
}

/** A parameter's number as a person reads it. */
export function formatAmount(unit: Unit, amount: number): Label {
  switch (unit) {
    case 'yuan_per_day':
      return { zh: `${formatYuan(amount)} 元/天`, en: `${formatYuan(amount)} yuan a day` }
    case 'yuan_per_half_day':
      return { zh: `${formatYuan(amount)} 元/半天`, en: `${formatYuan(amount)} yuan a half-day` }
    case 'yuan_per_hour':
      return { zh: `${formatYuan(amount)} 元/小时`, en: `${formatYuan(amount)} yuan an hour` }
    case 'yuan_per_month':
      return { zh: `${formatYuan(amount)} 元/月`, en: `${formatYuan(amount)} yuan a month` }
    case 'yuan_once':
    case 'yuan':
      return { zh: `${formatYuan(amount)} 元`, en: `${formatYuan(amount)} yuan` }
    case 'minutes':
      return formatMinutes(amount)
    case 'days':
      return { zh: `${formatHundredths(amount)} 天`, en: `${formatHundredths(amount)} days` }
    case 'times':
      return { zh: `${formatHundredths(amount)} 倍`, en: `× ${formatHundredths(amount)}` }
    case 'percent':
      return { zh: `${formatHundredths(amount)}%`, en: `${formatHundredths(amount)} %` }
    case 'count':
      return { zh: `${amount}`, en: `${amount}` }
  }
}
