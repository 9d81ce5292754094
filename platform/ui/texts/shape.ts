/**
 * The shape of a catalogue in another language: the same keys, any words. Where a language tells one from many, a key may
 * have a twin that ends in `_one`.
 */
export type Catalogue<T> = {
  readonly [K in keyof T]: T[K] extends string ? string : Catalogue<T[K]>
} & { readonly [K in keyof T & string as T[K] extends string ? `${K}_one` : never]?: string }
