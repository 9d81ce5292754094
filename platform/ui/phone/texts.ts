import { createContext } from 'preact'
import { useContext } from 'preact/hooks'

/** Filled by the catalogues in apps/phone/texts (declaration merging): a key that is missing there does not compile. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface Catalogue {}
export type TextKey = keyof Catalogue & string
export type Language = 'zh' | 'en'
export type Fill = Readonly<Record<string, string | number>>

export interface Texts {
  readonly language: Language
  /** The text of a key; `{name}` is filled, and `{count|one|many}` picks by number (English). */
  t(key: TextKey, fill?: Fill): string
  /** One of two texts that came from the server. */
  local(text: { readonly zh: string; readonly en: string }): string
}

/** @example fillText('{n} {n|hour|hours}', { n: 1 }) // '1 hour' */
export function fillText(text: string, fill: Fill): string {
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, many?: string) => {
    const value = fill[name]
    if (value === undefined) return whole
    if (one === undefined || many === undefined) return String(value)
    return value === 1 ? one : many
  })
}

export function textsOf(language: Language, catalogue: Readonly<Record<string, string>>): Texts {
  return {
    language,
    t: (key, fill) => fillText(catalogue[key] ?? key, fill ?? {}),
    local: (text) => text[language],
  }
}

export const TextsContext = createContext<Texts>(textsOf('zh', {}))

export function useTexts(): Texts {
  return useContext(TextsContext)
}
