import { useState } from 'preact/hooks'
import type { readOwnRoster } from '#measures/rosters/offer-contract.ts'
import type { OutputOf } from '#platform/http/endpoint.ts'
import type { ProblemDocument } from '#platform/http/problem.ts'
import { send } from '#platform/ui/phone/client.ts'
import { dayText, localMoment, spanText } from '#platform/ui/phone/moments.ts'
import { newUuid } from '#platform/ui/phone/outbox/action.ts'
import { usePhone } from '#platform/ui/phone/phone.ts'
import { type Reading, useReading } from '#platform/ui/phone/reading.ts'
import { useTexts } from '#platform/ui/phone/texts.ts'

export type OwnRoster = OutputOf<typeof readOwnRoster>

export interface OwnShifts {
  readonly reading: Reading<OwnRoster>
  /** Sends a command and reads everything anew; the refusal, if there was one. */
  readonly act: (path: string, body: object) => Promise<boolean>
  readonly problem: ProblemDocument | undefined
  /** The last command did not reach the server. */
  readonly lost: boolean
  readonly busy: boolean
}

/** One's own shifts with what can be done about them. Handing a shift on needs the server's word: it is not queued. */
export function useOwnRoster(): OwnShifts {
  const phone = usePhone()
  const [round, setRound] = useState(0)
  const [problem, setProblem] = useState<ProblemDocument | undefined>()
  const [lost, setLost] = useState(false)
  const [busy, setBusy] = useState(false)
  const again = round === 0 ? '' : `&round=${round}`
  const reading = useReading<OwnRoster>(`/api/me/roster?operation_id=${phone.operation.operation_id}${again}`)
  const act = async (path: string, body: object): Promise<boolean> => {
    if (busy) return false
    setBusy(true)
    const answer = await send(path, body, { key: newUuid(), userId: phone.session.user_id })
    setBusy(false)
    setProblem(answer.kind === 'refused' ? answer.problem : undefined)
    setLost(answer.kind !== 'ok' && answer.kind !== 'refused')
    setRound((count) => count + 1)
    return answer.kind === 'ok'
  }
  return { reading, act, problem, lost, busy }
}

/** The day and the times of a shift: `2月24日 周一 20:00–次日 02:00`. */
export function useWhen(): (shift: { readonly starts_at: string; readonly ends_at: string }) => string {
  const { language } = useTexts()
  const { time_zone } = usePhone().operation
  return ({ starts_at, ends_at }) =>
    `${dayText(localMoment(starts_at, time_zone).date, language)} ${spanText(starts_at, ends_at, time_zone, language)}`
}
