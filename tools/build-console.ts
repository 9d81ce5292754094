/**
 * Builds the console into `dist/console` and compresses it once, so that the server only hands the bytes out. Used by
 * `tools/build-web.ts`; alone: `node tools/build-console.ts`.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { build } from 'vite'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const OUT = path.join(ROOT, 'dist/console')
/** What a browser fetches before the first page shows: the shell, React, the router and the components that it uses. */
export const FIRST_LOAD_BYTES_MAX = 450 * 1024

const compressGzip = promisify(gzip)
const compressBrotli = promisify(brotliCompress)

export interface ConsoleBuild {
  /** Scripts and styles that `index.html` names, compressed with gzip. */
  readonly first_load_bytes_gzip: number
  readonly script_count: number
}

async function compress(file: string): Promise<number> {
  const plain = await readFile(file)
  const zipped = await compressGzip(plain, { level: 9 })
  // Quality 9 costs a tenth of the time of 11 for about 3 % more bytes: the first start builds the pages.
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 }
  await Promise.all([writeFile(`${file}.gz`, zipped), writeFile(`${file}.br`, await compressBrotli(plain, { params }))])
  return zipped.length
}

/** A test's own NODE_ENV would bring in React's development build. */
async function asProduction<T>(work: () => Promise<T>): Promise<T> {
  const before = process.env.NODE_ENV
  process.env.NODE_ENV = 'production'
  try {
    return await work()
  } finally {
    process.env.NODE_ENV = before
  }
}

/** @throws when the first load is over the bar, naming both sizes. */
export async function buildConsole(out = OUT): Promise<ConsoleBuild> {
  const configFile = path.join(ROOT, 'vite.console.config.ts')
  await asProduction(() => build({ configFile, logLevel: 'warn', build: { outDir: out } }))
  const html = await readFile(path.join(out, 'index.html'), 'utf8')
  const names = (await readdir(out, { recursive: true })).filter((name) => /\.(js|css|html|svg)$/.test(name))
  let first_load_bytes_gzip = 0
  for (const name of names) {
    const size = await compress(path.join(out, name))
    if (name !== 'index.html' && html.includes(name)) first_load_bytes_gzip += size
  }
  if (first_load_bytes_gzip > FIRST_LOAD_BYTES_MAX)
    throw new Error(
      `The console's first page loads ${first_load_bytes_gzip} bytes (gzip), more than ${FIRST_LOAD_BYTES_MAX}. Maybe a page is imported by the shell instead of being loaded when it is opened.`,
    )
  return { first_load_bytes_gzip, script_count: names.filter((name) => name.endsWith('.js')).length }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { first_load_bytes_gzip, script_count } = await buildConsole()
  console.log(
    `console: ${Math.round(first_load_bytes_gzip / 1024)} KB (gzip) on first load, ${script_count} scripts in all`,
  )
}
