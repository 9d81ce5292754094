import { areaNumber, liesIn, YES } from './areas.ts'
import type { Decision } from './facts.ts'
import type { Parameter, ParameterValue, Stack } from './pack.ts'
import { valueOn } from './parameters.ts'
import type { RestWindow } from './rest-results.ts'

/**
 * The stack with the bounds that were decided for a place: a parameter that every layer leaves open takes the amount of the decision about
 * the narrowest area around the place, the latest of them; a figure that a document sets is never replaced. Decisions about single people
 * or units set no bounds.
 *
 * @param area division code of the place, such as `330603`; `null` where only decisions for the whole operation can hold
 * @example
 * // "overload-days is left open to forced-rest-days" and the county has decided 12 days:
 * compileRest(withDecidedBounds(stack, decisions, { area: '330603', on, known }), { on, known })
 */
export function withDecidedBounds(
  stack: Stack,
  decisions: readonly Decision[],
  { area, on, known }: RestWindow & { readonly area: string | null },
): Stack {
  const parameters = new Map(stack.parameters)
  for (const parameter of stack.parameters.values()) {
    const point = parameter.open?.decision ?? null
    if (point === null || valueOn(parameter, on, known)) continue
    const chosen = decisions
      .filter((one) => one.point === point && one.decided.kind === 'amount' && one.decided_on <= known)
      .filter(({ from, to }) => from <= on && (to === null || to >= on))
      .filter((one) => holdsAt(one, area))
      .toSorted(byWeight)
      .at(-1)
    if (chosen?.decided.kind !== 'amount') continue
    const value = decidedValue(parameter, chosen, chosen.decided.amount)
    parameters.set(parameter.code, { ...parameter, values: [...parameter.values, value] })
  }
  return { ...stack, parameters }
}

function holdsAt({ about }: Decision, area: string | null): boolean {
  if (about.kind === 'operation') return true
  return about.kind === 'area' && area !== null && liesIn(areaNumber(area), about.area) === YES
}

function byWeight(left: Decision, right: Decision): number {
  const width = ({ about }: Decision) => (about.kind === 'area' ? about.area.length : 0)
  return width(left) - width(right) || left.decided_on - right.decided_on || (left.ref < right.ref ? -1 : 1)
}

function decidedValue(parameter: Parameter, decision: Decision, amount: number): ParameterValue {
  return {
    from: decision.from,
    to: decision.to,
    known: decision.decided_on,
    value: amount,
    source: decision.ref,
    article: null,
    // Set by whoever the pack names: the decision itself is the document.
    grade: 'A',
    example: false,
    pack: parameter.pack,
    level: parameter.level,
    place: parameter.place,
  }
}
