import { type Day, formatDay } from '#engines/values/time.ts'
import { type Building, buildParameter, buildSetting, checkBounds, checkOrder } from './build-parameters.ts'
import { buildDeadline, buildDuty, buildPriority, buildQuota, buildWaiver } from './build-procedures.ts'
import { buildFund, buildTerm } from './build-provisions.ts'
import { buildRecommendation } from './build-recommendations.ts'
import { buildRestRule } from './build-rest.ts'
import { buildCategory, buildEntitlement, buildException } from './build-rules.ts'
import { type Mistakes, suggestion } from './mistakes.ts'
import type { DecisionPoint, Pack, Place, Source, Stack } from './pack.ts'
import type { CalendarEntry } from './pack-time.ts'
import { amountIn } from './schema/measures.ts'
import type { PackFile, WrittenCalendar, WrittenDecisionPoint, WrittenHeader } from './schema/pack-shape.ts'
import type { Named } from './schema/shape.ts'
import { DAY_KINDS, type DayKind, wordsOf } from './vocabulary.ts'

interface Coded {
  readonly code: string
  readonly place: Place
}

/** Joins one section of all files of a pack; a code that stands in two files is refused. */
function section<Item>(
  files: readonly PackFile[],
  pick: (file: PackFile) => readonly Named<Item>[],
  mistakes: Mistakes,
): readonly Named<Item>[] {
  const seen = new Map<string, Place>()
  return files.flatMap(pick).filter((named) => {
    const earlier = seen.get(named.code)
    seen.set(named.code, named.place)
    if (earlier) refuseTwice(named, earlier, mistakes)
    return !earlier
  })
}

export function refuseTwice(named: Coded, earlier: Place, mistakes: Mistakes): void {
  const where = `${earlier.file}:${earlier.line}`
  mistakes.add(
    'code.twice',
    named.place,
    named.code,
    { zh: `这个名称在 ${where} 已经用过`, en: `this code is already defined at ${where}` },
    { zh: '换一个名称，或合并两处', en: 'choose another code, or merge the two' },
  )
}

/** Turns what was read from a pack's files into the pack. `above` is the stack of the layers it extends. */
export function buildPack(
  header: WrittenHeader,
  files: readonly PackFile[],
  hash: string,
  above: Stack | null,
  mistakes: Mistakes,
): Pack {
  const { id, version, title, level, area, published, place } = header
  const sources = section(files, (file) => file.sources, mistakes).map(
    ({ code, place, value: { title, number, issued_by, published, grade, note } }): Source => {
      return { code, title, number, issuers: issued_by, published, grade, note, pack: id, place }
    },
  )
  const withoutFunds: Building = {
    pack: id,
    level,
    mistakes,
    sources: new Map([...(above?.sources ?? []), ...byCode(sources)]),
    parameters_above: above?.parameters ?? new Map(),
    funds: new Map(),
  }
  const terms = section(files, (file) => file.terms, mistakes).map((one) => buildTerm(withoutFunds, one))
  const funds = section(files, (file) => file.funds, mistakes).flatMap((one) => buildFund(withoutFunds, one) ?? [])
  const building: Building = { ...withoutFunds, funds: new Map([...(above?.funds ?? []), ...byCode(funds)]) }
  const clauses = section(files, (file) => file.clauses, mistakes).map(({ code, place, value }) => {
    return { code, number: code, ...value, pack: id, place }
  })
  const findings = section(files, (file) => file.findings, mistakes).map(({ code, place, value }) => {
    return { code, title: value.title, pack: id, place }
  })
  const events = section(files, (file) => file.events, mistakes).map(({ code, place, value }) => {
    return { code, title: value.title, pack: id, place }
  })
  const settings = section(files, (file) => file.sets, mistakes)
  for (const setting of settings) checkSettingTarget(building, setting)
  return {
    id,
    version,
    title,
    level,
    area,
    extends: header.extends,
    published,
    hash,
    place,
    sources: byCode(sources),
    clauses: byCode(clauses),
    findings: byCode(findings),
    events: byCode(events),
    parameters: byCode(section(files, (file) => file.parameters, mistakes).map((one) => buildParameter(building, one))),
    settings: byCode(settings.flatMap((one) => buildSetting(building, one) ?? [])),
    categories: byCode(section(files, (file) => file.categories, mistakes).map((one) => buildCategory(building, one))),
    entitlements: byCode(
      section(files, (file) => file.entitlements, mistakes).flatMap((one) => buildEntitlement(building, one) ?? []),
    ),
    exceptions: byCode(
      section(files, (file) => file.exceptions, mistakes).flatMap((one) => buildException(building, one) ?? []),
    ),
    decision_points: byCode(
      section(files, (file) => file.decision_points, mistakes).map((one) => buildDecisionPoint(building, one)),
    ),
    terms: byCode(terms),
    funds: byCode(funds),
    rest_rules: byCode(
      section(files, (file) => file.rest_rules, mistakes).flatMap((one) => buildRestRule(building, one) ?? []),
    ),
    quotas: byCode(section(files, (file) => file.quotas, mistakes).flatMap((one) => buildQuota(building, one) ?? [])),
    deadlines: byCode(
      section(files, (file) => file.deadlines, mistakes).flatMap((one) => buildDeadline(building, one) ?? []),
    ),
    duties: byCode(section(files, (file) => file.duties, mistakes).flatMap((one) => buildDuty(building, one) ?? [])),
    waivers: byCode(
      section(files, (file) => file.waivers, mistakes).flatMap((one) => buildWaiver(building, one) ?? []),
    ),
    priorities: byCode(
      section(files, (file) => file.priorities, mistakes).flatMap((one) => buildPriority(building, one) ?? []),
    ),
    recommendations: byCode(
      section(files, (file) => file.recommendations, mistakes).flatMap(
        (one) => buildRecommendation(building, one) ?? [],
      ),
    ),
    calendar: files.flatMap((file) => file.calendar).flatMap((one) => buildCalendarEntry(building, one) ?? []),
  }
}

function byCode<Item extends { readonly code: string }>(items: readonly Item[]): ReadonlyMap<string, Item> {
  return new Map(items.map((item) => [item.code, item]))
}

function checkSettingTarget(building: Building, setting: Coded): void {
  if (building.parameters_above.has(setting.code)) return
  building.mistakes.add(
    'setting.unknown',
    setting.place,
    setting.code,
    { zh: '上级没有这个参数', en: 'no layer above has this parameter' },
    suggestion(setting.code, [...building.parameters_above.keys()]),
  )
}

function buildDecisionPoint(
  building: Building,
  { code, place, value: written }: Named<WrittenDecisionPoint>,
): DecisionPoint {
  const { clause, question, word, decided_by, scope, basis } = written
  if (written.choices && written.amount) {
    building.mistakes.add(
      'decision.form',
      place,
      code,
      { zh: 'choices 与 amount 只能写一个', en: 'choices and amount exclude each other' },
      { zh: '分成两个决定事项', en: 'make two decision points of it' },
    )
  }
  const base = { code, clause, question, word, decided_by, scope, basis, pack: building.pack, place }
  if (written.choices) {
    const choices = new Map(written.choices.map((one) => [one.code, one.value]))
    return { ...base, range: { kind: 'choices', choices } }
  }
  if (!written.amount) return { ...base, range: { kind: 'free' } }
  const { unit } = written.amount
  const read = (bound: typeof written.amount.at_least) =>
    bound === null ? null : (amountIn(unit, bound, building.mistakes) ?? null)
  const at_least = read(written.amount.at_least)
  const at_most = read(written.amount.at_most)
  checkBounds(building, place, at_least, at_most)
  return { ...base, range: { kind: 'amount', unit, at_least, at_most } }
}

function buildCalendarEntry(building: Building, written: WrittenCalendar): CalendarEntry | undefined {
  const source = building.sources.get(written.source)
  if (!source) return undefined
  const days = new Map<Day, DayKind>()
  for (const kind of wordsOf(DAY_KINDS)) {
    for (const day of written[kind].flat()) {
      const earlier = days.get(day)
      if (earlier !== undefined) refuseDayTwice(day, [earlier, kind], written.place, building.mistakes)
      days.set(day, kind)
    }
  }
  if (written.covers) checkOrder(written.covers.from, written.covers.to, written.place, building.mistakes)
  return {
    known: written.known ?? source.published,
    source: source.code,
    grade: written.grade ?? source.grade,
    covers: written.covers,
    days,
    pack: building.pack,
    place: written.place,
  }
}

function refuseDayTwice(day: Day, kinds: readonly [DayKind, DayKind], place: Place, mistakes: Mistakes): void {
  const [first, second] = [DAY_KINDS[kinds[0]], DAY_KINDS[kinds[1]]]
  mistakes.add(
    'calendar.twice',
    place,
    formatDay(day),
    { zh: `这一天既写成${first.zh}，又写成${second.zh}`, en: `the day is both a ${first.en} and a ${second.en}` },
    { zh: '只留一处', en: 'keep one of them' },
  )
}
