import { readFileSync } from 'node:fs'
import { OperatorError } from '#platform/db/operator-error.ts'
import type { Option } from './command.ts'

/** Never an option's value itself: other users of the machine can list those. */
export const PASSPHRASE_OPTION: Readonly<Record<string, Option>> = {
  'passphrase-file': {
    value: 'FILE',
    text: { zh: '存放密钥口令的文件（第一行）', en: 'a file whose first line is the passphrase of the keys' },
  },
}

const LENGTH_MIN = 12

export function readPassphrase(file: string | undefined, environment = process.env): string | undefined {
  const text = file === undefined ? environment.TONGPAO_BACKUP_PASSPHRASE : readFileSync(file, 'utf8')
  const passphrase = text?.split(/\r?\n/)[0]
  if (!passphrase) return undefined
  if (passphrase.length >= LENGTH_MIN) return passphrase
  throw new OperatorError(
    `口令太短，至少 ${LENGTH_MIN} 个字符。`,
    `The passphrase is too short; at least ${LENGTH_MIN} characters are needed.`,
    { exitStatus: 2 },
  )
}
