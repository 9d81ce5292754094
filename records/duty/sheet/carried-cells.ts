import { type Cell, cellAt, EMPTY_CELL, type Row } from '#platform/files/grid.ts'
import type { Field } from './shapes.ts'
import { columnOf, placeOf, type TableReading } from './table-reading.ts'
import { tight } from './written-text.ts'

const DITTO = /^(同上|同前|〃|″|"|''|‘’|“”)$/
/** What identifies a person goes along with the name. */
const WITH_NAME: readonly Field[] = ['id_number', 'staff_number', 'phone', 'sex']

/** Fills blanks that stand for "as above": ditto marks at once, plain blanks only after somebody has said so. */
export class CarriedCells {
  readonly #reading: TableReading
  readonly #last = new Map<Field, Cell>()
  readonly #asked: readonly Field[]

  constructor(reading: TableReading) {
    this.#reading = reading
    // Where units are stated, an empty department means that there is none.
    const unit: readonly Field[] = columnOf(reading, 'unit') ? ['unit'] : ['department']
    this.#asked = reading.form === 'list' ? [...unit, 'name', 'date'] : reading.form === 'roster' ? unit : ['date']
  }

  /** The row with blanks filled, and the questions that it waits for. */
  fill(row: Row): { readonly row: Row; readonly waits: readonly string[] } {
    const cells = [...row.cells]
    const waits: string[] = []
    let nameCarried = false
    for (const { match, index } of this.#reading.table.columns) {
      const field = match?.field
      if (!field || columnOf(this.#reading, field)?.index !== index) continue
      const cell = cellAt(row, index)
      const above = this.#last.get(field)
      if (cell.kind !== 'empty' && !DITTO.test(tight(cell.text))) {
        this.#last.set(field, cell)
        continue
      }
      if (!above) continue
      const follows = nameCarried && WITH_NAME.includes(field)
      if (cell.kind === 'empty' && !follows && !this.#asked.includes(field)) continue
      const carry = cell.kind !== 'empty' || follows ? true : this.#answer(field, row, index, waits)
      if (carry !== true) continue
      if (field === 'name') nameCarried = true
      while (cells.length <= index) cells.push(EMPTY_CELL)
      cells[index] = above
    }
    return { row: { ...row, cells }, waits }
  }

  #answer(field: Field, row: Row, index: number, waits: string[]): boolean | undefined {
    const { notebook, key, table } = this.#reading
    const question = `carry:${key}:${field}`
    const answer = notebook.answer(question, readYesNo)
    if (answer !== undefined) return answer
    const header =
      table.columns
        .find((column) => column.index === index)
        ?.labels.map(({ text }) => text)
        .join('/') ?? field
    waits.push(
      notebook.ask({
        key: question,
        kind: 'carry',
        text: 'carry',
        facts: { table: key, header },
        proposed: '是',
        place: placeOf(this.#reading, row, index),
      }),
    )
    return undefined
  }
}

/** @example readYesNo('是') // true */
export function readYesNo(text: string): boolean | undefined {
  if (/^(是|对|相同|yes|y|true)$/i.test(text)) return true
  return /^(否|不|不是|不同|no|n|false)$/i.test(text) ? false : undefined
}
