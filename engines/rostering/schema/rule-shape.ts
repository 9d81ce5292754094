import type { Measure, PatternRule, Rule, RunRule, ShiftChoice, TallyRule, WindowRule } from '../problem.ts'
import { dayChoice, peopleChoice, price, shiftChoice } from './choice-shape.ts'
import { byKind, flag, list, object, optional, type Shape, text, whole, word } from './shape.ts'

type Of<Kind extends Rule['kind']> = Extract<Rule, { kind: Kind }>

const head = {
  id: text('names the rule in scores and explanations; unique'),
  source: optional(text('the clause or parameter it comes from')),
  people: optional(peopleChoice),
  price,
}

const measure: Shape<Measure> = word(['shifts', 'minutes', 'weekends', 'exposure'], 'what is counted')
const days = (about: string) => whole(about, 1)
const kind = <const Kind extends string>(name: Kind) => word([name], 'kind of rule')
const sequence: Shape<readonly ShiftChoice[]> = list(shiftChoice, 'one choice a day')
const limits = { min: optional(whole('at least')), max: optional(whole('at most')) }

const tally = object<TallyRule>('a sum over chosen days', {
  ...head,
  kind: kind('tally'),
  of: measure,
  shifts: shiftChoice,
  days: optional(dayChoice),
  ...limits,
})

const window = object<WindowRule>('the same sum in every stretch of so many days', {
  ...head,
  kind: kind('window'),
  of: word(['shifts', 'minutes'], 'what is counted'),
  shifts: shiftChoice,
  length_days: days('length of the stretch'),
  ...limits,
})

const run = object<RunRule>('days in a row', { ...head, kind: kind('run'), shifts: shiftChoice, ...limits })

const pattern = object<PatternRule>('a sequence of days, wanted or unwanted', {
  ...head,
  kind: kind('pattern'),
  days: sequence,
  starts_on_weekday: optional(whole('0 = Monday')),
  wanted: flag('whether it must be finished once begun'),
})

const fairness = object<Of<'fairness'>>('levels a load over comparable people', {
  ...head,
  price: whole('price of one unit beyond the tolerance'),
  kind: kind('fairness'),
  of: measure,
  shifts: shiftChoice,
  days: optional(dayChoice),
  tolerance: whole('how far from the fair load costs nothing'),
  unit: optional(days('units of the measure that make one unit of price')),
})

const restAfterRun = object<Of<'rest_after_run'>>('free days after a run', {
  ...head,
  kind: kind('rest_after_run'),
  shifts: shiftChoice,
  after: days('length of the run from which rest is owed'),
  days_off: days('free days owed'),
})

const rotation = object<Of<'rotation'>>('off the front line after so many days', {
  ...head,
  kind: kind('rotation'),
  shifts: shiftChoice,
  after_days: days('calendar days since the first such shift'),
  off_days: days('days without any'),
})

/** Every kind of rule. */
export function ruleShape(): Shape<Rule> {
  return byKind<Rule>({
    tally,
    window,
    run,
    pattern,
    fairness,
    rotation,
    rest_after_run: restAfterRun,
    rest: object<Of<'rest'>>('minutes between two shifts', {
      ...head,
      kind: kind('rest'),
      minutes_min: whole('from end to start'),
      after: optional(shiftChoice),
      before: optional(shiftChoice),
    }),
    clock_window: object<Of<'clock_window'>>('minutes in any stretch on the clock', {
      ...head,
      kind: kind('clock_window'),
      shifts: shiftChoice,
      length_minutes: whole('length of the stretch', 1),
      minutes_max: whole('at most'),
    }),
    succession: object<Of<'succession'>>('not on the day after', {
      ...head,
      kind: kind('succession'),
      first: shiftChoice,
      // biome-ignore lint/suspicious/noThenProperty: a word of the problem language; nobody awaits a shape.
      then: shiftChoice,
    }),
    whole_weekend: object<Of<'whole_weekend'>>('weekends all or nothing', { ...head, kind: kind('whole_weekend') }),
    apart: object<Of<'apart'>>('one of them at a time', { ...head, kind: kind('apart'), shifts: shiftChoice }),
    together: object<Of<'together'>>('teams that work the same', { ...head, kind: kind('together') }),
  })
}
