import { formatYuan } from '#engines/values/money.ts'
import { say } from './citations.ts'
import { itemsText } from './explain-more.ts'
import type { Explaining } from './explain-rules.ts'
import { formatHundredths, formatMinutes } from './format-amount.ts'
import type { EntitlementResult, ExplanationLine } from './results.ts'
import type { Label } from './vocabulary.ts'

/** What it all comes to, and what of it waits. */
export function sumLine({ language, compiled }: Explaining, result: EntitlementResult): ExplanationLine {
  const { entitlement } = compiled
  const { amount_fen, quantity, open_days } = result
  const open =
    open_days === 0
      ? ''
      : say(language, `；另有 ${open_days} 天待定，未计入`, `; ${open_days} more days are open and not counted`)
  if (quantity === null) {
    const nothing =
      result.state === 'not_covered'
        ? say(language, '结论：不适用', 'Result: not covered')
        : say(language, '合计：还没有可确定的部分', 'Total: nothing is settled yet')
    return { kind: 'sum', text: `${nothing}${open}` }
  }
  const counted = countedText(entitlement, quantity)
  if (amount_fen === null) {
    if (entitlement.gives === 'right') {
      const left =
        entitlement.uses === null ? null : { zh: `，还可用 ${quantity} 次`, en: `, may be used ${quantity} more times` }
      const rest = left === null ? '' : left[language]
      return { kind: 'sum', text: `${say(language, '结论：应得', 'Result: entitled')}${rest}${open}` }
    }
    const minutes = entitlement.gives === 'minutes' ? { minutes: quantity } : { quantity }
    return { kind: 'sum', ...minutes, text: say(language, `合计：${counted.zh}${open}`, `Total: ${counted.en}${open}`) }
  }
  const amount = formatYuan(amount_fen)
  return {
    kind: 'sum',
    amount_fen,
    ...numberOf(entitlement.gives, quantity),
    text: say(language, `合计：${counted.zh}，${amount} 元${open}`, `Total: ${counted.en}, ${amount} yuan${open}`),
  }
}

function numberOf(gives: Explaining['compiled']['entitlement']['gives'], quantity: number): Partial<ExplanationLine> {
  if (gives === 'money_per_day' || gives === 'money_per_month') return { day_hundredths: quantity }
  return gives === 'money_per_hour' ? { minutes: quantity } : {}
}

function countedText(entitlement: Explaining['compiled']['entitlement'], quantity: number): Label {
  switch (entitlement.gives) {
    case 'money_per_day':
    case 'money_per_month': {
      const days = formatHundredths(quantity)
      return { zh: `${days} 天`, en: `${days} days` }
    }
    case 'money_per_hour':
      return formatMinutes(quantity)
    case 'minutes': {
      const time = formatMinutes(quantity)
      return { zh: `补休 ${time.zh}`, en: `${time.en} of leave` }
    }
    case 'in_kind':
      return itemsText(entitlement, quantity)
    default:
      return { zh: `${quantity} 次`, en: quantity === 1 ? '1 time' : `${quantity} times` }
  }
}
