import type { Building } from './build-parameters.ts'
import type { Place } from './pack.ts'
import { TIME_UNITS, type TimeSpan } from './pack-provisions.ts'
import type { WrittenSpan } from './schema/time-span-shape.ts'

/** Exactly one of some keys must be written. */
export function refuseForm(building: Building, place: Place, value: string, keys: readonly string[]): undefined {
  const all = keys.join(', ')
  return building.mistakes.add(
    'provision.form',
    place,
    value,
    { zh: `这几项要写一个，且只能写一个：${all}`, en: `exactly one of these is needed: ${all}` },
    { zh: '只留一项', en: 'keep one of them' },
  )
}

export function spanOf(building: Building, written: WrittenSpan): TimeSpan | undefined {
  const given = TIME_UNITS.flatMap((unit) => {
    const count = written[unit]
    return count === null ? [] : [{ unit, count, place: written.place }]
  })
  const [span] = given
  return span && given.length === 1 ? span : refuseForm(building, written.place, 'within', TIME_UNITS)
}
