import type { ActionOf } from '#platform/ui/phone/outbox/action.ts'
import type { ConfirmationBody, DayLine } from '#records/duty/contract.ts'

/** What the manager said about one planned shift, where it differs from the plan. */
export type Exception =
  | { readonly kind: 'as_planned' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'other_time'; readonly starts_at: string; readonly ends_at: string }

/** Exceptions by the id of the planned shift. */
export type Exceptions = Readonly<Record<string, Exception>>

/**
 * How a line of the day stands for the person who looks.
 * `recorded`: a span stands. `own`: another person confirms it. `saved`: in a confirmation on this phone that is not
 * recorded yet. `absent`: a confirmation said that the person did not come. `running`: its planned end lies ahead. `open`:
 * can be confirmed now. `none`: nothing was planned.
 */
export type Standing = 'recorded' | 'own' | 'saved' | 'absent' | 'running' | 'open' | 'none'

export interface DayKnowledge {
  /** Shifts in confirmations on this phone that are not recorded yet. */
  readonly saved: ReadonlySet<string>
  readonly now: Date
}

export function standingOf(line: DayLine, { saved, now }: DayKnowledge): Standing {
  if (line.confirmed) return 'recorded'
  if (!line.planned) return 'none'
  const { shift_id, ends_at } = line.planned
  if (saved.has(shift_id)) return 'saved'
  if (line.absent) return 'absent'
  if (line.own) return 'own'
  return new Date(ends_at) > now ? 'running' : 'open'
}

/** Whether the person who looks can still say how it was: an open line, or one of another person recorded as absent. */
export function mayChange(line: DayLine, standing: Standing): boolean {
  return standing === 'open' || (standing === 'absent' && !line.own)
}

/**
 * Whether the line belongs to the next confirmation: every open one, and an absent one only when it was expressly said that
 * the person came after all.
 */
export function isToConfirm(standing: Standing, exception: Exception | undefined): boolean {
  if (standing === 'absent') return exception !== undefined && exception.kind !== 'absent'
  return standing === 'open'
}

/** The spans named by confirmations on this phone. */
export function savedSpans(actions: readonly ActionOf<'duty.confirm_day'>[]): ReadonlySet<string> {
  return new Set(actions.flatMap((action) => action.body.lines.map((line) => line.span_id)))
}

export interface Draft {
  readonly body: ConfirmationBody
  readonly names: Readonly<Record<number, string>>
  readonly present_count: number
  readonly absent_count: number
  readonly other_time_count: number
}

interface DraftOptions {
  readonly unit_id: number
  readonly duty_date: string
  readonly said_at: string
  readonly lines: readonly DayLine[]
  readonly exceptions: Exceptions
}

/**
 * The confirmation of the lines that are open: as planned, except what was said otherwise. A span is named by its planned
 * shift, so that it counts once however often and from wherever it is confirmed.
 */
export function draftOf({ unit_id, duty_date, said_at, lines, exceptions }: DraftOptions): Draft {
  const names: Record<number, string> = {}
  let absent_count = 0
  let other_time_count = 0
  const drafted = lines.flatMap((line): ConfirmationBody['lines'] => {
    if (!line.planned) return []
    const { shift_id, post_id, starts_at, ends_at } = line.planned
    const exception = exceptions[shift_id]
    names[line.person_id] = line.person_name
    const span = { span_id: shift_id, person_id: line.person_id, post_id }
    if (exception?.kind === 'absent') {
      absent_count += 1
      return [{ ...span, starts_at, ends_at, present: false }]
    }
    if (exception?.kind === 'other_time') {
      other_time_count += 1
      return [{ ...span, starts_at: exception.starts_at, ends_at: exception.ends_at, present: true }]
    }
    return [{ ...span, starts_at, ends_at, present: true }]
  })
  return {
    body: { unit_id, duty_date, said_at, lines: drafted },
    names,
    present_count: drafted.length - absent_count,
    absent_count,
    other_time_count,
  }
}

/** The exceptions that a kept confirmation holds against the plan: what "edit" begins with. */
export function exceptionsIn(body: ConfirmationBody, lines: readonly DayLine[]): Exceptions {
  const exceptions: Record<string, Exception> = {}
  for (const said of body.lines) {
    const planned = lines.find((line) => line.planned?.shift_id === said.span_id)?.planned
    if (!planned) continue
    if (!said.present) exceptions[said.span_id] = { kind: 'absent' }
    else if (!sameMoment(said.starts_at, planned.starts_at) || !sameMoment(said.ends_at, planned.ends_at))
      exceptions[said.span_id] = { kind: 'other_time', starts_at: said.starts_at, ends_at: said.ends_at }
    else exceptions[said.span_id] = { kind: 'as_planned' }
  }
  return exceptions
}

function sameMoment(one: string, other: string): boolean {
  return new Date(one).getTime() === new Date(other).getTime()
}
