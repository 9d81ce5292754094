/** Builds the pages, console and phone, into `dist/`. Run by the first start, by the tests and by `npm run check`. */
import { fileURLToPath } from 'node:url'
import { buildConsole, type ConsoleBuild } from './build-console.ts'
import { buildPhone, type PhoneBuild } from './build-phone.ts'

export interface WebBuild {
  readonly console: ConsoleBuild
  readonly phone: PhoneBuild
}

export async function buildWeb(): Promise<WebBuild> {
  return { console: await buildConsole(), phone: await buildPhone() }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const started = performance.now()
  const built = await buildWeb()
  const kilobytes = (bytes: number) => (bytes / 1024).toFixed(1)
  console.log(
    `pages built in ${((performance.now() - started) / 1000).toFixed(1)} s: console ${kilobytes(built.console.first_load_bytes_gzip)} KB (gzip) on first load, phone ${kilobytes(built.phone.script_bytes_gzip)} KB of script`,
  )
}
