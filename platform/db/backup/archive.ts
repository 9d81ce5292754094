import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import type { Transform } from 'node:stream'
import { createZstdCompress, createZstdDecompress } from 'node:zlib'
import { messageOf, OperatorError } from '../operator-error.ts'

/**
 * One compressed file: a tar inside Zstandard, so that `tar --zstd -tf` of any system can look into it. The last entry,
 * `manifest.json`, holds the SHA-256 of every other one; a file that was cut off has no last entry.
 */
export const MANIFEST = 'manifest.json'

const BLOCK = 512
const NAME_BYTES_MAX = 100
const OCTAL_SIZE_MAX = 8 ** 11

export interface ManifestEntry {
  name: string
  size_bytes: number
  sha256: string
}

export interface ArchiveWriter {
  /** Adds a file of exactly `size_bytes`; shorter content is filled with zeros, longer content is cut. */
  add(name: string, size_bytes: number, content: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void>
  addFolder(name: string): Promise<void>
  /** Writes the manifest, makes everything durable and gives the file its name. */
  finish(): Promise<{ entries: number; content_bytes: number; file_bytes: number }>
  abandon(): Promise<void>
}

export async function writeArchive(file: string): Promise<ArchiveWriter> {
  const unfinished = `${file}.part`
  await refuseExisting(file)
  const handle = await open(unfinished, 'w', 0o600)
  const compress = createZstdCompress()
  let failure: unknown
  const failing = new AbortController()
  const pumped = pump(compress, handle).catch((error: unknown) => {
    failure ??= error
    failing.abort()
  })
  const entries: ManifestEntry[] = []

  const write = async (chunk: Buffer): Promise<void> => {
    if (failure) throw failure
    if (compress.write(chunk)) return
    await once(compress, 'drain', { signal: failing.signal }).catch((error: unknown) => {
      throw failure ?? error
    })
  }
  const add: ArchiveWriter['add'] = async (name, size_bytes, content) => {
    await write(header(name, size_bytes, '0'))
    const hash = createHash('sha256')
    let left = size_bytes
    for await (const chunk of content) {
      const part = chunk.length > left ? chunk.subarray(0, left) : chunk
      left -= part.length
      hash.update(part)
      await write(part)
      if (left === 0) break
    }
    while (left > 0) {
      const zeros = Buffer.alloc(Math.min(left, 2 ** 16))
      left -= zeros.length
      hash.update(zeros)
      await write(zeros)
    }
    await write(Buffer.alloc(padding(size_bytes)))
    entries.push({ name, size_bytes, sha256: hash.digest('hex') })
  }
  return {
    add,
    addFolder: (name) => write(header(`${name}/`, 0, '5')),
    async finish() {
      const manifest = Buffer.from(JSON.stringify({ entries }))
      await add(MANIFEST, manifest.length, [manifest])
      compress.end(Buffer.alloc(2 * BLOCK))
      await pumped
      if (failure) throw failure
      await handle.sync()
      const { size } = await handle.stat()
      await handle.close()
      await rename(unfinished, file)
      const content_bytes = entries.reduce((sum, entry) => sum + entry.size_bytes, 0)
      return { entries: entries.length, content_bytes, file_bytes: size }
    },
    async abandon() {
      compress.destroy()
      await pumped
      await handle.close().catch(() => undefined)
      await rm(unfinished, { force: true })
    },
  }
}

async function pump(source: Transform, handle: FileHandle): Promise<void> {
  for await (const chunk of source) await handle.writeFile(chunk)
}

async function refuseExisting(file: string): Promise<void> {
  if (!(await stat(file).catch(() => undefined))) return
  throw new OperatorError(
    `${file} 已经存在，不会覆盖。请换一个文件名。`,
    `${file} is already there and is not overwritten. Choose another name.`,
  )
}

function header(name: string, size_bytes: number, kind: '0' | '5'): Buffer {
  if (Buffer.byteLength(name) > NAME_BYTES_MAX) throw new RangeError(`the name ${name} is too long for a backup`)
  const block = Buffer.alloc(BLOCK)
  block.write(name, 0)
  block.write(kind === '5' ? '0000700\0' : '0000600\0', 100)
  block.write('0000000\0', 108)
  block.write('0000000\0', 116)
  if (size_bytes < OCTAL_SIZE_MAX) {
    block.write(`${size_bytes.toString(8).padStart(11, '0')}\0`, 124)
  } else {
    // Sizes from 8 GB up are binary, marked by the highest bit, as GNU tar writes them.
    block.writeUInt8(0x80, 124)
    block.writeBigUInt64BE(BigInt(size_bytes), 128)
  }
  block.write('00000000000\0', 136)
  block.write('        ', 148)
  block.write(kind, 156)
  block.write('ustar\u000000', 257)
  let sum = 0
  for (const byte of block) sum += byte
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

function padding(size_bytes: number): number {
  return (BLOCK - (size_bytes % BLOCK)) % BLOCK
}

export type ReadEntry =
  | { kind: 'folder'; name: string }
  | { kind: 'file'; name: string; size_bytes: number; content: AsyncIterable<Buffer> }

/**
 * Hands every entry to `take` in order, which must read the content through; then compares all of them with the manifest.
 * Whatever `take` made of a damaged file must be thrown away when this throws.
 */
export async function readArchive(file: string, take: (entry: ReadEntry) => Promise<void>): Promise<ManifestEntry[]> {
  const source = createReadStream(file)
  const decompress = createZstdDecompress()
  source.on('error', (error) => decompress.destroy(error))
  const reader = new ByteReader(source.pipe(decompress))
  const found: ManifestEntry[] = []
  try {
    for (;;) {
      const block = await reader.take(BLOCK)
      if (block.every((byte) => byte === 0)) break
      const { name, size_bytes, isFolder } = parseHeader(block)
      if (isFolder) {
        await take({ kind: 'folder', name: name.replace(/\/$/, '') })
        continue
      }
      const hash = createHash('sha256')
      if (name === MANIFEST) {
        const manifest = await reader.take(size_bytes)
        compareManifest(parseJson(manifest), found)
        return found
      }
      const content = reader.chunks(size_bytes, (chunk) => hash.update(chunk))
      await take({ kind: 'file', name, size_bytes, content })
      for await (const _ of content) {
        // What `take` left unread still counts for the sum.
      }
      await reader.take(padding(size_bytes))
      found.push({ name, size_bytes, sha256: hash.digest('hex') })
    }
    throw new Damage('the manifest is missing')
  } catch (cause) {
    if (cause instanceof Damage) throw damaged(file, cause)
    throw cause
  } finally {
    source.destroy()
    decompress.destroy()
  }
}

/** What is wrong with a backup itself, apart from what goes wrong with whoever takes its content. */
class Damage extends Error {}

function damaged(file: string, cause: Damage): OperatorError {
  return new OperatorError(
    `备份文件 ${file} 已损坏或不完整（${cause.message}），不能恢复。请使用另一个备份。`,
    `The backup ${file} is damaged or cut off (${cause.message}) and cannot be restored. Use another one.`,
    { cause },
  )
}

function parseHeader(block: Buffer): { name: string; size_bytes: number; isFolder: boolean } {
  const textAt = (start: number, length: number) => block.toString('utf8', start, start + length).replace(/\0.*$/s, '')
  let sum = 8 * 0x20
  for (const [index, byte] of block.entries()) if (index < 148 || index >= 156) sum += byte
  if (Number.parseInt(textAt(148, 8), 8) !== sum) throw new Damage('a header does not add up')
  const isBinary = ((block[124] ?? 0) & 0x80) !== 0
  const size_bytes = isBinary ? Number(block.readBigUInt64BE(128)) : Number.parseInt(textAt(124, 12), 8)
  return { name: textAt(0, NAME_BYTES_MAX), size_bytes, isFolder: textAt(156, 1) === '5' }
}

/** Parsed JSON of an entry; what is no JSON is damage. */
export function parseJson(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'))
  } catch (cause) {
    throw new Damage(messageOf(cause), { cause })
  }
}

function compareManifest(manifest: unknown, found: ManifestEntry[]): void {
  const wanted =
    typeof manifest === 'object' && manifest !== null && 'entries' in manifest ? manifest.entries : undefined
  if (!Array.isArray(wanted) || wanted.length !== found.length) throw new Damage('entries are missing')
  for (const [index, entry] of found.entries()) {
    const { name, sha256 } = wanted[index] ?? {}
    if (name !== entry.name || sha256 !== entry.sha256) throw new Damage(`wrong checksum of ${entry.name}`)
  }
}

/** Reads exact numbers of bytes from a stream. */
class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(stream: Transform) {
    this.#chunks = stream[Symbol.asyncIterator]()
  }

  async take(length: number): Promise<Buffer> {
    const parts: Buffer[] = []
    for await (const part of this.chunks(length)) parts.push(part)
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
  }

  /** Can be iterated again to read what an earlier iteration left. */
  chunks(length: number, see?: (chunk: Buffer) => void): AsyncIterable<Buffer> {
    let left = length
    const next = async (): Promise<IteratorResult<Buffer>> => {
      if (left === 0) return { done: true, value: undefined }
      if (this.#rest.length === 0) {
        const { done, value } = await this.#chunks.next().catch((cause: unknown) => {
          throw new Damage(messageOf(cause), { cause })
        })
        if (done) throw new Damage('it ends too early')
        this.#rest = value
      }
      const part = this.#rest.subarray(0, left)
      this.#rest = this.#rest.subarray(part.length)
      left -= part.length
      see?.(part)
      return { done: false, value: part }
    }
    return { [Symbol.asyncIterator]: () => ({ next }) }
  }
}
