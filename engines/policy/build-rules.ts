import { formatDay } from '#engines/values/time.ts'
import { buildHours, buildMonth, buildOnly, buildUses, checkNight } from './build-gives.ts'
import { type Building, checkOrder } from './build-parameters.ts'
import { buildValidity, refuseValidity } from './build-validity.ts'
import { checkTable } from './category-table.ts'
import type {
  Category,
  CategoryCase,
  CategoryVersion,
  Condition,
  EarnCase,
  Entitlement,
  Exception,
  Limit,
  Place,
  WhoCase,
} from './pack.ts'
import type { CountStep, DayCount } from './pack-time.ts'
import type { WrittenCategory, WrittenEntitlement, WrittenException } from './schema/pack-shape.ts'
import type { Named } from './schema/shape.ts'
import type { Label } from './vocabulary.ts'

/** First-match lists end with one case for all others, and only the last case may be that one. */
export function checkFirstMatch(
  building: Building,
  cases: readonly { readonly when: Condition | null; readonly place: Place }[],
  place: Place,
): void {
  const last = cases.at(-1)
  if (last && last.when === null && cases.slice(0, -1).every(({ when }) => when !== null)) return
  const early = cases.slice(0, -1).find(({ when }) => when === null)
  building.mistakes.add(
    'cases.otherwise',
    early?.place ?? last?.place ?? place,
    early ? 'when' : '',
    early
      ? { zh: '没有 when 的情形之后不会再看', en: 'nothing after a case without "when" is ever looked at' }
      : { zh: '没有说其余的人怎么办', en: 'nothing is said about all the others' },
    early
      ? { zh: '把它移到最后', en: 'move it to the end' }
      : { zh: '最后加一条不写 when 的情形', en: 'end with a case that has no "when"' },
  )
}

export function buildCategory(building: Building, { code, place, value: written }: Named<WrittenCategory>): Category {
  const values = new Map(written.values.map((one) => [one.code, one.value]))
  const versions = written.versions.flatMap((version) => buildVersion(building, values, version) ?? [])
  const { title, clause } = written
  return { code, title, clause, values, versions, pack: building.pack, place }
}

function buildVersion(
  building: Building,
  values: ReadonlyMap<string, unknown>,
  written: WrittenCategory['versions'][number],
): CategoryVersion | undefined {
  const source = building.sources.get(written.source)
  const cases: readonly CategoryCase[] | null =
    (written.table ?? written.cases)?.map((one) => ({
      when: one.when,
      value: one.is,
      source: one.source,
      place: one.place,
    })) ?? null
  if (!cases || (written.table && written.cases)) {
    return building.mistakes.add(
      'category.form',
      written.place,
      'cases / table',
      { zh: '要有 cases 或 table，且只能有一个', en: 'exactly one of cases and table is needed' },
      {
        zh: '按先后判断写 cases；各种组合一一列出写 table',
        en: 'cases for first match; table where every combination is listed',
      },
    )
  }
  checkOrder(written.from, written.to, written.place, building.mistakes)
  for (const one of cases) {
    if (!values.has(one.value)) {
      building.mistakes.add(
        'category.value',
        one.place,
        one.value,
        { zh: '类别没有这个值', en: 'the category has no such value' },
        { zh: `可写：${[...values.keys()].join(', ')}`, en: `write one of: ${[...values.keys()].join(', ')}` },
      )
    }
  }
  if (written.table) checkTable(cases, written.place, building.mistakes)
  else checkFirstMatch(building, cases, written.place)
  if (!source) return undefined
  return {
    from: written.from,
    to: written.to,
    known: written.known ?? source.published,
    source: source.code,
    grade: written.grade ?? source.grade,
    form: written.table ? 'table' : 'cases',
    cases,
    place: written.place,
  }
}

export function checkWho(building: Building, written: readonly WhoCase[], place: Place): readonly WhoCase[] {
  checkFirstMatch(building, written, place)
  for (const one of written) {
    const needed = { entitled: 'basis', undecided: 'decision', not_covered: 'reason' }[one.outcome]
    const present = { entitled: one.basis, undecided: one.decision, not_covered: one.reason }[one.outcome]
    if (present !== null) continue
    building.mistakes.add(
      'who.incomplete',
      one.place,
      one.outcome,
      { zh: `写了 ${one.outcome}，却没有写 ${needed}`, en: `${one.outcome} stands without ${needed}` },
      {
        zh: '应得要写依据（basis），待定要写由谁定（decision），不适用要写理由（reason）',
        en: 'entitled needs a basis, undecided a decision point, not_covered a reason',
      },
    )
  }
  return written
}

function need<Value>(
  building: Building,
  value: Value | null,
  key: string,
  gives: string,
  place: Place,
): Value | undefined {
  if (value !== null) return value
  return building.mistakes.add(
    'entitlement.incomplete',
    place,
    gives,
    { zh: `gives: ${gives} 缺少“${key}”`, en: `gives: ${gives} needs "${key}"` },
    { zh: `补上“${key}:”一项`, en: `add a "${key}:" entry` },
  )
}

/** The words for whoever pays, and the fund where one is named. */
function payerOf(
  building: Building,
  written: WrittenEntitlement['paid_by'],
): { readonly paid_by: Label | null; readonly fund: string | null } {
  if (written === null) return { paid_by: null, fund: null }
  if ('label' in written) return { paid_by: written.label, fund: null }
  return { paid_by: building.funds.get(written.fund)?.title ?? null, fund: written.fund }
}

export function buildEntitlement(
  building: Building,
  { code, place, value: written }: Named<WrittenEntitlement>,
): Entitlement | undefined {
  const source = building.sources.get(written.source)
  const who = checkWho(building, written.who, place)
  checkOrder(written.from, written.to, place, building.mistakes)
  if (!source) return undefined
  const { title, clause, article, from, to, paid_by, gives } = written
  const known = written.known ?? source.published
  const { pack, level } = building
  const base = {
    ...{
      code,
      title,
      clause,
      source: source.code,
      article,
      from,
      to,
      known,
      who,
      ...payerOf(building, paid_by),
      use: written.use,
      pack,
      level,
      place,
    },
    subject: written.for,
    for_incoming: written.also_for === 'incoming',
    days: gives === 'money_per_event' || written.for === 'unit' ? 'all' : written.days,
    uses: buildUses(building, written, place),
    conflict: written.conflict,
    gives_way_to: written.gives_way_to,
    not_with: written.not_with,
  } as const
  const limits = written.limits.flatMap((limit) => buildLimits(building, limit, gives))
  if (gives !== 'minutes') refuseValidity(building, written)
  switch (gives) {
    case 'money_per_day': {
      const rate = need(building, written.rate, 'rate', gives, place)
      const count = need(building, written.count, 'count', gives, place)
      const rounding = need(building, written.rounding, 'rounding', gives, place)
      if (!rate || !count || !rounding) return undefined
      const only = buildOnly(building, written.only)
      checkNight(building, count, only)
      return { ...base, gives, rate, count: buildCount(building, count), only, rounding, limits }
    }
    case 'money_per_hour': {
      const rate = need(building, written.rate, 'rate', gives, place)
      const hours = need(building, written.hours, 'hours', gives, place)
      const rounding = need(building, written.rounding, 'rounding', gives, place)
      if (!rate || !hours || !rounding) return undefined
      const only = buildOnly(building, written.only)
      checkNight(building, hours, only)
      return { ...base, gives, rate, hours: buildHours(building, hours, written.only), only, rounding, limits }
    }
    case 'money_per_month': {
      const rate = need(building, written.rate, 'rate', gives, place)
      const month = need(building, written.month, 'month', gives, place)
      const rounding = need(building, written.rounding, 'rounding', gives, place)
      return rate && month && rounding && { ...base, gives, rate, month: buildMonth(month), rounding }
    }
    case 'money_per_event': {
      const amount = need(building, written.amount, 'amount', gives, place)
      const events = need(building, written.events.length > 0 ? written.events : null, 'events', gives, place)
      return amount && events && { ...base, gives, amount, events, limits }
    }
    case 'in_kind': {
      const item = need(building, written.item, 'item', gives, place)
      const unit_name = need(building, written.unit_name, 'unit_name', gives, place)
      const quantity = need(building, written.quantity, 'quantity', gives, place)
      const every = need(building, written.every, 'every', gives, place)
      if (every === 'event' && written.events.length === 0) need(building, null, 'events', gives, place)
      if (!item || !unit_name || !quantity || !every) return undefined
      // A night is one with duty in it.
      const days = every === 'event' ? 'all' : every === 'night' ? 'duty' : base.days
      const only = every === 'day' || every === 'night' ? buildOnly(building, written.only) : null
      if (every === 'night') checkNight(building, { assign: 'night', place }, only)
      return { ...base, days, gives, item, unit_name, quantity, every, only, events: written.events }
    }
    case 'minutes': {
      const earn = need(building, written.earn, 'earn', gives, place)
      if (!earn) return undefined
      checkFirstMatch(building, earn, place)
      const valid = buildValidity(building, written.valid)
      return { ...base, gives, earn: earn.map(buildEarning), valid, limits }
    }
    case 'money_once': {
      const amount = need(building, written.amount, 'amount', gives, place)
      return amount && { ...base, gives, amount }
    }
    case 'right':
      return { ...base, gives }
  }
}

function buildEarning(written: NonNullable<WrittenEntitlement['earn']>[number]): EarnCase {
  const { when, working_day, rest_day, statutory_holiday, basis, article, place } = written
  return { when, earning: { working_day, rest_day, statutory_holiday }, basis, article, place }
}

function buildCount(building: Building, written: NonNullable<WrittenEntitlement['count']>): DayCount {
  let previous = Number.POSITIVE_INFINITY
  const steps = written.steps.flatMap((step) => {
    const bound = boundOf(building, step)
    if (!bound) return []
    // Minutes are whole, so that "four hours or more" is "over 3:59".
    const over = 'literal' in bound.over_minutes ? bound.over_minutes.literal - (bound.at_least ? 1 : 0) : null
    if (over !== null && over >= previous) {
      building.mistakes.add(
        'count.order',
        step.place,
        `${over}`,
        { zh: '计日各档没有从高到低排列', en: 'the steps are not in falling order' },
        { zh: '先写时间最长的一档', en: 'write the step with the most minutes first' },
      )
    }
    previous = over ?? previous
    if (step.counts.dimension !== 'days' || step.counts.amount > 100) {
      building.mistakes.add(
        'count.share',
        step.counts.place,
        step.counts.text,
        { zh: '一天里不能算成这么多天', en: 'a day cannot count as this' },
        { zh: '写 1 day 或 0.5 days', en: 'write 1 day or 0.5 days' },
      )
    }
    return [{ ...bound, counts_hundredths: step.counts.amount, place: step.place }]
  })
  return { assign: written.assign, steps, mixed: written.mixed, place: written.place }
}

/** `over` or `at_least`, one of them. */
function boundOf(
  building: Building,
  { over, at_least, place }: NonNullable<WrittenEntitlement['count']>['steps'][number],
): Pick<CountStep, 'over_minutes' | 'at_least'> | undefined {
  const over_minutes = over ?? at_least
  if (over_minutes && !(over && at_least)) return { over_minutes, at_least: over === null }
  return building.mistakes.add(
    'count.bound',
    place,
    over ? 'over, at_least' : 'counts',
    { zh: '每一档要写一个门槛，也只写一个', en: 'a step has exactly one bound' },
    { zh: '“超过”写 over，“满”“以上”写 at_least', en: 'write over (more than) or at_least (that much or more)' },
  )
}

/** What a cap may be about; a cap that would not be heeded is refused, since it would let too much be paid. */
const CAPPED: Readonly<Record<WrittenEntitlement['gives'], readonly Limit['of'][]>> = {
  money_per_day: ['days', 'amount'],
  money_per_hour: ['minutes', 'amount'],
  money_per_event: ['amount'],
  minutes: ['minutes'],
  money_per_month: [],
  money_once: [],
  in_kind: [],
  right: [],
}

function buildLimits(
  building: Building,
  written: WrittenEntitlement['limits'][number],
  gives: WrittenEntitlement['gives'],
): readonly Limit[] {
  const { per, place } = written
  const capped = CAPPED[gives]
  for (const kind of ['days', 'amount', 'minutes'] as const) {
    if (written[kind] === null || capped.includes(kind)) continue
    building.mistakes.add(
      'limit.not_heeded',
      place,
      kind,
      { zh: `${gives} 不能按 ${kind} 封顶`, en: `${gives} cannot be capped by ${kind}` },
      capped.length === 0
        ? { zh: '去掉 limits', en: 'leave limits out' }
        : { zh: `写 ${capped.join(' 或 ')}`, en: `write ${capped.join(' or ')}` },
    )
  }
  const limits = (['days', 'amount', 'minutes'] as const).flatMap((of) => {
    const at_most = written[of]
    return at_most === null ? [] : [{ per, of, at_most, place }]
  })
  if (limits.length === 0) {
    building.mistakes.add(
      'limit.empty',
      place,
      per,
      { zh: '没有写上限是多少', en: 'it does not say how much at most' },
      { zh: '写 days:、amount: 或 minutes:', en: 'write days:, amount: or minutes:' },
    )
  }
  return limits
}

export function buildException(
  building: Building,
  { code, place, value: written }: Named<WrittenException>,
): Exception | undefined {
  const source = building.sources.get(written.source)
  checkOrder(written.from, written.to, place, building.mistakes)
  if (!source) return undefined
  const { title, clause, article, from, when, over, multiplies_with, highest_with, effect } = written
  const known = written.known ?? source.published
  if (known < source.published) {
    building.mistakes.add(
      'dates.known',
      place,
      formatDay(known),
      { zh: '早于文件公布日', en: 'earlier than the publication of its source' },
      { zh: `不早于 ${formatDay(source.published)}`, en: `not before ${formatDay(source.published)}` },
    )
  }
  return {
    code,
    to_entitlement: written.changes,
    title,
    clause,
    source: source.code,
    article,
    from,
    to: written.to,
    known,
    when,
    over,
    multiplies_with,
    highest_with,
    effect,
    pack: building.pack,
    level: building.level,
    place,
  }
}
