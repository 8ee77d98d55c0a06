/** Names that say that their value is a secret: their last words decide. */

const KEYS = '(?:api|secret|access|private|encryption|signing|auth|account)[_.-]?key';

/** The last words of such names, in any case, for a pattern with `i`. */
export const SECRET_WORDS = [
  'access[_.-]?key[_.-]?id',
  KEYS,
  'pass(?:word|wd|phrase)',
  'pwd',
  'secret',
  'token',
  'credentials?',
  'connection[_.-]?string',
  'webhook[_.-]?url',
  'dsn',
].join('|');

/** The shell's directories, and the ends of words that are not one of ours. */
export function saysSecret(name: string): boolean {
  if (/^(?:OLD)?PWD$/.test(name)) return false;
  // Three letters alone end many words.
  return !/dsn$/i.test(name) || /(?:^|[_.-])(?:dsn|Dsn|DSN)$|[a-z0-9]D(?:sn|SN)$/.test(name);
}
