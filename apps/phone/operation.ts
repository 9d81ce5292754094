import type { OutputOf } from '#platform/http/endpoint.ts'
import type { CurrentOperation } from '#platform/ui/phone/phone.ts'
import type { listOperations } from '#records/operations/contract.ts'

type Operations = OutputOf<typeof listOperations>['operations']

/** The response that the phone is about: the newest that runs; when none does, the newest. */
export function currentOperation(operations: Operations): CurrentOperation | undefined {
  const newest = [...operations].sort((one, other) => (one.started_on < other.started_on ? 1 : -1))
  return newest.find((operation) => operation.ended_on === null) ?? newest[0]
}
