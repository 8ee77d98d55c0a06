/** Names that say that their value is a secret. */

import {
  ENV_SEEDS,
  ENV_WORDS,
  isEnvSecretName,
  mayBeEnvSecret,
  NEEDED_ENV_WORDS,
} from './env-names.ts';
import { isNoSecret } from './fields/no-secrets.ts';
import { isWeakName, mayBeWeakSecret, WEAK_WORDS } from './fields/weak-names.ts';

const KEYS = [
  'api|secret|access|private|encryption|signing|auth|account',
  'master|app|jwt|session|hmac|ssh|licen[cs]e|cookie|tls|ssl|shared',
].join('|');
const OWN_WORDS = 'pass(?:word|wd|phrase|code)|secret|token';

/** Last words that say it in any name. */
const LAST_WORDS = [
  'access[_.-]?key[_.-]?id',
  `(?:${KEYS})[_.-]?keys?`,
  'secret[_.-]?key[_.-]?base',
  `(?:(?:${KEYS})[_.-]?key|${OWN_WORDS})[_.-]?(?:base64|b64)`,
  'jwt(?:__|:)key',
  'pass(?:word|wd)?[_.-]?hash',
  '(?:erlang|release)[_.-]?cookie',
  'authtok',
  '(?<![a-z])(?:mnemonic|wallet_seed|psk)',
  'redis_auth',
  OWN_WORDS,
  'passwords',
  `(?:${OWN_WORDS})[_.-]?value`,
  'pwd',
  'credentials?',
  'connection[_.-]?string',
  'webhook[_.-]?url',
  'dsn',
].join('|');

/** Last words that say it only in some names: see `saysSecret`. */
const SHORT_WORDS = 'pass|pw|creds?|auth|webhook|tokens';

/** Other words behind: `DB_PASSWORD_OLD`. */
const NOT_LAST = `(?:pass(?:word|wd)?|token|secret|api_?key)(?:_[a-z0-9]{1,24}){1,5}`;

/** The words of such names up to their last, in any case, for a pattern with `i`. */
export const SECRET_WORDS = [LAST_WORDS, SHORT_WORDS, WEAK_WORDS, NOT_LAST, ENV_WORDS].join('|');

/** What a line with such a name has at least, in any case: of `SECRET_WORDS`, without what is asked of the rest. */
export const NEEDED_WORDS = [LAST_WORDS, SHORT_WORDS, WEAK_WORDS, NEEDED_ENV_WORDS].join('|');

/** Parts of the words. */
export const SECRET_SEEDS = [
  'key',
  'ken',
  'cre[td]',
  'pass',
  'pw[^a-z]',
  'pwd',
  'dsn',
  '[r_]auth',
  'nstrin',
  'n[_.-]strin',
  '_webh',
  'kurl',
  'k[_.-]url',
  'kie',
  'thtok',
  'emonic',
  't_seed',
  'psk',
  ...ENV_SEEDS,
];

const ENDS_WELL = new RegExp(`(?:${LAST_WORDS})(?:[_-]?[0-9]{1,2})?$`, 'i');
const ENDS_SHORT = new RegExp(`(?:${SHORT_WORDS})(?:[_-]?[0-9]{1,2})?$`, 'i');

const OWNERS =
  'require|store|key|trust|db|smtp|user|root|admin|pg|mysql|redis|mail|ldap|bind|proxy';

/** Three or four letters end many words: they must be a word of the name, or stand behind one of these. */
const SHORT_NAME = new RegExp(
  [
    '(?:^|[_.-])(?:[Pp]ass|PASS|[Pp]w|PW|[Cc]reds?|CREDS?)',
    '[a-z0-9](?:Pass|Pw|PW|Creds?)',
    `(?:${OWNERS})(?:pass|pw)`,
    `(?:${OWNERS.toUpperCase()})(?:PASS|PW)`,
    'olcRootPW',
    '(?:^|[A-Z0-9]_)TOKENS',
    '[A-Z0-9]_(?:AUTH|WEBHOOK)',
    'masterauth',
  ]
    .map((source) => `${source}(?:[_-]?[0-9]{1,2})?$`)
    .join('|'),
);
const COUNT = /(?:^|_)(?:MAX|MIN|NUM|TOTAL|LIMIT|N)_(?:[A-Z0-9]+_)*TOKENS$/;

const ENV_NAME = /(?:^|_)(?:PASS(?:WORD|WD)?|TOKEN|SECRET|API_?KEY)(?:_[A-Z0-9]+)*_([A-Z0-9]+)$/;
const LOWER_NAME =
  /(?:^|_)(?:pass(?:word|wd)?|token|secret|api_?key)_(?:old|new|previous|current|prod(?:uction)?|staging|dev|admin|root|db|backup|primary|secondary|v[0-9])$/;

/** Last words by which a name is that of something about a secret. */
const ABOUT = new RegExp(
  `^(?:${[
    'NAMES?|NAMESPACE|FILES?|FILENAME|PATHS?|DIR|DIRECTORY|FOLDER|MOUNT|VOLUME|URLS?|URI|HOST|PORT|ENDPOINT|SERVICE|SERVER|REGION',
    'TTL|EXPIRY|EXPIRES?|EXPIRATION|TIMEOUT|LIFETIME|DURATION|INTERVAL|AGE|SECONDS|SECS?|MINUTES|HOURS|DAYS|MS|AT|IN',
    'LENGTH|SIZE|COUNT|MAX|MIN|LIMIT|ATTEMPTS|RETRIES|ENABLED?|DISABLED?|REQUIRED|ROTATION|REFRESH|CACHE|RESET|VALIDATION',
    'REF|TYPE|KIND|CLASS|POLICY|ISSUER|AUDIENCES?|HEADER|SCOPES?|ALG|ALGORITHM|ENCODING|FORMAT|METHOD|MODE|PROVIDER|SOURCE',
    'STORE|BACKEND|MANAGER|PREFIX|SUFFIX|FIELD|LABEL|PROPERTY|VAR|ENV|STATUS|REVIEW|VERSION|STRENGTH|COST|ROUNDS',
  ].join('|')})$`,
);

/** Of a name whose words `SECRET_WORDS` has found. */
export function saysSecret(name: string): boolean {
  // The shell's directories.
  if (/^(?:OLD)?PWD$/.test(name)) return false;
  if (/dsn$/i.test(name)) return /(?:^|[_.-])(?:dsn|Dsn|DSN)$|[a-z0-9]D(?:sn|SN)$/.test(name);
  if (/passwords$/i.test(name) || ENDS_WELL.test(name)) return !isCountOfKeys(name);
  if (isShort(name)) return !COUNT.test(name);
  return isWeakName(name) || isEnvSecretName(name) || (!ENDS_SHORT.test(name) && isEnvName(name));
}

function isShort(name: string): boolean {
  return ENDS_SHORT.test(name) && SHORT_NAME.test(name);
}

/** Several keys in a name that is not an env variable's are often names of keys. */
function isCountOfKeys(name: string): boolean {
  return /keys(?:[_-]?[0-9]{1,2})?$/i.test(name) && !/KEYS/.test(name) && !/api_?keys/i.test(name);
}

function isEnvName(name: string): boolean {
  const last = ENV_NAME.exec(name)?.[1];
  if (last === undefined) return LOWER_NAME.test(name);
  if (last === 'ID') return name.endsWith('SECRET_ID');
  return !ABOUT.test(last);
}

/** Ways to log in: a name that ends in `AUTH` may be that of one. */
const WAYS =
  /^(?:basic|digest|none|ldap|oauth2?|oidc|saml|ntlm|jwt|kerberos|scram[\w-]*|md5|trust|password|plain|anonymous|token|mtls|tls|[a-z]+d|optional)$/i;

const ALGORITHMS = /^(?:bcrypt|argon2\w*|scrypt|pbkdf2\w*|sha-?\d*\w*|md5|crypt)$/i;

/** Whether the value may be a secret, where the name alone does not say it. */
export function mayBeSecret(name: string, value: string): boolean {
  if (isNoSecret(name, value)) return false;
  const own = mayBeShortSecret(name, value);
  return own ?? mayBeNamedSecret(name, value);
}

/** Undefined: the name alone says it, but for what `mayBeNamedSecret` asks. */
function mayBeShortSecret(name: string, value: string): boolean | undefined {
  if (!ENDS_WELL.test(name) && !isShort(name)) {
    if (isEnvSecretName(name)) return mayBeEnvSecret(name, value);
    if (isWeakName(name)) return mayBeWeakSecret(name, value);
  }
  return undefined;
}

function mayBeNamedSecret(name: string, value: string): boolean {
  if (/hash$/i.test(name)) return !ALGORITHMS.test(value);
  if (/webhook$/i.test(name)) return /^https?:/i.test(value);
  if (/auth$/i.test(name)) return !WAYS.test(value);
  if (/pass$/i.test(name)) return !/^(?:ok|yes|no|on|off|all|none)$/i.test(value);
  // A file with the key.
  return (
    !/keys?$/i.test(name) || !/^[\w.]{0,16}\/[\w./-]*\.[\w.-]*$|^\/[\w.-]+\/[\w./-]+$/.test(value)
  );
}
