import type { CoverLine, Person, Roster, RosterProblem, Rule, ShiftType, Wish } from './problem.ts'

/** What is wrong with an instance file, and in which line (0: the file as a whole). */
export class InstanceError extends Error {
  readonly code: string
  readonly line: number
  constructor(code: string, line: number, message: string) {
    super(line > 0 ? `line ${line}: ${message}` : message)
    this.code = code
    this.line = line
  }
}

interface Line {
  readonly number: number
  readonly fields: readonly string[]
}

const SECTIONS = [
  'SECTION_HORIZON',
  'SECTION_SHIFTS',
  'SECTION_STAFF',
  'SECTION_DAYS_OFF',
  'SECTION_SHIFT_ON_REQUESTS',
  'SECTION_SHIFT_OFF_REQUESTS',
  'SECTION_COVER',
] as const
type Section = (typeof SECTIONS)[number]

/**
 * Reads an instance in the format of Curtois and Qu (2014, schedulingbenchmarks.org) as a problem. Strict: a section that
 * is missing or cut short, an unknown id, a day outside the horizon or a number that is none is an `InstanceError`.
 *
 * Every rule is hard; requests are wishes; day 0 is a Monday (the calendar is made up: 2024-01-01).
 */
export function readCurtoisQu(text: string): RosterProblem {
  const sections = splitSections(text)
  const horizonLine = only(sections, 'SECTION_HORIZON')
  const days = whole(horizonLine, 0, 'horizon')
  if (days < 1 || days % 7 !== 0) {
    throw new InstanceError('horizon', horizonLine.number, `the horizon of ${days} days is not a whole number of weeks`)
  }
  const shifts = readShifts(sections.get('SECTION_SHIFTS') ?? [])
  const known = new Set(shifts.map((shift) => shift.id))
  const staff = (sections.get('SECTION_STAFF') ?? []).map((line) => readStaff(line, known))
  const people = new Map<string, Draft>()
  for (const draft of staff) {
    if (people.has(draft.id))
      throw new InstanceError('duplicate', draft.line, `employee ${draft.id} stands there twice`)
    people.set(draft.id, draft)
  }
  for (const line of sections.get('SECTION_DAYS_OFF') ?? []) {
    const person = personOf(line, people)
    for (let at = 1; at < line.fields.length; at++) person.daysOff.push(dayOf(line, at, days))
  }
  readRequests(sections.get('SECTION_SHIFT_ON_REQUESTS') ?? [], true, people, known, days)
  readRequests(sections.get('SECTION_SHIFT_OFF_REQUESTS') ?? [], false, people, known, days)
  const cover = (sections.get('SECTION_COVER') ?? []).map((line) => readCover(line, known, days))
  if (cover.length === 0) throw new InstanceError('cut_short', 0, 'SECTION_COVER is empty: maybe the file was cut off')
  checkCover(cover, sections.get('SECTION_COVER') ?? [])
  return {
    format: 'tongpao-roster/1',
    first_day: '2024-01-01',
    days,
    shifts,
    people: staff.map(finish),
    cover,
    rules: staff.flatMap((draft) => rulesOf(draft)),
  }
}

/** One row a person, one column a day; the cell is the shift id or empty. */
export function writeCsv(problem: RosterProblem, roster: Roster): string {
  return `${problem.people.map((person) => (roster[person.id] ?? []).map((cell) => cell ?? '').join(',')).join('\n')}\n`
}

interface Draft {
  readonly id: string
  readonly line: number
  readonly limits: ReadonlyMap<string, number>
  readonly numbers: readonly number[]
  readonly daysOff: number[]
  readonly wishes: Wish[]
}

function splitSections(text: string): Map<Section, Line[]> {
  const sections = new Map<Section, Line[]>()
  let current: Line[] | undefined
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    if (line.startsWith('SECTION_')) {
      const name = SECTIONS.find((section) => section === line)
      if (name === undefined) throw new InstanceError('section', index + 1, `unknown section ${line}`)
      if (sections.has(name)) throw new InstanceError('duplicate', index + 1, `${line} stands there twice`)
      current = []
      sections.set(name, current)
    } else if (current === undefined) {
      throw new InstanceError('section', index + 1, `data before the first section: ${line}`)
    } else current.push({ number: index + 1, fields: line.split(',').map((field) => field.trim()) })
  }
  for (const name of SECTIONS) {
    if (!sections.has(name)) throw new InstanceError('cut_short', 0, `${name} is missing: maybe the file was cut off`)
  }
  return sections
}

function only(sections: Map<Section, Line[]>, name: Section): Line {
  const lines = sections.get(name) ?? []
  const [line] = lines
  if (line === undefined || lines.length !== 1) {
    throw new InstanceError('cut_short', line?.number ?? 0, `${name} needs one line, it has ${lines.length}`)
  }
  return line
}

function whole(line: Line, at: number, what: string): number {
  const text = line.fields[at]
  if (text === undefined || !/^\d{1,9}$/.test(text)) {
    throw new InstanceError('number', line.number, `${what}: "${text ?? ''}" is not a whole number`)
  }
  return Number(text)
}

function dayOf(line: Line, at: number, days: number): number {
  const day = whole(line, at, 'day')
  if (day >= days) throw new InstanceError('day', line.number, `day ${day} lies outside the horizon of ${days} days`)
  return day
}

function needFields(line: Line, least: number, most = least): void {
  if (line.fields.length < least || line.fields.length > most) {
    throw new InstanceError('cut_short', line.number, `${line.fields.length} fields where ${least} are needed`)
  }
}

function shiftOf(line: Line, id: string | undefined, known: ReadonlySet<string>): string {
  if (id === undefined || !known.has(id)) throw new InstanceError('shift', line.number, `unknown shift ${id ?? ''}`)
  return id
}

function personOf(line: Line, people: ReadonlyMap<string, Draft>): Draft {
  const person = people.get(line.fields[0] ?? '')
  if (person === undefined) throw new InstanceError('employee', line.number, `unknown employee ${line.fields[0]}`)
  return person
}

function readShifts(lines: readonly Line[]): ShiftType[] {
  const known = new Set(lines.map((line) => line.fields[0] ?? ''))
  if (lines.length === 0) throw new InstanceError('cut_short', 0, 'SECTION_SHIFTS is empty')
  if (known.size !== lines.length) throw new InstanceError('duplicate', 0, 'a shift stands in SECTION_SHIFTS twice')
  return lines.map((line) => {
    needFields(line, 2, 3)
    const minutes = whole(line, 1, 'minutes')
    if (minutes < 1 || minutes > 1440) throw new InstanceError('minutes', line.number, `a shift of ${minutes} minutes`)
    const not = (line.fields[2] ?? '').split('|').filter((id) => id !== '')
    for (const id of not) shiftOf(line, id, known)
    // The format states no clock times: successions carry all there is about rest.
    return { id: line.fields[0] ?? '', start_minute: 0, minutes, not_next_day: not }
  })
}

function readStaff(line: Line, known: ReadonlySet<string>): Draft {
  needFields(line, 8)
  const limits = new Map<string, number>()
  for (const part of (line.fields[1] ?? '').split('|')) {
    const [id, most] = part.split('=')
    if (most === undefined || !/^\d+$/.test(most))
      throw new InstanceError('number', line.number, `"${part}" is no limit`)
    limits.set(shiftOf(line, id, known), Number(most))
  }
  const numbers = [2, 3, 4, 5, 6, 7].map((at) => whole(line, at, 'limit'))
  const [most = 0, least = 0, longest = 0, shortest = 0] = numbers
  if (least > most) {
    throw new InstanceError('contradiction', line.number, `at least ${least} minutes but at most ${most}`)
  }
  if (shortest > longest) {
    throw new InstanceError('contradiction', line.number, `runs of at least ${shortest} but at most ${longest} days`)
  }
  return { id: line.fields[0] ?? '', line: line.number, limits, numbers, daysOff: [], wishes: [] }
}

function readRequests(
  lines: readonly Line[],
  wanted: boolean,
  people: ReadonlyMap<string, Draft>,
  known: ReadonlySet<string>,
  days: number,
): void {
  for (const line of lines) {
    needFields(line, 4)
    const shift = shiftOf(line, line.fields[2], known)
    const wish = { day: dayOf(line, 1, days), shifts: { ids: [shift] }, wanted, price: whole(line, 3, 'weight') }
    personOf(line, people).wishes.push(wish)
  }
}

function readCover(line: Line, known: ReadonlySet<string>, days: number): CoverLine {
  needFields(line, 5)
  return {
    days: { days: [dayOf(line, 0, days)] },
    shifts: [shiftOf(line, line.fields[1], known)],
    required: whole(line, 2, 'required'),
    under_price: whole(line, 3, 'weight under'),
    over_price: whole(line, 4, 'weight over'),
  }
}

function checkCover(cover: readonly CoverLine[], lines: readonly Line[]): void {
  const seen = new Set<string>()
  for (const [index, line] of cover.entries()) {
    const key = `${line.days?.days?.[0]}|${line.shifts[0]}`
    if (seen.has(key)) {
      const [day, shift] = key.split('|')
      throw new InstanceError(
        'duplicate',
        lines[index]?.number ?? 0,
        `cover of day ${day}, shift ${shift} stands there twice`,
      )
    }
    seen.add(key)
  }
}

function finish(draft: Draft): Person {
  const never = [...draft.limits].flatMap(([shift, most]) => (most === 0 ? { shift } : []))
  return { id: draft.id, days_off: draft.daysOff, unavailable: never, wishes: draft.wishes }
}

function rulesOf(draft: Draft): Rule[] {
  const [most = 0, least = 0, longest = 0, shortest = 0, off = 0, weekends = 0] = draft.numbers
  const head = (name: string) => ({ id: `${draft.id}.${name}`, people: { ids: [draft.id] }, price: 'hard' as const })
  const rules: Rule[] = [
    { ...head('minutes'), kind: 'tally', of: 'minutes', shifts: 'work', min: least, max: most },
    { ...head('work_run'), kind: 'run', shifts: 'work', min: shortest, max: longest },
    { ...head('off_run'), kind: 'run', shifts: 'off', min: off },
    { ...head('weekends'), kind: 'tally', of: 'weekends', shifts: 'work', max: weekends },
  ]
  for (const [shift, max] of draft.limits) {
    if (max > 0) rules.push({ ...head(`most_${shift}`), kind: 'tally', of: 'shifts', shifts: { ids: [shift] }, max })
  }
  return rules
}
