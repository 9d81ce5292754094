import type { CompiledProgram } from './compile.ts'
import type { Stack } from './pack.ts'

/**
 * Entitlements that two programs settle alike for everybody, because all that is written of them is the same on both sides: the rule, what
 * goes over it, and every figure, category, finding or other rule that one of these names, and so on. Where a line stands in its file does not
 * count. Whatever only might touch a rule is taken to touch it, so that an answer may leave out an entitlement that is the same, and never holds
 * one that differs. Both programs must have been compiled with the same decisions and facts of the operation.
 *
 * @example sameRules(inForce, withAnotherMealAllowance).has('work-injury-insurance') // true: no meal is named there
 */
export function sameRules(before: CompiledProgram, after: CompiledProgram): ReadonlySet<string> {
  if (before.from !== after.from || before.to !== after.to || before.known !== after.known) return new Set()
  if (frameOf(before.stack) !== frameOf(after.stack)) return new Set()
  const [old, made] = [new WrittenRules(before.stack), new WrittenRules(after.stack)]
  const both = [...before.stack.entitlements.keys()].filter((code) => after.stack.entitlements.has(code))
  return new Set(both.filter((code) => old.all(code) === made.all(code)))
}

/** What no rule names and every rule stands in: whom layers reach, holidays, which of two exceptions holds. */
function frameOf({ layers, calendar, clauses }: Stack): string {
  const conflicts = [...clauses].flatMap(([key, { conflict }]) => (conflict ? [[key, conflict]] : []))
  return written([layers.map(({ id, area, level }) => ({ id, area, level })), calendar, conflicts]).text
}

interface Written {
  readonly text: string
  /** Everything in it that could be a name. */
  readonly names: ReadonlySet<string>
}

function written(item: unknown): Written {
  const names = new Set<string>()
  const text = JSON.stringify(item, (key, value: unknown) => {
    names.add(key)
    if (typeof value === 'string') names.add(value)
    if (key === 'place') return undefined
    return value instanceof Map || value instanceof Set ? [...value] : value
  })
  return { text, names }
}

class WrittenRules {
  private readonly named = new Map<string, unknown[]>()
  private readonly read = new Map<string, readonly Written[]>()

  constructor(stack: Stack) {
    for (const items of Object.values(stack)) {
      if (!(items instanceof Map)) continue
      for (const [code, item] of items) this.put(String(code), item)
    }
    for (const exception of stack.exceptions)
      if (exception.to_entitlement) this.put(exception.to_entitlement, exception)
  }

  private put(name: string, item: unknown): void {
    const known = this.named.get(name)
    if (known) known.push(item)
    else this.named.set(name, [item])
  }

  private itemsOf(name: string): readonly Written[] {
    const known = this.read.get(name)
    if (known) return known
    const made = (this.named.get(name) ?? []).map(written)
    this.read.set(name, made)
    return made
  }

  /** The text of what is named and of all that it names in turn. */
  all(name: string): string {
    const reached = new Set([name])
    const texts: string[] = []
    for (const one of reached) {
      for (const { text, names } of this.itemsOf(one)) {
        texts.push(`${one} ${text}`)
        for (const next of names) if (this.named.has(next)) reached.add(next)
      }
    }
    return texts.join('\n')
  }
}
