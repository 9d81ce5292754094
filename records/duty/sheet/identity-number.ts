import { parseDay } from '#engines/values/time.ts'
import type { Cell } from '#platform/files/grid.ts'
import { checkCharacter } from '#records/people/rules.ts'
import { tight } from './written-text.ts'

export type IdReading =
  | { readonly state: 'valid'; readonly number: string }
  | { readonly state: 'absent' }
  /** Excel keeps fifteen digits; the rest is gone, whatever it shows. `trace` are those that are left. */
  | { readonly state: 'precision_lost'; readonly trace: string }
  | {
      readonly state: 'wrong'
      readonly reason: 'id_length' | 'id_birthday' | 'id_checksum'
      readonly expected?: string
    }

/** Reads an identity number from a cell; a number that Excel stored as a fraction of itself is never trusted. */
export function readIdNumber(cell: Cell): IdReading {
  const text = tight(cell.text)
    .toUpperCase()
    .replace(/^['‘’]/, '')
    .replace(/[-']/g, '')
  if (cell.kind === 'empty' || /^(无|暂无|\/|-)?$/.test(text)) return { state: 'absent' }
  if (typeof cell.raw === 'number' && Math.abs(cell.raw) >= 1e15) {
    return { state: 'precision_lost', trace: cell.text.slice(0, 15) }
  }
  const scientific = /^(\d)(?:\.(\d+))?E\+?(1[4-9])$/.exec(text)
  if (scientific) return { state: 'precision_lost', trace: `${scientific[1]}${scientific[2] ?? ''}`.slice(0, 15) }
  if (/^\d{15}$/.test(text)) return readOldNumber(text)
  if (!/^\d{17}[\dX]$/.test(text)) return { state: 'wrong', reason: 'id_length' }
  if (parseDay(`${text.slice(6, 10)}-${text.slice(10, 12)}-${text.slice(12, 14)}`) === undefined) {
    return { state: 'wrong', reason: 'id_birthday' }
  }
  const expected = checkCharacter(text)
  if (text[17] === expected) return { state: 'valid', number: text }
  // Text that passed through Excel as a number ends in 000: rounded, not mistyped.
  if (text.endsWith('000')) return { state: 'precision_lost', trace: text.slice(0, 15) }
  return { state: 'wrong', reason: 'id_checksum', expected }
}

/** Numbers issued before 1999 have a two-digit year and no check; they name the same person as the long form. */
function readOldNumber(text: string): IdReading {
  const first17 = `${text.slice(0, 6)}19${text.slice(6)}`
  if (parseDay(`${first17.slice(6, 10)}-${first17.slice(10, 12)}-${first17.slice(12, 14)}`) === undefined) {
    return { state: 'wrong', reason: 'id_birthday' }
  }
  return { state: 'valid', number: first17 + checkCharacter(first17) }
}
