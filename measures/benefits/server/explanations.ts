import type { z } from 'zod'
import type { ExplanationLine } from '#engines/policy/results.ts'
import { formatYuan } from '#engines/values/money.ts'
import { formatDay } from '#engines/values/time.ts'
import { reaches, type Scope } from '#platform/access/actor.ts'
import { jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { Refusal, refuse } from '#platform/http/problem.ts'
import { listUnitNames } from '#records/org/server/reads.ts'
import {
  agrees,
  allMissing,
  explainTraced,
  headsOf,
  hide,
  openEvaluation,
  traceFacts,
} from '#records/policies/server/reads.ts'
import { benefitProblems, type ExplanationView, type ExplanationLine as LineOut } from '../contract.ts'
import { evaluationFor, listResults, wordingOf } from './statements.ts'

/** Whose statement is explained, to whom. */
export interface ExplanationOrder {
  readonly operation_id: number
  readonly person_id: number
  readonly entitlement: string
  readonly evaluation_id?: number | undefined
  readonly language: 'zh' | 'en'
}

export function presentLine({ day, lines, parameters, refs, ...line }: ExplanationLine): LineOut {
  return {
    ...line,
    ...(day === undefined ? {} : { day: formatDay(day) }),
    ...(refs === undefined ? {} : { refs: [...refs] }),
    ...(lines === undefined ? {} : { lines: lines.map(presentLine) }),
    ...(parameters === undefined
      ? {}
      : {
          parameters: parameters.map(({ from, to, known, ...citation }) => ({
            ...citation,
            from: formatDay(from),
            to: to === null ? null : formatDay(to),
            known: formatDay(known),
          })),
        }),
  }
}

/**
 * Explains a stored result. The result is read under the reader's own context, so that whoever may not see it gets no answer;
 * what it rests on is then made again under a job's context and hidden from the reader where it is not theirs to see. A trace
 * that does not end at the stored figure is refused loudly.
 *
 * @param scope of the reader; left out for one's own statement, of which nothing is hidden
 */
export async function explainStored(
  database: Database,
  read: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
  order: ExplanationOrder,
  scope?: Scope,
): Promise<z.input<typeof ExplanationView> | Refusal> {
  const { person_id, language, entitlement } = order
  const stored = await read(async (tx) => {
    const evaluation = await evaluationFor(tx, order.operation_id, order.evaluation_id)
    if (evaluation instanceof Refusal) return evaluation
    const wording = await wordingOf(tx, evaluation.evaluation_id)
    const results = (await listResults(tx, evaluation.evaluation_id, [person_id], wording)).get(person_id)
    if (!results) return refuse(benefitProblems.unknown_person)
    const result = results.find((one) => one.entitlement === entitlement)
    return result ? { evaluation, result } : refuse(benefitProblems.unknown_entitlement, { entitlement })
  })
  if (stored instanceof Refusal) return stored
  const { evaluation, result } = stored
  return database.read(jobContext('explain'), async (tx) => {
    const pinned = await openEvaluation(tx, evaluation.evaluation_id)
    const traced = pinned && (await traceFacts(tx, pinned, [person_id])).get(person_id)
    const head = pinned && headsOf([...pinned.programs.values()]).find((one) => one.entitlement === entitlement)
    if (!pinned || !traced || !head) return refuse(benefitProblems.unknown_person)
    const explanation = explainTraced(traced, entitlement, language)
    if (!agrees(explanation.result, result)) {
      return refuse(benefitProblems.not_the_same, { stored: figure(result), again: figure(explanation.result) })
    }
    const foreign = scope ? await foreignUnits(tx, traced.unit_of_ref, scope) : new Map<string, string>()
    const closed = scope ? traced.closed_refs : new Set<string>()
    return {
      language,
      title: explanation.title,
      entitlement: head,
      result: { ...result, missing_text: allMissing(traced, entitlement) ?? result.missing_text },
      period: { from: pinned.from_on, to: pinned.on_date },
      evaluation,
      pack_hash: explanation.pack_hash,
      lines: hide(explanation.lines, { foreign, closed, language }).map(presentLine),
    }
  })
}

function figure({ amount_fen, quantity }: { amount_fen: number | null; quantity: number | null }): string {
  return amount_fen === null ? String(quantity ?? '–') : formatYuan(amount_fen)
}

async function foreignUnits(
  tx: Tx,
  unitOfRef: ReadonlyMap<string, number>,
  scope: Scope,
): Promise<ReadonlyMap<string, string>> {
  const foreign = [...unitOfRef].filter(([, unitId]) => !reaches(scope, unitId))
  const names = await listUnitNames(
    tx,
    foreign.map(([, unitId]) => unitId),
  )
  return new Map(foreign.map(([ref, unitId]) => [ref, names.get(unitId) ?? '']))
}
