import { jobContext } from '#platform/db/context.ts'
import type { Database } from '#platform/db/database.ts'
import { OperatorError } from '#platform/db/operator-error.ts'
import { problemDocument, Refusal } from '#platform/http/problem.ts'

/** What commands that work on the database's own records name in their options. */

/** What the house refuses, told to whoever called the command. */
export function orThrow<T>(result: T | Refusal): T {
  if (!(result instanceof Refusal)) return result
  const { title } = problemDocument(result)
  throw new OperatorError(title.zh, title.en, { exitStatus: 1 })
}

/** An operation by number or name, and a unit of it; its whole area when none is named. */
export async function findPlace(
  database: Database,
  wanted: string,
  unit: string | undefined,
): Promise<{ operation_id: number; unit_id: number }> {
  return database.read(jobContext('command-line'), async (tx) => {
    const operations = await tx.selectFrom('operations').select(['operation_id', 'name', 'area_unit_id']).execute()
    const operation = operations.find(({ operation_id, name }) => String(operation_id) === wanted || name === wanted)
    if (!operation) {
      const names = operations.map(({ operation_id, name }) => `${operation_id} ${name}`).join('、')
      throw new OperatorError(
        `没有响应“${wanted}”。现有：${names}`,
        `There is no operation "${wanted}". There are: ${names}`,
        {
          exitStatus: 2,
        },
      )
    }
    const { operation_id, area_unit_id } = operation
    if (unit === undefined) return { operation_id, unit_id: area_unit_id }
    const isNumber = /^\d{1,9}$/.test(unit)
    const units = await tx
      .selectFrom('units')
      .select(['unit_id', 'name'])
      .where(isNumber ? 'unit_id' : 'name', '=', isNumber ? Number(unit) : unit)
      .limit(5)
      .execute()
    const [only, second] = units
    if (only && !second) return { operation_id, unit_id: only.unit_id }
    const found = units.map(({ unit_id, name }) => `${unit_id} ${name}`).join('、')
    throw only
      ? new OperatorError(
          `有几个单位叫“${unit}”，请用编号：${found}`,
          `Several units are called "${unit}"; use a number: ${found}`,
          { exitStatus: 2 },
        )
      : new OperatorError(`没有单位“${unit}”。`, `There is no unit "${unit}".`, { exitStatus: 2 })
  })
}
