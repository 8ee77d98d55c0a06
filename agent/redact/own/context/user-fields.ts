/** Fields whose value is a user and a password: `ETCDCTL_USER=root:x`, `--basic-auth=admin:x`. */

import { MASK } from '../../rules.ts';
import { isPlainlySecret } from './commands/command-words.ts';
import type { ContextRule } from './context-rule.ts';
import { apart, type Edit, type Findings, masked, type Pending } from './edits.ts';
import { fieldFinder } from './fields/fields.ts';
import { isKept } from './kept-values.ts';

/** Sources: the manuals of etcdctl, Galera, Elastic's Beats, Confluent's Schema Registry and ZooKeeper. */
const WORDS = [
  String.raw`basic[_.-]?auth(?:[_.-](?:users?|credentials?|creds))?`,
  'auth[_-]users?',
  'etcdctl_user',
  'wsrep_sst_auth',
  String.raw`cloud\.auth`,
  String.raw`auth\.user\.info`,
  'superdigest',
].join('|');

const findFields = fieldFinder({
  words: WORDS,
  match: 'last',
  forms: 'any',
  isValue: (value) => passwordOf(value) !== undefined,
});

/** As of curl; other commands have the user's group there. */
const findUsers = fieldFinder({
  words: '--(?:proxy-|http-)?user',
  match: 'whole',
  forms: 'any',
  isValue: (value) => isPlainlySecret(passwordOf(value) ?? ''),
});

export const USER_FIELD: ContextRule = {
  name: 'named-secret',
  needed: `${WORDS}|-user["'= \t]`,
  seeds: [
    '[r_]auth',
    '[c.-]auth',
    'auth[_-]us',
    'etcdctl_u',
    'user[.]inf',
    'erdiges',
    String.raw`-user["',\\\r\n= \t]`,
  ],
  find(line): Findings {
    const { edits, pending } = findFields(line);
    return {
      edits: apart([...edits, ...findUsers(line).edits.map((edit) => withoutUser(line, edit))]),
      pending: isOfValue(pending) ? pending : undefined,
    };
  },
};

/** The user stays. */
function withoutUser(line: string, { start, end }: Edit): Edit {
  return masked(line.indexOf(':', start) + 1, end);
}

function passwordOf(value: string): string | undefined {
  const password = /^[^\s:/"']{1,128}:(?!\/\/)(\S{2,})/.exec(value)?.[1];
  // Of a hash the way it was made may stay.
  return password === undefined || isKept(password) || password.endsWith(MASK)
    ? undefined
    : password;
}

/** Below such a name there may also be an object or a list of other things. */
function isOfValue(pending: Pending | undefined): boolean {
  return pending !== undefined && ['pair', 'argument', 'plain', 'quoted'].includes(pending.kind);
}
