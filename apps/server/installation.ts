import { z } from 'zod'
import { type Clock, realClock, shiftedClock } from '#platform/clock/clock.ts'
import { ACCESS_CONTEXT } from '#platform/db/context.ts'
import type { Database } from '#platform/db/database.ts'

const DemoSetting = z.object({ clock_offset_ms: z.int(), seed: z.int() })

export interface Installation {
  readonly demo: boolean
  readonly clock: Clock
}

/** Whether the database holds the demo city, and with it at which distance from the world's time the product lives. */
export async function readInstallation(database: Database): Promise<Installation> {
  const row = await database.read(ACCESS_CONTEXT, (tx) =>
    tx.selectFrom('installation').select('value').where('setting', '=', 'demo').executeTakeFirst(),
  )
  if (!row) return { demo: false, clock: realClock }
  const { clock_offset_ms } = DemoSetting.parse(row.value)
  return { demo: true, clock: shiftedClock(clock_offset_ms) }
}

/** Marks a database as the demo city, whose clock shows `productNow` at this moment. */
export async function markAsDemo(database: Database, productNow: Date, seed: number): Promise<void> {
  const value = JSON.stringify({ clock_offset_ms: productNow.getTime() - Date.now(), seed })
  await database.transact(ACCESS_CONTEXT, (tx) =>
    tx
      .insertInto('installation')
      .values({ setting: 'demo', value })
      .onConflict((conflict) => conflict.column('setting').doUpdateSet({ value }))
      .execute(),
  )
}
