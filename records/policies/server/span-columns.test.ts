import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MINUTES_PER_DAY } from '#engines/values/time.ts'
import type { PersonInputs } from './evaluation-facts.ts'
import { factBatch, PostColumns, SpanColumns } from './span-columns.ts'

const PEOPLE = [1, 2, 3].map(
  (person_id): PersonInputs => ({
    person_id,
    home_unit_id: 1,
    employment: null,
    established: 'unknown',
    party: 'unknown',
    spouse_on_front_line: null,
  }),
)
const spansOfAll = fc.array(
  fc.record({
    person: fc.integer({ min: 1, max: 4 }),
    start: fc.oneof(fc.integer({ min: -3_000, max: 30_000 }), fc.integer({ min: 0, max: 100_000_000 })),
  }),
)

it('each person’s spans stand beside them in the order of their days, and none is lost, in whatever order they were read', () => {
  fc.assert(
    fc.property(spansOfAll, (all) => {
      const spans = new SpanColumns()
      for (const { person, start } of all) spans.add(person, 1, start, start + 60)
      const { people, batch } = factBatch(PEOPLE, spans, new PostColumns([]), new Map())
      const starts = people.map((_, row) => [
        ...batch.span_start_minute.subarray(batch.span_offset[row], batch.span_offset[row + 1]),
      ])
      const days = all.map(({ start }) => Math.floor(start / MINUTES_PER_DAY))
      const isNear = Math.max(...days) - Math.min(...days) < 1_000
      for (const [row, { person_id }] of people.entries()) {
        const own = all.filter(({ person }) => person === person_id).map(({ start }) => start)
        const read = starts[row] ?? []
        expect(read.toSorted((left, right) => left - right)).toEqual(own.toSorted((left, right) => left - right))
        const inDays = read.map((start) => Math.floor(start / MINUTES_PER_DAY))
        if (isNear) expect(inDays).toEqual(inDays.toSorted((left, right) => left - right))
      }
      const present = new Set(all.map(({ person }) => person).filter((person) => person < 4))
      expect(people.map(({ person_id }) => person_id)).toEqual([...present].sort())
    }),
  )
})
