import { chooseDays, optionsOf } from './choices.ts'
import { type CoverItems, HARD_PRICE } from './model.ts'
import type { CoverLine, RosterProblem } from './problem.ts'

interface Item {
  line: number
  day: number
  required: number
  under: number
  over: number
  group: number
  options: readonly number[]
}

/** Cover lines as items of one day and one bent cost each (see `CoverItems`). */
export function compileCover(problem: RosterProblem): CoverItems {
  const optionOf = optionsOf(problem)
  const options = problem.shifts.length + 1
  const skills = [...new Set(problem.cover.flatMap((line) => line.skill ?? []))]
  const items: Item[] = []
  for (const [index, line] of problem.cover.entries()) {
    const chosen = line.shifts.flatMap((id) => optionOf.get(id) ?? [])
    const mask = chooseDays(problem, line.days)
    for (let day = 0; day < problem.days; day++) {
      if (mask[day] !== 1) continue
      const group = line.skill === undefined ? -1 : skills.indexOf(line.skill)
      for (const bend of bendsOf(line)) items.push({ ...bend, line: index, day, group, options: chosen })
    }
  }
  const members = new Uint8Array(skills.length * problem.people.length)
  for (const [group, skill] of skills.entries()) {
    for (const [at, person] of problem.people.entries()) {
      if (person.skills?.includes(skill)) members[group * problem.people.length + at] = 1
    }
  }
  return {
    count: items.length,
    required: Int32Array.from(items, (item) => item.required),
    under: Float64Array.from(items, (item) => item.under),
    over: Float64Array.from(items, (item) => item.over),
    line: Int32Array.from(items, (item) => item.line),
    day: Int32Array.from(items, (item) => item.day),
    group: Int32Array.from(items, (item) => item.group),
    members,
    ...byCell(items, problem.days, options),
  }
}

/** A line's convex cost as a sum of simple bends. */
export function bendsOf(line: CoverLine): { required: number; under: number; over: number }[] {
  const over = line.over_price ?? 0
  const most = line.maximum_wanted ?? line.required
  const bends =
    most === line.required
      ? [{ required: line.required, under: line.under_price, over }]
      : [
          { required: line.required, under: line.under_price, over: 0 },
          { required: most, under: 0, over },
        ]
  if (line.minimum !== undefined && line.minimum > 0) bends.push({ required: line.minimum, under: HARD_PRICE, over: 0 })
  return bends.filter((bend) => bend.under > 0 || bend.over > 0)
}

function byCell(
  items: readonly Item[],
  days: number,
  options: number,
): { startOfCell: Int32Array; ofCell: Int32Array } {
  const startOfCell = new Int32Array(days * options + 1)
  for (const item of items) for (const option of item.options) startOfCell[item.day * options + option + 1]! += 1
  for (let cell = 0; cell < days * options; cell++) startOfCell[cell + 1]! += startOfCell[cell] ?? 0
  const ofCell = new Int32Array(startOfCell[days * options] ?? 0)
  const filled = startOfCell.slice()
  for (const [index, item] of items.entries()) {
    for (const option of item.options) {
      const cell = item.day * options + option
      ofCell[filled[cell] ?? 0] = index
      filled[cell]! += 1
    }
  }
  return { startOfCell, ofCell }
}
