import type { DutyDraft, Notice, Place, Question, RefusedRow, SkippedRow, WaitingRow } from './shapes.ts'
import {
  type Facts,
  NOTICES,
  type NoticeCode,
  QUESTIONS,
  type QuestionText,
  REFUSALS,
  type RefusalCode,
  SKIPS,
  type SkipCode,
  say,
} from './texts.ts'

/** How a cell or row came out: a value, a refusal, or a question that has to be answered first. */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false
      readonly refusal: RefusalCode
      readonly facts?: Facts
      readonly at?: { column: number; value: string }
    }
  | { readonly ok: false; readonly ask: string }

export interface QuestionDraft {
  readonly key: string
  readonly kind: Question['kind']
  readonly text: QuestionText
  readonly facts?: Facts
  readonly proposed: string | null
  readonly blocking?: boolean
  readonly place: Place
}

/** Collects what a reading finds, while it goes through the sheets. */
export class Notebook {
  readonly drafts: DutyDraft[] = []
  readonly refused: RefusedRow[] = []
  readonly waiting: WaitingRow[] = []
  readonly skipped: SkippedRow[] = []
  readonly notices: Notice[] = []
  readonly answers: Readonly<Record<string, string>>
  readonly #questions = new Map<string, Question>()
  readonly #misunderstood = new Map<string, string>()
  readonly #used = new Set<string>()

  constructor(answers: Readonly<Record<string, string>>) {
    this.answers = answers
  }

  get questions(): Question[] {
    return [...this.#questions.values()]
  }

  isAsked(key: string): boolean {
    return this.#questions.has(key)
  }

  /** Grows with every duty, refusal, wait and skip: a row that adds nothing has been overlooked. */
  get entryCount(): number {
    return this.drafts.length + this.refused.length + this.waiting.length + this.skipped.length
  }

  refuse(place: Place, value: string, code: RefusalCode, facts: Facts = {}): void {
    const [reason, right] = REFUSALS[code]
    this.refused.push({ ...place, value, code, reason: say(reason, facts), right: say(right, facts) })
  }

  skip(place: Place, value: string, code: SkipCode): void {
    this.skipped.push({ ...place, value, code, reason: say(SKIPS[code]) })
  }

  note(place: Place, code: NoticeCode, facts: Facts = {}): void {
    this.notices.push({ ...place, code, text: say(NOTICES[code], facts) })
  }

  wait(place: Place, value: string, questions: readonly string[]): void {
    this.waiting.push({ ...place, value, questions })
  }

  /** Asks once per key and counts how often it came up. Answers the key. */
  ask(question: QuestionDraft): string {
    const known = this.#questions.get(question.key)
    this.#questions.set(question.key, {
      key: question.key,
      kind: question.kind,
      text: say(QUESTIONS[question.text], question.facts),
      proposed: question.proposed,
      blocking: question.blocking ?? true,
      first: known?.first ?? question.place,
      count: (known?.count ?? 0) + 1,
      misunderstood: this.#misunderstood.get(question.key) ?? null,
    })
    return question.key
  }

  /** The answer to a question, read by `parse`; an answer that cannot be read is remembered and asked again. */
  answer<Value>(key: string, parse: (text: string) => Value | undefined): Value | undefined {
    const text = this.answers[key]
    if (text === undefined) return undefined
    const value = parse(text.trim())
    if (value === undefined) this.#misunderstood.set(key, text)
    this.use(key)
    return value
  }

  /** Something in the file hung on this answer. */
  use(key: string): void {
    this.#used.add(key)
  }

  /** Answers that nothing in the file hung on, and those whose words say nothing that was asked. */
  leftOver(): { readonly unused: readonly string[]; readonly misread: readonly string[] } {
    return {
      unused: Object.keys(this.answers).filter((key) => !this.#used.has(key)),
      misread: [...this.#misunderstood.keys()],
    }
  }
}
