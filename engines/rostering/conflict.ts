/** Something that no roster can satisfy, known before solving. Counts are people, or person-days for a whole period. */
export type Conflict =
  /** A day's need of one line: too few people could take it at all. */
  | {
      readonly kind: 'need'
      readonly hard: boolean
      readonly day: number
      readonly shifts: readonly string[]
      readonly skill: string | undefined
      readonly needed: number
      readonly available: number
      /** Why the others with the skill cannot, counted. */
      readonly why: Readonly<Partial<Record<Why, number>>>
    }
  /** Lines that each could be met compete for the same people on one day. */
  | {
      readonly kind: 'together'
      readonly hard: boolean
      readonly day: number
      readonly shifts: readonly string[]
      readonly skill: string | undefined
      readonly needed: number
      readonly available: number
    }
  /** Person-days over the whole period: rules about rest and hours leave less than is asked. */
  | {
      readonly kind: 'period'
      readonly hard: boolean
      readonly shifts: readonly string[]
      readonly skill: string | undefined
      readonly needed: number
      readonly available: number
    }
  /** A fixed cell against something else that binds the person. */
  | {
      readonly kind: 'pin'
      readonly hard: true
      readonly person: string
      readonly day: number
      readonly against: PinAgainst
    }
  /** Somebody who can take no shift on any day. */
  | { readonly kind: 'no_shift'; readonly hard: false; readonly person: string }
  /** Somebody's own hard rules leave no row at all; giving up any one of `rules` (or fixed cells, days off) would help. */
  | { readonly kind: 'person'; readonly hard: true; readonly person: string; readonly rules: readonly string[] }

export type Why = 'skill' | 'day_off' | 'unavailable' | 'pinned' | 'rules'
export type PinAgainst = 'day_off' | 'unavailable' | 'skill' | 'other_pin'
