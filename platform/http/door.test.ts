import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createDoor, createPorter, createTurns } from './door.ts'

function fill(door: ReturnType<typeof createDoor>, outside_ms = 0): number {
  let entered = 0
  while (entered < 10_000 && door.enter(outside_ms)) entered += 1
  return entered
}

describe('the door of the house', () => {
  it('lets a burst in after a quiet time, and no more than its upper bound', () => {
    expect(fill(createDoor(1000))).toBe(64)
    expect(fill(createDoor(50))).toBe(50)
  })

  it('opens with the pace at which requests are answered, and narrows again when it falls', () => {
    let time_ms = 0
    const door = createDoor(1000, () => time_ms)
    const answerAt = (perSecond: number) => {
      for (let round = 0; round < 20; round += 1) {
        for (let each = 0; each < perSecond / 5; each += 1) if (door.enter(0)) door.leave()
        time_ms += 200
      }
    }
    answerAt(5_000)
    const open = fill(door)
    expect(open).toBeGreaterThan(220)
    expect(open).toBeLessThan(280)
    for (let each = 0; each < open; each += 1) door.leave()
    answerAt(100)
    time_ms += 200
    expect(fill(door)).toBe(64)
  })

  it('narrows further while more come than it holds, and opens again when they stop coming', () => {
    let time_ms = 0
    const door = createDoor(1000, () => time_ms)
    const leaveAll = (count: number) => {
      for (let each = 0; each < count; each += 1) door.leave()
    }
    expect(fill(door)).toBe(64)
    time_ms += 400
    leaveAll(64)
    expect(fill(door)).toBe(32)
    leaveAll(32)
    time_ms += 1_200
    expect(fill(door)).toBe(64)
  })

  it('lets nobody in who has waited outside for long while more come than it holds', () => {
    let time_ms = 0
    const door = createDoor(1000, () => time_ms)
    expect(fill(door, 200)).toBe(64)
    for (let each = 0; each < 10; each += 1) door.leave()
    expect(door.enter(200)).toBe(false)
    expect(door.enter(20)).toBe(true)
    time_ms = 2_000
    expect(door.enter(200)).toBe(true)
  })

  it('is never left without work', () => {
    const door = createDoor(1000, () => 0)
    const inside = fill(door)
    for (let each = 0; each < inside; each += 1) door.leave()
    expect(fill(door, 5_000)).toBe(16)
  })
})

describe('the time that a request may have waited outside', () => {
  it('is that since the turn before began, when one turn follows the other', () => {
    let time_ms = 0
    let end = () => undefined as unknown
    const turns = createTurns(
      () => time_ms,
      (work) => {
        end = work
      },
    )
    time_ms = 500
    expect(turns.outside_ms()).toBe(0)
    time_ms = 620
    expect(turns.outside_ms()).toBe(120)
    end()
    expect(turns.outside_ms()).toBe(120)
    time_ms = 640
    end()
    time_ms = 900
    expect(turns.outside_ms()).toBe(0)
  })
})

describe('the porter', () => {
  async function serve(inFlightMax: number, handle: RequestListener) {
    const porter = createPorter(inFlightMax)
    const server = createServer(porter.before(handle))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return { porter, url, close: () => new Promise((resolve) => server.close(resolve)) }
  }

  it('tells commands beyond the bound to come back, in words and with a time, and lets reads, probes and pages pass', async () => {
    const held: (() => void)[] = []
    const house = await serve(2, (request, response) => {
      if (request.method === 'POST') held.push(() => response.end('{}'))
      else response.end('seen')
    })
    const command = () => fetch(`${house.url}/api/x`, { method: 'POST', body: '{"a":1}' })
    const inside = [command(), command()]
    while (held.length < 2) await new Promise((resolve) => setTimeout(resolve, 1))
    const refused = await command()
    expect(refused.status).toBe(503)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({ code: 'http.busy', status: 503 })
    for (const path of ['/api/x', '/healthz', '/phone/'])
      expect(await (await fetch(house.url + path)).text()).toBe('seen')
    expect(house.porter.turnedAway).toEqual({ commands: 1, reads: 0 })
    for (const answer of held) answer()
    expect((await Promise.all(inside)).map(({ status }) => status)).toEqual([200, 200])
    const again = command()
    while (held.length < 3) await new Promise((resolve) => setTimeout(resolve, 1))
    held[2]()
    expect((await again).status).toBe(200)
    await house.close()
  })
})
