/** Names of keys that are secrets of some products, and of others an index or a label: the value tells. */

import { isWords } from '../env-names.ts';

const KEYS = [
  'service|user|admin|storage|routing|primary|secondary|db|database|fernet|aes|encrypt|decrypt(?:ion)?|unseal|sas|xsrf|csrf',
  'pass4symm|validation|certificate|symmetric|recovery',
].join('|');
const LIVE = 'live|test|prod(?:uction)?|old|new|previous|current|staging|dev';

/** The last words of such names, in any case. */
export const WEAK_WORDS = [
  `(?:${KEYS})[_.-]?key`,
  'unseal[_.-]?keys',
  `[a-z0-9]_key_(?:${LIVE})`,
  '(?:hash|password)_?salt',
  '(?-i:[A-Z0-9]_JWT)',
].join('|');

const IS_WEAK = new RegExp(`(?:${WEAK_WORDS})(?:[_-]?[0-9]{1,2})?$`, 'i');
/** The keys of storage accounts and of caches in Azure, which are also columns. */
const IS_ROW = /(?:primary|secondary)[_.-]?key$/i;
/** Of queues and users too. */
const IS_ID = /(?:routing|service|user)[_.-]?key$/i;

export function isWeakName(name: string): boolean {
  return IS_WEAK.test(name);
}

/** What has no more than letters, digits and the signs of base64; no path, and no name of a file. */
const KEY = /^(?=[^]*[0-9])[\w+/=-]{12,}$/;
const PASSPHRASE = /^(?=[^]*[0-9!@#$%^&*])[^\s/]{12,}$/;
const PATH = /^[\w.-]{0,32}(?:\/[\w.-]{1,32}){1,8}$/;
const FILE = /\.(?:key|pem|crt|json|ya?ml|txt|p12|jks)$/i;

export function mayBeWeakSecret(name: string, value: string): boolean {
  if (IS_ROW.test(name)) return /^[A-Za-z0-9+/]{40,}={0,2}$/.test(value);
  if (isWords(value) || /^[0-9.:-]+$/.test(value)) return false;
  if (IS_ID.test(name)) return KEY.test(value) && !PATH.test(value);
  if (/salt$/i.test(name)) return value.length > 5;
  return (KEY.test(value) || PASSPHRASE.test(value)) && !PATH.test(value) && !FILE.test(value);
}
