/** Secrets in commands and in files of settings that have no separator: `sshpass -p x`, `curl -u user:x`, `requirepass x`. */

import type { ContextRule } from './context-rule.ts';
import { type Edit, masked } from './edits.ts';
import { isKept } from './kept-values.ts';
import { type PlainPlace, plainEnd } from './plain-value.ts';
import { closingQuote, quoteAt } from './quotes.ts';

/** How a command is given its secret. */
interface Command {
  /** Whole words. */
  readonly flags?: readonly string[];
  /** The secret stands right behind: `-psecret`. */
  readonly joined?: string;
  /** Of `user:password` the user stays. */
  readonly hasUser?: true;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  'redis-cli': { flags: ['-a'] },
  mysql: { joined: '-p' },
  mysqldump: { joined: '-p' },
  mysqladmin: { joined: '-p' },
  mariadb: { joined: '-p' },
  curl: { flags: ['-u', '--user', '-U', '--proxy-user'], hasUser: true },
  sshpass: { flags: ['-p'], joined: '-p' },
  login: { flags: ['-p'] },
  mongo: { flags: ['-p'] },
  mongosh: { flags: ['-p'] },
  mongodump: { flags: ['-p'] },
  ldapsearch: { flags: ['-w'] },
  ldapadd: { flags: ['-w'] },
  ldapmodify: { flags: ['-w'] },
};

const NAMES = Object.keys(COMMANDS);
/** What stands right before a secret. */
const OPENINGS = [
  String.raw`\b(?:requirepass|masterauth|bindpw|rootpw)[ \t]{1,16}(?=[^ \t:=])`,
  String.raw`--from-literal\\{0,7}["']?[= \t,]{1,16}\\{0,7}["']?[\w.-]{1,128}=`,
  String.raw`-pass(?:in|out)?\\{0,7}["']?[ \t,]{1,16}\\{0,7}["']?pass:`,
  String.raw`\blogin[ \t]{1,16}[^ \t]{1,128}[ \t]{1,16}password[ \t]{1,16}`,
  String.raw`^[ \t]{0,32}password[ \t]{1,16}(?=[^ \t=:,]{1,256}[ \t\r]*$)`,
  String.raw`jdbc:oracle:\w{1,16}:[^/\s"'@]{1,64}/(?=[^/\s"'@]{1,256}@)`,
  String.raw`\becho[ \t]{1,8}\\{0,7}["']?[\w.-]{1,64}:(?=[^|\n]{1,256}\|[^|\n]{0,64}chpasswd)`,
].join('|');

export const COMMAND_SECRET: ContextRule = {
  name: 'named-secret',
  needed: `${OPENINGS}|(?<![\\w-])(?:${NAMES.join('|')})(?![\\w-])`,
  seeds: [
    'pass',
    '[r_]auth',
    '[dt]pw[ \t]',
    '-liter',
    'c:orac',
    'redis-c',
    'mysql',
    'ariadb',
    'curl',
    'login',
    'mongo',
    'ldap',
  ],
  find,
};

const OPENING = new RegExp(OPENINGS, 'gi');
const COMMAND = new RegExp(`(?<![\\w.-])(?:${NAMES.join('|')})(?![\\w.-])`, 'g');

function find(line: string): { readonly edits: readonly Edit[] } {
  const edits = [...findOpenings(line), ...findCommands(line)];
  return { edits: apart(edits.toSorted((one, other) => one.start - other.start)) };
}

function apart(edits: readonly Edit[]): readonly Edit[] {
  let end = 0;
  return edits.filter((edit) => {
    if (edit.start < end) return false;
    end = edit.end;
    return true;
  });
}

function placeAt(line: string): (at: number) => PlainPlace {
  const double = line.indexOf('"');
  const single = line.indexOf("'");
  return (at) => ({
    isInDouble: double !== -1 && double < at,
    isInSingle: single !== -1 && single < at,
  });
}

function* findOpenings(line: string): Generator<Edit> {
  const place = placeAt(line);
  OPENING.lastIndex = 0;
  for (let hit = OPENING.exec(line); hit !== null; hit = OPENING.exec(line)) {
    const at = OPENING.lastIndex;
    const [start, end] = wordAt(line, at, place(at));
    const limit = hit[0].startsWith('jdbc') ? line.indexOf('@', at) : end;
    const to = Math.min(end, limit);
    if (to > start && !isKept(line.slice(start, to))) yield masked(start, to);
    OPENING.lastIndex = Math.max(at, to);
  }
}

type Span = readonly [start: number, end: number];

/** A word of a command, without its quotes. */
function wordAt(line: string, at: number, place: PlainPlace): Span {
  const quote = quoteAt(line, at);
  const closing = quote === undefined ? undefined : closingQuote(line, quote.end, quote);
  if (quote !== undefined && closing !== undefined) return [quote.end, closing.end];
  return [at, plainEnd(line, at, place)];
}

/** Between two words, in a shell or in JSON. */
const GAP = /(?:\\{0,7}["'])?[ \t]{0,16},?[ \t]{1,16}|\\{0,7}["'][ \t]{0,16},[ \t]{0,16}/y;
const COMMAND_END = /[|;&\n]|\\+n/;
/** Further behind nothing is looked at. */
const MAX_WORDS = 32;

function* findCommands(line: string): Generator<Edit> {
  const place = placeAt(line);
  COMMAND.lastIndex = 0;
  for (let hit = COMMAND.exec(line); hit !== null; hit = COMMAND.exec(line)) {
    const command = COMMANDS[hit[0]] ?? {};
    let at = COMMAND.lastIndex;
    let flag = '';
    for (let words = 0; words < MAX_WORDS; words += 1) {
      GAP.lastIndex = at;
      if (!GAP.test(line)) break;
      const [start, end] = wordAt(line, GAP.lastIndex, place(GAP.lastIndex));
      const word = line.slice(start, end);
      if (end <= start || COMMAND_END.test(word.slice(0, 2))) break;
      const edit = secretIn(command, flag, { word, start });
      if (edit !== undefined) yield edit;
      flag = word;
      at = end;
    }
    COMMAND.lastIndex = Math.max(COMMAND.lastIndex, at);
  }
}

function secretIn(
  { flags = [], joined, hasUser }: Command,
  flag: string,
  { word, start }: { readonly word: string; readonly start: number },
): Edit | undefined {
  if (flags.includes(flag)) {
    return hasUser === true ? passwordIn(word, start) : maskedFrom(word, start, 0);
  }
  if (joined === undefined || !word.startsWith(joined) || word.startsWith('--')) return undefined;
  return maskedFrom(word, start, joined.length);
}

function passwordIn(word: string, start: number): Edit | undefined {
  const colon = word.indexOf(':');
  return colon === -1 ? undefined : maskedFrom(word, start, colon + 1);
}

function maskedFrom(word: string, start: number, from: number): Edit | undefined {
  return isKept(word.slice(from)) ? undefined : masked(start + from, start + word.length);
}
