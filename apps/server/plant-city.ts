import { jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import type { Say } from '#platform/db/operator-error.ts'
import { plantDivisions } from '#records/org/server/divisions.ts'
import { publishShippedPacks } from './shipped-packs.ts'

const CITY_CODE = '3306'

/** Real use begins with the administrative tree and the packs that come with the product, and nobody in it. */
export async function plantCity({ database, say }: { database: Database; say: Say }): Promise<void> {
  const write = <T>(work: (tx: Tx) => Promise<T>) => database.transact(jobContext('plant'), work)
  const standing = await write((tx) => tx.selectFrom('units').select('unit_id').limit(1).executeTakeFirst())
  if (standing) return
  say({ zh: '正在装入绍兴的行政区划和政策包…', en: 'Planting the divisions of Shaoxing and the policy packs…' })
  await write((tx) => plantDivisions(tx, CITY_CODE))
  await publishShippedPacks(write, new Date())
  say({
    zh: '还没有账号。在另一个终端运行 npx tongpao account code，为第一位管理员取得登录码。',
    en: 'There is no account yet. Run npx tongpao account code in another terminal to get the first administrator a sign-in code.',
  })
}
