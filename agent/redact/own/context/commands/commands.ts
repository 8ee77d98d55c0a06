/** Secrets in commands and in files of settings that have no separator: `sshpass -p x`, `curl -u user:x`, `requirepass x`. */

import type { ContextRule } from '../context-rule.ts';
import {
  addEdits,
  apart,
  type Edit,
  type Findings,
  type Pending,
  type PendingCommand,
  type PendingContainer,
} from '../edits.ts';
import { isAt } from '../sticky.ts';
import { commandOnLine, shellCommand } from './command-lines.ts';
import { continueContainer, findInList } from './command-lists.ts';
import { walkCommand } from './command-walk.ts';
import { COMMAND_NAMES } from './command-words.ts';
import { findOpenings, NEEDED_OPENINGS, OPENING_SEEDS } from './openings.ts';
import { findPhrases, NEEDED_PHRASES, PHRASE_SEEDS } from './phrases.ts';
import { placeAt } from './words.ts';

/** The `n` of an escape is none of a name's. */
const BEFORE = String.raw`(?:(?<![\w.-])|(?<=\\[nrt]))`;
const NAMES = `${BEFORE}(?:${COMMAND_NAMES.join('|')})(?![\\w.-])`;

const NEEDED_NAMES = [
  'redis-cli|mysql|mariadb|curl|sshpass|mongo|ldap[sam]|cqlsh|bitmqa|cypher-|sqlcmd|smbclient',
  String.raw`(?:bcp|7z[arz]?|https?)["' \t,]`,
].join('|');
/** Of httpie the flag. */
const NAME_SEEDS = [
  'redis-c',
  'mysql',
  'ariadb',
  'curl',
  'mongo',
  'ldap',
  'cqlsh',
  'cypher-',
  'sqlcmd',
  'smbclie',
  'bcp[ ]',
  '7z[" ][,abdeltux-]',
  '7z[arz][" ][,abdeltux-]',
  String.raw`-[apuw]["',\\\r\n \t]`,
];

export const COMMAND_SECRET: ContextRule = {
  name: 'named-secret',
  needed: `${NEEDED_OPENINGS}|${NEEDED_PHRASES}|${NEEDED_NAMES}`,
  seeds: [...OPENING_SEEDS, ...PHRASE_SEEDS, ...NAME_SEEDS],
  find,
  continueContainer,
};

const COMMAND = new RegExp(NAMES, 'g');

function find(line: string): Findings {
  const openings: Edit[] = [];
  addEdits(openings, findOpenings(line));
  addEdits(openings, findPhrases(line));
  const found = findCommands(line);
  const onLine = commandOnLine(line);
  return {
    edits: apart([...openings, ...found.edits]),
    pending: onLine ?? found.pending,
    container: found.container ?? containerOf(onLine),
  };
}

function containerOf(pending: PendingCommand | undefined): PendingContainer | undefined {
  if (pending?.column === undefined) return undefined;
  const { command, column } = pending;
  return { command, column, key: undefined, lines: 0 };
}

const LIST_OPENING = /(?:^|\\n|["'])[ \t]{0,64}-[ \t]{1,16}\\{0,7}["']?(?:[\w./-]{0,64}\/)?$/;
const LIST_OPENING_LENGTH = 160;
/** The text of a list may be a whole command: `- mysql -px`. */
const NEXT_WORD = /[ \t]+(?!\\+[nr])[^ \t\r#]/y;

function findCommands(line: string): Findings {
  const edits: Edit[] = [];
  const place = placeAt(line);
  let pending: Pending | undefined;
  let container: PendingContainer | undefined;
  COMMAND.lastIndex = 0;
  for (let hit = COMMAND.exec(line); hit !== null; hit = COMMAND.exec(line)) {
    const [command] = hit;
    const before = line.slice(Math.max(0, hit.index - LIST_OPENING_LENGTH), hit.index);
    const at = COMMAND.lastIndex;
    const walked = walkCommand(line, {
      command,
      flag: '',
      at,
      isList: LIST_OPENING.test(before) && !isAt(NEXT_WORD, line, at),
      place,
    });
    addEdits(edits, walked.edits);
    if (walked.goesOn) pending = shellCommand(command, walked.flag);
    const list = findInList(line, { command, start: hit.index, end: at });
    addEdits(edits, list.edits);
    pending ??= list.pending;
    container ??= list.container;
    COMMAND.lastIndex = Math.max(at, walked.after);
  }
  return { edits, pending, container };
}
