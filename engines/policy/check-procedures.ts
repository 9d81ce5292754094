import type { Mistakes } from './mistakes.ts'
import type { Pack, Place, Quantity, Stack } from './pack.ts'
import type { Deadline, Privilege, Provision, Quota } from './pack-provisions.ts'
import { valueOn } from './parameters.ts'

/** Rules that cannot both hold, circles, and quotas above those of the layer above. */
export function checkProcedures(stack: Stack, pack: Pack, mistakes: Mistakes): void {
  checkQuotas(stack, pack, mistakes)
  checkPrivileges(stack, pack, mistakes)
  const circle = circleIn(stack.exceptions.map(({ code, over }) => [code, over]))
  if (circle) refuseCircle(circle, [...pack.exceptions.values()], mistakes)
  for (const deadline of pack.deadlines.values()) checkDeadlineCircle(stack, deadline, mistakes)
}

function grouped<Rule>(rules: Iterable<Rule>, keyOf: (rule: Rule) => string): ReadonlyMap<string, readonly Rule[]> {
  const groups = new Map<string, Rule[]>()
  for (const rule of rules) {
    const group = groups.get(keyOf(rule))
    if (group) group.push(rule)
    else groups.set(keyOf(rule), [rule])
  }
  return groups
}

function overlap(left: Provision, right: Provision): boolean {
  return (left.to === null || left.to >= right.from) && (right.to === null || right.to >= left.from)
}

function checkQuotas(stack: Stack, pack: Pack, mistakes: Mistakes): void {
  const byAward = grouped(stack.quotas.values(), ({ award }) => award)
  for (const own of pack.quotas.values()) {
    for (const other of byAward.get(own.award) ?? []) {
      if (other === own || (other.pack === own.pack && other.code < own.code) || !overlap(own, other)) continue
      const settled =
        own.outside.includes(other.code) ||
        other.outside.includes(own.code) ||
        own.over.includes(other.code) ||
        other.over.includes(own.code)
      if (!settled) refuseTogether('quota.conflict', own, other, 'outside / over', mistakes)
    }
    for (const code of own.over) checkNotAbove(stack, own, code, mistakes)
  }
  const circle = circleIn([...stack.quotas.values()].map(({ code, over }) => [code, over]))
  if (circle) refuseCircle(circle, [...pack.quotas.values()], mistakes)
}

/** A lower layer may set a quota in place of a higher one, but no larger. */
function checkNotAbove(stack: Stack, own: Quota, code: string, mistakes: Mistakes): void {
  const upper = stack.quotas.get(code)
  if (!upper || upper.level === own.level || upper.size.kind === 'unlimited') return
  const most = sizeOn(stack, upper, own)
  const wanted = sizeOn(stack, own, own)
  const sameKind = upper.size.kind === own.size.kind
  if (own.size.kind !== 'unlimited' && (!sameKind || most === undefined || wanted === undefined || wanted <= most))
    return
  const where = `${upper.place.file}:${upper.place.line}`
  mistakes.add(
    'layer.above_cap',
    own.place,
    own.code,
    {
      zh: `名额多于上级的“${upper.title.zh}”（${where}）`,
      en: `more places than "${upper.title.en}" above (${where})`,
    },
    { zh: '不多于上级', en: 'at most as many' },
  )
}

function sizeOn(stack: Stack, quota: Quota, own: Quota): number | undefined {
  if (quota.size.kind === 'unlimited') return Number.POSITIVE_INFINITY
  const quantity: Quantity = quota.size.kind === 'share' ? quota.size.percent : quota.size.count
  if ('literal' in quantity) return quantity.literal
  const parameter = stack.parameters.get(quantity.parameter)
  return (parameter && valueOn(parameter, own.from, own.known)?.value) ?? undefined
}

function checkPrivileges(stack: Stack, pack: Pack, mistakes: Mistakes): void {
  const all = [...stack.waivers.values(), ...stack.priorities.values()]
  const waivers = grouped(stack.waivers.values(), ({ step }) => step)
  for (const own of pack.waivers.values()) {
    for (const other of waivers.get(own.step) ?? []) {
      if (other === own || (other.pack === own.pack && other.code < own.code) || !overlap(own, other)) continue
      if (!isOrdered(own, other)) refuseTogether('waiver.conflict', own, other, 'over / gives_way_to', mistakes)
    }
  }
  const goesOver = all.map(({ code, over }): [string, readonly string[]] => {
    return [code, [...over, ...all.flatMap((other) => (other.gives_way_to.includes(code) ? [other.code] : []))]]
  })
  const circle = circleIn(goesOver)
  if (circle) refuseCircle(circle, [...pack.waivers.values(), ...pack.priorities.values()], mistakes)
}

function isOrdered(own: Privilege, other: Privilege): boolean {
  const pairs = [
    [own, other],
    [other, own],
  ] as const
  return pairs.some(([left, right]) => left.over.includes(right.code) || left.gives_way_to.includes(right.code))
}

function refuseTogether(code: string, own: Provision, other: Provision, keys: string, mistakes: Mistakes): void {
  const where = `${other.place.file}:${other.place.line}`
  mistakes.add(
    code,
    own.place,
    `${own.code}, ${other.code}`,
    {
      zh: `两条同时管同一件事（另一条在 ${where}）`,
      en: `both speak of the same thing at once (the other is at ${where})`,
    },
    { zh: `在其中一条用 ${keys} 说明以谁为准`, en: `say in one of them with ${keys} which one holds` },
  )
}

/** The first circle among "goes over" relations, as the codes along it. */
export function circleIn(edges: readonly (readonly [string, readonly string[]])[]): readonly string[] | undefined {
  const next = new Map(edges)
  const done = new Set<string>()
  for (const [start] of edges) {
    const path: string[] = []
    const onPath = new Set<string>()
    const stack: { code: string; rest: readonly string[] }[] = []
    const enter = (code: string) => {
      path.push(code)
      onPath.add(code)
      stack.push({ code, rest: next.get(code) ?? [] })
    }
    if (!done.has(start)) enter(start)
    while (stack.length > 0) {
      const top = stack.at(-1)
      const [following, ...rest] = top?.rest ?? []
      if (!top) break
      if (following === undefined) {
        stack.pop()
        path.pop()
        onPath.delete(top.code)
        done.add(top.code)
      } else {
        top.rest = rest
        if (onPath.has(following)) return [...path.slice(path.indexOf(following)), following]
        if (!done.has(following) && next.has(following)) enter(following)
      }
    }
  }
  return undefined
}

function refuseCircle(
  circle: readonly string[],
  own: readonly { readonly code: string; readonly place: Place }[],
  mistakes: Mistakes,
): void {
  const place: Place | undefined = own.find(({ code }) => circle.includes(code))?.place
  if (!place) return
  mistakes.add(
    'over.circle',
    place,
    circle.join(' → '),
    { zh: '互相以对方让位，绕成一圈', en: 'each goes over the other in a circle' },
    { zh: '断开其中一环', en: 'break the circle' },
  )
}

/** A missed deadline may open another one, but never, by whatever way round, itself. */
function checkDeadlineCircle(stack: Stack, start: Deadline, mistakes: Mistakes): void {
  const path = [start.code]
  let missed = start.missed
  while (missed?.kind === 'deadline') {
    const { deadline } = missed
    path.push(deadline)
    if (deadline === start.code) {
      mistakes.add(
        'deadline.circle',
        start.place,
        path.join(' → '),
        { zh: '逾期后绕了一圈又回到这个期限', en: 'what follows turns back to this deadline' },
        { zh: '断开其中一环', en: 'break the circle' },
      )
      return
    }
    if (path.indexOf(deadline) < path.length - 1) return
    missed = stack.deadlines.get(deadline)?.missed ?? null
  }
}
