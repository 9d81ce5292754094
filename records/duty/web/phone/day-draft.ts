import type { ActionOf, QueuedAction } from '#platform/ui/phone/outbox/action.ts'
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
 * recorded yet. `absent`: this phone said so, and that was recorded. `left_out`: the day was confirmed with absences and
 * this line is not among those present, so that it is never swept up by one tap. `running`: its planned end lies ahead.
 * `open`: can be confirmed now. `none`: nothing was planned.
 */
export type Standing = 'recorded' | 'own' | 'saved' | 'absent' | 'left_out' | 'running' | 'open' | 'none'

export interface DayKnowledge {
  /** Shifts in confirmations on this phone that are not recorded yet. */
  readonly saved: ReadonlySet<string>
  /** Shifts that this phone reported as absent, and that was recorded. */
  readonly absent: ReadonlySet<string>
  readonly confirmations: readonly { readonly said_at: string; readonly absent_count: number }[]
  readonly now: Date
}

export function standingOf(line: DayLine, { saved, absent, confirmations, now }: DayKnowledge): Standing {
  if (line.confirmed) return 'recorded'
  if (!line.planned) return 'none'
  const { shift_id, ends_at } = line.planned
  if (saved.has(shift_id)) return 'saved'
  if (line.own) return 'own'
  if (absent.has(shift_id)) return 'absent'
  if (new Date(ends_at) > now) return 'running'
  const passedOver = confirmations.some(
    (confirmation) => confirmation.absent_count > 0 && new Date(confirmation.said_at) >= new Date(ends_at),
  )
  return passedOver ? 'left_out' : 'open'
}

/** The spans named by confirmations on this phone. */
export function savedSpans(actions: readonly ActionOf<'duty.confirm_day'>[]): ReadonlySet<string> {
  return new Set(actions.flatMap((action) => action.body.lines.map((line) => line.span_id)))
}

/** The shifts that recorded confirmations on this phone reported as absent. */
export function absentSpans(actions: readonly QueuedAction[]): ReadonlySet<string> {
  const absent = new Set<string>()
  for (const action of actions) {
    if (action.kind !== 'duty.confirm_day' || action.state !== 'recorded') continue
    for (const line of action.body.lines) if (!line.present) absent.add(line.span_id)
  }
  return absent
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
