import { randomUUID } from 'node:crypto'
import path from 'node:path'
import type { House } from '#apps/server/compose.ts'
import { evaluateUpTo, putShippedPacksInForce } from '#apps/server/shipped-packs.ts'
import { openPagesHouse } from '#apps/server/testing-pages.ts'
import { SESSION_COOKIE } from '#platform/access/sessions.ts'
import { jobContext } from '#platform/db/context.ts'
import { connect, type Database } from '#platform/db/database.ts'
import type { TestDatabase } from '#platform/db/testing.ts'
import { buildPhone } from '#tools/build-phone.ts'
import { fillCity, HOSPITAL, NOW, OPERATION, PASSWORD, POST } from './city.ts'

export interface PhoneHouse {
  readonly url: string
  readonly house: House
  readonly database: Database
  /** The confirmations of a unit-day that stand in the database. */
  confirmations(duty_date: string): Promise<{ span_count: number; absent_count: number; said_by: string }[]>
  spans(duty_date: string): Promise<{ person_id: number }[]>
  objections(): Promise<{ words: string; person_id: number }[]>
  /** Another phone or the console confirms a span at the hospital, without a page. */
  confirmElsewhere(login: string, person_id: number, starts_at: string, ends_at: string): Promise<number>
  /** Puts the shipped packs in force and works out what everybody is owed up to a day. */
  evaluate(on_date: string): Promise<void>
  close(): Promise<void>
}

/** The whole house with the built phone page, on a free port. `now` is what its clock says; left out, a morning. */
export async function openPhoneHouse(test: TestDatabase, now = NOW): Promise<PhoneHouse> {
  const { port, house, database, close } = await openPagesHouse(test, {
    now,
    build: (folder) => buildPhone(path.join(folder, 'phone')),
    fill: fillCity,
  })
  const url = `http://localhost:${port}`
  return {
    url,
    house,
    database,
    ...readsOf(database),
    confirmElsewhere: (...said) => confirmElsewhere(house, url, ...said),
    evaluate: (on_date) => evaluate(test.appConfig, on_date),
    close,
  }
}

function readsOf(database: Database): Pick<PhoneHouse, 'confirmations' | 'spans' | 'objections'> {
  const context = jobContext('test')
  return {
    confirmations: (duty_date) =>
      database.read(context, (tx) =>
        tx
          .selectFrom('duty_confirmations')
          .innerJoin('users', 'users.user_id', 'duty_confirmations.said_by_user_id')
          .select(['span_count', 'absent_count', 'users.login as said_by'])
          .where('duty_date', '=', duty_date)
          .where('duty_confirmations.unit_id', '=', HOSPITAL)
          .execute(),
      ),
    spans: (duty_date) =>
      database.read(context, (tx) =>
        tx.selectFrom('duty_current').select('person_id').where('starts_on', '=', duty_date).execute(),
      ),
    objections: () =>
      database.read(context, (tx) => tx.selectFrom('duty_objections').select(['words', 'person_id']).execute()),
  }
}

async function evaluate(appConfig: TestDatabase['appConfig'], on_date: string): Promise<void> {
  const database = connect(appConfig, { connections_max: 2, long: true })
  try {
    const now = new Date(NOW)
    await putShippedPacksInForce((work) => database.transact(jobContext('test'), work), OPERATION, now)
    await evaluateUpTo(database, OPERATION, on_date, now)
  } finally {
    await database.close()
  }
}

async function confirmElsewhere(
  { app }: House,
  origin: string,
  login: string,
  person_id: number,
  starts_at: string,
  ends_at: string,
): Promise<number> {
  const entered = await app.inject({ method: 'POST', url: '/api/session', payload: { login, password: PASSWORD } })
  const token = entered.cookies.find(({ name }) => name === SESSION_COOKIE)?.value ?? ''
  const line = { span_id: randomUUID(), person_id, post_id: POST, starts_at, ends_at, present: true }
  const answer = await app.inject({
    method: 'POST',
    url: `/api/operations/${OPERATION}/duty-confirmations`,
    headers: { 'idempotency-key': randomUUID(), referer: origin },
    cookies: { [SESSION_COOKIE]: token },
    payload: { unit_id: HOSPITAL, duty_date: starts_at.slice(0, 10), said_at: ends_at, lines: [line] },
  })
  return answer.statusCode
}
