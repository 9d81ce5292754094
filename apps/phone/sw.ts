/// <reference lib="webworker" />
/**
 * The service worker: the page opens without a network, what was read stays readable for the person who read it, and what
 * waits is sent in the background where the browser can do that.
 */
import { KEPT_HEADER, PERSON_HEADER } from '#platform/ui/phone/client.ts'
import { SYNC_TAG, sendOnce } from '#platform/ui/phone/outbox/outbox.ts'

declare const self: ServiceWorkerGlobalScope
/** Written by the build: the files of the page, and a fingerprint over them. */
declare const PHONE_BUILD: { readonly version: string; readonly files: readonly string[] }

interface SyncEvent extends ExtendableEvent {
  readonly tag: string
}

const PAGE_CACHE = `page-${PHONE_BUILD.version}`
const PAGE = '/phone/index.html'
/** On a crawling network the phone's own copy is shown after this time; the answer that comes later is kept. */
const PATIENCE_MS = 8_000
const ANSWERS_KEPT_MAX = 300

self.addEventListener('install', (event) => {
  // `reload` passes over the browser's own cache, so that a new version is never mixed with old files.
  const requests = PHONE_BUILD.files.map((file) => new Request(file, { cache: 'reload' }))
  event.waitUntil(
    caches
      .open(PAGE_CACHE)
      .then((cache) => cache.addAll(requests))
      .then(() => self.skipWaiting()),
  )
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys())
        if (name.startsWith('page-') && name !== PAGE_CACHE) await caches.delete(name)
      await self.clients.claim()
    })(),
  )
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (url.pathname.startsWith('/api/')) {
    const person = request.headers.get(PERSON_HEADER)
    if (person !== null) event.respondWith(answer(request, person, (work) => event.waitUntil(work)))
  } else if (request.mode === 'navigate') event.respondWith(fromPage(new Request(PAGE), request))
  else if (url.pathname.startsWith('/phone/')) event.respondWith(fromPage(request, request))
})

// Not in every browser; opening the page sends as well.
self.addEventListener('sync', (event) => {
  if (!isSync(event) || event.tag !== SYNC_TAG) return
  event.waitUntil(
    sendOnce().then((round) => {
      // A rejected promise asks the browser to try again later.
      if (round.end === 'later') throw new Error('not sent yet')
    }),
  )
})

function isSync(event: Event): event is SyncEvent {
  return 'tag' in event
}

async function fromPage(kept: Request, request: Request): Promise<Response> {
  const cache = await caches.open(PAGE_CACHE)
  return (await cache.match(kept, { ignoreSearch: true })) ?? fetch(request)
}

/** The network first; where it fails or crawls, the copy of the same person. */
async function answer(
  request: Request,
  person: string,
  waitUntil: (work: Promise<unknown>) => void,
): Promise<Response> {
  const name = `answers-${person}`
  const fresh = fetch(request).then(async (response) => {
    if (response.ok) await keep(name, request, response.clone())
    return response
  })
  waitUntil(fresh.catch(() => undefined))
  const kept = await findKept(name, request)
  if (!kept) return fresh
  const patience = new Promise<'slow'>((resolve) => setTimeout(() => resolve('slow'), PATIENCE_MS))
  try {
    const first = await Promise.race([fresh, patience])
    return first === 'slow' || first.status >= 500 ? kept : first
  } catch {
    return kept
  }
}

/**
 * The copy of this very address; else the newest that differs only in its period. Past midnight a page asks for a period
 * that begins a day later, and what was read yesterday still says when the next shift is.
 */
async function findKept(name: string, request: Request): Promise<Response | undefined> {
  if (!(await caches.has(name))) return undefined
  const cache = await caches.open(name)
  const same = await cache.match(request)
  if (same) return same
  const wanted = withoutPeriod(request)
  const alike = (await cache.keys()).filter((kept) => withoutPeriod(kept) === wanted)
  const newest = alike[alike.length - 1]
  return newest && cache.match(newest)
}

function withoutPeriod(request: Request): string {
  const url = new URL(request.url)
  url.searchParams.delete('from')
  url.searchParams.delete('to')
  return url.href
}

async function keep(name: string, request: Request, response: Response): Promise<void> {
  const headers = new Headers(response.headers)
  headers.set(KEPT_HEADER, new Date().toISOString())
  const cache = await caches.open(name)
  await cache.put(request, new Response(await response.blob(), { status: response.status, headers }))
  const requests = await cache.keys()
  for (const oldest of requests.slice(0, Math.max(0, requests.length - ANSWERS_KEPT_MAX))) await cache.delete(oldest)
}
