import { FileRefusal } from './problems.ts'

/**
 * A small reader for the XML inside office files: elements, attributes and text, names without their prefix. Document
 * type declarations are refused, because honest office files have none and they are what XML attacks are made of.
 */
export interface XmlHandlers {
  open?(name: string, attributes: string): void
  close?(name: string): void
  text?(text: string): void
}

/** Walks `source` once; throws a refusal naming `part` when the text is not well-formed. */
export function scanXml(source: string, part: string, handlers: XmlHandlers): void {
  const damaged = () => new FileRefusal('damaged', { part })
  const stack: string[] = []
  let at = 0
  while (at < source.length) {
    const tag = source.indexOf('<', at)
    if (tag === -1) break
    if (tag > at && stack.length > 0) handlers.text?.(decodeEntities(source.slice(at, tag)))
    const next = source.charCodeAt(tag + 1)
    if (next === 33 || next === 63) {
      at = skipMarkup(source, tag, handlers, damaged)
      continue
    }
    const end = endOfTag(source, tag)
    if (end === -1) throw damaged()
    if (next === 47) {
      const name = localName(source.slice(tag + 2, end).trimEnd())
      if (stack.pop() !== name) throw damaged()
      handlers.close?.(name)
    } else {
      openTag(source, tag, end, stack, handlers)
    }
    at = end + 1
  }
  if (stack.length > 0) throw damaged()
}

/** Comments and processing instructions are passed over, CDATA is text, a document type is refused. */
function skipMarkup(source: string, tag: number, handlers: XmlHandlers, damaged: () => Error): number {
  const close = (mark: string, from: number) => {
    const found = source.indexOf(mark, from)
    if (found === -1) throw damaged()
    return found
  }
  if (source.startsWith('<?', tag)) return close('?>', tag) + 2
  if (source.startsWith('<!--', tag)) return close('-->', tag + 4) + 3
  if (source.startsWith('<![CDATA[', tag)) {
    const end = close(']]>', tag)
    handlers.text?.(source.slice(tag + 9, end))
    return end + 3
  }
  throw damaged()
}

function openTag(source: string, tag: number, end: number, stack: string[], handlers: XmlHandlers): void {
  const selfClosing = source.charCodeAt(end - 1) === 47
  const inner = source.slice(tag + 1, selfClosing ? end - 1 : end)
  const space = inner.search(/\s/)
  const name = localName(space === -1 ? inner : inner.slice(0, space))
  handlers.open?.(name, space === -1 ? '' : inner.slice(space))
  if (selfClosing) handlers.close?.(name)
  else stack.push(name)
}

/** A `>` inside an attribute value does not end the tag. */
function endOfTag(source: string, tag: number): number {
  let end = source.indexOf('>', tag)
  while (end !== -1) {
    const inner = source.slice(tag, end)
    if (!inner.includes('"') && !inner.includes("'")) return end
    const bare = inner.replace(/"[^"]*"|'[^']*'/g, '')
    if (!bare.includes('"') && !bare.includes("'")) return end
    end = source.indexOf('>', end + 1)
  }
  return -1
}

function localName(name: string): string {
  const colon = name.indexOf(':')
  return colon === -1 ? name : name.slice(colon + 1)
}

const ATTRIBUTE_PATTERNS = new Map<string, RegExp>()

/**
 * @example attributeOf(' r:id="rId3" name="表"', 'id') // 'rId3'
 */
export function attributeOf(attributes: string, name: string): string | undefined {
  let pattern = ATTRIBUTE_PATTERNS.get(name)
  if (!pattern) {
    pattern = new RegExp(`\\s(?:[\\w.-]+:)?${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`)
    ATTRIBUTE_PATTERNS.set(name, pattern)
  }
  const match = pattern.exec(attributes)
  if (!match) return undefined
  return decodeEntities(match[1] ?? match[2] ?? '')
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|\w+);/g, (whole, body: string) => {
    if (!body.startsWith('#')) return NAMED[body] ?? whole
    const code = body[1] === 'x' ? Number.parseInt(body.slice(2), 16) : Number(body.slice(1))
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

/** Text as it may stand in an element or attribute; characters that XML cannot carry are left out. */
export function encodeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are not allowed in XML 1.0
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll('\r', '&#13;')
  )
}
