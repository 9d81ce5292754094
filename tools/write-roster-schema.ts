import { writeFileSync } from 'node:fs'
import { problemSchema } from '#engines/rostering/schema/problem-shape.ts'

/** Writes the published JSON schema of roster problems from the shapes that the engine reads by. Run: `node tools/write-roster-schema.ts`. */
const file = new URL('../engines/rostering/problem.schema.json', import.meta.url)
writeFileSync(file, `${JSON.stringify(problemSchema(), null, 2)}\n`)
