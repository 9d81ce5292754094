import type { z } from 'zod'
import type { reportOneself } from '#measures/rosters/contract.ts'
import type { NewAction } from '#platform/ui/phone/outbox/action.ts'

type WordBody = z.input<NonNullable<typeof reportOneself.input.body>>

declare module '#platform/ui/phone/outbox/action.ts' {
  interface ActionKinds {
    'rosters.self_report': { readonly body: WordBody; readonly shown: Record<string, never> }
  }
}

/** What somebody says of themselves is kept on the phone until it has arrived. */
export function wordAction(body: WordBody): NewAction<'rosters.self_report'> {
  return {
    kind: 'rosters.self_report',
    subject: `self-report ${body.report_id}`,
    path: '/api/me/self-reports',
    body,
    shown: {},
    said_at: body.said_at,
  }
}
