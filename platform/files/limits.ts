/**
 * How much of an uploaded file the product is willing to look at. One place, so that the upload route, the reader and the
 * texts that explain a refusal cannot disagree.
 *
 * The largest honest duty sheets seen are a county's month: about 20,000 rows, 15 columns, 2 MB packed. The limits leave
 * room for ten times that and stop what only an attack or an accident produces.
 */
export const FILE_LIMITS = {
  /** Bytes as uploaded. */
  file_bytes_max: 20 * 1024 * 1024,
  /** Bytes after unpacking, all read parts of one workbook together: a packed file may grow a thousandfold. */
  unpacked_bytes_max: 200 * 1024 * 1024,
  archive_entries_max: 2_000,
  sheets_max: 200,
  /** Rows with any content in one workbook. */
  rows_max: 100_000,
  /** The last column with content, counted from 1. */
  columns_max: 200,
  /** Characters in one cell. */
  cell_length_max: 2_000,
  merges_max: 20_000,
} as const

export type FileLimits = { readonly [name in keyof typeof FILE_LIMITS]: number }
