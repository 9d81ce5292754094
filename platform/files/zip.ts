import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'
import type { FileLimits } from './limits.ts'
import { FileRefusal } from './problems.ts'

/**
 * The part of the ZIP format that office files use: stored and deflated entries, no encryption, no ZIP64, one disk.
 * Written here because the packages at hand unpack everything before anybody may count (see ADR 0003).
 */
const END_OF_DIRECTORY = 0x06054b50
const DIRECTORY_ENTRY = 0x02014b50
const LOCAL_ENTRY = 0x04034b50
const END_LENGTH = 22
const COMMENT_MAX = 65_535

interface Entry {
  readonly method: number
  readonly encrypted: boolean
  readonly crc: number
  readonly packedSize: number
  readonly offset: number
}

export interface Archive {
  readonly names: readonly string[]
  /** Bytes of one entry, or `undefined` when the archive has none of that name. Counts against the unpacking budget. */
  read(name: string): Buffer | undefined
}

/** Opens an archive without unpacking anything; `read` unpacks one entry, never more than the budget leaves. */
export function openArchive(bytes: Buffer, limits: FileLimits): Archive {
  const entries = readDirectory(bytes, limits)
  let budget = limits.unpacked_bytes_max
  return {
    names: [...entries.keys()],
    read(name) {
      const entry = entries.get(name)
      if (!entry) return undefined
      if (entry.encrypted) throw new FileRefusal('encrypted')
      const unpacked = unpack(bytes, name, entry, budget, limits)
      budget -= unpacked.length
      return unpacked
    },
  }
}

function readDirectory(bytes: Buffer, limits: FileLimits): Map<string, Entry> {
  const end = findEnd(bytes)
  const count = bytes.readUInt16LE(end + 10)
  let at = bytes.readUInt32LE(end + 16)
  if (count > limits.archive_entries_max) throw new FileRefusal('damaged', { part: 'zip' })
  const entries = new Map<string, Entry>()
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== DIRECTORY_ENTRY) {
      throw new FileRefusal('damaged', { part: 'zip' })
    }
    const nameLength = bytes.readUInt16LE(at + 28)
    const tail = bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength).replaceAll('\\', '/')
    entries.set(name, {
      encrypted: (bytes.readUInt16LE(at + 8) & 1) === 1,
      method: bytes.readUInt16LE(at + 10),
      crc: bytes.readUInt32LE(at + 16),
      packedSize: bytes.readUInt32LE(at + 20),
      offset: bytes.readUInt32LE(at + 42),
    })
    at += 46 + nameLength + tail
  }
  return entries
}

function findEnd(bytes: Buffer): number {
  const lowest = Math.max(0, bytes.length - END_LENGTH - COMMENT_MAX)
  for (let at = bytes.length - END_LENGTH; at >= lowest; at--) {
    if (bytes.readUInt32LE(at) === END_OF_DIRECTORY) return at
  }
  throw new FileRefusal('damaged', { part: 'zip' })
}

function unpack(bytes: Buffer, name: string, entry: Entry, budget: number, limits: FileLimits): Buffer {
  const { offset, packedSize } = entry
  if (offset + 30 > bytes.length || bytes.readUInt32LE(offset) !== LOCAL_ENTRY) {
    throw new FileRefusal('damaged', { part: name })
  }
  const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28)
  const packed = bytes.subarray(start, start + packedSize)
  const tooLarge = () =>
    new FileRefusal('unpacked_too_large', { limit_mb: Math.round(limits.unpacked_bytes_max / 1024 / 1024) })
  let unpacked: Buffer
  if (entry.method === 0) {
    if (packed.length > budget) throw tooLarge()
    unpacked = packed
  } else if (entry.method === 8) {
    if (budget < 1) throw tooLarge()
    try {
      unpacked = inflateRawSync(packed, { maxOutputLength: budget })
    } catch (error) {
      if (error instanceof RangeError) throw tooLarge()
      throw new FileRefusal('damaged', { part: name })
    }
  } else {
    throw new FileRefusal('damaged', { part: name })
  }
  if (crc32(unpacked) !== entry.crc) throw new FileRefusal('damaged', { part: name })
  return unpacked
}

/** Packs text parts into an archive. Dates inside are fixed, so that the same content gives the same bytes. */
export function packArchive(parts: ReadonlyArray<{ name: string; content: string }>): Uint8Array<ArrayBuffer> {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, content } of parts) {
    const nameBytes = Buffer.from(name, 'utf8')
    const plain = Buffer.from(content, 'utf8')
    const packed = deflateRawSync(plain, { level: 6 })
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE(0x0800, 2) // names are UTF-8
    shared.writeUInt16LE(8, 4)
    shared.writeUInt32LE(0x00210000, 6) // 1980-01-01 00:00
    shared.writeUInt32LE(crc32(plain), 10)
    shared.writeUInt32LE(packed.length, 14)
    shared.writeUInt32LE(plain.length, 18)
    shared.writeUInt16LE(nameBytes.length, 22)
    const localMark = Buffer.alloc(4)
    localMark.writeUInt32LE(LOCAL_ENTRY)
    locals.push(localMark, shared, nameBytes, packed)
    const head = Buffer.alloc(6)
    head.writeUInt32LE(DIRECTORY_ENTRY)
    head.writeUInt16LE(20, 4)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(head, shared, tail, nameBytes)
    offset += 30 + nameBytes.length + packed.length
  }
  const directoryBytes = Buffer.concat(directory)
  const end = Buffer.alloc(END_LENGTH)
  end.writeUInt32LE(END_OF_DIRECTORY)
  end.writeUInt16LE(parts.length, 8)
  end.writeUInt16LE(parts.length, 10)
  end.writeUInt32LE(directoryBytes.length, 12)
  end.writeUInt32LE(offset, 16)
  return new Uint8Array(Buffer.concat([...locals, directoryBytes, end]))
}
