/** Every word by which a name is that of a key: each has a row, which fails without it. */

import { itHides, itLeaves } from './redacted.ts';

const KEYS = [
  'api secret access private encryption signing auth account',
  'master app jwt session hmac ssh license licence cookie tls ssl shared',
]
  .join(' ')
  .split(' ');

describe('redact/own/context/secret-names: names of keys', () => {
  itHides(KEYS.map((word) => `${word.toUpperCase()}_KEY=§`));
  itHides(KEYS.map((word) => `"${word}Key": "§"`));
  itHides(['SECRET_KEY_BASE=§', '"secret_key_base": "§"']);
  itLeaves(['PUBLIC_KEY=hunter2-Zq81xk', 'primaryKey: id', 'KEY_SIZE=2048']);
});
