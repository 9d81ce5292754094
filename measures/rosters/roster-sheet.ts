import type { Roster } from '#engines/rostering/problem.ts'
import { dayOf, formatDay, weekdayOf } from '#engines/values/time.ts'
import type { SheetLayout, SheetRow, WorkbookLayout } from '#platform/files/sheet-layout.ts'
import type { Colleague, ShiftNeed } from './roster-contract.ts'

/** A roster as a ward hangs it up: people down, days across, a legend and the line for signatures. */
export interface RosterDocument {
  readonly name: string
  readonly unit_name: string
  readonly from_on: string
  readonly days: number
  readonly shifts: readonly ShiftNeed[]
  readonly people: readonly Colleague[]
  readonly cells: Roster
  readonly is_published: boolean
}

const WEEKDAYS = ['一', '二', '三', '四', '五', '六', '日']

/** `08:00–20:00`; an end on the next day is said. */
export function clockText({ start_minute, minutes }: Pick<ShiftNeed, 'start_minute' | 'minutes'>): string {
  const end = start_minute + minutes
  const clock = (minute: number) =>
    `${String(Math.floor((minute % 1440) / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
  return `${clock(start_minute)}–${end > 1440 ? '次日' : ''}${end === 1440 ? '24:00' : clock(end)}`
}

export function rosterWorkbook(document: RosterDocument): WorkbookLayout {
  return { footer: document.unit_name, sheets: [rosterSheet(document)] }
}

function rosterSheet(document: RosterDocument): SheetLayout {
  const first = dayOf(document.from_on)
  const days = Array.from({ length: document.days }, (_, day) => first + day)
  const last = formatDay(first + document.days - 1)
  const minutesOf = new Map(document.shifts.map(({ code, minutes }) => [code, minutes]))
  const rows = document.people.map((person): SheetRow => {
    const row = document.cells[String(person.person_id)] ?? []
    const cells = Object.fromEntries(days.map((_, day) => [`d${day}`, row[day] ?? '']))
    const worked = row.filter((cell) => cell !== null)
    const minutes = worked.reduce((sum, cell) => sum + (minutesOf.get(cell) ?? 0), 0)
    return { name: person.name, ...cells, shifts: worked.length, minutes }
  })
  return {
    name: '班表',
    title: `${document.unit_name}${document.name}班表`,
    subtitle: [`${document.from_on} 至 ${last}${document.is_published ? '' : '（草稿，尚未发布）'}`],
    columns: [
      { header: '姓名', key: 'name', width: 10 },
      ...days.map((day, index) => ({
        header: WEEKDAYS[weekdayOf(day)] ?? '',
        key: `d${index}`,
        width: 3.6,
        align: 'center' as const,
        group: String(Number(formatDay(day).slice(8))),
      })),
      { header: '班数', key: 'shifts', format: 'count' as const, width: 6 },
      { header: '工时', key: 'minutes', format: 'hours' as const, width: 7 },
    ],
    rows,
    notes: [
      document.shifts.map((shift) => `${shift.code} ${shift.name} ${clockText(shift)}`).join('　'),
      '排班人：　　　　　　审核人：　　　　　　日期：',
    ],
    landscape: true,
    frozenColumns: 1,
  }
}
