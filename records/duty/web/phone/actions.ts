import type { z } from 'zod'
import type { ProblemDocument } from '#platform/http/problem.ts'
import type { ActionOf, NewAction, QueuedAction } from '#platform/ui/phone/outbox/action.ts'
import type { ConfirmationBody, raiseObjection } from '#records/duty/contract.ts'

type ObjectionBody = z.input<NonNullable<typeof raiseObjection.input.body>>

declare module '#platform/ui/phone/outbox/action.ts' {
  interface ActionKinds {
    'duty.confirm_day': {
      readonly body: ConfirmationBody
      readonly shown: {
        readonly unit_id: number
        readonly unit_name: string
        /** By person id, for the reasons beside each line. */
        readonly names: Readonly<Record<number, string>>
      }
    }
    'duty.object': {
      readonly body: ObjectionBody
      readonly shown: Record<string, never>
    }
  }
}

export function confirmationSubject(unit_id: number, duty_date: string): string {
  return `confirm ${unit_id} ${duty_date}`
}

export function confirmationAction(
  operation_id: number,
  body: ConfirmationBody,
  shown: ActionOf<'duty.confirm_day'>['shown'],
): NewAction<'duty.confirm_day'> {
  return {
    kind: 'duty.confirm_day',
    subject: confirmationSubject(body.unit_id, body.duty_date),
    path: `/api/operations/${operation_id}/duty-confirmations`,
    body,
    shown,
    said_at: body.said_at,
  }
}

export function objectionAction(body: ObjectionBody): NewAction<'duty.object'> {
  return {
    kind: 'duty.object',
    subject: `object ${body.duty_date} ${body.span_id ?? 'missing'}`,
    path: '/api/me/objections',
    body,
    shown: {},
    said_at: body.raised_at,
  }
}

export interface LineRefusal {
  readonly zh: string
  readonly en: string
}

/** Why the server refused single lines of a confirmation, by their place in it. */
export function refusedLines(problem: ProblemDocument | null): ReadonlyMap<number, LineRefusal> {
  const refused = new Map<number, LineRefusal>()
  for (const { field, zh, en } of problem?.errors ?? []) {
    const place = /(?:^|\.)lines\[(\d+)\]/.exec(field)
    if (place) refused.set(Number(place[1]), { zh, en })
  }
  return refused
}

/** The same confirmation without the lines that were refused, said now; `undefined` when nothing would be left. */
export function withoutRefusedLines(
  action: ActionOf<'duty.confirm_day'>,
  said_at: string,
): NewAction<'duty.confirm_day'> | undefined {
  const refused = refusedLines(action.problem)
  const lines = action.body.lines.filter((_, index) => !refused.has(index))
  if (lines.length === 0 || lines.length === action.body.lines.length) return undefined
  const { kind, subject, path, shown } = action
  return { kind, subject, path, shown, said_at, body: { ...action.body, said_at, lines } }
}

/** The confirmations of a unit-day that are on this phone and not recorded yet. */
export function openConfirmations(
  actions: readonly QueuedAction[],
  unit_id: number,
  duty_date: string,
): readonly ActionOf<'duty.confirm_day'>[] {
  const open: ActionOf<'duty.confirm_day'>[] = []
  for (const action of actions) {
    if (action.kind !== 'duty.confirm_day' || action.state === 'recorded') continue
    if (action.body.unit_id === unit_id && action.body.duty_date === duty_date) open.push(action)
  }
  return open
}
