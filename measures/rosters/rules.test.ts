import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldOrder, isApproved, leaveSums, type OrderEvent } from './rules.ts'

const at = (hour: number) => new Date(Date.UTC(2020, 1, 24, hour))
const ordered: OrderEvent = { act: 'ordered', starts_at: at(10), ends_at: at(34) }

describe('an order to rest', () => {
  it('stands as its last event set it, whatever duty was allowed in between', () => {
    const events: OrderEvent[] = [
      ordered,
      { act: 'overridden', starts_at: at(12), ends_at: at(14) },
      { act: 'extended', starts_at: at(10), ends_at: at(58) },
    ]
    expect(foldOrder(events, at(9)).state).toBe('ordered')
    expect(foldOrder(events, at(40)).state).toBe('in_force')
    expect(foldOrder(events, at(58)).state).toBe('ended')
    const ended: OrderEvent = { act: 'ended', starts_at: at(10), ends_at: at(20) }
    expect(foldOrder([...events, ended], at(11)).state).toBe('ended')
  })

  it('is kept by duty outside it and by duty that was approved as a whole', () => {
    const standing = foldOrder([ordered], at(11))
    const allowed = [{ starts_at: at(12), ends_at: at(16) }]
    expect(isApproved({ starts_at: at(2), ends_at: at(10) }, standing, [])).toBe(true)
    expect(isApproved({ starts_at: at(12), ends_at: at(16) }, standing, allowed)).toBe(true)
    expect(isApproved({ starts_at: at(12), ends_at: at(18) }, standing, allowed)).toBe(false)
  })
})

const entry = fc.record({
  kind: fc.constantFrom('earned', 'planned', 'unplanned', 'taken', 'carried', 'expired', 'paid_out'),
  minutes: fc.integer({ min: 1, max: 10_000 }),
})

describe('a leave account', () => {
  it('does not depend on the order of its entries, and a plan does not change what is owed', () => {
    fc.assert(
      fc.property(fc.array(entry), fc.integer({ min: 1, max: 10_000 }), (entries, minutes) => {
        expect(leaveSums([...entries].reverse())).toEqual(leaveSums(entries))
        const planned = leaveSums([...entries, { kind: 'planned', minutes }])
        expect(planned.owed_minutes).toBe(leaveSums(entries).owed_minutes)
      }),
    )
  })
})
