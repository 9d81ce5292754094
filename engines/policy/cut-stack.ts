import { ASSUMED_SOURCE } from './compare-change.ts'
import type { Condition, Entitlement, Pack, Stack } from './pack.ts'

/** `330600` → `3306`: a whole city; `'0'` is everywhere. */
export function layerPrefix({ area }: Pack): string {
  return area.replace(/(?:00)+$/, '')
}

/** Whether some layer gives something to people who come from elsewhere to help. */
export function reachesIncoming(stack: Stack): boolean {
  return [...stack.entitlements.values()].some(({ for_incoming }) => for_incoming)
}

/**
 * What stands for people to whom only the first `kept` layers apply; an assumed figure is assumed everywhere. Of the layers below
 * there remains what they give to people who come to help, with the figures, categories and exceptions of the same layer.
 */
export function cutStack(stack: Stack, kept: number): Stack {
  const layers = stack.layers.slice(0, kept)
  const gone = new Map(stack.layers.slice(kept).map((layer) => [layer.id, layer]))
  const incoming = [...stack.entitlements.values()].filter(({ pack, for_incoming }) => for_incoming && gone.has(pack))
  const lending = new Set(incoming.map(({ pack }) => pack))
  const lent = new Set(incoming.map(({ code }) => code))
  const holds = ({ pack }: { readonly pack: string }) => !gone.has(pack) || lending.has(pack)
  const own = <Item extends { readonly pack: string }>(items: ReadonlyMap<string, Item>) =>
    new Map([...items].filter(([, item]) => holds(item)))
  const parameters = [...own(stack.parameters)].map(([code, parameter]) => {
    const values = parameter.values.filter(
      ({ pack, source }) => !gone.has(pack) || pack === parameter.pack || source === ASSUMED_SOURCE,
    )
    return [code, { ...parameter, values }] as const
  })
  const entitlements = [...stack.entitlements].flatMap(([code, entitlement]) => {
    const layer = gone.get(entitlement.pack)
    if (!layer) return [[code, entitlement] as const]
    return lent.has(code) ? [[code, forIncoming(entitlement, layer)] as const] : []
  })
  return {
    ...stack,
    id: layers.at(-1)?.id ?? stack.id,
    layers,
    clauses: own(stack.clauses),
    parameters: new Map(parameters),
    categories: own(stack.categories),
    entitlements: new Map(entitlements),
    exceptions: stack.exceptions.filter((one) => {
      const lender = lent.has(one.to_entitlement) && stack.entitlements.get(one.to_entitlement)?.pack === one.pack
      return !gone.has(one.pack) || lender
    }),
    decision_points: own(stack.decision_points),
    rest_rules: new Map([...stack.rest_rules].filter(([, { pack }]) => !gone.has(pack))),
    calendar: stack.calendar.filter(holds),
  }
}

/** Whoever belongs elsewhere is reached on duty in the layer's area; an event is recorded only where it counts. */
function forIncoming(entitlement: Entitlement, layer: Pack): Entitlement {
  if (entitlement.days === 'all' || layer.area === '0') return entitlement
  const here: Condition = { kind: 'area', of: 'works_in', prefixes: [layerPrefix(layer)] }
  const elsewhere = {
    when: { kind: 'not', of: here },
    outcome: 'not_covered',
    decision: null,
    basis: null,
    article: null,
    reason: {
      zh: `所属地区不在 ${layer.area}，也不在那里值守`,
      en: `neither belongs to ${layer.area} nor serves there`,
    },
    place: entitlement.place,
  } as const
  return { ...entitlement, who: [elsewhere, ...entitlement.who] }
}
