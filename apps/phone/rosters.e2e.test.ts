import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { jobContext } from '#platform/db/context.ts'
import { overflowsSideways, seriousViolations } from '#tools/testing/browser.ts'
import { DEPUTY, HOSPITAL, MANAGER, NURSE, OPERATION, POST } from './testing/city.ts'
import { openPhones } from './testing/phones.ts'
import { signIn } from './testing/steps.ts'

/** What people do about their shifts on the phone, at ten in the evening. */

const NOW = '2020-02-24T22:00:00+08:00'

const phones = await openPhones(NOW)

/** Leaves each of some people the shifts of some days, from 08:00 to 20:00. */
async function plan(days: readonly (readonly [person_id: number, days: readonly string[]])[]): Promise<void> {
  await phones.database.transact(jobContext('test'), async (tx) => {
    await tx
      .updateTable('planned_shifts')
      .set({ withdrawn_at: new Date(NOW) })
      .where('starts_at', '>', new Date(NOW))
      .execute()
    for (const [person_id, dates] of days) {
      for (const starts_on of dates) {
        await tx
          .insertInto('planned_shifts')
          .values({
            person_id,
            operation_id: OPERATION,
            unit_id: HOSPITAL,
            post_id: POST,
            starts_at: new Date(`${starts_on}T08:00:00+08:00`),
            ends_at: new Date(`${starts_on}T20:00:00+08:00`),
            starts_on,
          })
          .execute()
      }
    }
  })
}

async function phoneOf(
  login: string,
  place: string,
): Promise<{ page: Page; faults: string[]; close(): Promise<void> }> {
  const { context, page, faults } = await phones.open()
  await signIn(page, phones.url, login)
  await page.goto(`${phones.url}/phone/#/${place}`)
  return { page, faults, close: () => context.close() }
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })

describe('a drop-out at ten in the evening', () => {
  it('is covered by the manager in three taps', async () => {
    await plan([
      [NURSE.person_id, ['2020-02-25']],
      [MANAGER.person_id, ['2020-02-26']],
    ])
    const { page, faults, close } = await phoneOf(MANAGER.login, '')
    await button(page, '找人替班').click()
    await button(page, new RegExp(`来不了 ${NURSE.name}`)).click()
    await button(page, '电话已同意').first().waitFor()
    expect(await seriousViolations(page)).toEqual([])
    expect(await overflowsSideways(page)).toBe(false)
    await button(page, '电话已同意').first().click()
    await page.getByText(/已换成/).waitFor()
    expect(await page.getByText(new RegExp(`${NURSE.name} 2月25日`)).count()).toBe(0)
    expect(faults).toEqual([])
    await close()
    const shifts = await phones.database.read(jobContext('test'), (tx) =>
      tx
        .selectFrom('planned_shifts')
        .select(['person_id'])
        .where('starts_on', '=', '2020-02-25')
        .where('withdrawn_at', 'is', null)
        .execute(),
    )
    expect(shifts).toHaveLength(1)
    expect(shifts[0]?.person_id).not.toBe(NURSE.person_id)
  }, 60_000)

  it('shows whoever may not change the plan no such page', async () => {
    const { page, close } = await phoneOf(NURSE.login, 'cover')
    await page.getByText('只有单位负责人能在这里找人替班。').waitFor()
    await close()
  }, 60_000)
})

describe('my month', () => {
  it('a swap is proposed among those that were checked, the colleague agrees, both months say so', async () => {
    await plan([
      [NURSE.person_id, ['2020-02-25']],
      [DEPUTY.person_id, ['2020-02-27']],
    ])
    const mine = await phoneOf(NURSE.login, 'shifts')
    await button(mine.page, /^换班或请人替/).click()
    await button(mine.page, '和同事换班').click()
    await mine.page.getByText('以下换法双方的间隔和连班都已核对。').waitFor()
    await button(mine.page, new RegExp(`${DEPUTY.name} · 2月27日`)).click()
    await mine.page.getByText('等对方答复换班').waitFor()
    const theirs = await phoneOf(DEPUTY.login, '')
    await theirs.page.getByText('想和您换班').waitFor()
    await theirs.page.getByText(/换走您的：2月27日/).waitFor()
    expect(await seriousViolations(theirs.page)).toEqual([])
    await button(theirs.page, '我来').click()
    await theirs.page.getByText('换班已办好。').waitFor()
    await mine.page.reload()
    await mine.page.getByText(/2月27日/).waitFor()
    expect(await mine.page.getByText(/2月25日/).count()).toBe(0)
    expect([...mine.faults, ...theirs.faults]).toEqual([])
    await mine.close()
    await theirs.close()
  }, 90_000)

  it('a shift that is let go is taken by a colleague who may, and whoever may not reads why', async () => {
    await plan([
      [NURSE.person_id, ['2020-02-25', '2020-02-26']],
      [DEPUTY.person_id, ['2020-02-26']],
    ])
    const mine = await phoneOf(NURSE.login, 'shifts')
    for (const at of [0, 1]) {
      await button(mine.page, /^换班或请人替/)
        .first()
        .click()
      await button(mine.page, '让给愿意接的同事').click()
      await mine.page.getByText('已让给同事接').nth(at).waitFor()
    }
    const theirs = await phoneOf(DEPUTY.login, 'shifts')
    await theirs.page.getByText('您这段时间已有班').waitFor()
    await button(theirs.page, '我来').click()
    await theirs.page.getByText('接下来 2 个班').waitFor()
    await mine.page.reload()
    await mine.page.getByText('接下来 1 个班').waitFor()
    await mine.close()
    await theirs.close()
  }, 90_000)

  it('days on which somebody cannot come are said and taken back', async () => {
    const { page, faults, close } = await phoneOf(NURSE.login, 'shifts')
    await page.getByLabel('从', { exact: true }).fill('2020-03-01')
    await page.getByLabel('到', { exact: true }).fill('2020-03-03')
    await button(page, '不能来').click()
    await page.getByText(/3月1日.* – 3月3日/).waitFor()
    expect(await seriousViolations(page)).toEqual([])
    expect(await overflowsSideways(page)).toBe(false)
    await button(page, '可以来了').click()
    await page.getByText(/3月1日.* – 3月3日/).waitFor({ state: 'detached' })
    expect(faults).toEqual([])
    await close()
  }, 60_000)
})

describe('a rest that was ordered', () => {
  it('shows on the phone with its length and the leave owed; whoever is asked to cover says yes and has the shifts', async () => {
    await plan([[NURSE.person_id, ['2020-02-26', '2020-02-27']]])
    await phones.database.transact(jobContext('test'), async (tx) => {
      const entry = { operation_id: OPERATION, unit_id: HOSPITAL, kind: 'earned', on_date: '2020-02-20' }
      await tx
        .insertInto('leave_entries')
        .values({ ...entry, person_id: NURSE.person_id, minutes: 960, happened_at: new Date(NOW) })
        .execute()
    })
    const order = await phones.house.app.inject({
      method: 'POST',
      url: '/api/session',
      payload: { login: MANAGER.login, password: 'nobody-would-guess' },
    })
    const cookies = Object.fromEntries(order.cookies.map(({ name, value }) => [name, value]))
    const ordered = await phones.house.app.inject({
      method: 'POST',
      url: `/api/operations/${OPERATION}/rest/orders`,
      headers: { referer: phones.url },
      cookies,
      payload: {
        order_id: crypto.randomUUID(),
        unit_id: HOSPITAL,
        person_id: NURSE.person_id,
        basis: 'judgement',
        rule: null,
        starts_at: '2020-02-26T00:00:00+08:00',
        ends_at: '2020-02-28T00:00:00+08:00',
        substitute_person_id: DEPUTY.person_id,
        reason: '连续值守',
      },
    })
    expect(ordered.statusCode).toBe(200)
    const mine = await phoneOf(NURSE.login, '')
    await mine.page.getByText('您被安排休息').waitFor()
    await mine.page.getByText(/2月26日.*00:00 – 2月28日.*00:00/).waitFor()
    await mine.page.getByText('不减工资和津补贴，不抵年休假、补休。').waitFor()
    await mine.page.getByText('16小时').waitFor()
    const theirs = await phoneOf(DEPUTY.login, '')
    await theirs.page.getByText(new RegExp(`的${NURSE.name}要休息，请您替班`)).waitFor()
    expect(await seriousViolations(theirs.page)).toEqual([])
    await theirs.page.getByRole('button', { name: '我来替' }).click()
    await theirs.page.getByText('已答应，班已排给您。').waitFor()
    await theirs.page.goto(`${phones.url}/phone/#/shifts`)
    await theirs.page.getByText('接下来 2 个班').waitFor()
    expect([...mine.faults, ...theirs.faults]).toEqual([])
    await mine.close()
    await theirs.close()
  }, 90_000)
})
