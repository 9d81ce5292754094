import { writeFile } from 'node:fs/promises'
import { realClock } from '#platform/clock/clock.ts'
import { connect } from '#platform/db/database.ts'
import { openApiDocument, openApiText } from '#platform/http/openapi.ts'
import { API_INFO, compose } from './compose.ts'

export const OPENAPI_FILE = new URL('../../docs/openapi.json', import.meta.url)

/** The description of everything that the house answers, as `docs/openapi.json` holds it. Needs no database. */
export async function describeHouse(): Promise<string> {
  // Connections are made when something is asked, and nothing is.
  const database = connect({ host: 'nowhere.invalid' })
  const http = { logger: false, inFlightMax: 1 }
  const house = await compose({ database, rootKey: Buffer.alloc(32), clock: realClock, demo: false, http })
  try {
    return openApiText(openApiDocument(house.endpoints, API_INFO))
  } finally {
    await house.app.close()
    await database.close()
  }
}

if (import.meta.main) await writeFile(OPENAPI_FILE, await describeHouse())
