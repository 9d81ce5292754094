import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { fieldErrors } from './field-errors.ts'
import { CivilDateText, Id, IdText, InstantText, Pattern, Text, Uuid } from './fields.ts'

const Place = z.object({
  unit_id: Id,
  person_id: IdText,
  name: Text(6),
  on: CivilDateText,
  starts_at: InstantText,
  key: Uuid,
  kind: z.enum(['ward', 'gate']),
  code: Pattern(/^\d{6}$/, { zh: '应为 6 位数字', en: 'should be six digits' }),
  lines: z.array(z.boolean()).min(1).max(2),
})

const GOOD = {
  unit_id: 1,
  person_id: '7',
  name: '𠮷田·爱',
  on: '2020-02-29',
  starts_at: '2020-02-03T08:00:00+08:00',
  key: '00000000-0000-4000-8000-000000000000',
  kind: 'ward',
  code: '330602',
  lines: [true],
}

function wrong(part: Record<string, unknown>) {
  return fieldErrors(Place, { ...GOOD, ...part }, 'body').map(({ field, zh, en }) => [field, zh, en])
}

describe('what is wrong with a field', () => {
  it('is nothing where nothing is', () => {
    expect(wrong({})).toEqual([])
  })

  it.each([
    [{ unit_id: undefined }, 'body.unit_id', '缺少这一项', 'this is missing'],
    [{ unit_id: 'x' }, 'body.unit_id', '应为数字', 'should be a number'],
    [{ unit_id: 1e12 }, 'body.unit_id', '太大，最大是 2147483647', 'too big; at most 2147483647'],
    [{ person_id: 'abc' }, 'body.person_id', '不是有效的编号', 'not a valid number of a record'],
    [{ name: '  ' }, 'body.name', '不能为空', 'must not be empty'],
    [{ name: '一二三四五六七' }, 'body.name', '太长，最多 6 个字', 'too long; at most 6 characters'],
    [{ name: 'a\u0000b' }, 'body.name', '含有不可见的控制字符', 'contains control characters'],
    [{ name: '\u202eabc' }, 'body.name', '含有不可见的控制字符', 'contains control characters'],
    [
      { on: '2020-02-30' },
      'body.on',
      '不是日历上的日期，应写成 2020-02-03',
      'not a day of the calendar; write it as 2020-02-03',
    ],
    [
      { starts_at: '2020-02-30T08:00:00+08:00' },
      'body.starts_at',
      '不是日历上的时间，应写成 2020-02-03T08:00:00+08:00',
      'not a time of the calendar; write it as 2020-02-03T08:00:00+08:00',
    ],
    [{ key: 'x' }, 'body.key', '不是有效的编号（UUID）', 'not a valid UUID'],
    [{ kind: 'bed' }, 'body.kind', '只能是：ward、gate', 'one of: ward, gate'],
    [{ kind: undefined }, 'body.kind', '缺少这一项，可填：ward、gate', 'this is missing; one of: ward, gate'],
    [{ code: '33' }, 'body.code', '应为 6 位数字', 'should be six digits'],
    [{ lines: [] }, 'body.lines', '不能为空', 'must not be empty'],
    [{ lines: [true, 1] }, 'body.lines[1]', '应为“是”或“否”（true、false）', 'should be true or false'],
    [{ lines: [true, true, true] }, 'body.lines', '太多，最多 2 项', 'too many; at most 2'],
  ])('%j is told in words that say what would be right', (part, field, zh, en) => {
    expect(wrong(part)).toEqual([[field, zh, en]])
  })

  it('is told of the whole where it is no object', () => {
    expect(fieldErrors(Place, [], 'body')).toEqual([
      { field: 'body', zh: '应为一组字段', en: 'should be an object with fields' },
    ])
  })
})
