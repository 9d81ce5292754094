import { missingText } from './explain-rules.ts'
import { formatAmount, formatHundredths, formatMinutes } from './format-amount.ts'
import type { Stack } from './pack.ts'
import type { Label } from './vocabulary.ts'

/** What an example says and what came out, in words of one language each; codes of the pack stay as its author wrote them. */

const STATE_WORDS: Readonly<Record<string, Label>> = {
  settled: { zh: '已定', en: 'settled' },
  needs_decision: { zh: '等人决定', en: 'needs a decision' },
  missing_fact: { zh: '缺少事实', en: 'a fact is missing' },
  not_covered: { zh: '不适用', en: 'not covered' },
  clear: { zh: '没有到界限', en: 'clear' },
  soon: { zh: '将到界限', en: 'soon due' },
  applies: { zh: '已到界限', en: 'applies' },
  passes: { zh: '可列支', en: 'passes' },
  forbidden: { zh: '不准', en: 'forbidden' },
  running: { zh: '还在期限内', en: 'running' },
  met: { zh: '按期', en: 'met' },
  late: { zh: '迟了', en: 'late' },
  missed: { zh: '逾期没做', en: 'missed' },
  short: { zh: '不足期限', en: 'too short' },
  done: { zh: '做了', en: 'done' },
  open: { zh: '还没到', en: 'open' },
  unlimited: { zh: '不受限制', en: 'unlimited' },
  recommended: { zh: '有建议', en: 'recommended' },
  used_up: { zh: '已用完', en: 'used up' },
  gives_way: { zh: '让于另一条', en: 'gives way' },
  not_in_force: { zh: '还没有或不再施行', en: 'not in force' },
  not_used: { zh: '没有启用', en: 'not used' },
  none: { zh: '不须配套', en: 'none' },
  expires: { zh: '不再有效', en: 'it expires' },
  paid_out: { zh: '折发', en: 'it is paid out' },
  decided: { zh: '由人决定', en: 'somebody decides' },
  enough: { zh: '配足', en: 'enough' },
  less: { zh: '没有配足', en: 'less than asked' },
  more: { zh: '多于规定', en: 'more than asked' },
}

export const NOTHING_SETTLED: Label = { zh: '没有已定的', en: 'nothing settled' }

/** A state as a reader says it. */
export function stateText(state: string): Label {
  return STATE_WORDS[state] ?? plain(state)
}

/** Something that is the same in both languages: a number, a code, a date. */
export function plain(text: string): Label {
  return { zh: text, en: text }
}

export function yuanText(fen: number | null): Label {
  return fen === null ? NOTHING_SETTLED : formatAmount('yuan', fen)
}

export function daysText(hundredths: number | null, none: Label = NOTHING_SETTLED): Label {
  return hundredths === null
    ? none
    : { zh: `${formatHundredths(hundredths)} 天`, en: `${formatHundredths(hundredths)} days` }
}

export function minutesText(minutes: number | null): Label {
  return minutes === null ? NOTHING_SETTLED : formatMinutes(minutes)
}

export function itemsText(items: number | null): Label {
  return items === null ? NOTHING_SETTLED : { zh: `${items} 件（次）`, en: `${items} items` }
}

export function pointText(stack: Stack, code: string | null): Label {
  if (code === null) return { zh: '不等任何决定', en: 'no decision point' }
  const question = stack.decision_points.get(code)?.question
  return question ? { zh: `${code}（${question.zh}）`, en: `${code} (${question.en})` } : plain(code)
}

/** Facts by code with what they mean, in the order of their codes, so that two lists can be compared. */
export function factsText(stack: Stack, facts: readonly string[]): Label {
  if (facts.length === 0) return { zh: '什么都不缺', en: 'nothing missing' }
  const sorted = [...facts].sort()
  const shown = (language: 'zh' | 'en') =>
    sorted.map((fact) => {
      const text = missingText({ stack }, fact, language)
      if (text === fact) return fact
      return language === 'zh' ? `${fact}（${text}）` : `${fact} (${text})`
    })
  return { zh: shown('zh').join('、'), en: shown('en').join(', ') }
}

/** Gathers what differs. */
export class Differences {
  readonly list: { readonly wanted: Label; readonly got: Label }[] = []

  /** `null`: the example says nothing about it. */
  check(wanted: Label | null, got: Label): void {
    if (wanted !== null && wanted.zh !== got.zh) this.list.push({ wanted, got })
  }
}
