import { refuseTwice } from './build-pack.ts'
import { formatAmount } from './format-amount.ts'
import type { Mistakes } from './mistakes.ts'
import {
  type Clause,
  clauseKey,
  LEVELS,
  type Opening,
  type Pack,
  type Parameter,
  type ParameterSetting,
  type Place,
  type Stack,
} from './pack.ts'

type Hash = (text: string) => string

/**
 * Puts a layer under the layers above it: what it defines is added, what it sets on open parameters is checked against
 * their caps and floors, and nothing that a higher layer fixed can be changed.
 */
export function extendStack(above: Stack | null, pack: Pack, hash: Hash, mistakes: Mistakes): Stack {
  if (above) checkLevel(above, pack, mistakes)
  const layers = [...(above?.layers ?? []), pack]
  const parameters = new Map(joined(above?.parameters, pack.parameters, mistakes))
  for (const setting of pack.settings.values()) {
    const parameter = parameters.get(setting.code)
    if (parameter) parameters.set(setting.code, applySetting(parameter, setting, pack, mistakes))
  }
  const exceptions = joined(
    above && new Map(above.exceptions.map((exception) => [exception.code, exception])),
    pack.exceptions,
    mistakes,
  )
  return {
    id: pack.id,
    hash: hash(layers.map((layer) => `${layer.id} ${layer.hash}`).join('\n')),
    layers,
    sources: joined(above?.sources, pack.sources, mistakes),
    clauses: new Map<string, Clause>([
      ...(above?.clauses ?? []),
      ...[...pack.clauses.values()].map((clause) => [clauseKey(pack.id, clause.number), clause] as const),
    ]),
    findings: joined(above?.findings, pack.findings, mistakes),
    events: joined(above?.events, pack.events, mistakes),
    parameters,
    categories: joined(above?.categories, pack.categories, mistakes),
    entitlements: joined(above?.entitlements, pack.entitlements, mistakes),
    exceptions: [...exceptions.values()],
    decision_points: joined(above?.decision_points, pack.decision_points, mistakes),
    rest_rules: joined(above?.rest_rules, pack.rest_rules, mistakes),
    terms: joined(above?.terms, pack.terms, mistakes),
    funds: joined(above?.funds, pack.funds, mistakes),
    quotas: joined(above?.quotas, pack.quotas, mistakes),
    deadlines: joined(above?.deadlines, pack.deadlines, mistakes),
    duties: joined(above?.duties, pack.duties, mistakes),
    waivers: joined(above?.waivers, pack.waivers, mistakes),
    priorities: joined(above?.priorities, pack.priorities, mistakes),
    recommendations: joined(above?.recommendations, pack.recommendations, mistakes),
    calendar: [...(above?.calendar ?? []), ...pack.calendar],
  }
}

interface Defined {
  readonly code: string
  readonly place: Place
}

function joined<Item extends Defined>(
  above: ReadonlyMap<string, Item> | null | undefined,
  own: ReadonlyMap<string, Item>,
  mistakes: Mistakes,
): ReadonlyMap<string, Item> {
  const all = new Map(above ?? [])
  for (const [code, item] of own) {
    const earlier = all.get(code)
    if (earlier) refuseTwice(item, earlier.place, mistakes)
    else all.set(code, item)
  }
  return all
}

function checkLevel(above: Stack, pack: Pack, mistakes: Mistakes): void {
  const parent = above.layers.at(-1)
  if (!parent) return
  if (LEVELS.indexOf(pack.level) <= LEVELS.indexOf(parent.level)) {
    mistakes.add(
      'layer.level',
      pack.place,
      pack.level,
      {
        zh: `不低于所依据的 ${parent.id}(${parent.level})`,
        en: `not below ${parent.id} (${parent.level}), which it extends`,
      },
      { zh: '国家 → 省 → 市 → 县，逐级向下', en: 'layers go down: national, province, city, county' },
    )
  }
  if (parent.area !== '0' && !pack.area.startsWith(significant(parent.area))) {
    mistakes.add(
      'layer.area',
      pack.place,
      pack.area,
      { zh: `不在 ${parent.id} 的区划 ${parent.area} 之内`, en: `not inside ${parent.area}, the area of ${parent.id}` },
      { zh: '核对 area 或 extends', en: 'check area or extends' },
    )
  }
}

/** `330600` → `3306`: a whole city. */
function significant(area: string): string {
  return area.replace(/(?:00)+$/, '')
}

function applySetting(parameter: Parameter, setting: ParameterSetting, pack: Pack, mistakes: Mistakes): Parameter {
  const { open } = parameter
  if (!open?.to.includes(pack.level)) {
    refuseFixed(parameter, setting, pack, mistakes)
    return parameter
  }
  for (const value of setting.values) checkWithin(parameter, open, value.value, value.place, mistakes)
  checkWithin(parameter, open, setting.at_least, setting.place, mistakes)
  checkWithin(parameter, open, setting.at_most, setting.place, mistakes)
  const narrowed: Opening = {
    ...open,
    at_least: setting.at_least ?? open.at_least,
    at_most: setting.at_most ?? open.at_most,
  }
  return { ...parameter, open: narrowed, values: [...parameter.values, ...setting.values] }
}

function refuseFixed(parameter: Parameter, setting: ParameterSetting, pack: Pack, mistakes: Mistakes): void {
  const where = `${parameter.place.file}:${parameter.place.line}`
  const to = parameter.open?.to.join(', ')
  mistakes.add(
    'layer.fixed',
    setting.place,
    setting.code,
    to === undefined
      ? { zh: `${parameter.pack} 已定死这个参数（${where}）`, en: `${parameter.pack} fixes this parameter (${where})` }
      : {
          zh: `${parameter.pack} 只留给 ${to} 定（${where}），本层是 ${pack.level}`,
          en: `${parameter.pack} leaves it to ${to} (${where}); this layer is ${pack.level}`,
        },
    { zh: '删去这一项；要改动须由上级修改', en: 'remove it; only the layer above can change it' },
  )
}

function checkWithin(
  parameter: Parameter,
  open: Opening,
  value: number | null,
  place: Place,
  mistakes: Mistakes,
): void {
  if (value === null) return
  const where = `${parameter.place.file}:${parameter.place.line}`
  const shown = formatAmount(parameter.unit, value)
  if (open.at_most !== null && value > open.at_most) {
    const cap = formatAmount(parameter.unit, open.at_most)
    mistakes.add(
      'layer.above_cap',
      place,
      shown.en,
      {
        zh: `${parameter.code} 高于上级规定的上限 ${cap.zh}(${where})`,
        en: `${parameter.code} lies above the cap of ${cap.en} (${where})`,
      },
      { zh: `不高于 ${cap.zh}`, en: `at most ${cap.en}` },
    )
  }
  if (open.at_least !== null && value < open.at_least) {
    const floor = formatAmount(parameter.unit, open.at_least)
    mistakes.add(
      'layer.below_floor',
      place,
      shown.en,
      {
        zh: `${parameter.code} 低于上级规定的下限 ${floor.zh}(${where})`,
        en: `${parameter.code} lies below the floor of ${floor.en} (${where})`,
      },
      { zh: `不低于 ${floor.zh}`, en: `at least ${floor.en}` },
    )
  }
}
