import { matchHeader, tidyHeader } from '#records/duty/sheet/columns.ts'
import { EVENT_FIELDS, type EventField } from './fields.ts'

/** Headers that only events sheets have; people, units and dates are headed as on duty sheets. */
const OWN: Readonly<Record<'event' | 'count' | 'date' | 'answer', readonly string[]>> = {
  event: ['事项', '事件', '登记事项', '事项名称', '事件名称', '事由', '项目', '类型', '类别', 'event'],
  count: ['次数', '数量', '次', '件数', '趟数', '人次', 'count', 'times'],
  answer: ['是否', '是或否', '有无', 'yesno'],
  date: ['时间', '发生日期', '发生时间', '事发日期'],
}

/**
 * The field that a header names, `null` for one that nothing is read from.
 *
 * @example eventFieldOf('发生日期') // 'date'
 */
export function eventFieldOf(header: string): EventField | null {
  const label = tidyHeader(header)
  for (const field of ['event', 'count', 'date', 'answer'] as const) if (OWN[field].includes(label)) return field
  const match = matchHeader(header)
  return EVENT_FIELDS.find((field) => field === match?.field) ?? null
}
