/** Commands that are given secrets, and which of their words are ones. */

import { mayBeEnvSecret } from '../env-names.ts';
import { isKept } from '../kept-values.ts';

/** How a command is given its secret. */
export interface Command {
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
  'mariadb-dump': { joined: '-p' },
  'mariadb-admin': { joined: '-p' },
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

/** Of arguments whose command is not known, or not yet: of a container's keys in their order `args` comes first. */
export const ANY_COMMAND = '';

const PASSWORD: Command = { flags: ['-a', '-p', '-w'] };
const USER: Command = { flags: ['-u', '-U', '--user', '--proxy-user'], hasUser: true };
const ANY_FLAGS: Readonly<Record<string, Command>> = Object.fromEntries(
  [PASSWORD, USER].flatMap((one) => (one.flags ?? []).map((flag) => [flag, one])),
);

export function isAnyFlag(word: string): boolean {
  return Object.hasOwn(ANY_FLAGS, word);
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
  const from = secretAt(COMMANDS[command] ?? ANY_FLAGS[flag] ?? {}, flag, word);
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
function isPlainlySecret(value: string): boolean {
  return !NO_SECRET.test(value) && mayBeEnvSecret('KEY', value);
}

function secretAt(
  { flags = [], joined, hasUser }: Command,
  flag: string,
  word: string,
): number | undefined {
  if (flags.includes(flag)) {
    const colon = hasUser === true ? word.indexOf(':') : -1;
    return hasUser === true && colon === -1 ? undefined : colon + 1;
  }
  if (joined === undefined || !word.startsWith(joined) || word.startsWith('--')) return undefined;
  return joined.length;
}
