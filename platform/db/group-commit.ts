import { performance } from 'node:perf_hooks'

/**
 * Requests that wait together are committed together, and each is answered only after that commit.
 *
 * While one group is being written the next one gathers. When a group fails for any reason it is rolled back and its
 * members are run one by one, so that a bad request fails alone.
 *
 * @example const confirm = groupCommit({ lanes: 2, size_max: 64, run: (requests) => writeTogether(requests) })
 *          await confirm(request)
 */
export interface GroupCommit<Request, Answer> {
  /** Writes all requests in one transaction and answers in the same order; throws when any of them cannot be written. */
  readonly run: (requests: readonly Request[]) => Promise<readonly Answer[]>
  readonly size_max: number
  /** How many groups may be written at the same time. */
  readonly lanes: number
  /** Told of each group, for metrics. */
  readonly observe?: (group: { size: number; seconds: number; failed: boolean }) => void
}

interface Waiting<Request, Answer> {
  readonly request: Request
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

export function groupCommit<Request, Answer>(
  options: GroupCommit<Request, Answer>,
): (request: Request) => Promise<Answer> {
  const queue: Waiting<Request, Answer>[] = []
  let busyLanes = 0

  async function runSingly(group: readonly Waiting<Request, Answer>[]): Promise<void> {
    for (const waiting of group) {
      try {
        const [answer] = await options.run([waiting.request])
        waiting.resolve(answer)
      } catch (error) {
        waiting.reject(error)
      }
    }
  }

  async function runGroup(group: readonly Waiting<Request, Answer>[]): Promise<void> {
    const started = performance.now()
    let failed = false
    try {
      const answers = await options.run(group.map(({ request }) => request))
      group.forEach((waiting, index) => {
        waiting.resolve(answers[index])
      })
    } catch (error) {
      failed = true
      if (group.length === 1) group[0].reject(error)
      else await runSingly(group)
    }
    options.observe?.({ size: group.length, seconds: (performance.now() - started) / 1000, failed })
  }

  async function drain(): Promise<void> {
    busyLanes += 1
    try {
      while (queue.length > 0) await runGroup(queue.splice(0, options.size_max))
    } finally {
      busyLanes -= 1
    }
  }

  return (request) =>
    new Promise((resolve, reject) => {
      queue.push({ request, resolve, reject })
      if (busyLanes < options.lanes) void drain()
    })
}
