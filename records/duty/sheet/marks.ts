import { plain, tight, withDigits } from './written-text.ts'
import { type ClockSpan, clockSpan, parseSpans, SPAN_SOURCE, showSpan } from './written-times.ts'

/** What a shift mark stands for. */
export type MarkMeaning = { readonly kind: 'work'; readonly spans: readonly ClockSpan[] } | { readonly kind: 'rest' }

export type Legend = ReadonlyMap<string, MarkMeaning>

/** What a cell of a roster says. */
export type MarkReading =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'rest'; readonly mark: string }
  | {
      readonly kind: 'work'
      readonly mark: string
      readonly spans: readonly ClockSpan[]
      readonly from: 'cell' | 'legend'
    }
  /** A mark of the trade whose hours nobody has stated. */
  | { readonly kind: 'open'; readonly mark: string; readonly proposed: string | null; readonly sameTime?: boolean }
  | {
      readonly kind: 'wrong'
      readonly reason: 'time_ambiguous' | 'span_too_long' | 'span_negative'
      readonly hours?: number
    }
  | { readonly kind: 'unknown'; readonly mark: string }

const REST = new Set([
  '休',
  '轮休',
  '休息',
  '公休',
  '补休',
  '调休',
  '年休',
  '年假',
  '病假',
  '事假',
  '产假',
  '婚假',
  '丧假',
  '请假',
  '假',
  '探亲假',
  'OFF',
  '未排',
  '不值班',
])
const NOTHING = new Set(['', '-', '/', '\\', '无', '0', '——'])

/** Hours that are usual for a mark. Only ever proposed. */
const USUAL: Readonly<Record<string, string>> = {
  白: '08:00-20:00',
  日: '08:00-20:00',
  D: '08:00-20:00',
  夜: '20:00-次日08:00',
  N: '20:00-次日08:00',
  晚: '20:00-次日08:00',
  早: '08:00-16:00',
  A: '08:00-16:00',
  中: '16:00-24:00',
  P: '16:00-24:00',
  大夜: '00:00-08:00',
  小夜: '16:00-24:00',
  前夜: '16:00-24:00',
  后夜: '00:00-08:00',
  上午: '08:00-12:00',
  下午: '12:00-18:00',
  全: '08:00-次日08:00',
  全天: '08:00-次日08:00',
  24: '08:00-次日08:00',
  '24H': '08:00-次日08:00',
  '24小时': '08:00-次日08:00',
  '√': '08:00-17:00',
  值: '08:00-次日08:00',
  值班: '08:00-次日08:00',
  上班: '08:00-17:00',
  在岗: '08:00-17:00',
  班: '08:00-17:00',
  1: '08:00-17:00',
}
const ATTENDANCE = new Set(['√', '值', '值班', '上班', '在岗', '班', '1'])

/** @example canonicalMark('白班') // '白' */
export function canonicalMark(text: string): string {
  const bare = tight(text).toUpperCase().replace(/[✓✔☑]/g, '√').replace(/[()]/g, '')
  return /^(白|日|夜|晚|早|中|大夜|小夜|前夜|后夜|全|[A-Z]\d?)班$/.test(bare) ? bare.slice(0, -1) : bare
}

/** Whether a header such as 白班 or 夜班 names a shift. */
export function isShiftWord(text: string): boolean {
  const bare = tight(text)
    .replace(/[(][^)]*[)]/g, '')
    .replace(new RegExp(SPAN_SOURCE), '')
  const mark = canonicalMark(bare)
  return mark in USUAL && mark !== '班' && mark !== '日'
}

/** Reads spans written on the clock, without dates. */
export function readClockSpans(text: string): MarkReading | undefined {
  const written = parseSpans(text)
  if (!written || written.some(({ from, to }) => from.dates || to.dates)) return undefined
  const spans: ClockSpan[] = []
  for (const { from, to } of written) {
    if (!from.time || !to.time) return undefined
    const reading = clockSpan(from.time, to.time)
    if (!reading.ok && reading.reason === 'time_same') {
      return {
        kind: 'open',
        mark: tight(text),
        proposed: showSpan({ start: from.time.minute, end: from.time.minute + 1_440 }),
        sameTime: true,
      }
    }
    if (!reading.ok) {
      const hours = Math.round((to.time.minute - from.time.minute) / 6) / 10
      return { kind: 'wrong', reason: reading.reason === 'time_same' ? 'time_ambiguous' : reading.reason, hours }
    }
    spans.push(reading.span)
  }
  return { kind: 'work', mark: tight(text), spans, from: 'cell' }
}

/**
 * What a shift mark in a cell says, with the legend of its sheet and the answers given so far.
 *
 * @example readMark('白班8:00-20:00', new Map()) // 480 to 1,200: the cell says it itself
 */
export function readMark(text: string, legend: Legend): MarkReading {
  let known = READ.get(legend)
  if (!known) {
    known = new Map()
    READ.set(legend, known)
  }
  const before = known.get(text)
  if (before) return before
  const reading = readFresh(text, legend)
  known.set(text, reading)
  return reading
}

/** A month of a county holds thousands of equal cells: each text is read once per legend. */
const READ = new WeakMap<Legend, Map<string, MarkReading>>()

function readFresh(text: string, legend: Legend): MarkReading {
  const bare = tight(text)
  if (NOTHING.has(bare)) return { kind: 'nothing' }
  const direct = readKnown(bare, legend)
  if (direct) return direct
  const parts = bare.split(/[/、,+;]/).flatMap((part) => (readKnown(part, legend) ? [part] : splitGlued(part, legend)))
  if (parts.length > 1) return joinParts(parts, legend)
  const mark = canonicalMark(bare)
  return mark in USUAL || /^\d{1,2}(\.\d)?(H|小时)?$/.test(mark)
    ? { kind: 'open', mark, proposed: proposalFor(mark, legend) }
    : { kind: 'unknown', mark }
}

function readKnown(text: string, legend: Legend): MarkReading | undefined {
  const spans = readClockSpans(text)
  if (spans && !(spans.kind === 'open' && legend.has(spans.mark))) return spans
  const mark = canonicalMark(text)
  const meaning = legend.get(mark) ?? (ATTENDANCE.has(mark) ? legend.get('值班') : undefined)
  if (meaning)
    return meaning.kind === 'rest'
      ? { kind: 'rest', mark }
      : { kind: 'work', mark, spans: meaning.spans, from: 'legend' }
  if (REST.has(mark)) return { kind: 'rest', mark }
  const inside = new RegExp(`^([^\\d]{0,6}?)[(:]?(${SPAN_SOURCE})[)]?$`).exec(withDigits(text))
  return inside?.[1] && inside[2] ? readClockSpans(inside[2]) : undefined
}

/** `白夜` is a day and a night shift, when both are known or usual marks. */
function splitGlued(text: string, legend: Legend): string[] {
  const letters = [...text]
  if (letters.length !== 2) return [text]
  return letters.every((letter) => legend.has(letter) || (letter in USUAL && letter !== '班')) ? letters : [text]
}

function joinParts(parts: readonly string[], legend: Legend): MarkReading {
  const spans: ClockSpan[] = []
  for (const part of parts) {
    const reading = readMark(part, legend)
    if (reading.kind === 'work') spans.push(...reading.spans)
    else if (reading.kind !== 'rest' && reading.kind !== 'nothing') return reading
  }
  return spans.length > 0
    ? { kind: 'work', mark: parts.join('、'), spans, from: 'legend' }
    : { kind: 'rest', mark: parts.join('、') }
}

function proposalFor(mark: string, legend: Legend): string | null {
  const number = /^(\d{1,2}(?:\.\d)?)(H|小时)?$/.exec(mark)
  if (number && mark !== '1' && mark !== '24' && mark !== '24H' && mark !== '24小时') {
    const minutes = Math.round(Number(number[1]) * 60)
    return minutes > 0 && minutes <= 1_440 ? showSpan({ start: 480, end: 480 + minutes }) : null
  }
  // Where there is a middle shift the day is cut in three, and the night is the last third.
  if ((mark === '夜' || mark === 'N') && (legend.has('中') || legend.has('P'))) return '00:00-08:00'
  return USUAL[mark] ?? null
}

/**
 * Reads an answer or a legend entry: hours, or 休.
 *
 * @example parseMeaning('20:00-次日8:00') // work from 1,200 to 1,920
 */
export function parseMeaning(text: string): MarkMeaning | undefined {
  if (REST.has(canonicalMark(text)) || tight(text) === 'rest') return { kind: 'rest' }
  const reading = readClockSpans(text)
  if (reading?.kind === 'work') return { kind: 'work', spans: reading.spans }
  const written = parseSpans(text)
  const only = written?.[0]
  if (
    written?.length === 1 &&
    only?.from.time &&
    only.to.time &&
    only.to.time.minute - only.from.time.minute === 1_440
  ) {
    return { kind: 'work', spans: [{ start: only.from.time.minute, end: only.to.time.minute }] }
  }
  return undefined
}

/**
 * Finds the explanations of marks in a sheet's titles, notes and side tables.
 *
 * @example readLegend(['注：白班8:00-20:00，夜班20:00-次日8:00，休为休息']).get('夜') // work from 1,200 to 1,920
 */
export function readLegend(texts: readonly string[]): Map<string, MarkMeaning> {
  const legend = new Map<string, MarkMeaning>()
  for (const text of texts) {
    const tidy = withDigits(plain(text))
    readWorkEntries(tidy, legend)
    const rest =
      /([\p{Script=Han}A-Za-z×○△√]{1,4}?)(?:代表|表示|为|是|指|[=:])+"?(休息|轮休|休|补休|调休|公休|请假|不值班)(?![\d])/gu
    for (const [, mark] of tidy.replaceAll(' ', '').matchAll(rest)) {
      if (mark) legend.set(canonicalMark(mark), { kind: 'rest' })
    }
  }
  return legend
}

function readWorkEntries(text: string, legend: Map<string, MarkMeaning>): void {
  let end = 0
  let labels: readonly string[] = []
  for (const match of text
    .replaceAll(' ', '\u0020')
    .matchAll(new RegExp(SPAN_SOURCE.replaceAll('(?:-|~|至|到)', ' ?(?:-|~|至|到) ?'), 'g'))) {
    const before = text.slice(end, match.index)
    end = match.index + match[0].length
    const meaning = parseMeaning(match[0])
    if (!meaning || meaning.kind === 'rest') continue
    const continues = labels.length > 0 && /^[、,和及 ]*$/.test(before)
    if (!continues) labels = labelsBefore(before)
    for (const label of labels) {
      const known = legend.get(label)
      const spans = continues && known?.kind === 'work' ? [...known.spans, ...meaning.spans] : meaning.spans
      legend.set(label, { kind: 'work', spans })
    }
  }
}

/** The word right before a span: `注:白班` → 白, `D代表白班` → D and 白. */
function labelsBefore(text: string): string[] {
  const bare = text
    .replace(/["“”'\s]/g, '')
    .replace(/(?:上班时间|值班时间|时间|代表|表示|为|是|指|即|[=:(（)-])+$/u, (tail) =>
      /值班时间/.test(tail) ? '值班' : /上班时间/.test(tail) ? '上班' : '',
    )
  const run = /[\p{Script=Han}A-Za-z0-9√×○●◎△☆★=:]+$/u.exec(bare)?.[0] ?? ''
  return run
    .split(/代表|表示|为|是|指|即|[=:]/)
    .map((label) => canonicalMark(label.replace(/^(注|说明|备注|其中|班次)/, '')))
    .filter((label) => label !== '' && [...label].length <= 4)
}
