import type pg from 'pg'

/** The messages of PostgreSQL's protocol as `pg` hands them to whoever runs a statement. */
interface Submitted {
  submit(connection: { query(text: string): void }): void
  handleRowDescription(): void
  handleDataRow(): void
  handlePortalSuspended(): void
  handleEmptyQuery(): void
  handleCopyInResponse(): void
  handleCopyData(message: { readonly chunk: Buffer }): void
  handleCommandComplete(): void
  handleReadyForQuery(): void
  handleError(error: Error): void
  /** Set by `pg`, which times the statement with it. */
  callback?: (error: Error | null) => void
}

const nothing = () => undefined
const HEADER_BYTES = 19
const FLAGS_OFFSET = 11

/**
 * Runs `copy (…) to stdout (format binary)` and hands over each row as it arrives, so that nothing piles up. `pg` reads every
 * other answer as text; this is about three times as fast for many small rows (docs/decisions/0005-evaluation.md).
 *
 * `onRow` gets a buffer and the place of the row in it: a 16-bit count of fields, then each field as a 32-bit length
 * (−1 for null) and its bytes in network order. The buffer is only good until `onRow` returns.
 *
 * @example await copyOut(client, 'copy (select 7::int4) to stdout (format binary)', (row) => row.readInt32BE(6)) // 7
 */
export function copyOut(client: pg.ClientBase, statement: string, onRow: (row: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let failed: Error | undefined
    const fail = (error: Error) => {
      failed ??= error
    }
    const submitted: Submitted = {
      submit: (connection) => connection.query(statement),
      handleRowDescription: nothing,
      handleDataRow: nothing,
      handlePortalSuspended: nothing,
      handleEmptyQuery: nothing,
      handleCopyInResponse: nothing,
      handleCopyData({ chunk }) {
        if (failed) return
        try {
          const row = isHeader(chunk) ? chunk.subarray(HEADER_BYTES) : chunk
          // The trailer is a count of −1.
          if (row.length > 2) onRow(row)
        } catch (error) {
          fail(error instanceof Error ? error : new Error(String(error)))
        }
      },
      handleCommandComplete: nothing,
      handleError(error) {
        fail(error)
        this.callback?.(error)
        reject(error)
      },
      handleReadyForQuery() {
        this.callback?.(null)
        if (failed) reject(failed)
        else resolve()
      },
    }
    client.query(submitted as unknown as pg.Submittable)
  })
}

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')

function isHeader(chunk: Buffer): boolean {
  return chunk.length >= HEADER_BYTES && chunk[0] === 0x50 && chunk.subarray(0, FLAGS_OFFSET).equals(SIGNATURE)
}
