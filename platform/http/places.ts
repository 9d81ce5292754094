const PLACES_MAX = 50

/** Where in an input something stands, such as `body.lines[2].unit_id`. */
export function placesOf(input: unknown, isMeant: (key: string, value: unknown) => boolean): string[] {
  const places: string[] = []
  const walk = (value: unknown, key: string, place: string): void => {
    if (places.length >= PLACES_MAX) return
    if (isMeant(key, value)) places.push(place)
    if (Array.isArray(value)) for (const [index, item] of value.entries()) walk(item, key, `${place}[${index}]`)
    else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array))
      for (const [name, item] of Object.entries(value)) walk(item, name, place === '' ? name : `${place}.${name}`)
  }
  walk(input, '', '')
  return places
}
