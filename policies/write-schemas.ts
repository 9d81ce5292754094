import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { factsSchema } from '#engines/policy/facts-file/facts-shape.ts'
import { caseSchema } from '#engines/policy/schema/case-shape.ts'
import { packSchema } from '#engines/policy/schema/pack-shape.ts'

/** Writes the published JSON schemas from the shapes that the engine reads by. Run: `node policies/write-schemas.ts`. */
for (const [name, schema] of [
  ['pack.schema.json', packSchema()],
  ['case.schema.json', caseSchema()],
  ['facts.schema.json', factsSchema()],
] as const) {
  writeFileSync(join(import.meta.dirname, name), `${JSON.stringify(schema, null, 2)}\n`)
}
