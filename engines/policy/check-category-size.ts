import type { Mistakes } from './mistakes.ts'
import type { Category, Condition, Pack, Stack } from './pack.ts'

/** Categories that ask for one another, so many deep. */
const DEPTH_MAX = 32
/** Questions that are asked, at worst, to sort one situation: two of a category at every step double it each time. */
const QUESTIONS_MAX = 10_000

interface Size {
  readonly depth: number
  readonly questions: number
}

/** Refuses categories that would take too long to answer; call it once they are known not to turn in a circle. */
export function checkCategorySize(stack: Stack, pack: Pack, mistakes: Mistakes): void {
  const sizes = new Map<string, Size>()
  const sizeOf = (category: Category): Size => {
    const done = sizes.get(category.code)
    if (done) return done
    let depth = 1
    let questions = 1
    const count = (condition: Condition): void => {
      questions = Math.min(Number.MAX_SAFE_INTEGER, questions + 1)
      if (condition.kind === 'not') count(condition.of)
      if (condition.kind === 'all' || condition.kind === 'any') condition.of.forEach(count)
      const asked = condition.kind === 'category' ? stack.categories.get(condition.category) : undefined
      if (!asked) return
      const size = sizeOf(asked)
      depth = Math.max(depth, size.depth + 1)
      questions = Math.min(Number.MAX_SAFE_INTEGER, questions + size.questions)
    }
    for (const { cases } of category.versions) for (const { when } of cases) if (when !== null) count(when)
    const size = { depth, questions }
    sizes.set(category.code, size)
    return size
  }
  for (const category of pack.categories.values()) {
    const { depth, questions } = sizeOf(category)
    if (depth <= DEPTH_MAX && questions <= QUESTIONS_MAX) continue
    mistakes.add(
      'category.too_deep',
      category.place,
      category.code,
      depth > DEPTH_MAX
        ? { zh: `类别一个问一个，套了 ${depth} 层`, en: `categories ask for one another ${depth} deep` }
        : { zh: '类别反复互相询问，算不过来', en: 'the categories ask for one another too many times over' },
      {
        zh: `最多 ${DEPTH_MAX} 层、${QUESTIONS_MAX} 次询问；把中间的类别合并`,
        en: `at most ${DEPTH_MAX} deep and ${QUESTIONS_MAX} questions: merge those in between`,
      },
    )
    return
  }
}
