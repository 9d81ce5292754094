/**
 * Why a file cannot be read, as a value: the code is stable, the facts fill the sentence, nothing is thrown. The reader
 * never says more than it saw; what the person should do next stands in the sentence.
 */
export type FileProblemCode =
  | 'empty_file'
  | 'file_too_large'
  | 'unpacked_too_large'
  | 'old_excel_format'
  | 'binary_workbook'
  | 'other_office_format'
  | 'web_page'
  | 'encrypted'
  | 'damaged'
  | 'not_a_spreadsheet'
  | 'unknown_encoding'
  | 'no_sheets'
  | 'too_many_sheets'
  | 'too_many_rows'
  | 'too_many_columns'
  | 'too_many_merges'
  | 'cell_too_long'

export type FileFacts = Readonly<Record<string, string | number>>

export interface FileProblem {
  readonly code: FileProblemCode
  readonly facts: FileFacts
}

/** Carries a problem out of the depth of a parser; never leaves `platform/files`. */
export class FileRefusal extends Error {
  readonly problem: FileProblem
  constructor(code: FileProblemCode, facts: FileFacts = {}) {
    super(code)
    this.problem = { code, facts }
  }
}

type Sentence = { readonly zh: string; readonly en: string }

const SENTENCES = {
  empty_file: { zh: '文件是空的，请检查后重新上传。', en: 'The file is empty. Check it and upload again.' },
  file_too_large: {
    zh: '文件有 {size_mb} MB，超过 {limit_mb} MB 的上限。请删去图片、空白格式，或分成几个文件。',
    en: 'The file has {size_mb} MB; the limit is {limit_mb} MB. Remove pictures and empty formatting, or split it.',
  },
  unpacked_too_large: {
    zh: '文件解压后超过 {limit_mb} MB，不能读取。请把需要的内容复制到一个新的工作簿再上传。',
    en: 'Unpacked, the file exceeds {limit_mb} MB. Copy what is needed into a new workbook and upload that.',
  },
  old_excel_format: {
    zh: '这是旧版 Excel 97-2003 的 .xls 文件。请在 Excel 或 WPS 中“另存为” .xlsx 后再上传。',
    en: 'This is an Excel 97-2003 .xls file. Save it as .xlsx in Excel or WPS, then upload again.',
  },
  binary_workbook: {
    zh: '这是 .xlsb 二进制工作簿。请“另存为” .xlsx 后再上传。',
    en: 'This is a binary .xlsb workbook. Save it as .xlsx, then upload again.',
  },
  other_office_format: {
    zh: '这是 {format} 文件，不能读取。电子表格请另存为 .xlsx 或 .csv 后再上传。',
    en: 'This is a {format} file, which cannot be read. Save a spreadsheet as .xlsx or .csv, then upload again.',
  },
  web_page: {
    zh: '这个文件实际上是网页表格（有的系统导出的“.xls”就是网页）。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。',
    en: 'This file is really a web page (some systems export those as “.xls”). Open it in Excel or WPS and save it as .xlsx.',
  },
  encrypted: {
    zh: '文件设有打开密码。请取消密码后再上传。',
    en: 'The file is protected by a password. Remove the password and upload again.',
  },
  damaged: {
    zh: '文件已损坏，读到“{part}”时无法继续。请用 Excel 或 WPS 打开并重新保存一次。',
    en: 'The file is damaged; reading stopped at “{part}”. Open it in Excel or WPS and save it again.',
  },
  not_a_spreadsheet: {
    zh: '这不是电子表格文件。请上传 .xlsx 或 .csv。',
    en: 'This is not a spreadsheet. Upload .xlsx or .csv.',
  },
  unknown_encoding: {
    zh: '文字编码认不出来（既不是 UTF-8 也不是 GBK）。请另存为 .xlsx，或“CSV UTF-8”。',
    en: 'The text encoding is neither UTF-8 nor GBK. Save the file as .xlsx or as “CSV UTF-8”.',
  },
  no_sheets: { zh: '工作簿里没有任何工作表。', en: 'The workbook contains no sheet.' },
  too_many_sheets: {
    zh: '工作簿有 {count} 张工作表，超过 {limit} 张的上限。请分成几个文件。',
    en: 'The workbook has {count} sheets; the limit is {limit}. Split it into several files.',
  },
  too_many_rows: {
    zh: '工作表“{sheet}”读到时已超过 {limit} 行的上限。请按月份或单位分成几个文件。',
    en: 'At sheet “{sheet}” the limit of {limit} rows was passed. Split the file by month or unit.',
  },
  too_many_columns: {
    zh: '工作表“{sheet}”第 {row} 行在第 {column} 列还有内容，上限是 {limit} 列。请检查最右边有没有多余的内容。',
    en: 'Sheet “{sheet}”, row {row}, has content in column {column}; the limit is {limit}. Look for stray content at the right.',
  },
  too_many_merges: {
    zh: '工作表“{sheet}”的合并单元格过多（上限 {limit} 处）。请取消不必要的合并。',
    en: 'Sheet “{sheet}” has too many merged cells (limit {limit}). Remove the unnecessary ones.',
  },
  cell_too_long: {
    zh: '工作表“{sheet}”单元格 {cell} 有 {length} 个字，上限是 {limit} 个字。请缩短后再上传。',
    en: 'Sheet “{sheet}”, cell {cell}, holds {length} characters; the limit is {limit}. Shorten it and upload again.',
  },
} as const satisfies Record<FileProblemCode, Sentence>

/**
 * The sentence for a person.
 *
 * @example describeFileProblem({ code: 'empty_file', facts: {} }, 'zh') // '文件是空的，请检查后重新上传。'
 */
export function describeFileProblem(problem: FileProblem, language: 'zh' | 'en'): string {
  return SENTENCES[problem.code][language].replace(/\{(\w+)\}/g, (_, name: string) => String(problem.facts[name] ?? ''))
}
