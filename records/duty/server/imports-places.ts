import { POST_KINDS, type PostKind } from '#engines/policy/vocabulary.ts'
import type { NamedUnit } from '#records/org/server/reads.ts'
import { bareName as bare } from '#records/people/rules.ts'
import type { ImportQuestion } from '../import-contract.ts'
import type { UnderstoodRow } from '../sheet/shapes.ts'
import { say } from '../sheet/texts.ts'
import { OPTION_TEXTS, QUESTION_TEXTS } from './imports-texts.ts'

/** Units and posts that a sheet names in its own words: told by exact name, otherwise asked with a proposal. */

export interface UnitPost {
  readonly post_id: number
  readonly unit_id: number
  readonly name: string
  readonly kind: string
  readonly opened_on: string
  readonly closed_on: string | null
}

export type Found<Value> =
  | { readonly state: 'found'; readonly value: Value }
  | { readonly state: 'left_out' }
  | { readonly state: 'asked'; readonly key: string }

type Answers = Readonly<Record<string, string>>
type Option = NonNullable<ImportQuestion['options']>[number]

const OPTIONS_MAX = 60
const SKIP: Option = { value: 'skip', label: say(OPTION_TEXTS.skip) }

function sameInBoth(text: string) {
  return { zh: text, en: text }
}

/** Collects questions: each key once, with its first place and how many rows wait for it. */
export class Questions {
  readonly #asked = new Map<string, ImportQuestion>()
  readonly answered: { key: string; text: ImportQuestion['text']; answer: string; label: Option['label'] | null }[] = []

  get list(): ImportQuestion[] {
    return [...this.#asked.values()]
  }

  ask(question: Omit<ImportQuestion, 'count' | 'first'>, row: UnderstoodRow): void {
    const known = this.#asked.get(question.key)
    const { sheet, row: number } = row.source
    this.#asked.set(
      question.key,
      known ? { ...known, count: known.count + 1 } : { ...question, first: { sheet, row: number }, count: 1 },
    )
  }

  settle(key: string, text: ImportQuestion['text'], option: Option): void {
    if (this.answered.some((one) => one.key === key)) return
    this.answered.push({ key, text, answer: option.value, label: option.label })
  }
}

/** Finds the unit of a row below the unit that the sheet was uploaded for. */
export class UnitFinder {
  readonly #byName: ReadonlyMap<string, readonly NamedUnit[]>
  readonly #known = new Map<string, (row: UnderstoodRow) => Found<NamedUnit>>()
  readonly #questions: Questions
  readonly #answers: Answers
  readonly #home: NamedUnit
  readonly #units: readonly NamedUnit[]

  constructor(home: NamedUnit, units: readonly NamedUnit[], answers: Answers, questions: Questions) {
    this.#home = home
    this.#units = units
    this.#byName = Map.groupBy(units, ({ name }) => bare(name))
    this.#answers = answers
    this.#questions = questions
  }

  find(row: UnderstoodRow): Found<NamedUnit> {
    const text = bare(row.unit_text)
    let answer = this.#known.get(text)
    if (!answer) {
      answer = this.#settle(row.unit_text, text)
      this.#known.set(text, answer)
    }
    return answer(row)
  }

  #settle(written: string, text: string): (row: UnderstoodRow) => Found<NamedUnit> {
    if (text === '' || text === bare(this.#home.name)) return () => ({ state: 'found', value: this.#home })
    const exact = this.#byName.get(text) ?? []
    const [only] = exact
    if (only && exact.length === 1) return () => ({ state: 'found', value: only })
    const key = `which-unit:${text}`
    const alike = this.#units.filter(({ name }) => text.includes(bare(name)) || bare(name).includes(text))
    const offered = exact.length > 1 ? exact : [...new Set([...alike, this.#home])]
    const options = [
      ...offered
        .slice(0, OPTIONS_MAX)
        .map(({ unit_id, name }) => ({ value: `unit:${unit_id}`, label: sameInBoth(name) })),
      SKIP,
    ]
    const question = say(QUESTION_TEXTS.unit, { text: written })
    const answer = this.#answers[key]
    const chosen = options.find(({ value }) => value === answer)
    if (chosen) {
      this.#questions.settle(key, question, chosen)
      const unit = offered.find(({ unit_id }) => chosen.value === `unit:${unit_id}`)
      return () => (unit ? { state: 'found', value: unit } : { state: 'left_out' })
    }
    const [likely] = alike.length > 0 ? alike : [this.#home]
    const proposed = alike.length > 1 || exact.length > 1 || !likely ? null : `unit:${likely.unit_id}`
    return (row) => {
      const misunderstood = answer ?? null
      this.#questions.ask({ key, text: question, proposed, options, blocking: true, misunderstood }, row)
      return { state: 'asked', key }
    }
  }
}

export interface FoundPost {
  /** 0 for a post that the confirmation opens. */
  readonly post_id: number
  readonly name: string
  readonly new_post: { readonly name: string; readonly kind: PostKind } | null
  readonly opened_on: string
  readonly closed_on: string | null
}

const KINDS = Object.keys(POST_KINDS).filter((code): code is PostKind => Object.hasOwn(POST_KINDS, code))

/** Finds the post of a row among those of its unit. */
export class PostFinder {
  readonly #byUnit: ReadonlyMap<number, readonly UnitPost[]>
  readonly #answers: Answers
  readonly #questions: Questions
  readonly #mayOpen: (unitId: number) => boolean
  readonly #known = new Map<string, (row: UnderstoodRow) => Found<FoundPost>>()

  constructor(
    posts: readonly UnitPost[],
    answers: Answers,
    questions: Questions,
    mayOpen: (unitId: number) => boolean,
  ) {
    this.#byUnit = Map.groupBy(posts, ({ unit_id }) => unit_id)
    this.#answers = answers
    this.#questions = questions
    this.#mayOpen = mayOpen
  }

  find(row: UnderstoodRow, unit: NamedUnit): Found<FoundPost> {
    const written = row.post_text === '' ? row.department_text : row.post_text
    const key = `which-post:${unit.unit_id}:${bare(written)}`
    let answer = this.#known.get(key)
    if (!answer) {
      answer = this.#settle(key, written, row.post_kind, unit)
      this.#known.set(key, answer)
    }
    return answer(row)
  }

  #settle(
    key: string,
    written: string,
    kind: PostKind | null,
    unit: NamedUnit,
  ): (row: UnderstoodRow) => Found<FoundPost> {
    const posts = this.#byUnit.get(unit.unit_id) ?? []
    const named = posts.filter(({ name }) => written !== '' && bare(name) === bare(written))
    // A post that was closed and opened again under the same name: the one that was open on the day.
    if (named.length > 0) {
      return (row) => {
        const day = row.starts_at.slice(0, 10)
        const open = named.find((post) => post.closed_on === null || post.closed_on >= day) ?? named[0]
        return { state: 'found', value: { ...open, new_post: null } }
      }
    }
    const options = this.#options(posts, written, kind, unit)
    const question =
      written === ''
        ? say(QUESTION_TEXTS.post_unnamed, { unit: unit.name })
        : say(QUESTION_TEXTS.post, { unit: unit.name, text: written })
    const answer = this.#answers[key]
    const chosen = options.find(({ value }) => value === answer)
    if (chosen) {
      this.#questions.settle(key, question, chosen)
      return () => this.#chosen(chosen.value, posts, written)
    }
    const proposed = this.#proposal(posts, written, kind, unit)
    return (row) => {
      const misunderstood = answer ?? null
      this.#questions.ask({ key, text: question, proposed, options, blocking: true, misunderstood }, row)
      return { state: 'asked', key }
    }
  }

  #options(posts: readonly UnitPost[], written: string, kind: PostKind | null, unit: NamedUnit): Option[] {
    const standing = posts
      .slice(0, OPTIONS_MAX)
      .map(({ post_id, name }) => ({ value: `post:${post_id}`, label: sameInBoth(name) }))
    const kinds = this.#mayOpen(unit.unit_id) ? KINDS.toSorted((a, b) => Number(b === kind) - Number(a === kind)) : []
    const taken = new Set(posts.map(({ name }) => bare(name)))
    const free = kinds.filter((code) => !taken.has(bare(nameOfNew(written, code))))
    const opened = free.map((code) => {
      const { zh, en } = POST_KINDS[code]
      const label = {
        zh: say(OPTION_TEXTS.new_post, { name: nameOfNew(written, code), kind: zh }).zh,
        en: say(OPTION_TEXTS.new_post, { name: nameOfNew(written, code), kind: en }).en,
      }
      return { value: `new:${code}`, label }
    })
    return [...standing, ...opened, SKIP]
  }

  #proposal(posts: readonly UnitPost[], written: string, kind: PostKind | null, unit: NamedUnit): string | null {
    const text = bare(written)
    const alike =
      text === '' ? posts : posts.filter(({ name }) => text.includes(bare(name)) || bare(name).includes(text))
    const sameKind = posts.filter((post) => post.kind === kind)
    const [likely] = alike.length === 1 ? alike : sameKind
    if (likely && (alike.length === 1 || sameKind.length === 1)) return `post:${likely.post_id}`
    return kind !== null && sameKind.length === 0 && this.#mayOpen(unit.unit_id) ? `new:${kind}` : null
  }

  #chosen(value: string, posts: readonly UnitPost[], written: string): Found<FoundPost> {
    const post = posts.find(({ post_id }) => value === `post:${post_id}`)
    if (post) return { state: 'found', value: { ...post, new_post: null } }
    const kind = KINDS.find((code) => value === `new:${code}`)
    if (!kind) return { state: 'left_out' }
    const name = nameOfNew(written, kind)
    return { state: 'found', value: { post_id: 0, name, new_post: { name, kind }, opened_on: '', closed_on: null } }
  }
}

function nameOfNew(written: string, kind: PostKind): string {
  return written === '' ? POST_KINDS[kind].zh : written.trim().slice(0, 100)
}
