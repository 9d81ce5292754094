import type { Fen } from '#engines/values/money.ts'

/** What a change does to some people: all of them, those of a county, one entitlement, one fund. */
export interface Change {
  readonly before_fen: Fen
  readonly after_fen: Fen
  /** `after − before`, and also `gains − losses`. */
  readonly difference_fen: Fen
  readonly gains_fen: Fen
  readonly losses_fen: Fen
  readonly people_gaining: number
  readonly people_losing: number
}

/** Gathers changes one person after the other. */
export class ChangeTally {
  private before = 0
  private after = 0
  private gains = 0
  private losses = 0
  private gaining = 0
  private losing = 0

  add(before_fen: Fen, after_fen: Fen): void {
    this.before += before_fen
    this.after += after_fen
    if (after_fen > before_fen) {
      this.gains += after_fen - before_fen
      this.gaining += 1
    } else if (after_fen < before_fen) {
      this.losses += before_fen - after_fen
      this.losing += 1
    }
  }

  get change(): Change {
    return {
      before_fen: this.before,
      after_fen: this.after,
      difference_fen: this.after - this.before,
      gains_fen: this.gains,
      losses_fen: this.losses,
      people_gaining: this.gaining,
      people_losing: this.losing,
    }
  }
}

/** The changes of groups that have nobody in common, as one; without any, no change. */
export function joinChanges(changes: readonly Change[]): Change {
  const sum = (field: keyof Change) => changes.reduce((whole, change) => whole + change[field], 0)
  return {
    before_fen: sum('before_fen'),
    after_fen: sum('after_fen'),
    difference_fen: sum('difference_fen'),
    gains_fen: sum('gains_fen'),
    losses_fen: sum('losses_fen'),
    people_gaining: sum('people_gaining'),
    people_losing: sum('people_losing'),
  }
}
