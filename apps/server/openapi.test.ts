import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { describeHouse, OPENAPI_FILE } from './openapi.ts'

it('docs/openapi.json says what the house answers; `npm run schema:write` brings it up to date', async () => {
  expect(await describeHouse()).toBe(await readFile(OPENAPI_FILE, 'utf8'))
})
