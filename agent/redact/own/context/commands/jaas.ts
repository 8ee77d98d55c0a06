/** Users and passwords among the options of a JAAS login module: `user_admin="x"`. Source: Kafka's documentation, "Authentication using SASL/PLAIN". */

import type { ContextRule } from '../context-rule.ts';
import { addEdits, type Edit, type Findings, masked, type PendingCommand } from '../edits.ts';
import { isKept } from '../kept-values.ts';
import { wordAt } from './words.ts';

/** What stands for the name of a command, whose words are the options. */
export const LOGIN_MODULE = 'LoginModule';

const MODULE = /LoginModule[ \t]{1,16}(?:required|requisite|sufficient|optional)\b/gi;
const USER = /(?:(?<![\w.-])|(?<=\\[nrt]))user_[\w.@-]{1,128}[ \t]{0,8}=[ \t]{0,8}/g;
/** On one line a module's options are no longer. */
const MAX_LENGTH = 4096;
/** Behind its options: of a line, or of one in a string. */
const MODULE_END = /;[ \t]{0,16}(?:\\+[nr]|\\*["'`]|\r?$)|\}/;

export const JAAS_SECRET: ContextRule = {
  name: 'named-secret',
  needed: 'LoginModule',
  seeds: ['login'],
  find(line): Findings {
    const edits: Edit[] = [];
    let pending: PendingCommand | undefined;
    let from = 0;
    for (const { 0: match, index } of line.matchAll(MODULE)) {
      const at = Math.max(from, index + match.length);
      const options = line.slice(at, at + MAX_LENGTH);
      const length = options.search(MODULE_END);
      from = at + (length === -1 ? options.length : length);
      addEdits(edits, findUsers(line, at, line.slice(at, from)));
      pending = length === -1 ? PENDING : undefined;
    }
    return { edits, pending };
  },
};

const PENDING: PendingCommand = {
  kind: 'command',
  command: LOGIN_MODULE,
  flag: '',
  words: 0,
  form: 'shell',
};

/**
 * @param from Where the options stand in the line.
 * @yields What hides the passwords of users.
 */
function* findUsers(line: string, from: number, options: string): Generator<Edit> {
  for (const { 0: opening, index } of options.matchAll(USER)) {
    const at = from + index + opening.length;
    // Its quotes tell where it ends.
    const [start, end] = wordAt(line, at, { isInDouble: true, isInSingle: true });
    if (end > start && !isKept(line.slice(start, end))) yield masked(start, end);
  }
}

const OPTION = /^[ \t]*(?:[\w.]{1,128}[ \t]{0,8}=|\/\/|#|\\?\r?$)/;

/** The next line of a module. */
export function continueModule(line: string, pending: PendingCommand): Findings {
  if (!OPTION.test(line)) return { edits: [] };
  const edits = [...findUsers(line, 0, line.slice(0, MAX_LENGTH))];
  return { edits, pending: MODULE_END.test(line) ? undefined : pending };
}
