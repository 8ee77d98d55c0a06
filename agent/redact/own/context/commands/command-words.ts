/** Commands that are given secrets, and which of their words are ones. */

import { mayBeEnvSecret } from '../env-names.ts';
import { isKept } from '../kept-values.ts';

/** How a command is given its secret. */
export interface Command {
  /** Of the word before a secret: all of it. */
  readonly flag?: RegExp;
  /** The secret stands right behind: `-psecret`. */
  readonly joined?: RegExp;
  /** Of `user:password` the user stays, up to this. */
  readonly userEnd?: ':' | '%';
}

const A: Command = { flag: /^-a$/ };
const P: Command = { flag: /^-p$/ };
const UPPER_P: Command = { flag: /^-P$/, joined: /^-P/ };
const W: Command = { flag: /^-w$/ };
const JOINED_P: Command = { joined: /^-p/ };
/** Of curl's other letters those that have no value: `-sku user:password`. */
const CURL: Command = {
  flag: /^(?:-[fgGiIkLnNsSvV#0-46]{0,16}[uU]|--(?:proxy-)?user)$/,
  joined: /^(?:-[fgGiIkLnNsSvV#0-46]{0,16}[uU]|--(?:proxy-)?user=)/,
  userEnd: ':',
};
const HTTPIE: Command = { flag: /^(?:-a|--auth)$/, joined: /^(?:-a|--auth=)/, userEnd: ':' };
const SMB: Command = { flag: /^(?:-U|--user)$/, joined: /^(?:-U|--user=)/, userEnd: '%' };

const COMMANDS: Readonly<Record<string, Command>> = {
  'redis-cli': A,
  ...Object.fromEntries(
    [
      'mysql|mysqldump|mysqladmin|mysqlcheck|mysqlimport|mysqlshow|mysqlslap|mysqlbinlog|mysqlpump|mysqlsh',
      'mariadb|mariadb-dump|mariadb-admin|mariadb-check|mariadb-import|mariadb-show|mariadb-binlog',
      '7z|7za|7zr|7zz',
    ].flatMap((names) => names.split('|').map((name) => [name, JOINED_P])),
  ),
  curl: CURL,
  sshpass: { ...P, ...JOINED_P },
  login: { ...P, ...JOINED_P },
  mongo: P,
  mongosh: P,
  mongodump: P,
  cqlsh: P,
  rabbitmqadmin: { ...P, ...JOINED_P },
  'cypher-shell': { ...P, ...JOINED_P },
  sqlcmd: UPPER_P,
  bcp: UPPER_P,
  smbclient: SMB,
  http: HTTPIE,
  https: HTTPIE,
  ldapsearch: W,
  ldapadd: W,
  ldapmodify: W,
};

/** Of arguments whose command is not known, or not yet: of a container's keys in their order `args` comes first. */
export const ANY_COMMAND = '';

const ANY_FLAGS: readonly Command[] = [
  { flag: /^-[apw]$/ },
  { flag: /^(?:-[uU]|--(?:proxy-)?user)$/, userEnd: ':' },
];

export function isAnyFlag(word: string): boolean {
  return anyCommand(word) !== undefined;
}

function anyCommand(word: string): Command | undefined {
  return ANY_FLAGS.find(({ flag }) => flag?.test(word) === true);
}

export const COMMAND_NAMES = Object.keys(COMMANDS);

/** @param word Also a path, or what is no command. */
export function commandNamed(word: string): string | undefined {
  const name = word.slice(word.lastIndexOf('/') + 1);
  return Object.hasOwn(COMMANDS, name) ? name : undefined;
}

/** The secret in a word: from there to its end. Undefined: there is none. */
export function secretFrom(
  command: string,
  { flag, word }: { readonly flag: string; readonly word: string },
): number | undefined {
  const from = secretAt(COMMANDS[command] ?? anyCommand(flag) ?? {}, flag, word);
  if (command === ANY_COMMAND && !isPlainlySecret(word.slice(from))) return undefined;
  return from === undefined || isKept(word.slice(from)) ? undefined : from;
}

/** A URL, a text in braces, another argument, an amount, what has a name of its own, a host. */
const NO_SECRET = new RegExp(
  [
    String.raw`[A-Za-z][\w+.-]{0,32}://`,
    '[{[<$%@-]|//',
    String.raw`[0-9.]{1,16}[A-Za-z]{1,3}$`,
    String.raw`[\w.-]{1,64}=`,
    String.raw`[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,16}(?:\.|:[0-9]{1,5})?$`,
    String.raw`[\w-]{1,63}:[0-9]{1,5}$`,
  ]
    .map((source) => `^${source}`)
    .join('|'),
);

/** Where the command does not say it, the value must: it is neither words nor a number, a path and the like. */
export function isPlainlySecret(value: string): boolean {
  return !NO_SECRET.test(value) && mayBeEnvSecret('KEY', value);
}

function secretAt(
  { flag: ofSecret, joined, userEnd }: Command,
  flag: string,
  word: string,
): number | undefined {
  const opening = ofSecret?.test(flag) === true ? '' : joined?.exec(word)?.[0];
  if (opening === undefined || userEnd === undefined) return opening?.length;
  const end = word.indexOf(userEnd, opening.length);
  return end === -1 ? undefined : end + 1;
}
