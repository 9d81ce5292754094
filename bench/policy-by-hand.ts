import type { FactBatch } from '#engines/policy/facts.ts'
import { EMPLOYMENTS, EXPOSURES, POST_KINDS, wordsOf } from '#engines/policy/vocabulary.ts'
import { dayOf, MINUTES_PER_DAY, weekdayOf } from '#engines/values/time.ts'
import { DAYS, FROM } from './policy-people.ts'
import { type RestTotals, restByHand } from './policy-rest-by-hand.ts'

const EMPLOYMENT_WORDS: readonly string[] = wordsOf(EMPLOYMENTS)

export interface Totals {
  amount_fen: number
  leave_minutes: number
  open_days: number
  /** Days on which insurance waits for a decision. */
  insurance_days: number
  readonly rest: RestTotals
}

export function nothingYet(): Totals {
  return { amount_fen: 0, leave_minutes: 0, open_days: 0, insurance_days: 0, rest: { due: 0, soon: 0, missing: 0 } }
}

/** What the rules ask about, as tables: by post, by employment, by day. */
function tablesByHand() {
  const posts = wordsOf(POST_KINDS)
  const employments = wordsOf(EMPLOYMENTS)
  const exposures = wordsOf(EXPOSURES)
  const close = new Set(['fever_clinic', 'isolation_ward', 'sampling', 'testing_lab', 'infection_control'])
  const second = new Set([
    ...close,
    'patient_transport',
    'general_ward',
    'outpatient_triage',
    'epidemiology',
    'disinfection',
    'quarantine_site',
  ])
  const risky = new Set([
    ...close,
    'patient_transport',
    'epidemiology',
    'disinfection',
    'quarantine_site',
    'checkpoint',
  ])
  const leave = new Set(['civil_servant', 'police', 'public_institution', 'medical'])
  return {
    direct: exposures.indexOf('direct'),
    none: exposures.indexOf('none'),
    medical: employments.indexOf('medical'),
    volunteer: employments.indexOf('volunteer'),
    isClose: posts.map((post) => close.has(post)),
    isSecond: posts.map((post) => second.has(post)),
    isRisky: posts.map((post) => risky.has(post)),
    earns: employments.map((employment) => leave.has(employment)),
    narrowed: dayOf('2020-03-11') - FROM,
    noticed: dayOf('2020-02-03') - FROM,
    works: Array.from({ length: DAYS }, (_, day) => isWorkingDay(FROM + day)),
  }
}

/** What a day has gathered so far. */
interface DayByHand {
  day: number
  subsidy: number
  subsidy_minutes: number
  open: boolean
  allowance_minutes: number
  minutes: number
  risk: boolean
}

function startDay(gathered: DayByHand, day: number): void {
  gathered.day = day
  gathered.subsidy = 0
  gathered.subsidy_minutes = 0
  gathered.open = false
  gathered.allowance_minutes = 0
  gathered.minutes = 0
  gathered.risk = false
}

/** The same arithmetic for the same five entitlements and the rest rules, written as one would without an engine. */
export function writtenByHand(): (batch: FactBatch) => Totals {
  const tables = tablesByHand()
  const { direct, none, medical, volunteer, isClose, isSecond, isRisky, earns, narrowed, noticed, works } = tables
  const halves = (minutes: number) => (minutes > 240 ? 2 : minutes > 0 ? 1 : 0)
  const rest = restByHand(direct, EMPLOYMENT_WORDS.indexOf('enterprise'))
  return (batch) => {
    const totals = nothingYet()
    const today: DayByHand = {
      day: -1,
      subsidy: 0,
      subsidy_minutes: 0,
      open: false,
      allowance_minutes: 0,
      minutes: 0,
      risk: false,
    }
    const finishDay = (employment: number) => {
      const { day, minutes } = today
      if (day < 0 || day >= DAYS) return
      if (today.open) totals.open_days += 1
      else totals.amount_fen += (today.subsidy * halves(today.subsidy_minutes)) / 2
      totals.amount_fen += (10_000 * halves(today.allowance_minutes)) / 2
      if (minutes > 0) totals.amount_fen += 4_000
      const leave = works[day] ? Math.max(0, minutes - 480) : minutes
      if (earns[employment]) totals.leave_minutes += leave
      else if (leave > 0) totals.open_days += 1
      if (today.risk && day >= noticed) totals.insurance_days += 1
    }
    const takeStretch = (employment: number, post: number, exposure: number, area: number, minutes: number) => {
      today.minutes += minutes
      if (isRisky[post] || exposure === direct) today.risk = true
      if (!isSecond[post]) today.allowance_minutes += minutes
      else if (employment === volunteer || (exposure === none && today.day >= narrowed)) today.open = true
      else {
        let rate = isClose[post] && exposure === direct ? 30_000 : 20_000
        if (employment === medical && Math.floor(area / 10_000) === 42) rate *= 2
        if (rate > today.subsidy) today.subsidy = rate
        today.subsidy_minutes += minutes
      }
    }
    for (let row = 0; row < batch.people; row++) {
      const employment = batch.employment[row] ?? 0
      startDay(today, -1)
      for (let span = batch.span_offset[row] ?? 0; span < (batch.span_offset[row + 1] ?? 0); span++) {
        let at = batch.span_start_minute[span] ?? 0
        const stop = batch.span_end_minute[span] ?? 0
        const post = batch.span_post_kind[span] ?? 0
        const exposure = batch.span_exposure[span] ?? 0
        while (at < stop) {
          const day = Math.floor(at / MINUTES_PER_DAY)
          const until = Math.min(stop, (day + 1) * MINUTES_PER_DAY)
          if (day - FROM !== today.day) {
            finishDay(employment)
            startDay(today, day - FROM)
          }
          takeStretch(employment, post, exposure, batch.span_area[span] ?? 0, until - at)
          at = until
        }
      }
      finishDay(employment)
    }
    rest(batch, (FROM + DAYS) * MINUTES_PER_DAY, totals.rest)
    return totals
  }
}

function isWorkingDay(day: number): boolean {
  if (day === dayOf('2020-01-23')) return true
  if (day <= dayOf('2020-02-02')) return false
  return weekdayOf(day) < 5
}
