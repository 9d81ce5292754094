import { expect, test } from 'vitest'
import type { ProblemDocument } from '#platform/http/problem.ts'
import type { Answer, SendOptions } from '../client.ts'
import type { ActionState, QueuedAction } from './action.ts'
import { newUuid } from './action.ts'
import { backoffSeconds, sendWaiting } from './send.ts'
import type { ActionStore } from './store.ts'

/** Actions of no room: this floor sends whatever it is given. */
interface Queued extends ActionState {
  readonly path: string
  readonly body: unknown
}

function queued(seq: number, user_id: number, over: Partial<ActionState> = {}): Queued {
  const state = { state: 'waiting', attempts: 0, problem: null, settled_at: null } as const
  return {
    seq,
    key: `key-${seq}`,
    user_id,
    user_name: `person ${user_id}`,
    path: `/api/${seq}`,
    body: { seq },
    ...state,
    ...over,
  }
}

function storeOf(actions: Queued[]): ActionStore & { at(seq: number): Queued | undefined } {
  let kept = actions
  return {
    list: async () => kept as unknown as QueuedAction[],
    add: async () => newUuid(),
    async update(key, change) {
      kept = kept.map((action) => (action.key === key ? { ...action, ...change } : action))
    },
    async remove(key) {
      kept = kept.filter((action) => action.key !== key)
    },
    at: (seq) => kept.find((action) => action.seq === seq),
  }
}

const refusal: ProblemDocument = {
  type: 'x',
  status: 422,
  code: 'duty.lines',
  title: { zh: '否', en: 'no' },
  facts: {},
}

interface Sent {
  readonly path: string
  readonly options: SendOptions
}

function postOf(user_id: number | 'nobody', answers: Readonly<Record<string, Answer<unknown>>> = {}) {
  const sent: Sent[] = []
  return {
    sent,
    async read<T>(): Promise<Answer<T>> {
      if (user_id === 'nobody') return { kind: 'signed_out' }
      return { kind: 'ok', value: { user_id } as T, kept_at: undefined }
    },
    async send<T>(path: string, _body: unknown, options: SendOptions): Promise<Answer<T>> {
      sent.push({ path, options })
      return (answers[path] ?? { kind: 'ok', value: {}, kept_at: undefined }) as Answer<T>
    },
  }
}

const now = () => new Date('2020-02-24T00:00:00Z')

test('what waits is sent in the order in which it was made, each under its own key', async () => {
  const store = storeOf([queued(1, 7), queued(2, 7)])
  const post = postOf(7)
  expect(await sendWaiting(store, post, now)).toMatchObject({ end: 'idle', recorded: 2 })
  expect(post.sent.map(({ options }) => options.key)).toEqual(['key-1', 'key-2'])
  expect(store.at(2)).toMatchObject({ state: 'recorded', attempts: 1 })
})

test('another person’s actions are never sent under this session', async () => {
  const store = storeOf([queued(1, 7), queued(2, 9)])
  const post = postOf(9)
  await sendWaiting(store, post, now)
  expect(post.sent.map(({ path }) => path)).toEqual(['/api/2'])
  expect(store.at(1)?.state).toBe('waiting')
})

test('without a session everything stays as it is', async () => {
  const store = storeOf([queued(1, 7)])
  const post = postOf('nobody')
  expect(await sendWaiting(store, post, now)).toMatchObject({ end: 'signed_out' })
  expect(post.sent).toEqual([])
  expect(store.at(1)).toMatchObject({ state: 'waiting', attempts: 0 })
})

test('a refused action keeps its reason and does not hold up the next', async () => {
  const store = storeOf([queued(1, 7), queued(2, 7)])
  const round = await sendWaiting(store, postOf(7, { '/api/1': { kind: 'refused', problem: refusal } }), now)
  expect(round).toMatchObject({ end: 'idle', recorded: 1, refused: 1 })
  expect(store.at(1)).toMatchObject({ state: 'refused', problem: refusal })
  expect(store.at(2)?.state).toBe('recorded')
})

test('a server that is away or busy ends the round, and nothing overtakes', async () => {
  const store = storeOf([queued(1, 7), queued(2, 7)])
  const post = postOf(7, { '/api/1': { kind: 'busy', problem: undefined, retry_seconds: 3 } })
  expect(await sendWaiting(store, post, now)).toMatchObject({ end: 'later', retry_seconds: 3 })
  expect(post.sent).toHaveLength(1)
  expect(store.at(1)).toMatchObject({ state: 'waiting', attempts: 1 })
})

test('an action on which the server fails is tried again later and does not hold up the next', async () => {
  const store = storeOf([queued(1, 7), queued(2, 7)])
  const defect = { ...refusal, status: 500 }
  const post = postOf(7, { '/api/1': { kind: 'busy', problem: defect, retry_seconds: 0 } })
  expect(await sendWaiting(store, post, now)).toMatchObject({ end: 'later', recorded: 1 })
  expect(store.at(1)?.state).toBe('waiting')
})

test('tries grow apart up to five minutes', () => {
  expect([0, 1, 2, 20].map((failures) => backoffSeconds(failures, 0.5))).toEqual([5, 10, 20, 300])
})

test('keys are UUIDs of version 4', () => {
  expect(newUuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
