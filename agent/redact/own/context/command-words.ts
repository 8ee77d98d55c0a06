/** Commands that are given secrets, and which of their words are ones. */

import { isKept } from './kept-values.ts';

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
  const from = secretAt(COMMANDS[command] ?? {}, flag, word);
  return from === undefined || isKept(word.slice(from)) ? undefined : from;
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
