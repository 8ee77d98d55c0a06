/** Names of environment variables whose last word says secret of some values only: `DB_KEY`, `STORAGE_SAS`, `USER_PIN`. */

const WORDS = 'AUTH|KEY|SAS|PIN|OTP|SALT|PAT';

/** The words in capitals, for a pattern with `i`. A `/` or a `+` before one is in base64. */
export const ENV_WORDS = String.raw`(?-i:(?:(?<![A-Za-z0-9.+/-])|(?<=\\[nrt]))(?:${WORDS}))`;

/** As `ENV_WORDS`, for a line. */
export const NEEDED_ENV_WORDS = `${ENV_WORDS}(?![A-Za-z])`;

/** Parts of the words that no seed of other words has. */
export const ENV_SEEDS = [
  'auth[=\r\n]',
  'sas[^a-z]',
  'pin[^a-z]',
  'otp[^a-z]',
  'salt[^a-z]',
  'pat[^a-z]',
];

const LAST_WORD = new RegExp(`(?:^|_)(${WORDS})(?:_?[0-9]{1,2})?$`);

/** Before `KEY`: what it is the key of, or that all may know it. */
const NO_SECRET = new RegExp(
  `(?:^|_)(?:${[
    'PUBLIC|PUB|PUBLISHABLE|SITE|SORT|PRIMARY|FOREIGN|UNIQUE|PARTITION|ROUTING|SHARD|HASH|RANGE|ROW|INDEX|COLUMN|ORDER',
    'CACHE|IDEMPOTENCY|DEDUP|LOCK|OBJECT|S3|BUCKET|FILE|LABEL|ANNOTATION|TOPOLOGY|TAINT|SELECTOR|CONFIG|FEATURE|FLAG',
    'EVENT|MESSAGE|ISSUE|PROJECT|GROUP|LOOKUP|SEARCH|MAP|JSON|CONTEXT|TRANSLATION|REGISTRY|HOT|SHIFT|ENTER|ESCAPE',
  ].join('|')})_KEY$`,
);

/** Of a name that `ENV_WORDS` has found. */
export function isEnvSecretName(name: string): boolean {
  return /^[A-Z0-9_]+$/.test(name) && LAST_WORD.test(name) && !NO_SECRET.test(name);
}

/** A PIN and a one-time password may be numbers as short as those of ports. */
function isPinName(name: string): boolean {
  const word = /^[A-Z0-9_]+$/.test(name) ? LAST_WORD.exec(name)?.[1] : undefined;
  return word === 'PIN' || word === 'OTP';
}

/** What a number of a few digits is behind a name: a port or a count, a secret if it has quotes, or a secret. */
export type Digits = 'kept' | 'quoted' | 'secret';

export function digitsOf(name: string): Digits {
  if (isPinName(name)) return 'secret';
  return /pass(?:word|wd|phrase|code)?s?$|pwd$/i.test(name) ? 'quoted' : 'kept';
}

export function isPinValue(value: string): boolean {
  return /^[0-9]{4,5}$/.test(value);
}

const MIN_LENGTH = 4;

/** @param name As `isEnvSecretName` has it. */
export function mayBeEnvSecret(name: string, value: string): boolean {
  if (value.length < MIN_LENGTH || NO_VALUE.test(value)) return false;
  const isNumber = /^v?[0-9.,:_-]+$/.test(value);
  const word = LAST_WORD.exec(name)?.[1];
  if (word === 'SALT' && name !== word) return !SWITCH.test(value);
  if ((word === 'PIN' || word === 'OTP') && /^[0-9]+$/.test(value)) return true;
  return !isNumber && !isWords(value);
}

/** A URL, a path, the key of a label, a file, the name of another variable, what a shell or a template puts there. */
const NO_VALUE = new RegExp(
  [
    String.raw`\$(?:[({]|[A-Z_]{2,}(?![a-z0-9])).*`,
    String.raw`<[^>]*>.*`,
    String.raw`[A-Za-z][\w+.-]{0,32}://.*`,
    String.raw`[.~]{0,2}/[\w.@-]{1,40}(?:/[\w.@-]{1,40}){0,16}/?`,
    String.raw`[a-z0-9._-]{1,63}(?:/[a-z0-9._-]{1,63}){1,16}`,
    String.raw`[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}/[\w.-]{1,63}`,
    String.raw`[\w.-]{1,128}\.(?:key|pem|crt|cer|csr|pub|p12|jks|json|ya?ml|txt|conf|env|enc)`,
    String.raw`[A-Z][A-Z0-9]{0,32}(?:_[A-Z0-9]{1,32}){1,8}`,
  ]
    .map((source) => `^${source}$`)
    .join('|'),
);
const SWITCH = /^(?:enabled?|disabled?|none|auto|random|default|generated?|required|optional)$/i;

/** The number of one of several, or a version: `web-0`, `us-east-1a`. */
const NUMBERED = /[-_.]v?[0-9]{1,3}[a-z]?$/;

/** Whether the value is nothing but words, in one of the ways in which words are joined. */
export function isWords(value: string): boolean {
  const text = value.replace(NUMBERED, '');
  if (!/^[A-Za-z][A-Za-z _.,:;'"()`/-]*$/.test(text)) return isSentence(text);
  const capitals = text.replaceAll(/[^A-Z]/g, '').length;
  const letters = text.replaceAll(/[^A-Za-z]/g, '').length;
  // Of random letters half are capitals.
  return capitals === letters || capitals * 4 <= letters || letters < 8;
}

/** Of a log, say: several words, of which most have letters alone. */
function isSentence(text: string): boolean {
  const words = text.split(/[ \t]+/, 32);
  const plain = words.filter((word) => /^[A-Za-z]{1,24}[.,:;]?$/.test(word)).length;
  return words.length > 2 && plain * 2 >= words.length;
}
