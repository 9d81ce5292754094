import { useCallback, useEffect, useRef, useState } from 'react'
import type { Conflict } from '#engines/rostering/conflict.ts'
import type { Explanation } from '#engines/rostering/explain.ts'
import type { RosterProblem } from '#engines/rostering/problem.ts'
import type { Gap, Substitutes } from '#engines/rostering/substitute.ts'
import type { Names } from '#engines/rostering/wording.ts'
import type { DraftView } from '../roster-contract.ts'
import type { Explained, ExplainerAsked, Question } from './board-explainer.ts'
import type { BoardState } from './board-state.ts'

/** How long the roster must have stood before it is explained: who types is not kept busy. */
const EXPLAIN_AFTER_MS = 500

export interface Explainer {
  /** Undefined until the first answer; of the state before while somebody changes the roster. */
  readonly explanation: Explanation | undefined
  /** What no roster of this problem can meet, known before anybody computes; undefined until it has been looked for. */
  readonly conflicts: readonly Conflict[] | undefined
  /** Who could take a shift of the roster as it stands on the board. */
  findTakers(gap: Gap): Promise<Substitutes>
}

/** Why the roster on the board is as it is, worked out in a thread of its own. */
export function useExplainer(draft: DraftView, state: BoardState): Explainer {
  const thread = useRef<Worker | undefined>(undefined)
  const waiting = useRef(new Map<number, (answer: Explained) => void>())
  const count = useRef(0)
  const [explanation, setExplanation] = useState<Explanation | undefined>()
  const [conflicts, setConflicts] = useState<readonly Conflict[] | undefined>()

  useEffect(() => {
    const worker = new Worker(new URL('./board-explainer.ts', import.meta.url), { type: 'module' })
    const open = waiting.current
    thread.current = worker
    worker.addEventListener('message', ({ data }: MessageEvent<Explained>) => {
      open.get(data.id)?.(data)
      open.delete(data.id)
    })
    return () => {
      open.clear()
      worker.terminate()
    }
  }, [])

  const ask = useCallback(
    (question: Question, answered: (answer: Explained) => void) => {
      const id = ++count.current
      waiting.current.set(id, answered)
      const { cells, pinned } = state
      const asked: ExplainerAsked = { id, question, problem: problemOf(draft), cells, pinned }
      thread.current?.postMessage(asked)
      return id
    },
    [draft, state],
  )

  useEffect(() => {
    let id = 0
    const timer = setTimeout(() => {
      id = ask({ kind: 'explanation' }, (answer) => setExplanation(answer.explanation))
    }, EXPLAIN_AFTER_MS)
    return () => {
      clearTimeout(timer)
      waiting.current.delete(id)
    }
  }, [ask])

  const latest = useRef(ask)
  latest.current = ask
  // biome-ignore lint/correctness/useExhaustiveDependencies: they lie in the problem, whatever the roster
  useEffect(() => {
    const id = latest.current({ kind: 'conflicts' }, (answer) => setConflicts(answer.conflicts))
    return () => void waiting.current.delete(id)
  }, [draft.problem])

  const findTakers = useCallback(
    (gap: Gap) =>
      new Promise<Substitutes>((resolve) => {
        ask({ kind: 'takers', gap }, ({ substitutes }) => substitutes && resolve(substitutes))
      }),
    [ask],
  )
  return { explanation, conflicts, findTakers }
}

/** The server built it in the engine's language; the page only hands it on to the engine. */
export function problemOf({ problem }: DraftView): RosterProblem {
  if (!isProblem(problem)) throw new TypeError('a draft without a rostering problem')
  return problem
}

function isProblem(value: unknown): value is RosterProblem {
  return typeof value === 'object' && value !== null && 'format' in value && value.format === 'tongpao-roster/1'
}

/** What the people, shifts and rules of a draft are called where it is read. */
export function namesOf(draft: DraftView): Required<Pick<Names, 'person' | 'shift' | 'rule'>> {
  const people = new Map(draft.people.map(({ person_id, name }) => [String(person_id), name]))
  const shifts = new Map(draft.needs.shifts.map(({ code, name }) => [code, name]))
  const rules = new Map(draft.rules.map(({ rule, title }) => [rule, title]))
  return {
    person: (id) => people.get(id) ?? '—',
    shift: (id) => shifts.get(id) ?? id,
    rule: (id) => rules.get(id) ?? { zh: id, en: id },
  }
}
