import type { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { smallWard } from '#engines/rostering/test-problems.ts'
import { SolveCrash, solveRoster } from './roster-threads.ts'

/** Threads that die: what the others found counts, what happened is told. */

const problem = smallWard(12, 28)
const threads: Worker[] = []
const remember = (worker: Worker) => threads.push(worker)

afterEach(() => {
  process.off('worker', remember)
  threads.length = 0
})

/** Solves for long, and does something once a first roster is known. */
function solveUntil(
  act: () => void,
  limit: { kind: 'seconds'; seconds: number } | { kind: 'iterations'; iterations: number },
) {
  process.on('worker', remember)
  let isKnown = false
  return solveRoster(problem, {
    seed: 1,
    threads: 2,
    limit,
    onProgress: () => {
      if (!isKnown) act()
      isKnown = true
    },
  })
}

describe('a solving thread that dies', () => {
  it('is told, and the other one goes on to the end', async () => {
    const outcome = await solveUntil(() => void threads[0]?.terminate(), { kind: 'seconds', seconds: 2 })
    expect(outcome).toMatchObject({ ok: true, is_cut_off: false })
    expect(outcome.ok && outcome.crashes).toHaveLength(1)
    expect(outcome.ok && outcome.iterations).toBeGreaterThan(0)
  }, 30_000)

  it('does not hold up the others at an exchange in the reproducible mode', async () => {
    const outcome = await solveUntil(() => void threads[1]?.terminate(), { kind: 'iterations', iterations: 2500 })
    expect(outcome.ok && outcome.crashes).toHaveLength(1)
  }, 60_000)

  it('with all the others leaves the best roster so far, marked as cut off', async () => {
    const outcome = await solveUntil(
      () => {
        for (const thread of threads) void thread.terminate()
      },
      { kind: 'seconds', seconds: 60 },
    )
    expect(outcome).toMatchObject({ ok: true, is_cut_off: true })
    expect(outcome.ok && Object.keys(outcome.roster)).toHaveLength(12)
    expect(outcome.ok && outcome.crashes).toHaveLength(2)
  }, 30_000)

  it('before anything was found is an error that says why', async () => {
    process.on('worker', (worker) => void worker.terminate())
    const crash = await solveRoster(problem, { seed: 1, threads: 2, limit: { kind: 'seconds', seconds: 20 } }).catch(
      (error: unknown) => error,
    )
    process.removeAllListeners('worker')
    expect(crash).toBeInstanceOf(SolveCrash)
    expect(crash instanceof SolveCrash && crash.crashes).toHaveLength(1)
  }, 30_000)
})

describe('many units at once', () => {
  const enough = { seed: 1, threads: 2, limit: { kind: 'seconds', seconds: 30 }, isEnough: true } as const

  it('take one thread each, which stays warm for the next, and end when the roster is good enough', async () => {
    process.on('worker', remember)
    for (const days of [14, 21, 28]) {
      const outcome = await solveRoster(smallWard(12, days), enough)
      expect(outcome).toMatchObject({ ok: true, crashes: [], is_cut_off: false })
      expect(outcome.ok && outcome.score.hard).toBe(0)
    }
    expect(threads).toHaveLength(1)
  }, 60_000)

  it('name people whom their own rules leave no row, like every other solve', async () => {
    const ward = smallWard(6, 14)
    const [first, ...rest] = ward.people
    if (!first) throw new Error('a ward has people')
    const bound = { kind: 'tally', id: 'all', of: 'shifts', shifts: 'work', min: 14, price: 'hard' } as const
    const people = [{ ...first, days_off: [3] }, ...rest]
    const rules = [...ward.rules, { ...bound, people: { ids: [first.id] } }]
    const outcome = await solveRoster({ ...ward, people, rules }, enough)
    expect(outcome).toMatchObject({ ok: true, impossible: [first.id] })
  }, 60_000)

  it('a thread that died while it waited is replaced', async () => {
    process.on('worker', remember)
    const solves = () => Promise.all([solveRoster(problem, enough), solveRoster(problem, enough)])
    await solves()
    for (const thread of threads) await thread.terminate()
    for (const outcome of await solves()) expect(outcome).toMatchObject({ ok: true, crashes: [] })
  }, 60_000)
})
