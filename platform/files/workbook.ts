import { readCsv } from './csv-reading.ts'
import type { Workbook } from './grid.ts'
import { FILE_LIMITS, type FileLimits } from './limits.ts'
import { type FileProblem, FileRefusal } from './problems.ts'
import { readXlsx } from './xlsx-reading.ts'

export { writeWorkbook } from './xlsx-writing.ts'

/** What reading a file gives: grids, or the reason why not. */
export type WorkbookReading =
  | { readonly ok: true; readonly workbook: Workbook }
  | { readonly ok: false; readonly problem: FileProblem }

/**
 * Reads an uploaded .xlsx or .csv into plain grids. What the file is, is told from its content, never from its name or
 * the type that a browser sends. Expected failures are values; a failure of another kind is a defect and throws.
 * Computes only: 30,000 rows of 12 columns take about half a second on one core, so a request hands large files to a job.
 *
 * @param file `bytes` as uploaded; `name` gives a .csv its sheet name
 * @param limits smaller limits, for places that expect small files
 * @example
 * const reading = readWorkbook({ bytes, name: '二月值班表.xlsx' })
 * if (reading.ok) reading.workbook.sheets[0]?.rows // grid rows; else describeFileProblem(reading.problem, 'zh')
 */
export function readWorkbook(
  file: { bytes: Uint8Array; name?: string },
  limits: FileLimits = FILE_LIMITS,
): WorkbookReading {
  const bytes = Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength)
  try {
    return { ok: true, workbook: readByContent(bytes, file.name ?? '', limits) }
  } catch (error) {
    if (error instanceof FileRefusal) return { ok: false, problem: error.problem }
    throw error
  }
}

function readByContent(bytes: Buffer, name: string, limits: FileLimits): Workbook {
  if (bytes.length === 0) throw new FileRefusal('empty_file')
  if (bytes.length > limits.file_bytes_max) {
    const inMegabytes = (size: number) => Math.round((size / 1024 / 1024) * 10) / 10
    throw new FileRefusal('file_too_large', {
      size_mb: inMegabytes(bytes.length),
      limit_mb: inMegabytes(limits.file_bytes_max),
    })
  }
  if (bytes.length >= 4 && bytes.readUInt32LE(0) === 0x04034b50) return readXlsx(bytes, limits)
  if (bytes.length >= 8 && bytes.readUInt32BE(0) === 0xd0cf11e0) throw refuseCompoundFile(bytes)
  const start = bytes
    .toString('latin1', 0, 1_000)
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart()
    .toLowerCase()
  if (/^<(!doctype html|html|table|head|meta|style)/.test(start)) throw new FileRefusal('web_page')
  if (/^(%pdf|<\?xml|\{\\rtf|\u0089png|gif8|rar!|7z\u00bc)/.test(start)) throw new FileRefusal('not_a_spreadsheet')
  return readCsv(bytes, sheetNameOf(name), limits)
}

/** An old .xls, or a .xlsx with a password: both are compound files; only the second has a stream of this name. */
function refuseCompoundFile(bytes: Buffer): FileRefusal {
  const protectedStream = Buffer.from('EncryptedPackage', 'utf16le')
  return new FileRefusal(bytes.includes(protectedStream) ? 'encrypted' : 'old_excel_format')
}

function sheetNameOf(fileName: string): string {
  const base = fileName.split(/[/\\]/).at(-1) ?? ''
  return base.replace(/\.(csv|txt|tsv)$/i, '') || 'CSV'
}
