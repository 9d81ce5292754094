import { EventEmitter } from 'node:events'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { takeCopied } from './copy-out.ts'

function message(kind: string, body: Uint8Array): Buffer {
  const head = Buffer.alloc(5)
  head.write(kind, 0, 'latin1')
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const bodies = fc.uint8Array({ maxLength: 12 })
const messages = fc.array(fc.record({ kind: fc.constantFrom('d', 'd', 'd', 'H', 'C', 'N'), body: bodies }))

it('copied rows arrive whole and everything else goes on as it came, wherever the bytes are broken off', () => {
  fc.assert(
    fc.property(messages, bodies, fc.array(fc.integer({ min: 1, max: 17 }), { minLength: 1 }), (sent, after, cuts) => {
      const stream = new EventEmitter()
      const passed: Buffer[] = []
      const listener = (chunk: Buffer) => {
        passed.push(Buffer.from(chunk))
      }
      stream.on('data', listener)
      const taken: string[] = []
      const giveBack = takeCopied(stream, (bytes, at, end) => taken.push(bytes.toString('hex', at, end)))
      const bytes = Buffer.concat(sent.map(({ kind, body }) => message(kind, body)))
      for (let [at, step] = [0, 0]; at < bytes.length; step++) {
        const length = cuts[step % cuts.length] ?? 1
        stream.emit('data', bytes.subarray(at, at + length))
        at += length
      }
      giveBack()
      expect(stream.listeners('data')).toEqual([listener])
      stream.emit('data', Buffer.from(after))
      const copied = sent.filter(({ kind }) => kind === 'd').map(({ body }) => Buffer.from(body).toString('hex'))
      expect(taken).toEqual(copied)
      const others = sent.filter(({ kind }) => kind !== 'd').map(({ kind, body }) => message(kind, body))
      expect(Buffer.concat(passed)).toEqual(Buffer.concat([...others, Buffer.from(after)]))
    }),
  )
})

it('gives the socket back from within the last message, with the beginning of one that came after it', () => {
  const stream = new EventEmitter()
  const passed: string[] = []
  let giveBack = (): undefined => undefined
  const listener = (chunk: Buffer) => {
    passed.push(chunk.toString('latin1'))
    if (chunk[0] === 'Z'.charCodeAt(0)) giveBack()
  }
  stream.on('data', listener)
  giveBack = takeCopied(stream, () => undefined)
  stream.emit(
    'data',
    Buffer.concat([message('d', Buffer.from('row')), message('Z', Buffer.from('T')), Buffer.from('N')]),
  )
  stream.emit('data', Buffer.from('ext'))
  expect(passed.slice(1)).toEqual(['N', 'ext'])
  expect(stream.listeners('data')).toEqual([listener])
})
