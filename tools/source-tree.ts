import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))

const FLOORS = ['engines', 'platform', 'records', 'measures', 'apps'] as const
export type Floor = (typeof FLOORS)[number]

/** Order of the rooms on the floor of records; a later one may import an earlier one. */
export const RECORDS = ['org', 'people', 'operations', 'duty', 'facts', 'policies', 'retention'] as const

/** Measures that may read from another measure, as `reader → read`. */
export const MEASURE_PAIRS: readonly (readonly [string, string])[] = []

export interface Place {
  readonly floor: Floor | undefined
  readonly room: string
}

export interface Import {
  readonly from: string
  readonly to: string
}

/** Files of the project that git knows or will know, with these endings. */
export function listFiles(...endings: string[]): string[] {
  const out = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  return out.split('\n').filter((path) => endings.some((ending) => path.endsWith(ending)))
}

export function readText(path: string): string {
  return readFileSync(`${ROOT}/${path}`, 'utf8')
}

export function placeOf(path: string): Place {
  const [floor, room = ''] = path.split('/')
  return { floor: FLOORS.find((known) => known === floor), room }
}

/** Lower is further down the house. */
export function heightOf(floor: Floor): number {
  return FLOORS.indexOf(floor)
}

const IMPORT =
  /(?:^|[;\n])\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s*['"]([^'"]+)['"]/g

function resolve(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('#')) return specifier.slice(1)
  if (!specifier.startsWith('.')) return undefined
  return new URL(specifier, `file:///${from}`).pathname.slice(1)
}

/** Imports within the project; packages are left out. */
export function listImports(path: string): Import[] {
  return [...readText(path).matchAll(IMPORT)].flatMap((match) => {
    const to = resolve(path, match[1] ?? match[2] ?? match[3] ?? '')
    return to === undefined ? [] : [{ from: path, to }]
  })
}

/** Packages that a file imports. */
export function listPackages(path: string): string[] {
  return [...readText(path).matchAll(IMPORT)]
    .map((match) => match[1] ?? match[2] ?? match[3] ?? '')
    .filter((specifier) => !specifier.startsWith('#') && !specifier.startsWith('.'))
}
