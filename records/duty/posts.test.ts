import { describe, expect, it } from 'vitest'
import { OPERATION, openTestHouse, PEOPLE, UNITS } from '#apps/server/testing-house.ts'

const { account, ask } = await openTestHouse()
const head = await account('head', 'unit_manager', UNITS.hospital, PEOPLE.head)
const guardHead = await account('guard-head', 'unit_manager', UNITS.checkpoint, PEOPLE.guardHead)

const unit = `/api/operations/${OPERATION}/units/${UNITS.hospital}`
const send = (path: string, body: object, session = head) => ask(session, 'POST', `${unit}${path}`, { body })
const planOf = async (from: string, to: string) =>
  (await ask(head, 'GET', `${unit}/planned-shifts?from=${from}&to=${to}`)).body
const shift = (person_id: number, post_id: number, date: string) => ({
  person_id,
  post_id,
  starts_at: `${date}T08:00:00+08:00`,
  ends_at: `${date}T20:00:00+08:00`,
})

async function openPost(name: string) {
  const body = { name, kind: 'fever_clinic', exposure: 'indirect', opened_on: '2020-02-01' }
  return (await send('/posts', body)).body.post_id as number
}

describe('a post of a unit', () => {
  it('changes from a day on: the earlier one stays readable, planned shifts move along', async () => {
    const postId = await openPost('预检台')
    await send('/planned-shifts', { shifts: ['26', '28'].map((day) => shift(PEOPLE.nurse, postId, `2020-02-${day}`)) })
    const change = {
      from_on: '2020-02-27',
      name: '预检台',
      kind: 'fever_clinic',
      exposure: 'direct',
      longest_stay_minutes: 720,
    }
    const changed = await send(`/posts/${postId}/changes`, change)
    expect(changed.body).toMatchObject({ moved_count: 1, post: { exposure: 'direct', opened_on: '2020-02-27' } })
    const { posts } = (await ask(head, 'GET', `${unit}/posts`)).body
    expect(posts.find((post: { post_id: number }) => post.post_id === postId)).toMatchObject({
      closed_on: '2020-02-26',
    })
    const { shifts } = await planOf('2020-02-26', '2020-02-28')
    expect(shifts.map((one: { post_id: number }) => one.post_id)).toEqual([postId, changed.body.post.post_id])
    expect((await send(`/posts/${postId}/changes`, change)).body.code).toBe('posts.closed')
    expect((await send(`/posts/${postId}/closures`, { closed_on: '2020-03-01' }, guardHead)).status).toBe(404)
  })

  it('does not close beneath confirmed duty, and takes the plan beyond its last day along', async () => {
    const postId = await openPost('留观区')
    const confirmed = await ask(head, 'POST', `/api/operations/${OPERATION}/duty-confirmations`, {
      key: 'b3c2d3a0-51a5-4a06-8f5e-0b6ff9b4a001',
      body: {
        unit_id: UNITS.hospital,
        duty_date: '2020-02-20',
        said_at: '2020-02-24T08:00:00+08:00',
        lines: [{ span_id: 'b3c2d3a0-51a5-4a06-8f5e-0b6ff9b4a002', ...shift(PEOPLE.doctor, postId, '2020-02-20') }],
      },
    })
    expect(confirmed.status).toBe(200)
    const refused = await send(`/posts/${postId}/closures`, { closed_on: '2020-02-19' })
    expect(refused.body).toMatchObject({ code: 'posts.has_duty', facts: { last_on: '2020-02-20' } })
    await send('/planned-shifts', { shifts: [shift(PEOPLE.doctor, postId, '2020-03-05')] })
    const closed = await send(`/posts/${postId}/closures`, { closed_on: '2020-03-04' })
    expect(closed.body).toMatchObject({ withdrawn_count: 1, post: { closed_on: '2020-03-04' } })
    const late = await send('/planned-shifts', { shifts: [shift(PEOPLE.doctor, postId, '2020-03-06')] })
    expect(late.body.code).toBe('duty.lines')
  })

  it('shows whoever plans the people of the unit, and which shifts are settled', async () => {
    const { people, shifts } = await planOf('2020-02-20', '2020-02-28')
    expect(people.map((person: { person_id: number }) => person.person_id)).toContain(PEOPLE.nurse)
    expect(people.map((person: { person_id: number }) => person.person_id)).not.toContain(PEOPLE.guardHead)
    expect(shifts.every((one: { settled: boolean }) => !one.settled)).toBe(true)
    expect((await ask(head, 'GET', `${unit}/planned-shifts?from=2020-01-01&to=2020-12-31`)).status).toBe(400)
  })
})
