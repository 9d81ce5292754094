import { expect, it } from 'vitest'
import { OPERATION, openTestHouse, UNITS } from '#apps/server/testing-house.ts'
import { matchReading } from './server/imports-match.ts'
import type { DutySheetReading, UnderstoodRow } from './sheet/shapes.ts'

/** A sheet of a whole county is put beside what is known without holding up anybody's request. */

const ROWS = 30_000
const PEOPLE_COUNT = 600

const { database, house, look } = await openTestHouse('2020-03-20T08:00:00+08:00')

function rowAt(index: number): UnderstoodRow {
  const person = index % PEOPLE_COUNT
  const day = new Date(Date.UTC(2020, 0, 21) + Math.floor(index / PEOPLE_COUNT) * 86_400_000).toISOString().slice(0, 10)
  return {
    key: `row ${index}`,
    person_key: `p${person}`,
    source: { sheet: '二月', row: index + 2, column: 'A' },
    person: {
      name: `虚构${person}`,
      id_number: null,
      id_state: 'absent',
      staff_number: null,
      phone: null,
      sex: null,
      rank: null,
    },
    unit_text: '甲县医院',
    department_text: '',
    post_text: '隔离病区',
    post_kind: null,
    post_read_from: null,
    starts_at: `${day}T08:00`,
    ends_at: `${day}T16:00`,
    stated_minutes: null,
    remark: '',
  }
}

const reading: DutySheetReading = {
  rows: Array.from({ length: ROWS }, (_, index) => rowAt(index)),
  refused: [],
  waiting: [],
  questions: [],
  understood: { tables: [], marks: [], units: ['甲县医院'], period: null, people_count: PEOPLE_COUNT },
  skipped: [],
  notices: [],
  left_over_answers: { unused: [], misread: [] },
}

it(`leaves the event loop free while ${ROWS} rows are matched`, async () => {
  await look((tx) =>
    tx
      .insertInto('people')
      .values(
        Array.from({ length: PEOPLE_COUNT }, (_, index) => ({
          person_id: 1_000 + index,
          home_unit_id: UNITS.hospital,
          name: `虚构${index}`,
          name_sort: `x${index}`,
          employment: 'medical',
          made_up: true,
        })),
      )
      .execute(),
  )
  const everywhere = { everywhere: true, units: new Set<number>() }
  const matching = {
    database,
    vault: house.platform.vault,
    importer: { user_id: 1, person_id: undefined, scope: everywhere, planning: everywhere },
    operation: {
      operation_id: OPERATION,
      name: '',
      area_unit_id: 1,
      time_zone: 'Asia/Shanghai',
      started_on: '2020-01-20',
      ended_on: null,
    },
    unit: { unit_id: UNITS.hospital, name: '甲县医院' },
    answers: {},
    now: new Date('2020-03-20T00:00:00Z'),
  }
  let turns = 0
  let waiting = setImmediate(function turn() {
    turns += 1
    waiting = setImmediate(turn)
  })
  const { rows } = await matchReading(matching, reading)
  clearImmediate(waiting)
  const counts = Map.groupBy(rows, ({ kind }) => kind)
  expect(counts.get('ready')).toHaveLength(ROWS)
  // Other requests get a turn at least every few hundred rows.
  expect(turns).toBeGreaterThan(ROWS / 500)
}, 60_000)
