import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { OPERATION, openTestHouse, PEOPLE, POSTS, UNITS } from '#apps/server/testing-house.ts'
import { countDisagreements } from './server/rebuild.ts'

const { account, ask, look } = await openTestHouse()
const head = await account('head', 'unit_manager', UNITS.hospital, PEOPLE.head)
const deputy = await account('deputy', 'unit_manager', UNITS.hospital, PEOPLE.deputy)
const nurse = await account('nurse', 'worker', UNITS.hospital, PEOPLE.nurse)
const guardHead = await account('guard-head', 'unit_manager', UNITS.checkpoint, PEOPLE.guardHead)
const officer = await account('officer', 'unit_manager', UNITS.station, PEOPLE.officer)

interface Line {
  span_id: string
  person_id: number
  post_id: number
  starts_at: string
  ends_at: string
  present?: boolean
}

function line(personId: number, starts: string, ends: string, more: Partial<Line> = {}): Line {
  const at = (text: string) => `2020-02-${text.replace(' ', 'T')}:00+08:00`
  return {
    span_id: randomUUID(),
    person_id: personId,
    post_id: POSTS.ward,
    starts_at: at(starts),
    ends_at: at(ends),
    ...more,
  }
}

function confirm(session: string, unitId: number, date: string, lines: readonly Line[], key: string = randomUUID()) {
  return ask(session, 'POST', `/api/operations/${OPERATION}/duty-confirmations`, {
    key,
    body: { unit_id: unitId, duty_date: `2020-02-${date}`, said_at: `2020-02-${date}T21:00:00+08:00`, lines },
  })
}

const spansOf = (personId: number) =>
  look((tx) =>
    tx.selectFrom('duty_current').selectAll().where('person_id', '=', personId).orderBy('starts_at').execute(),
  )

describe('confirming a unit’s day', () => {
  it('records every present person once, however often and in whatever order it arrives', async () => {
    const lines = [line(PEOPLE.nurse, '01 20:00', '02 08:00'), line(PEOPLE.doctor, '01 08:00', '01 20:00')]
    const key = randomUUID()
    const first = await confirm(head, UNITS.hospital, '01', lines, key)
    expect(first.status).toBe(200)
    expect(first.body).toMatchObject({ recorded_count: 2, already_recorded_count: 0 })
    const again = await confirm(head, UNITS.hospital, '01', lines, key)
    expect(again.body).toEqual(first.body)
    // The deputy's phone was offline and says the same under a key of its own.
    const late = await confirm(deputy, UNITS.hospital, '01', [lines[1], lines[0]])
    expect(late.body).toMatchObject({ recorded_count: 0, already_recorded_count: 2 })
    expect(await spansOf(PEOPLE.nurse)).toHaveLength(1)
  })

  it('refuses the same key with another content', async () => {
    const key = randomUUID()
    await confirm(head, UNITS.hospital, '03', [line(PEOPLE.nurse, '03 08:00', '03 12:00')], key)
    const other = await confirm(head, UNITS.hospital, '03', [line(PEOPLE.nurse, '03 13:00', '03 17:00')], key)
    expect(other.status).toBe(422)
    expect(other.body.code).toBe('http.key_reused')
  })

  it('lets nobody confirm their own span, and stores nothing of the day', async () => {
    const answer = await confirm(head, UNITS.hospital, '04', [
      line(PEOPLE.head, '04 08:00', '04 16:00'),
      line(PEOPLE.doctor, '04 08:00', '04 16:00'),
    ])
    expect(answer.status).toBe(422)
    expect(answer.body.errors).toEqual([expect.objectContaining({ field: 'body.lines[0].person_id' })])
    expect((await spansOf(PEOPLE.doctor)).some(({ starts_on }) => starts_on === '2020-02-04')).toBe(false)
    const byDeputy = await confirm(deputy, UNITS.hospital, '04', [line(PEOPLE.head, '04 08:00', '04 16:00')])
    expect(byDeputy.status).toBe(200)
  })

  it('names each line that is wrong, and why', async () => {
    const answer = await confirm(head, UNITS.hospital, '05', [
      line(PEOPLE.nurse, '05 12:00', '05 08:00'),
      line(PEOPLE.doctor, '05 00:00', '06 16:00'),
      line(PEOPLE.deputy, '06 08:00', '06 12:00'),
      line(PEOPLE.guard, '05 08:00', '05 12:00'),
    ])
    expect(answer.status).toBe(422)
    const fields = answer.body.errors.map(({ field }: { field: string }) => field)
    expect(fields).toEqual(['body.lines[0].ends_at', 'body.lines[1].ends_at', 'body.lines[2].starts_at'])
    expect(answer.body.errors[1].zh).toContain('40')
    const outside = await confirm(head, UNITS.hospital, '05', [line(PEOPLE.guard, '05 08:00', '05 12:00')])
    expect(outside.body.errors[0].field).toBe('body.lines[0].person_id')
  })

  it('refuses duty that has not ended, a day outside the response, and another unit’s post', async () => {
    const future = await confirm(head, UNITS.hospital, '24', [line(PEOPLE.nurse, '24 08:00', '24 16:00')])
    expect(future.body.errors[0].field).toBe('body.lines[0].ends_at')
    const early = await ask(head, 'POST', `/api/operations/${OPERATION}/duty-confirmations`, {
      body: {
        unit_id: UNITS.hospital,
        duty_date: '2020-01-02',
        said_at: '2020-01-02T21:00:00+08:00',
        lines: [
          {
            ...line(PEOPLE.nurse, '01 08:00', '01 12:00'),
            starts_at: '2020-01-02T08:00:00+08:00',
            ends_at: '2020-01-02T12:00:00+08:00',
          },
        ],
      },
    })
    expect(early.body.code).toBe('duty.outside_operation')
    const post = await confirm(head, UNITS.hospital, '06', [
      line(PEOPLE.nurse, '06 08:00', '06 12:00', { post_id: POSTS.gate }),
    ])
    expect(post.body.errors[0].field).toBe('body.lines[0].post_id')
  })

  it('answers for a unit outside the scope as if it did not exist', async () => {
    const answer = await confirm(officer, UNITS.hospital, '07', [line(PEOPLE.nurse, '07 08:00', '07 12:00')])
    expect(answer.status).toBe(404)
  })

  it('refuses dates that are none, with the field', async () => {
    const answer = await ask(head, 'POST', `/api/operations/${OPERATION}/duty-confirmations`, {
      body: { unit_id: UNITS.hospital, duty_date: '2020-02-30', said_at: 'x', lines: [] },
    })
    expect(answer.status).toBe(400)
    const fields = answer.body.errors.map(({ field }: { field: string }) => field)
    expect(fields).toEqual(['body.duty_date', 'body.said_at', 'body.lines'])
  })
})

describe('overlapping spans of one person', () => {
  it('names the other span inside the scope, and outside only its time and whom to ask', async () => {
    // The guard is lent to the hospital for a while: both units may confirm him.
    await look((tx) =>
      tx
        .updateTable('people')
        .set({ seconded_unit_id: UNITS.hospital })
        .where('person_id', '=', PEOPLE.guard)
        .execute(),
    )
    const gate = await confirm(guardHead, UNITS.checkpoint, '08', [
      line(PEOPLE.guard, '08 08:00', '08 20:00', { post_id: POSTS.gate }),
    ])
    expect(gate.status).toBe(200)
    const elsewhere = await confirm(head, UNITS.hospital, '08', [
      line(PEOPLE.guard, '08 18:00', '08 22:00', { post_id: POSTS.triage }),
    ])
    expect(elsewhere.status).toBe(422)
    expect(elsewhere.body.errors[0].zh).toContain('另一单位')
    expect(elsewhere.body.errors[0].zh).toContain('甲县卡口')
    expect(elsewhere.body.errors[0].zh).not.toContain('测温登记')
    const own = await confirm(guardHead, UNITS.checkpoint, '08', [
      line(PEOPLE.guard, '08 19:00', '08 21:00', { post_id: POSTS.gate }),
    ])
    expect(own.body.errors[0].zh).toContain('测温登记')
  })

  it('are refused within one submission', async () => {
    const answer = await confirm(head, UNITS.hospital, '09', [
      line(PEOPLE.nurse, '09 08:00', '09 12:00'),
      line(PEOPLE.nurse, '09 11:00', '09 15:00'),
    ])
    expect(answer.body.errors).toEqual([
      expect.objectContaining({ field: 'body.lines[1].starts_at', zh: expect.stringContaining('第 1 行') }),
    ])
  })

  it('are refused by the database when two submissions race, and only one of them counts', async () => {
    const racing = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        confirm(index % 2 ? head : deputy, UNITS.hospital, '10', [
          line(PEOPLE.nurse, '10 08:00', `10 ${10 + index}:00`),
        ]),
      ),
    )
    expect(racing.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(racing.filter(({ status }) => status === 422)).toHaveLength(11)
  })

  it('fail alone: in a group of mixed actors the good ones are recorded', async () => {
    const all = await Promise.all([
      confirm(head, UNITS.hospital, '11', [line(PEOPLE.nurse, '11 08:00', '11 12:00')]),
      confirm(officer, UNITS.hospital, '11', [line(PEOPLE.doctor, '11 08:00', '11 12:00')]),
      confirm(guardHead, UNITS.checkpoint, '11', [line(PEOPLE.guard, '11 08:00', '11 12:00', { post_id: POSTS.gate })]),
      confirm(deputy, UNITS.hospital, '11', [line(PEOPLE.nurse, '11 11:00', '11 13:00')]),
      confirm(officer, UNITS.station, '11', [line(PEOPLE.officer, '11 08:00', '11 12:00', { post_id: POSTS.patrol })]),
    ])
    // The first and the fourth overlap: whichever comes first counts, and the other is refused.
    const [first, stranger, gate, fourth, own] = all.map(({ status }) => status)
    expect([first, fourth].sort()).toEqual([200, 422])
    expect([stranger, gate, own]).toEqual([404, 200, 422])
  })
})

describe('a planned shift that nobody came to', () => {
  const shift = {
    person_id: PEOPLE.doctor,
    post_id: POSTS.ward,
    starts_at: '2020-02-14T08:00:00+08:00',
    ends_at: '2020-02-14T16:00:00+08:00',
  }
  const dayUrl = `/api/operations/${OPERATION}/units/${UNITS.hospital}/duty-days/2020-02-14`
  const calendarUrl = `/api/operations/${OPERATION}/units/${UNITS.hospital}/duty-days?from=2020-02-14&to=2020-02-14`

  it('is said to be missed, closes the day, and can still be confirmed later', async () => {
    await ask(head, 'POST', `/api/operations/${OPERATION}/units/${UNITS.hospital}/planned-shifts`, {
      body: { shifts: [shift] },
    })
    const before = await ask(head, 'GET', dayUrl)
    const span_id = before.body.lines[0].planned.shift_id
    expect((await ask(head, 'GET', calendarUrl)).body.days[0]).toMatchObject({ open_count: 1, confirmed: false })
    const missed = await confirm(head, UNITS.hospital, '14', [{ ...shift, span_id, present: false }])
    expect(missed.body).toMatchObject({ recorded_count: 0, absent_count: 1 })
    expect((await ask(head, 'GET', dayUrl)).body.lines[0]).toMatchObject({ absent: true, confirmed: null })
    expect((await ask(head, 'GET', calendarUrl)).body.days[0]).toMatchObject({ open_count: 0, confirmed: true })
    await confirm(deputy, UNITS.hospital, '14', [{ ...shift, span_id }])
    expect((await ask(head, 'GET', dayUrl)).body.lines[0]).toMatchObject({ absent: false, confirmed: { minutes: 480 } })
  })

  it('counts as missed when its span is withdrawn', async () => {
    const [span] = (await spansOf(PEOPLE.doctor)).filter(({ starts_on }) => starts_on === '2020-02-14')
    await ask(
      deputy,
      'POST',
      `/api/operations/${OPERATION}/people/${PEOPLE.doctor}/spans/${span.span_id}/withdrawals`,
      {
        body: { unit_id: UNITS.hospital, reason: '当日调休', replaces_entry_id: span.entry_id },
      },
    )
    expect((await ask(head, 'GET', dayUrl)).body.lines[0]).toMatchObject({ absent: true, confirmed: null })
    expect((await ask(head, 'GET', calendarUrl)).body.days[0]).toMatchObject({ open_count: 0 })
  })

  it('cannot be said of oneself or of somebody outside the scope', async () => {
    const own = await confirm(head, UNITS.hospital, '14', [
      line(PEOPLE.head, '14 08:00', '14 16:00', { present: false }),
    ])
    expect(own.body.errors[0].field).toBe('body.lines[0].person_id')
    const stranger = await confirm(head, UNITS.hospital, '14', [
      line(PEOPLE.officer, '14 08:00', '14 16:00', { present: false }),
    ])
    expect(stranger.status).toBe(422)
  })
})

describe('correcting', () => {
  it('adds what is right and why; what was said stays; two corrections do not cross', async () => {
    const wrong = line(PEOPLE.doctor, '12 08:00', '12 16:00')
    await confirm(head, UNITS.hospital, '12', [wrong])
    const [before] = (await spansOf(PEOPLE.doctor)).filter(({ span_id }) => span_id === wrong.span_id)
    const url = `/api/operations/${OPERATION}/people/${PEOPLE.doctor}/spans/${wrong.span_id}/corrections`
    const body = {
      ...wrong,
      unit_id: UNITS.hospital,
      ends_at: '2020-02-12T18:00:00+08:00',
      reason: '交接班延后',
      replaces_entry_id: before.entry_id,
    }
    const corrected = await ask(deputy, 'POST', url, { body })
    expect(corrected.status).toBe(200)
    expect(corrected.body.minutes).toBe(600)
    const crossed = await ask(head, 'POST', url, { body })
    expect(crossed.body.code).toBe('duty.changed_meanwhile')
    const history = await ask(
      head,
      'GET',
      `/api/operations/${OPERATION}/people/${PEOPLE.doctor}/duty?from=2020-02-12&to=2020-02-12`,
    )
    expect(history.body.spans[0].entries.map(({ act }: { act: string }) => act)).toEqual(['confirmed', 'corrected'])
    // A phone that still holds the first confirmation sends it again: it was said, and the correction stands.
    const late = await confirm(deputy, UNITS.hospital, '12', [wrong])
    expect(late.body).toMatchObject({ recorded_count: 0, already_recorded_count: 1 })
    const [after] = (await spansOf(PEOPLE.doctor)).filter(({ span_id }) => span_id === wrong.span_id)
    expect(after.ends_at.toISOString()).toBe('2020-02-12T10:00:00.000Z')
  })

  it('asks for a reason, and is not for one’s own span', async () => {
    const own = line(PEOPLE.head, '13 08:00', '13 16:00')
    await confirm(deputy, UNITS.hospital, '13', [own])
    const [span] = (await spansOf(PEOPLE.head)).filter(({ span_id }) => span_id === own.span_id)
    const url = `/api/operations/${OPERATION}/people/${PEOPLE.head}/spans/${own.span_id}`
    const body = { unit_id: UNITS.hospital, reason: '没有这次值守', replaces_entry_id: span.entry_id }
    expect((await ask(head, 'POST', `${url}/withdrawals`, { body })).body.errors[0].field).toBe('body.person_id')
    expect((await ask(deputy, 'POST', `${url}/withdrawals`, { body: { ...body, reason: ' ' } })).status).toBe(400)
    expect((await ask(deputy, 'POST', `${url}/withdrawals`, { body })).status).toBe(200)
    const again = await confirm(deputy, UNITS.hospital, '13', [{ ...own, ends_at: '2020-02-13T15:00:00+08:00' }])
    expect(again.body.errors[0].zh).toContain('撤销')
  })

  it('keeps what stands equal to what the entries say', async () => {
    expect(await look(countDisagreements)).toBe(0)
  })
})

describe('a plan', () => {
  it('that puts a person in two places says so; of another unit’s plan it tells nothing more', async () => {
    const url = (unitId: number) => `/api/operations/${OPERATION}/units/${unitId}/planned-shifts`
    const shift = (post_id: number, starts: string, ends: string) => ({
      person_id: PEOPLE.doctor,
      post_id,
      starts_at: `2020-02-26T${starts}:00+08:00`,
      ends_at: `2020-02-26T${ends}:00+08:00`,
    })
    // The doctor helps out at the checkpoint: both units may plan them, neither sees the other's plan.
    await look((tx) =>
      tx
        .updateTable('people')
        .set({ seconded_unit_id: UNITS.checkpoint })
        .where('person_id', '=', PEOPLE.doctor)
        .execute(),
    )
    const first = await ask(guardHead, 'POST', url(UNITS.checkpoint), {
      body: { shifts: [shift(POSTS.gate, '08:00', '16:00')] },
    })
    expect(first.body).toEqual({ planned_count: 1, withdrawn_count: 0 })
    const second = await ask(head, 'POST', url(UNITS.hospital), {
      body: { shifts: [shift(POSTS.ward, '12:00', '20:00')] },
    })
    expect(second.body).toMatchObject({ status: 409, code: 'duty.planned_elsewhere', facts: { name: '医师丁' } })
    expect(JSON.stringify(second.body)).not.toMatch(/08:00|16:00|卡口|测温/)
    const after = await ask(head, 'POST', url(UNITS.hospital), {
      body: { shifts: [shift(POSTS.ward, '16:00', '20:00')] },
    })
    expect(after.body).toEqual({ planned_count: 1, withdrawn_count: 0 })
    await look((tx) =>
      tx.updateTable('people').set({ seconded_unit_id: null }).where('person_id', '=', PEOPLE.doctor).execute(),
    )
  })
})

describe('a person’s own view', () => {
  it('shows next shift, rest, spans; an objection reaches the unit and is answered by somebody else', async () => {
    const shift = {
      person_id: PEOPLE.nurse,
      post_id: POSTS.ward,
      starts_at: '2020-02-24T20:00:00+08:00',
      ends_at: '2020-02-25T08:00:00+08:00',
    }
    const planned = await ask(head, 'POST', `/api/operations/${OPERATION}/units/${UNITS.hospital}/planned-shifts`, {
      body: { shifts: [shift] },
    })
    expect(planned.body).toEqual({ planned_count: 1, withdrawn_count: 0 })
    const twice = await ask(head, 'POST', `/api/operations/${OPERATION}/units/${UNITS.hospital}/planned-shifts`, {
      body: { shifts: [shift] },
    })
    expect(twice.body.code).toBe('duty.shift_overlap')

    await confirm(head, UNITS.hospital, '23', [line(PEOPLE.nurse, '23 20:00', '24 08:00')])
    const own = await ask(nurse, 'GET', `/api/me/duty?operation_id=${OPERATION}&from=2020-02-01&to=2020-03-20`)
    expect(own.body.next_shift.post_name).toBe('隔离病区')
    expect(own.body.rest_minutes_before_next).toBe(12 * 60)
    const span = own.body.spans.at(-1)

    const objection_id = randomUUID()
    const body = {
      objection_id,
      operation_id: OPERATION,
      unit_id: UNITS.hospital,
      span_id: span.span_id,
      duty_date: '2020-02-23',
      words: '交接到上午九点',
      raised_at: '2020-02-24T09:30:00+08:00',
    }
    expect((await ask(nurse, 'POST', '/api/me/objections', { body })).status).toBe(200)
    expect((await ask(nurse, 'POST', '/api/me/objections', { body })).status).toBe(200)
    const list = await ask(head, 'GET', `/api/operations/${OPERATION}/units/${UNITS.hospital}/objections`)
    expect(list.body.objections).toHaveLength(1)
    const answerUrl = `/api/operations/${OPERATION}/people/${PEOPLE.nurse}/objections/${objection_id}/answers`
    const answer = { unit_id: UNITS.hospital, outcome: 'upheld', reason: '属实' }
    expect((await ask(officer, 'POST', answerUrl, { body: answer })).status).toBe(404)
    expect((await ask(head, 'POST', answerUrl, { body: answer })).status).toBe(200)
    expect((await ask(deputy, 'POST', answerUrl, { body: answer })).body.code).toBe('duty.objection_answered')
  })

  it('reaches nobody else’s record', async () => {
    expect(
      (
        await ask(
          nurse,
          'GET',
          `/api/operations/${OPERATION}/people/${PEOPLE.doctor}/duty?from=2020-02-01&to=2020-02-29`,
        )
      ).status,
    ).toBe(403)
    const read = await ask(
      officer,
      'GET',
      `/api/operations/${OPERATION}/people/${PEOPLE.doctor}/duty?from=2020-02-01&to=2020-02-29`,
    )
    expect(read.status).toBe(404)
  })
})

describe('a unit’s calendar', () => {
  it('tells per day what was planned, what stands and what is disputed, for 100 days at most', async () => {
    const answer = await ask(
      head,
      'GET',
      `/api/operations/${OPERATION}/units/${UNITS.hospital}/duty-days?from=2020-02-22&to=2020-02-24`,
    )
    expect(answer.body.days).toMatchObject([
      { duty_date: '2020-02-22', planned_count: 0, span_count: 0, confirmed: false },
      { duty_date: '2020-02-23', span_count: 1, minutes: 720, confirmed: true, open_objection_count: 0 },
      { duty_date: '2020-02-24', planned_count: 1, confirmed: false },
    ])
    const tooLong = await ask(
      head,
      'GET',
      `/api/operations/${OPERATION}/units/${UNITS.hospital}/duty-days?from=2020-01-01&to=2021-01-01`,
    )
    expect(tooLong.body.errors[0].field).toBe('query.to')
  })
})
