/** Values of names that say that they are secrets. */

import type { ContextRule } from './context-rule.ts';
import { fieldFinder } from './fields.ts';
import { SECRET_WORDS, saysSecret } from './secret-names.ts';

/** SQL's words before a password, as a name. */
const IDENTIFIED_BY = String.raw`identified[ \t]{1,8}(?:with[ \t]{1,8}[\w']{1,64}[ \t]{1,8})?by`;
const WORDS = `${SECRET_WORDS}|${IDENTIFIED_BY}`;

/** Parts of the words. */
const SEEDS = [
  'key',
  'ken',
  'cre[td]',
  'ssw',
  'ssp',
  'pwd',
  'dsn',
  'fied[ \\t]',
  'n[_.-]?strin',
  'k[_.-]?url',
];

export const NAMED_SECRET: ContextRule = {
  name: 'named-secret',
  needed: `${SECRET_WORDS}|identified`,
  seeds: SEEDS,
  findsPairs: true,
  find: fieldFinder({ words: WORDS, isName: saysSecret, match: 'last', forms: 'any' }),
};
