import { countedMinutes } from '#engines/rostering/choices.ts'
import { compile } from '#engines/rostering/compile.ts'
import type { RosterProblem } from '#engines/rostering/problem.ts'
import { loadLinearSolver } from '#platform/compute/highs.ts'

/**
 * The peer: one plain integer programme for HiGHS (a binary for each person, day and shift), for problems as the public
 * format states them. Answers the penalty of what HiGHS found in its time, or undefined when it found nothing.
 */
export async function solveByProgram(problem: RosterProblem, seconds: number): Promise<number | undefined> {
  const solver = await loadLinearSolver()
  const draft = new Draft()
  const model = compile(problem)
  const { people, days, options, items } = model
  const work = (person: number, day: number, option: number) => (person * days + day) * (options - 1) + option - 1
  let constant = 0
  for (let person = 0; person < people; person++) {
    for (let day = 0; day < days; day++) {
      const base = (person * days + day) * options
      const off = model.cells[base] as number
      constant += off
      for (let option = 1; option < options; option++) {
        const cost = model.cells[base + option] as number
        draft.column(cost >= 1e9 ? 0 : cost - off, cost >= 1e9 ? 0 : 1)
      }
    }
  }
  const integers = draft.columns
  for (let item = 0; item < items.count; item++) {
    const row = draft.row(items.required[item] as number, items.required[item] as number)
    const cells = Array.from({ length: options - 1 }, (_, at) => at + 1).filter((option) => {
      const cell = (items.day[item] as number) * options + option
      return items.ofCell.subarray(items.startOfCell[cell], items.startOfCell[cell + 1]).includes(item)
    })
    for (const option of cells) {
      for (let person = 0; person < people; person++) draft.put(row, work(person, items.day[item] as number, option), 1)
    }
    draft.put(row, draft.column(items.under[item] as number, Number.POSITIVE_INFINITY), 1)
    draft.put(row, draft.column(items.over[item] as number, Number.POSITIVE_INFINITY), -1)
  }
  const whole = new Uint8Array(integers).fill(1)
  addPersonRows(problem, draft, work)
  const answer = draft.solve(solver, whole, seconds)
  return answer === undefined ? undefined : answer + constant
}

type Cell = (person: number, day: number, option: number) => number

function addPersonRows(problem: RosterProblem, draft: Draft, work: Cell): void {
  const { days, shifts } = problem
  const all = shifts.map((_, at) => at + 1)
  for (const [person, { id }] of problem.people.entries()) {
    for (let day = 0; day < days; day++)
      draft.sum(
        0,
        1,
        all.map((option) => [work(person, day, option), 1]),
      )
    for (const [at, shift] of shifts.entries()) {
      for (const then of shift.not_next_day ?? []) {
        const to = shifts.findIndex((each) => each.id === then) + 1
        for (let day = 0; day + 1 < days; day++) {
          draft.sum(0, 1, [
            [work(person, day, at + 1), 1],
            [work(person, day + 1, to), 1],
          ])
        }
      }
    }
    for (const rule of problem.rules) {
      if (typeof rule.people !== 'object' || !rule.people.ids?.includes(id)) continue
      if (rule.kind === 'tally' && rule.of === 'weekends') addWeekends(draft, person, days, all, rule.max ?? days, work)
      else if (rule.kind === 'tally') {
        const chosen = typeof rule.shifts === 'object' ? rule.shifts.ids : undefined
        const entries = shifts.flatMap((shift, at): [number, number][] =>
          chosen === undefined || chosen.includes(shift.id)
            ? Array.from({ length: days }, (_, day): [number, number] => [
                work(person, day, at + 1),
                rule.of === 'minutes' ? countedMinutes(shift) : 1,
              ])
            : [],
        )
        draft.sum(rule.min ?? 0, rule.max ?? Number.POSITIVE_INFINITY, entries)
      } else if (rule.kind === 'run') addRuns(draft, person, days, all, rule, work)
    }
  }
}

function addWeekends(draft: Draft, person: number, days: number, all: number[], most: number, work: Cell): void {
  const flags: [number, number][] = []
  for (let day = 5; day + 1 < days; day += 7) {
    const flag = draft.column(0, 1)
    flags.push([flag, 1])
    for (const each of [day, day + 1]) {
      draft.sum(Number.NEGATIVE_INFINITY, 0, [
        ...all.map((option): [number, number] => [work(person, each, option), 1]),
        [flag, -1],
      ])
    }
  }
  draft.sum(0, most, flags)
}

function addRuns(
  draft: Draft,
  person: number,
  days: number,
  all: number[],
  rule: { shifts: unknown; min?: number; max?: number },
  work: Cell,
): void {
  const on = (day: number, sign: number) => all.map((option): [number, number] => [work(person, day, option), sign])
  const isWork = rule.shifts === 'work'
  if (rule.max !== undefined) {
    for (let day = 0; day + rule.max < days; day++) {
      draft.sum(0, rule.max, Array.from({ length: rule.max + 1 }, (_, at) => on(day + at, 1)).flat())
    }
  }
  for (let length = 1; length < (rule.min ?? 1); length++) {
    // A run of exactly `length` between its two neighbours is cut off.
    for (let day = 0; day + length + 1 < days; day++) {
      const inside = Array.from({ length }, (_, at) => on(day + 1 + at, isWork ? -1 : 1)).flat()
      const entries = [...on(day, isWork ? 1 : -1), ...inside, ...on(day + length + 1, isWork ? 1 : -1)]
      draft.sum(isWork ? 1 - length : -1, Number.POSITIVE_INFINITY, entries)
    }
  }
}

/** A programme gathered entry by entry. */
class Draft {
  readonly #cost: number[] = []
  readonly #upper: number[] = []
  readonly #lowerRow: number[] = []
  readonly #upperRow: number[] = []
  readonly #entries: Map<number, number>[] = []

  get columns(): number {
    return this.#cost.length
  }

  column(cost: number, upper: number): number {
    this.#cost.push(cost)
    this.#upper.push(upper)
    this.#entries.push(new Map())
    return this.#cost.length - 1
  }

  row(lower: number, upper: number): number {
    this.#lowerRow.push(lower)
    this.#upperRow.push(upper)
    return this.#lowerRow.length - 1
  }

  put(row: number, column: number, value: number): void {
    const entries = this.#entries[column]
    entries?.set(row, (entries.get(row) ?? 0) + value)
  }

  sum(lower: number, upper: number, entries: readonly (readonly [number, number])[]): void {
    const row = this.row(lower, upper)
    for (const [column, value] of entries) this.put(row, column, value)
  }

  solve(solver: Awaited<ReturnType<typeof loadLinearSolver>>, whole: Uint8Array, seconds: number): number | undefined {
    const program = solver.create({
      lower: Float64Array.from(this.#lowerRow),
      upper: Float64Array.from(this.#upperRow),
    })
    const starts = [0]
    const rows: number[] = []
    const values: number[] = []
    for (const entries of this.#entries) {
      for (const [row, value] of entries) {
        rows.push(row)
        values.push(value)
      }
      starts.push(rows.length)
    }
    program.addColumns({ cost: this.#cost, upper: this.#upper, starts, rows, values })
    const answer = program.solveInteger(whole, { seconds })
    program.dispose()
    return answer?.values.reduce((sum, value, at) => sum + value * (this.#cost[at] ?? 0), 0)
  }
}
