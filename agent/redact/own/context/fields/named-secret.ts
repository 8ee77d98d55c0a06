/** Values of names that say that they are secrets. */

import type { ContextRule } from '../context-rule.ts';
import {
  mayBeSecret,
  NEEDED_WORDS,
  SECRET_SEEDS,
  SECRET_WORDS,
  saysSecret,
} from '../secret-names.ts';
import { listValue } from './field-nested.ts';
import { fieldFinder } from './fields.ts';
import { isOnlyMap, MAP_SEEDS, MAP_WORDS } from './secret-maps.ts';

/** SQL's words before a password, as a name. */
const IDENTIFIED_BY = String.raw`identified[ \t]{1,8}(?:with[ \t]{1,8}[\w']{1,64}[ \t]{1,8})?by`;
const WORDS = `${SECRET_WORDS}|${IDENTIFIED_BY}|${MAP_WORDS}`;

export const NAMED_SECRET: ContextRule = {
  name: 'named-secret',
  needed: `${NEEDED_WORDS}|identified|${MAP_WORDS}`,
  seeds: [...SECRET_SEEDS, 'fied[ \t]', ...MAP_SEEDS],
  findsPairs: true,
  find: fieldFinder({
    words: WORDS,
    isName: (name) => /by$/i.test(name) || saysSecret(name) || isOnlyMap(name),
    isMap: isOnlyMap,
    match: 'last',
    forms: 'any',
    isValue: (value, name) => mayBeSecret(name, value),
  }),
  continueArray(line) {
    const { edits = [], pending } = listValue(line, 0);
    return { edits, pending };
  },
};
