/** Arguments that are often secrets, in lists whose command stands elsewhere: `args: ["-a", "x"]`. */

import type { ContextRule } from '../context-rule.ts';
import { addEdit, type Edit, type Findings, masked, type PendingCommand } from '../edits.ts';
import { elementAt } from '../fields/field-nested.ts';
import { argumentOnLine } from './command-lines.ts';
import { flowCommand } from './command-lists.ts';
import { ANY_COMMAND, secretFrom } from './command-words.ts';

const FLAG = '-[apuwU]|--(?:proxy-)?user';
const QUOTED = String.raw`(\\{0,7}["'])(${FLAG})\1[ \t]{0,8},(?:\\{1,15}n)?[ \t]{0,64}`;
const PLAIN = String.raw`[[,][ \t]{0,8}(${FLAG})[ \t]{0,8},[ \t]{0,64}`;
const ARGUMENT = new RegExp(`${QUOTED}|${PLAIN}`, 'g');

export const ANY_ARGUMENT_SECRET: ContextRule = {
  name: 'named-secret',
  needed: String.raw`(?:${FLAG})(?:\\{0,7}["',]|[ \t\r]*$)`,
  seeds: [String.raw`-[apuw]["',\\\r\n \t]`, String.raw`-user["',\\\r\n= \t]`],
  find(line): Findings {
    const edits: Edit[] = [];
    let pending: PendingCommand | undefined;
    ARGUMENT.lastIndex = 0;
    for (let hit = ARGUMENT.exec(line); hit !== null; hit = ARGUMENT.exec(line)) {
      const at = ARGUMENT.lastIndex;
      const flag = hit[2] ?? hit[3] ?? '';
      const { start, end } = elementAt(line, at) ?? { start: at, end: at };
      const secret = secretFrom(ANY_COMMAND, { flag, word: line.slice(start, end) });
      if (secret !== undefined) addEdit(edits, masked(start + secret, end));
      if (line.slice(at, at + 2).trim() === '') pending = flowCommand(ANY_COMMAND, flag);
      // The comma before the next argument may be the one behind this.
      ARGUMENT.lastIndex = Math.max(end, at - 1);
    }
    return { edits, pending: pending ?? argumentOnLine(line) };
  },
};
