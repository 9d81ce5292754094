import { useEffect, useRef, useState } from 'react'
import type { Score, Violation } from '#engines/rostering/problem.ts'
import type { DraftView } from '../roster-contract.ts'
import { problemOf } from './board-explained.ts'
import type { Asked } from './board-scorer.ts'
import type { BoardState } from './board-state.ts'

export interface Scoring {
  /** Undefined until the first score is there. */
  readonly score: Score | undefined
  readonly violations: readonly Violation[]
  /** What is shown belongs to an earlier state; the next score is on its way. */
  readonly isBehind: boolean
}

/** The answer of `board-scorer.ts`. */
interface Scored {
  readonly score: Score
  readonly violations: readonly Violation[]
  readonly took_ms: number
}

/** Scores every state in a thread of its own; while one is being scored only the newest waits. */
export function useScore(draft: DraftView, state: BoardState): Scoring {
  const worker = useRef<Worker | undefined>(undefined)
  const waiting = useRef<Asked | undefined>(undefined)
  const isBusy = useRef(false)
  const [scoring, setScoring] = useState<Scoring>({ score: undefined, violations: [], isBehind: true })

  useEffect(() => {
    const thread = new Worker(new URL('./board-scorer.ts', import.meta.url), { type: 'module' })
    worker.current = thread
    isBusy.current = false
    const onMessage = ({ data }: MessageEvent<Scored>) => {
      const next = waiting.current
      waiting.current = undefined
      isBusy.current = next !== undefined
      if (next) thread.postMessage(next)
      setScoring({ score: data.score, violations: data.violations, isBehind: next !== undefined })
      performance.measure('roster-score', { start: performance.now() - data.took_ms, duration: data.took_ms })
    }
    thread.addEventListener('message', onMessage)
    return () => thread.terminate()
  }, [])

  const sent = useRef<unknown>(undefined)
  useEffect(() => {
    const ask: Asked = {
      cells: state.cells,
      pinned: state.pinned,
      ...(sent.current === draft.problem ? {} : { problem: problemOf(draft) }),
    }
    sent.current = draft.problem
    if (isBusy.current) waiting.current = { ...waiting.current, ...ask }
    else {
      isBusy.current = true
      worker.current?.postMessage(ask)
    }
    setScoring((before) => ({ ...before, isBehind: true }))
  }, [draft, state])
  return scoring
}
