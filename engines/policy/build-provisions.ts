import { formatDay } from '#engines/values/time.ts'
import { type Building, checkOrder } from './build-parameters.ts'
import type { Mistakes } from './mistakes.ts'
import type { Place } from './pack.ts'
import type { Fund, FundUse, Matching, Provision, Term, UnlistedUse } from './pack-provisions.ts'
import type { WrittenFund, WrittenProvision, WrittenTerm } from './schema/provision-shape.ts'
import type { Named } from './schema/shape.ts'

/** The part that all these rules share; `undefined` when the document is not defined (said elsewhere). */
export function buildProvision(
  building: Building,
  { code, place, value: written }: Named<WrittenProvision>,
): Provision | undefined {
  const { pack, level, mistakes } = building
  const { title, clause, article, from, to } = written
  checkOrder(from, to, place, mistakes)
  const source = building.sources.get(written.source)
  if (!source) return undefined
  const known = written.known ?? source.published
  if (known < source.published) refuseKnownEarly(place, known, source.published, mistakes)
  return { code, title, clause, source: source.code, article, grade: source.grade, from, to, known, pack, level, place }
}

function refuseKnownEarly(place: Place, known: number, published: number, mistakes: Mistakes): void {
  mistakes.add(
    'dates.known',
    place,
    formatDay(known),
    { zh: '早于文件公布日', en: 'earlier than the publication of its source' },
    { zh: `不早于 ${formatDay(published)}`, en: `not before ${formatDay(published)}` },
  )
}

export function buildTerm(building: Building, { code, place, value }: Named<WrittenTerm>): Term {
  return { code, kind: value.kind, title: value.title, pack: building.pack, place }
}

export function buildFund(building: Building, named: Named<WrittenFund>): Fund | undefined {
  const { place, value: written } = named
  const base = buildProvision(building, named)
  const unlisted = unlistedOf(building, written, place)
  const matching = written.matching && matchingOf(building, written.matching)
  if (!base || !unlisted || matching === undefined) return undefined
  const uses = written.uses.flatMap((use) => buildUse(building, base, use) ?? [])
  const { kind, total, within, each_spending } = written
  return {
    ...base,
    kind,
    total,
    within,
    matching,
    each_spending,
    uses: new Map(uses.map((use) => [use.code, use])),
    unlisted,
  }
}

function buildUse(
  building: Building,
  fund: Provision,
  { code, place, value: written }: Named<WrittenFund['uses'][number]['value']>,
): FundUse | undefined {
  const source = building.sources.get(written.source ?? fund.source)
  if (!source) return undefined
  const { title, recipients, forbidden, article } = written
  const from = written.from ?? fund.from
  const to = written.to ?? fund.to
  checkOrder(from, to, place, building.mistakes)
  const known = written.known ?? (written.source === null ? fund.known : source.published)
  if (known < source.published) refuseKnownEarly(place, known, source.published, building.mistakes)
  return { code, title, recipients, forbidden, source: source.code, article, from, to, known, place }
}

/** Exactly one of several ways must be written; names them all where none or more are. */
function refuseForm(building: Building, place: Place, value: string, keys: readonly string[]): undefined {
  return building.mistakes.add(
    'fund.form',
    place,
    value,
    { zh: `${keys.join('、')} 要写一个，且只能写一个`, en: `exactly one of ${keys.join(', ')} is needed` },
    { zh: `留一个：${keys.join(' 或 ')}`, en: `keep one of ${keys.join(', ')}` },
  )
}

function unlistedOf(building: Building, written: WrittenFund, place: Place): UnlistedUse | undefined {
  const { unlisted } = written
  if (unlisted === null) {
    if (written.uses.length === 0) return { kind: 'free' }
    return building.mistakes.add(
      'fund.unlisted',
      place,
      'uses',
      { zh: '没有说清单以外的用途怎么办', en: 'nothing is said about uses outside the list' },
      {
        zh: '加 unlisted: {decision: 决定事项},或 unlisted: {forbidden: {zh: …, en: …}}',
        en: 'add unlisted: {decision: …} or unlisted: {forbidden: {zh: …, en: …}}',
      },
    )
  }
  const { decision, forbidden } = unlisted
  if (decision !== null && forbidden === null) return { kind: 'undecided', decision }
  if (decision === null && forbidden !== null) return { kind: 'forbidden', reason: forbidden }
  return refuseForm(building, unlisted.place, 'unlisted', ['decision', 'forbidden'])
}

function matchingOf(building: Building, written: NonNullable<WrittenFund['matching']>): Matching | undefined {
  const { ratio, at_least, decision } = written
  if (at_least !== null && ratio === null) return { kind: 'at_least', parameter: at_least, decision }
  if (ratio !== null && at_least === null && decision === null) return { kind: 'ratio', parameter: ratio }
  if (ratio === null && at_least === null && decision !== null) return { kind: 'undecided', decision }
  return refuseForm(building, written.place, 'matching', ['ratio', 'at_least', 'decision'])
}
