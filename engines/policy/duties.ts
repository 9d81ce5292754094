import { type Day, formatDay } from '#engines/values/time.ts'
import type { Stack } from './pack.ts'
import type { Duty, Rhythm } from './pack-provisions.ts'
import { type Question, type Ruling, RulingDraft, ruleOf } from './rulings.ts'
import { type Happening, periodOf, spanEnd } from './time-spans.ts'

export interface DutyQuestion extends Question {
  /** First day looked at; the last one is `day`, "as of". */
  readonly from: Day
  /** When the office did it. */
  readonly done: readonly Happening[]
  /** For a duty that follows an event. */
  readonly events: readonly Happening[]
}

/** One time that an office has to act. */
export interface DutyTime {
  readonly from: Day
  readonly due: Day
  /** `late`: done after the due day. `missed`: not done and over. `open`: still time. */
  readonly state: 'done' | 'late' | 'missed' | 'open'
  /** The record of its having been done. */
  readonly ref: string | null
}

export interface DutyRuling extends Ruling {
  readonly state: 'settled' | 'missing_fact' | 'needs_decision' | 'not_in_force'
  readonly offices: readonly string[]
  readonly times: readonly DutyTime[]
}

const TIMES_MAX = 1_000

/**
 * Each time that an office had or has to do something between two days, and whether it did.
 *
 * @example dutyTimes(stack, 'monthly-statement', { from, day, known: day, done: [], events: [] }).times.filter(({ state }) => state === 'missed')
 */
export function dutyTimes(stack: Stack, code: string, question: DutyQuestion): DutyRuling {
  const duty = ruleOf(stack.duties, code)
  const draft = new RulingDraft(stack, duty, question)
  const end = (state: DutyRuling['state'], times: readonly DutyTime[] = []): DutyRuling => {
    return { ...draft.finish(), state, offices: duty.offices, times }
  }
  if (duty.known > question.known || duty.from > question.day || (duty.to !== null && duty.to < question.from)) {
    draft.isInForce()
    return end('not_in_force')
  }
  const spans = spansOf(draft, duty, question)
  if (!spans) return end(draft.missing === null ? 'needs_decision' : 'missing_fact')
  const free = [...question.done].sort((left, right) => left.day - right.day)
  const times = spans.map((span) => timeOf(span, free, question.day))
  for (const { due, state } of times) {
    if (state !== 'missed' && state !== 'late') continue
    const zh = state === 'missed' ? '没有做' : '做得迟'
    draft.say(`${formatDay(due)} 前应完成，${zh}`, `due by ${formatDay(due)}: ${state}`)
  }
  const { missed } = duty
  if (missed?.kind === 'undecided' && times.some(({ state }) => state === 'missed')) draft.decided(missed.decision)
  return end('settled', times)
}

interface Span {
  readonly from: Day
  readonly due: Day
  /** The last day on which a late act still belongs to it. */
  readonly until: Day
}

function spansOf(draft: RulingDraft, duty: Duty, question: DutyQuestion): readonly Span[] | undefined {
  const first = Math.max(question.from, duty.from)
  const last = Math.min(question.day, duty.to ?? question.day)
  const { rhythm } = duty
  if (rhythm.kind === 'once') return [{ from: duty.from, due: rhythm.by, until: Number.POSITIVE_INFINITY }]
  if (rhythm.kind === 'every') return periodSpans(rhythm, first, last)
  const spans: Span[] = []
  for (const event of question.events) {
    if (event.day < first || event.day > last) continue
    const due = spanEnd(draft, rhythm.within, event, { first_day: 'next_day', ends_on_day_off: 'as_it_falls' })
    if (!due) return undefined
    spans.push({ from: event.day, due: due.day, until: Number.POSITIVE_INFINITY })
  }
  return spans
}

function periodSpans(rhythm: Rhythm & { kind: 'every' }, first: Day, last: Day): readonly Span[] {
  const spans: Span[] = []
  for (let day = first; day <= last; ) {
    const { from, to } = periodOf(day, rhythm.unit)
    const due = rhythm.by_day === null ? to : Math.min(to, from + rhythm.by_day - 1)
    // A period that began before the duty, and whose due day had passed by then, is not asked for.
    if (due >= first) spans.push({ from: Math.max(from, first), due, until: to })
    day = to + 1
    if (spans.length > TIMES_MAX)
      throw new RangeError(`more than ${TIMES_MAX} times between the two days: ask for fewer days`)
  }
  return spans
}

/** Takes the first act that belongs to the span out of those that are still free. */
function timeOf({ from, due, until }: Span, free: Happening[], asOf: Day): DutyTime {
  const found = free.findIndex(({ day }) => day >= from && day <= until && day <= asOf)
  const [act] = found < 0 ? [] : free.splice(found, 1)
  if (act) return { from, due, state: act.day <= due ? 'done' : 'late', ref: act.ref }
  return { from, due, state: asOf > due ? 'missed' : 'open', ref: null }
}
