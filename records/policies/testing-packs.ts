import { readdirSync, readFileSync } from 'node:fs'

/** The files of a pack that comes with the product, as an office would hand them in. */
export function shippedFiles(pack: string): { path: string; text: string }[] {
  const folder = new URL(`../../policies/${pack}/`, import.meta.url)
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((path) => ({ path, text: readFileSync(new URL(path, folder), 'utf8') }))
}
