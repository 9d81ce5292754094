import { readFileSync } from 'node:fs'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { becomeShaoxing, OPERATION, openTestHouse, PEOPLE, POSTS, UNITS } from '#apps/server/testing-house.ts'
import { Refusal } from '#platform/http/problem.ts'
import { writeSpan } from '#records/duty/testing-spans.ts'
import { type EvaluationHooks, evaluate } from './server/evaluate.ts'
import { publishPack, putInForce } from './server/packs.ts'
import { evaluateTraced, explainTraced, openEvaluation, traceFacts } from './server/regenerate.ts'
import { shippedFiles } from './testing-packs.ts'

const { look, database, clock } = await openTestHouse()
const order = {
  operation_id: OPERATION,
  on_date: '2020-02-20',
  known_at: new Date('2020-02-24T08:00:00+08:00'),
  becomes_current: true,
}
const hooks = (progress: EvaluationHooks['progress'] = async () => true): EvaluationHooks => ({
  now: clock.now(),
  progress,
  people_per_part: 2,
})

const counts = () =>
  look(async (tx) => {
    const count = async (table: 'evaluations' | 'evaluation_inputs' | 'entitlement_results' | 'evaluation_posts') =>
      (await tx.selectFrom(table).select('evaluation_id').execute()).length
    return [
      await count('evaluations'),
      await count('evaluation_inputs'),
      await count('entitlement_results'),
      await count('evaluation_posts'),
    ]
  })

describe('an evaluation', () => {
  it('is refused while no pack is in force', async () => {
    const refused = await evaluate(database, order, hooks())
    expect(refused instanceof Refusal && refused.problem.code).toBe('policies.no_packs')
  })

  it('that is cancelled or fails on the way leaves nothing behind', async () => {
    await look(async (tx) => {
      for (const pack of ['national-2020', 'zhejiang-2020', 'shaoxing-2020']) {
        const published = await publishPack(tx, shippedFiles(pack), clock.now())
        if (published instanceof Refusal) throw new Error(JSON.stringify(published.facts))
        const body = { area_unit_id: UNITS.city, pack_hash: published.hash, known_from: '2020-01-20T00:00:00+08:00' }
        expect(await putInForce(tx, OPERATION, body, clock.now())).toEqual({ put_in_force: true })
      }
      const people = [PEOPLE.nurse, PEOPLE.doctor, PEOPLE.guard, PEOPLE.officer]
      for (const [index, person_id] of people.entries()) {
        const unit_id = index < 2 ? UNITS.hospital : index === 2 ? UNITS.checkpoint : UNITS.station
        await writeSpan(tx, {
          ...{ person_id, operation_id: OPERATION, unit_id },
          post_id: index < 2 ? POSTS.ward : index === 2 ? POSTS.gate : POSTS.patrol,
          starts_at: '2020-02-03T20:00:00+08:00',
          ends_at: '2020-02-04T08:00:00+08:00',
        })
      }
    })
    expect(
      await evaluate(
        database,
        order,
        hooks(async (done) => done < 1),
      ),
    ).toBe('cancelled')
    expect(await counts()).toEqual([0, 0, 0, 0])
    const breaks = hooks(async (done) => {
      if (done === 2) throw new Error('the worker fell over')
      return true
    })
    await expect(evaluate(database, order, breaks)).rejects.toThrow('the worker fell over')
    expect(await counts()).toEqual([0, 0, 0, 0])
  })

  it('runs alone: a second one of the same operation is told to wait', async () => {
    let second: unknown
    const first = await evaluate(
      database,
      order,
      hooks(async (done) => {
        if (done === 0) second = await evaluate(database, order, hooks())
        return true
      }),
    )
    expect(second instanceof Refusal && second.problem.code).toBe('policies.running')
    expect(first).toMatchObject({ people_count: 4, span_count: 4 })
  })

  it('gives the same whatever the size of its parts, and every result comes out again from what was pinned', async () => {
    const results = (id: number) =>
      look((tx) =>
        tx
          .selectFrom('entitlement_results')
          .select([
            'person_id',
            'entitlement',
            'state',
            'quantity',
            'amount_fen',
            'open_days',
            'decision_point',
            'missing',
          ])
          .where('evaluation_id', '=', id)
          .orderBy('person_id')
          .orderBy('entitlement')
          .execute(),
      )
    const ids: number[] = []
    for (const people_per_part of [1, 3, 1000]) {
      const outcome = await evaluate(database, order, { ...hooks(), people_per_part })
      if (typeof outcome === 'string' || outcome instanceof Refusal) throw new Error('not evaluated')
      ids.push(outcome.evaluation_id)
    }
    const [one = 0, ...others] = ids
    const stored = await results(one)
    expect(stored.length).toBe(4 * 5)
    for (const id of others) expect(await results(id)).toEqual(stored)

    await look(async (tx) => {
      const pinned = await openEvaluation(tx, one)
      if (!pinned) throw new Error('the evaluation cannot be opened')
      const traced = await traceFacts(tx, pinned, [PEOPLE.nurse, PEOPLE.doctor, PEOPLE.guard, PEOPLE.officer])
      for (const [personId, person] of traced) {
        const { columns } = evaluateTraced(person)
        const own = stored.filter(({ person_id }) => person_id === personId)
        const again = columns.entitlements.map((entitlement, index) => {
          const amount = columns.amount_fen[index] ?? Number.NaN
          const quantity = columns.quantity[index] ?? -1
          return [entitlement, Number.isNaN(amount) ? null : amount, quantity < 0 ? null : quantity]
        })
        expect(again.sort()).toEqual(own.map((row) => [row.entitlement, row.amount_fen, row.quantity]).sort())
      }
      expect(traced.size).toBe(4)
    })
  })

  it('knows the spouse on duty, the own unit, what was decided about it, and the level of the place; and gives it again', async () => {
    const text = `
pack: { id: family-2020, version: '1', title: { zh: 家庭（编造）, en: families (made up) }, level: county, area: '330603', extends: shaoxing-2020, published: 2020-01-21 }
sources: { rules: { title: 办法（编造）, issued_by: [甲县], published: 2020-01-21, grade: U } }
clauses: { '1': { title: { zh: 家庭, en: families }, summary: { zh: 家庭, en: families }, source: rules, offices: [甲县] } }
decision_points:
  shift: { clause: '1', question: { zh: 怎样照顾, en: how }, word: 适当, decided_by: [单位], scope: unit, basis: rules, choices: { days: { title: { zh: 白班, en: days }, outcome: entitled } } }
entitlements:
  care:
    title: { zh: 照顾, en: care }
    clause: '1'
    source: rules
    from: 2020-01-21
    gives: right
    who:
      - when: { family: { spouse_on_front_line: yes }, home_unit_kind: hospital, level_at_work: level_1 }
        outcome: undecided
        decision: shift
        basis: rules
      - { outcome: not_covered, reason: { zh: 其他, en: others } }
`
    await look(async (tx) => {
      await becomeShaoxing(tx)
      const published = await publishPack(tx, [{ path: 'pack.yaml', text }], clock.now())
      if (published instanceof Refusal) throw new Error(JSON.stringify(published.facts))
      const body = { area_unit_id: UNITS.county, pack_hash: published.hash, known_from: '2020-01-21T00:00:00+08:00' }
      const forced = await putInForce(tx, OPERATION, body, clock.now())
      if (forced instanceof Refusal) throw new Error(JSON.stringify([forced.problem.code, forced.facts]))
      await tx
        .insertInto('family_ties')
        .values([
          { person_id: PEOPLE.nurse, other_person_id: PEOPLE.guard, tie: 'spouse' },
          { person_id: PEOPLE.guard, other_person_id: PEOPLE.nurse, tie: 'spouse' },
        ])
        .execute()
      await tx
        .insertInto('operation_levels')
        .values({ operation_id: OPERATION, area_unit_id: UNITS.city, from_on: '2020-01-23', level: 1, source: '编造' })
        .execute()
    })
    const outcome = await evaluate(database, { ...order, becomes_current: false }, hooks())
    if (typeof outcome === 'string' || outcome instanceof Refusal) throw new Error('not evaluated')
    await look(async (tx) => {
      const care = await tx
        .selectFrom('entitlement_results')
        .select(['person_id', 'state', 'missing', 'decision_point'])
        .where('evaluation_id', '=', outcome.evaluation_id)
        .where('entitlement', '=', 'care')
        .execute()
      const of = (person_id: number) => care.find((row) => row.person_id === person_id)
      expect(of(PEOPLE.nurse)).toMatchObject({ state: 'needs_decision', decision_point: 'shift' })
      expect(of(PEOPLE.doctor)).toMatchObject({ state: 'missing_fact', missing: 'family:spouse_on_front_line' })
      expect(of(PEOPLE.guard)).toMatchObject({ state: 'not_covered' })
      const pinned = await openEvaluation(tx, outcome.evaluation_id)
      const traced = pinned && (await traceFacts(tx, pinned, [PEOPLE.nurse]))
      const nurse = traced?.get(PEOPLE.nurse)
      expect(nurse?.facts).toMatchObject({ home_unit_kind: 'hospital', family: { spouse_on_front_line: true } })
      const explained = nurse && JSON.stringify(explainTraced(nurse, 'care', 'zh'))
      expect(explained).toContain('待决定：怎样照顾')
    })
  })

  it('of an earlier day does not become what statements show', async () => {
    const current = () =>
      look((tx) => tx.selectFrom('evaluations').select('evaluation_id').where('is_current', '=', true).execute())
    const standing = await current()
    await evaluate(database, { ...order, on_date: '2020-02-03', becomes_current: false }, hooks())
    expect(await current()).toEqual(standing)
  })

  it('counts people by what reached them, and the upgrade counts evaluations from before alike', async () => {
    const migration = new URL('../../database/migrations/0018-evaluation-reach.sql', import.meta.url)
    const text = readFileSync(migration, 'utf8')
    const counting = text.slice(text.indexOf('select evaluation_id, home_unit_id')).replace(/;\s*$/, '')
    await look(async (tx) => {
      const { rows } = await sql`select * from (${sql.raw(counting)}) counted order by 1, 2, 4, 5`.execute(tx)
      const kept = await sql`select * from entitlement_reach order by 1, 2, 4, 5`.execute(tx)
      expect(kept.rows).toEqual(rows)
      expect(rows.length).toBeGreaterThan(2)
    })
  })

  it('is refused for days whose holidays were not published, naming the year', async () => {
    await expect(evaluate(database, { ...order, on_date: '2021-03-01' }, hooks())).rejects.toThrow(/2021/)
  })
})
