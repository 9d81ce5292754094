import { type Day, formatDay, formatMinute, type Minute } from '#engines/values/time.ts'
import { YES } from './areas.ts'
import type { Stack } from './pack.ts'
import type { Deadline, Missed } from './pack-provisions.ts'
import { type Question, type Ruling, RulingDraft, ruleOf } from './rulings.ts'
import { type Happening, type SpanEnd, spanEnd } from './time-spans.ts'

export interface DeadlineQuestion extends Question {
  /** What it runs from; `null`: it has not happened, or nobody knows when. */
  readonly event: Happening | null
  /** When it was done (or, for a deadline that lasts, when it was ended); `null`: not yet. */
  readonly done: Happening | null
  /** The moment asked about, where hours are counted; left out: the end of `day`. */
  readonly minute?: Minute
}

export interface DeadlineRuling extends Ruling {
  /** `met`: done in time, or ended late enough. `late`: done after it. `missed`: not done and over. `short`: ended too early. */
  readonly state: 'running' | 'met' | 'late' | 'missed' | 'short' | 'missing_fact' | 'needs_decision' | 'not_in_force'
  /** The last day of the span. */
  readonly due_day: Day | null
  readonly due_minute: Minute | null
  readonly offices: readonly string[]
  /** What follows from having missed it; `null` where nothing was missed or the notice says nothing. */
  readonly follows: Missed | null
}

/**
 * How a deadline stands. The rule that was in force on the day of the event counts; working days follow the official calendar, and a
 * year without a published one is a missing fact.
 *
 * @example deadlineOf(stack, 'injury-claim', { day, known: day, event: { day: dayOf('2020-02-10'), minute: null, ref: 'e' }, done: null })
 */
export function deadlineOf(stack: Stack, code: string, question: DeadlineQuestion): DeadlineRuling {
  const deadline = ruleOf(stack.deadlines, code)
  const draft = new RulingDraft(stack, deadline, question)
  const end = (state: DeadlineRuling['state'], due?: SpanEnd): DeadlineRuling => {
    const over = state === 'missed' || state === 'late' || state === 'short'
    if (over) sayWhatFollows(draft, deadline)
    const follows = over ? deadline.missed : null
    const { offices } = deadline
    return { ...draft.finish(), state, due_day: due?.day ?? null, due_minute: due?.minute ?? null, offices, follows }
  }
  const { event } = question
  const title = stack.terms.get(deadline.after)?.title ?? { zh: deadline.after, en: deadline.after }
  if (event === null) {
    draft.miss(`event:${deadline.after}`)
    return end('missing_fact')
  }
  const happened = event.minute === null ? formatDay(event.day) : formatMinute(event.minute)
  draft.use(
    `event:${deadline.after}`,
    `${title.zh}：${happened}（${event.ref}）`,
    `${title.en}: ${happened} (${event.ref})`,
  )
  if (!draft.isInForce(event.day)) return end('not_in_force')
  const due = dueOf(draft, deadline, event)
  if (!due) return end(draft.missing === null ? 'needs_decision' : 'missing_fact')
  return end(stateOf(deadline, question, due), due)
}

function dueOf(draft: RulingDraft, deadline: Deadline, event: Happening): SpanEnd | undefined {
  for (const one of deadline.cases) {
    const answer = draft.ask(one.when)
    if (draft.missing !== null) return undefined
    if (answer === YES) return spanEnd(draft, one.within, event, deadline)
  }
  return undefined
}

function stateOf(deadline: Deadline, question: DeadlineQuestion, due: SpanEnd): DeadlineRuling['state'] {
  const { done, day, minute } = question
  if (deadline.kind === 'lasts') {
    if (done) return isAfter(done, due) ? 'met' : 'short'
    return 'running'
  }
  if (done) return isAfter(done, due) ? 'late' : 'met'
  const now: Happening = { day, minute: minute ?? (day + 1) * 1440 - 1, ref: '' }
  return isAfter(now, due) ? 'missed' : 'running'
}

function isAfter(happening: Happening, due: SpanEnd): boolean {
  if (due.minute !== null && happening.minute !== null) return happening.minute > due.minute
  return happening.day > due.day
}

function sayWhatFollows(draft: RulingDraft, { missed }: Deadline): void {
  if (missed === null) return
  if (missed.kind === 'said') draft.say(`逾期：${missed.text.zh}`, `missed: ${missed.text.en}`)
  if (missed.kind === 'undecided') draft.decided(missed.decision)
  if (missed.kind === 'deadline') {
    const next = draft.stack.deadlines.get(missed.deadline)?.title ?? { zh: missed.deadline, en: missed.deadline }
    draft.say(`逾期后：${next.zh}`, `then: ${next.en}`)
  }
}
