export interface Repeating {
  /** Ends the repetition, after the run that is under way. */
  stop(): Promise<void>
}

export interface RepeatOptions {
  readonly every_ms: number
  /** `again` starts the next run at once: there was more to do than one run takes. */
  readonly run: () => Promise<'again' | 'rest'>
  readonly onError: (error: unknown) => void
}

const PAUSE_MS_MAX = 30_000

/**
 * Runs something again and again on this node. For housekeeping that must be prompt and leaves no result, such as sealing
 * the audit: a queue would write and delete a row for each of 86,400 runs a day and knows whole minutes only. What may
 * not run on two nodes at once takes an advisory lock in its own transaction. Failures double the pause, up to 30 s.
 */
export function repeat({ every_ms, run, onError }: RepeatOptions): Repeating {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let failures = 0
  let running: Promise<void> = Promise.resolve()

  async function once(): Promise<void> {
    let pause_ms = every_ms
    try {
      if ((await run()) === 'again') pause_ms = 0
      failures = 0
    } catch (error) {
      failures += 1
      pause_ms = Math.min(every_ms * 2 ** failures, PAUSE_MS_MAX)
      onError(error)
    }
    if (!stopped) plan(pause_ms)
  }

  function plan(pause_ms: number): void {
    timer = setTimeout(() => {
      running = once()
    }, pause_ms)
    // Housekeeping alone does not keep a process alive.
    timer.unref()
  }

  plan(0)
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
