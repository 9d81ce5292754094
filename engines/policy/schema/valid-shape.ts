import { refersTo } from './measures.ts'
import { describe, object, optional, required, type Shape, word } from './shape.ts'
import { spanShape } from './time-span-shape.ts'

/** How long leave stays valid, and what becomes of the rest. `build-gives.ts` turns it into a `LeaveValidity`. */

type WrittenAfterwards =
  | { readonly kind: 'expires' }
  | { readonly kind: 'paid_out'; readonly rate: string | null }
  | { readonly kind: 'decided'; readonly decision: string }

const paidOut = object({
  paid_out: required(refersTo('parameter', ['yuan_per_hour']), 'the parameter that holds what an hour is paid with'),
})
const undecided = object({ undecided: required(refersTo('decision_point'), 'the decision point') })

const afterwards: Shape<WrittenAfterwards> = {
  read(value, mistakes) {
    if (value.kind === 'text' && value.text === 'expires') return { kind: 'expires' }
    if (value.kind === 'text' && value.text === 'paid_out') return { kind: 'paid_out', rate: null }
    if (value.kind === 'map' && value.entries.has('paid_out')) {
      const read = paidOut.read(value, mistakes)
      return read && { kind: 'paid_out', rate: read.paid_out }
    }
    if (value.kind === 'map') {
      const read = undecided.read(value, mistakes)
      return read && { kind: 'decided', decision: read.undecided }
    }
    return mistakes.add(
      'valid.afterwards',
      value.place,
      describe(value),
      { zh: '没有说过了有效期怎么办', en: 'it does not say what becomes of the rest' },
      {
        zh: '写 expires（不再有效）、paid_out（折发）、{paid_out: 每小时多少的参数} 或 {undecided: 决定事项}',
        en: 'write expires, paid_out, {paid_out: parameter in yuan_per_hour} or {undecided: decision point}',
      },
    )
  },
  schema: () => ({ anyOf: [{ enum: ['expires', 'paid_out'] }, paidOut.schema(), undecided.schema()] }),
}

export const validShape = object({
  within: optional(spanShape, null, 'days or months after the day on which it was earned …'),
  until: optional(word(['year_end', 'next_year_end']), null, '… or the end of that year or of the next'),
  afterwards: required(afterwards, 'what becomes of what was not taken'),
})
