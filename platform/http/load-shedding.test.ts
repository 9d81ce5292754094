import { describe, expect, it } from 'vitest'
import { createDoor } from './load-shedding.ts'

function fill(door: ReturnType<typeof createDoor>): number {
  let entered = 0
  while (entered < 10_000 && door.enter()) entered += 1
  return entered
}

describe('the door of the house', () => {
  it('lets a burst in after a quiet time, and no more than its upper bound', () => {
    expect(fill(createDoor(1000))).toBe(96)
    expect(fill(createDoor(50))).toBe(50)
  })

  it('opens with the pace at which requests are answered, and narrows again when it falls', () => {
    let time_ms = 0
    const door = createDoor(1000, () => time_ms)
    const answerAt = (perSecond: number) => {
      for (let round = 0; round < 20; round += 1) {
        for (let each = 0; each < perSecond / 5; each += 1) if (door.enter()) door.leave()
        time_ms += 200
      }
    }
    answerAt(5_000)
    const open = fill(door)
    expect(open).toBeGreaterThan(310)
    expect(open).toBeLessThan(390)
    for (let each = 0; each < open; each += 1) door.leave()
    answerAt(100)
    time_ms += 200
    expect(fill(door)).toBe(96)
  })
})
