import type { Building } from './build-parameters.ts'
import { checkOrder } from './build-parameters.ts'
import type { Condition } from './pack.ts'
import type { RestCondition, RestRule } from './rest-pack.ts'
import type { WrittenRestRule } from './schema/rest-shape.ts'
import type { Named } from './schema/shape.ts'

/** What a rest rule may ask about a person: nothing that changes from post to post within a day. */
const PERSON_FACTS: readonly Condition['kind'][] = ['employment', 'established', 'party', 'finding']

/** Turns a rest rule as it was read into the rule; `undefined` when something about it is wrong. */
export function buildRestRule(
  building: Building,
  { code, place, value: written }: Named<WrittenRestRule>,
): RestRule | undefined {
  const source = building.sources.get(written.source)
  checkOrder(written.from, written.to, place, building.mistakes)
  if (written.clause === null && written.settles === null) return refuseNoBasis(building, code, place)
  if (written.who && !asksOnlyOfPeople(written.who)) return refuseWho(building, code, written.who, place)
  if (!source) return undefined
  return {
    code,
    title: written.title,
    clause: written.clause,
    settles: written.settles,
    source: written.source,
    article: written.article,
    from: written.from,
    to: written.to,
    known: written.known ?? source.published,
    who: written.who,
    when: written.when,
    warn_days: written.warn_before,
    outcome: written.outcome,
    example: written.example,
    pack: building.pack,
    level: building.level,
    place,
  }
}

function asksOnlyOfPeople(condition: Condition): boolean {
  if (condition.kind === 'not') return asksOnlyOfPeople(condition.of)
  if (condition.kind === 'all' || condition.kind === 'any') return condition.of.every(asksOnlyOfPeople)
  return PERSON_FACTS.includes(condition.kind) || (condition.kind === 'area' && condition.of === 'belongs_to')
}

function refuseNoBasis(building: Building, code: string, place: RestRule['place']): undefined {
  return building.mistakes.add(
    'rest.no_basis',
    place,
    code,
    { zh: '没有写依据哪一条', en: 'it does not say on which clause it rests' },
    {
      zh: '写 clause:（本包的条款），或 settles:（上级留下的决定事项）',
      en: 'write clause: (of this pack) or settles: (a decision point that a higher layer leaves open)',
    },
  )
}

function refuseWho(building: Building, code: string, who: Condition, place: RestRule['place']): undefined {
  return building.mistakes.add(
    'rest.who',
    place,
    code,
    { zh: `休息规则的 who 不能问“${who.kind}”`, en: `who of a rest rule may not ask for "${who.kind}"` },
    {
      zh: '用 employment、established、party、belongs_to、finding；岗位写在数字的 on: 里',
      en: 'use employment, established, party, belongs_to, finding; posts belong into on: of a figure',
    },
  )
}

/** Every condition of a rule, the joints included. */
export function* partsOfRest(condition: RestCondition): Generator<RestCondition> {
  yield condition
  if (condition.kind === 'not') yield* partsOfRest(condition.of)
  if (condition.kind === 'all' || condition.kind === 'any') {
    for (const part of condition.of) yield* partsOfRest(part)
  }
}
