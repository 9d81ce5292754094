/** Rules for a new password. No node modules here: the pages check with the same function while somebody types. */

export const PASSWORD_LENGTH_MIN = 10
export const PASSWORD_LENGTH_MAX = 200

/** The commonest long passwords of published breaches, Chinese keyboards included; compared without letter case. */
const COMMONEST = new Set([
  '1234567890',
  '0123456789',
  '0987654321',
  '9876543210',
  '12345678910',
  '123456789a',
  'a123456789',
  '1234567891',
  '123456123456',
  '123123123123',
  '1122334455',
  '1q2w3e4r5t',
  '1qaz2wsx3edc',
  'qwertyuiop',
  'qwertyuiop123',
  'asdfghjkl;',
  'asdfghjkl123',
  'zaqxswcdevfr',
  'password123',
  'password1234',
  'passw0rd123',
  'administrator',
  'admin12345',
  'admin123456',
  'woaini1314',
  'woaini5201314',
  'woaini520520',
  '5201314520',
  '5201314woaini',
  'aa123456789',
  'qq123456789',
  'abc123456789',
  'abcd123456',
  'abcdefghij',
  'iloveyou123',
  'letmein123',
  'tongpao123',
  'shaoxing123',
])

export type PasswordFault = 'too_short' | 'too_common' | 'is_login'

function isRepetition(text: string): boolean {
  return /^(.{1,4})\1+$/u.test(text)
}

/**
 * Why a password is not taken; undefined when it is. Length is what counts: no rules about kinds of characters.
 *
 * @example passwordFault('春风又绿江南岸明月何时照', 'zhang') // undefined
 *          passwordFault('1234567890', 'zhang') // 'too_common'
 */
export function passwordFault(password: string, login: string): PasswordFault | undefined {
  const text = password.normalize('NFC')
  if ([...text].length < PASSWORD_LENGTH_MIN) return 'too_short'
  const plain = text.toLowerCase().trim()
  if (COMMONEST.has(plain) || isRepetition(plain)) return 'too_common'
  const name = login.toLowerCase()
  const rest = plain.replaceAll(name, '')
  return rest.length < plain.length && [...rest].length < 4 ? 'is_login' : undefined
}
