import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { httpProblems, refuse } from '#platform/http/problem.ts'
import { sendRefusal } from '#platform/http/routes.ts'

/** Scripts and pages of our own only; antd writes its styles into the page, hence inline styles. */
const POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "style-src 'self' 'unsafe-inline'",
  "frame-ancestors 'none'",
  "base-uri 'self'",
  "form-action 'self'",
].join('; ')

const YEAR_SECONDS = 31_536_000

/** Files named by their content never change; everything else is asked for again each time. */
function cacheControl(path: string): string {
  return /-[\w-]{8,}\.(js|css|woff2|svg|png)$/.test(path) ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache'
}

/** The console at `/` and the phone page at `/phone`, as Vite built them, compressed beforehand. */
export async function mountPages(app: FastifyInstance, folder: string): Promise<void> {
  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'same-origin')
    reply.header('content-security-policy', POLICY)
  })
  for (const [prefix, part] of [
    ['/phone/', 'phone'],
    ['/', 'console'],
  ] as const) {
    const root = join(folder, part)
    if (!existsSync(root)) continue
    await app.register(fastifyStatic, {
      root,
      prefix,
      decorateReply: part === 'console',
      preCompressed: true,
      cacheControl: false,
      wildcard: true,
      setHeaders: (reply, path) => {
        reply.header('cache-control', cacheControl(path.replace(/\.(br|gz)$/, '')))
      },
    })
  }
  app.get('/phone', (_request, reply) => reply.redirect('/phone/'))
  // Addresses inside the console are the page itself; what is no page and no endpoint is a problem document.
  app.setNotFoundHandler((request, reply): FastifyReply => {
    const isPage = request.method === 'GET' && !request.url.startsWith('/api/') && !/\.\w+($|\?)/.test(request.url)
    if (!isPage || !existsSync(join(folder, 'console'))) return sendRefusal(reply, refuse(httpProblems.not_found))
    return reply.header('cache-control', 'no-cache').sendFile('index.html', join(folder, 'console'))
  })
}
