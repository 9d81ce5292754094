import { expect, it } from 'vitest'
import { batchOf, type FactBatch, type PersonFacts } from './facts.ts'
import { sliceOf } from './facts-slice.ts'

const person = (id: number): PersonFacts => ({
  person: id,
  employment: id % 2 ? 'medical' : 'police',
  established: 'no',
  party: 'none',
  area: id % 2 ? '330603' : '330602',
  findings: { pregnant: id === 2 },
  spans: [],
  home_unit: 100 + id,
  home_unit_kind: id === 3 ? 'hospital' : 'school',
  family: { spouse_on_front_line: id === 3 },
  counts: {},
  children: [id],
  events: [{ kind: 'rescue', day: id, count: 1, ref: `e${id}` }],
  uses: [],
})

/** Every column that has one entry for each person, as plain lists. */
function rowsOf(batch: FactBatch): unknown {
  const plain = (value: unknown): unknown => {
    if (value instanceof Map) return [...value].map(([name, column]) => [name, plain(column)])
    return ArrayBuffer.isView(value) ? Object.values(value) : value
  }
  const { span_offset: _, span_start_minute: __, ...columns } = batch
  return Object.entries(columns).map(([name, column]) => [name, plain(column)])
}

it('rows cut out of a batch are those people, in every column', () => {
  const people = [1, 2, 3, 4].map(person)
  expect(rowsOf(sliceOf(batchOf(people), 1, 3))).toEqual(rowsOf(batchOf(people.slice(1, 3))))
})
