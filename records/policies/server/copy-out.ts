import type pg from 'pg'

type Listener = (chunk: Buffer) => void

/** What of a socket is used: `pg` listens to its bytes. */
interface Bytes {
  on(event: 'data', listener: Listener): void
  off(event: 'data', listener: Listener): void
  listeners(event: 'data'): unknown[]
}

/** The messages of PostgreSQL's protocol as `pg` hands them to whoever runs a statement. */
interface Submitted {
  submit(connection: { query(text: string): void; readonly stream: Bytes }): void
  handleRowDescription(): void
  handleDataRow(): void
  handlePortalSuspended(): void
  handleEmptyQuery(): void
  handleCopyInResponse(): void
  handleCopyData(): void
  handleCommandComplete(): void
  handleReadyForQuery(): void
  handleError(error: Error): void
  /** Set by `pg`, which times the statement with it. */
  callback?: (error: Error | null) => void
}

const nothing = () => undefined

/**
 * Runs `copy (…) to stdout (format binary)` and hands over each row as it arrives, so that nothing piles up. `pg` reads every other
 * answer as text, and would make two objects of every row: what is copied is taken out of the bytes before `pg` parses them
 * (docs/decisions/0005-evaluation.md).
 *
 * `onRow` gets a buffer and the place of the row in it: a 16-bit count of fields, then each field as a 32-bit length
 * (−1 for null) and its bytes in network order. The buffer is only good until `onRow` returns.
 *
 * @example await copyOut(client, 'copy (select 7::int4) to stdout (format binary)', (bytes, at) => bytes.readInt32BE(at + 6)) // 7
 */
export function copyOut(
  client: pg.ClientBase,
  statement: string,
  onRow: (bytes: Buffer, at: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let failed: Error | undefined
    const rows = (bytes: Buffer, at: number, end: number) => {
      if (failed) return
      try {
        const row = isHeader(bytes, at, end) ? at + HEADER_BYTES : at
        // The trailer is a count of −1.
        if (end - row > 2) onRow(bytes, row)
      } catch (error) {
        failed = error instanceof Error ? error : new Error(String(error))
      }
    }
    let giveBack = nothing
    const submitted: Submitted = {
      submit(connection) {
        giveBack = takeCopied(connection.stream, rows)
        connection.query(statement)
      },
      handleRowDescription: nothing,
      handleDataRow: nothing,
      handlePortalSuspended: nothing,
      handleEmptyQuery: nothing,
      handleCopyInResponse: nothing,
      handleCopyData: nothing,
      handleCommandComplete: nothing,
      handleError(error) {
        failed ??= error
        this.callback?.(error)
        reject(error)
      },
      handleReadyForQuery() {
        giveBack()
        this.callback?.(null)
        if (failed) reject(failed)
        else resolve()
      },
    }
    client.query(submitted as unknown as pg.Submittable)
  })
}

/** A message: its kind (1 byte), the length of what follows with the length itself (4), its body. */
const MESSAGE_HEAD_BYTES = 5
const COPY_DATA = 0x64
const NO_BYTES = Buffer.alloc(0)

/** Where the message at a place ends; `undefined` where its head is not all there. */
function messageEnd(bytes: Buffer, at: number): number | undefined {
  return at + MESSAGE_HEAD_BYTES <= bytes.length ? at + 1 + bytes.readUInt32BE(at + 1) : undefined
}

/**
 * Stands between a socket and whoever listens to it: bodies of `CopyData` go to `take` where they lie, every other message goes on
 * as it came. The answer gives the socket back; it is called while the last message is passed on, and what came after it is passed on too.
 */
export function takeCopied(stream: Bytes, take: (bytes: Buffer, at: number, end: number) => void): () => undefined {
  const listeners = stream.listeners('data').filter(isListener)
  let cut: Buffer = NO_BYTES
  let isBack = false
  const passOn = (bytes: Buffer) => {
    if (bytes.length > 0) for (const listener of listeners) listener.call(stream, bytes)
  }
  /** Handles whole messages and says where the first one begins that is not all there. */
  const whole = (bytes: Buffer, from: number): number => {
    let at = from
    let other = from
    for (let end = messageEnd(bytes, at); end !== undefined && end <= bytes.length; end = messageEnd(bytes, at)) {
      if (bytes[at] === COPY_DATA) {
        passOn(bytes.subarray(other, at))
        take(bytes, at + MESSAGE_HEAD_BYTES, end)
        other = end
      }
      at = end
    }
    passOn(bytes.subarray(other, at))
    return at
  }
  /** Completes the message that the last chunk broke off, without copying the rest of this one. */
  const mend = (chunk: Buffer): number => {
    const head = Buffer.concat([cut, chunk.subarray(0, MESSAGE_HEAD_BYTES)])
    const wanted = Math.min((messageEnd(head, 0) ?? head.length) - cut.length, chunk.length)
    const mended = Buffer.concat([cut, chunk.subarray(0, wanted)])
    cut = mended.subarray(whole(mended, 0))
    return wanted
  }
  const filter = (chunk: Buffer) => {
    const from = cut.length > 0 ? mend(chunk) : 0
    if (from < chunk.length) cut = chunk.subarray(whole(chunk, from))
    if (!isBack) return
    passOn(cut)
    cut = NO_BYTES
  }
  // Never without a listener: the socket flows on.
  stream.on('data', filter)
  for (const listener of listeners) stream.off('data', listener)
  return () => {
    isBack = true
    for (const listener of listeners) stream.on('data', listener)
    stream.off('data', filter)
    return undefined
  }
}

function isListener(listener: unknown): listener is Listener {
  return typeof listener === 'function'
}

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
const FLAGS_OFFSET = 11
const HEADER_BYTES = 19

function isHeader(bytes: Buffer, at: number, end: number): boolean {
  return (
    bytes[at] === SIGNATURE[0] &&
    end - at >= HEADER_BYTES &&
    bytes.compare(SIGNATURE, 0, FLAGS_OFFSET, at, at + FLAGS_OFFSET) === 0
  )
}
