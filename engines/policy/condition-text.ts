import type { MoreCondition } from './compile-more.ts'
import type { Quantity, Stack } from './pack.ts'
import {
  ANCHORS,
  COUNT_FACTS,
  EXPOSURES,
  FAMILY_FACTS,
  type Label,
  POST_KINDS,
  RESPONSE_LEVELS,
  UNIT_KINDS,
} from './vocabulary.ts'

function listed(labels: readonly Label[]): Label {
  return { zh: labels.map(({ zh }) => zh).join('、'), en: labels.map(({ en }) => en).join(', ') }
}

/** A condition on family, numbers, levels, service or windows, as a clerk reads it. */
export function moreConditionText(stack: Stack, condition: MoreCondition): Label {
  switch (condition.kind) {
    case 'response_level': {
      const levels = listed(condition.words.map((word) => RESPONSE_LEVELS[word]))
      return condition.of === 'works_in'
        ? { zh: `值守地为${levels.zh}`, en: `place of duty under ${levels.en}` }
        : { zh: `所属地为${levels.zh}`, en: `home under ${levels.en}` }
    }
    case 'family': {
      const fact = FAMILY_FACTS[condition.fact]
      return condition.is ? fact : { zh: `没有“${fact.zh}”`, en: `without "${fact.en}"` }
    }
    case 'count': {
      const { zh, en } = COUNT_FACTS[condition.fact]
      const least = thresholdText(stack, condition.at_least)
      if (condition.at_most === null) return { zh: `${zh}不少于 ${least.zh}`, en: `${en} at least ${least.en}` }
      const most = thresholdText(stack, condition.at_most)
      return { zh: `${zh}为 ${least.zh} 至 ${most.zh}`, en: `${en} from ${least.en} to ${most.en}` }
    }
    case 'children': {
      const { under_years } = condition
      const at_least = thresholdText(stack, condition.at_least)
      return {
        zh: `未满 ${under_years} 周岁的子女不少于 ${at_least.zh} 个`,
        en: `at least ${at_least.en} children under ${under_years}`,
      }
    }
    case 'home_unit_kind': {
      const kinds = listed(condition.words.map((word) => UNIT_KINDS[word]))
      return { zh: `所在单位为${kinds.zh}`, en: `own unit: ${kinds.en}` }
    }
    case 'served': {
      const posts = listed([
        ...condition.posts.map((post) => POST_KINDS[post]),
        ...condition.exposures.map((exposure) => EXPOSURES[exposure]),
      ])
      const days = thresholdText(stack, condition.at_least_days)
      const all = condition.counted === 'in_all' ? { zh: '一共', en: ' in all' } : { zh: '', en: '' }
      if (posts.zh === '')
        return { zh: `${all.zh}值守满 ${days.zh} 天`, en: `duty on at least ${days.en} days${all.en}` }
      return {
        zh: `在${posts.zh}${all.zh}值守满 ${days.zh} 天`,
        en: `duty (${posts.en}) on at least ${days.en} days${all.en}`,
      }
    }
    case 'window':
      return windowText(condition)
  }
}

/** The number, or what the parameter is called that holds it. */
function thresholdText(stack: Stack, quantity: Quantity): Label {
  if ('literal' in quantity) return { zh: String(quantity.literal), en: String(quantity.literal) }
  const { zh, en } = stack.parameters.get(quantity.parameter)?.title ?? {
    zh: quantity.parameter,
    en: quantity.parameter,
  }
  return { zh: `“${zh}”`, en: `"${en}"` }
}

function windowText(condition: MoreCondition & { kind: 'window' }): Label {
  const { zh, en } = ANCHORS[condition.starts]
  const { after_days, lasts_days } = condition
  const posts = listed(condition.posts.map((post) => POST_KINDS[post]))
  const where = posts.zh === '' ? { zh: '', en: '' } : { zh: `（${posts.zh}）`, en: ` (${posts.en})` }
  const start =
    after_days === 0
      ? { zh: `${zh}${where.zh}当天起`, en: `from the ${en}${where.en} on` }
      : { zh: `${zh}${where.zh} ${after_days} 天后起`, en: `from ${after_days} days after the ${en}${where.en} on` }
  if (lasts_days === null) return start
  return { zh: `${start.zh} ${lasts_days} 天内`, en: `${start.en}, for ${lasts_days} days` }
}
