/** One text in the two languages of the house. */
export interface Wording {
  readonly zh: string
  readonly en: string
}

export type Language = keyof Wording

/** Tells the operator what is going on; the command line prints it in their language. */
export type Say = (text: Wording) => void

/**
 * Something that the person who runs Tongpao can put right: a folder in use, a wrong setting, a damaged backup.
 * The command line prints its text without a stack trace and exits with `exitStatus`.
 *
 * @example throw new OperatorError('数据目录正在使用。', 'The data folder is in use.')
 */
export class OperatorError extends Error {
  readonly text: Wording
  /** 1: found something wrong; 2: wrongly used. */
  readonly exitStatus: 1 | 2

  constructor(zh: string, en: string, options: { cause?: unknown; exitStatus?: 1 | 2 } = {}) {
    super(`${zh}\n${en}`, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'OperatorError'
    this.text = { zh, en }
    this.exitStatus = options.exitStatus ?? 1
  }
}

/** The system's own code of a failed call (`ENOENT`, `57P03`), when there is one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code
  return undefined
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
