/**
 * Builds the phone page and its service worker into `dist/phone`, and fails when the script of the first load is larger
 * than promised. Used by `tools/build-web.ts`; alone: `node tools/build-phone.ts`.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'vite'
import { PHONE_BROWSER } from '../vite.phone.config.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PAGES_FOLDER = path.join(ROOT, 'dist/phone')
/** Issue 2: at most 100 KB of compressed script on first load. */
export const SCRIPT_BYTES_MAX = 100 * 1024

export interface PhoneBuild {
  readonly script_bytes_gzip: number
  readonly script_bytes_brotli: number
  readonly service_worker_bytes_gzip: number
  readonly version: string
}

async function filesBelow(folder: string, prefix = ''): Promise<string[]> {
  const files: string[] = []
  for (const name of (await readdir(folder)).sort()) {
    const full = path.join(folder, name)
    if ((await stat(full)).isDirectory()) files.push(...(await filesBelow(full, `${prefix}${name}/`)))
    else if (!/\.(br|gz|map)$/.test(name)) files.push(`${prefix}${name}`)
  }
  return files
}

/** Everything that the page needs without a network; its fingerprint names the version. */
async function precacheList(out: string): Promise<{ version: string; files: string[] }> {
  const names = (await filesBelow(out)).filter((name) => name !== 'sw.js')
  const hash = createHash('sha256')
  for (const name of names) hash.update(name).update(await readFile(path.join(out, name)))
  return { version: hash.digest('hex').slice(0, 16), files: names.map((name) => `/phone/${name}`) }
}

async function buildServiceWorker(out: string, phoneBuild: { version: string; files: string[] }): Promise<void> {
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    publicDir: false,
    define: { PHONE_BUILD: JSON.stringify(phoneBuild) },
    build: {
      outDir: out,
      emptyOutDir: false,
      target: PHONE_BROWSER,
      copyPublicDir: false,
      lib: { entry: path.join(ROOT, 'apps/phone/sw.ts'), formats: ['iife'], name: 'sw', fileName: () => 'sw.js' },
    },
  })
}

/** Compressed once here, so that the server only hands the bytes out. */
async function compress(out: string): Promise<void> {
  for (const name of await filesBelow(out)) {
    if (!/\.(js|css|html|svg|webmanifest)$/.test(name)) continue
    const bytes = await readFile(path.join(out, name))
    await writeFile(path.join(out, `${name}.gz`), gzipSync(bytes, { level: 9 }))
    await writeFile(path.join(out, `${name}.br`), brotliCompressSync(bytes))
  }
}

async function measure(out: string, version: string): Promise<PhoneBuild> {
  let script_bytes_gzip = 0
  let script_bytes_brotli = 0
  // Every piece of script counts, also one that a later change would load lazily: the bar is about the whole page.
  for (const name of await filesBelow(out)) {
    if (!name.endsWith('.js') || name === 'sw.js') continue
    const bytes = await readFile(path.join(out, name))
    script_bytes_gzip += gzipSync(bytes, { level: 9 }).length
    script_bytes_brotli += brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
    }).length
  }
  const service_worker_bytes_gzip = gzipSync(await readFile(path.join(out, 'sw.js')), { level: 9 }).length
  return { script_bytes_gzip, script_bytes_brotli, service_worker_bytes_gzip, version }
}

/**
 * Builds into `dist/phone`, or into another folder for a test.
 *
 * @throws when the compressed script is over the bar, naming both sizes.
 */
export async function buildPhone(out: string = PAGES_FOLDER): Promise<PhoneBuild> {
  const configFile = path.join(ROOT, 'vite.phone.config.ts')
  await build({ configFile, logLevel: 'warn', build: { outDir: out, emptyOutDir: true } })
  const precache = await precacheList(out)
  await buildServiceWorker(out, precache)
  await compress(out)
  const built = await measure(out, precache.version)
  if (built.script_bytes_gzip > SCRIPT_BYTES_MAX)
    throw new Error(
      `The phone page loads ${built.script_bytes_gzip} bytes of compressed script, more than ${SCRIPT_BYTES_MAX}. Maybe a contract was imported for more than its types.`,
    )
  return built
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const built = await buildPhone()
  console.log(
    `phone page: ${(built.script_bytes_gzip / 1024).toFixed(1)} KB of script (gzip; ${(built.script_bytes_brotli / 1024).toFixed(1)} KB brotli) of at most ${SCRIPT_BYTES_MAX / 1024} KB; service worker ${(built.service_worker_bytes_gzip / 1024).toFixed(1)} KB`,
  )
}
