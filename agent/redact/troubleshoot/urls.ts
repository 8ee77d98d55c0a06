/** The three rules for users, passwords, hosts and paths in URLs and in connection strings like them. */

import {
  delimiterBefore,
  delimiterFrom,
  endOfDigits,
  endOfPath,
  isWord,
  wordBoundary,
} from './delimiters.ts';
import { type Hiding, hide, marksJoinedBy, type Rule } from './hide.ts';
import { type Folding, foldedPattern } from './keyword.ts';

const TCP = '@tcp(';

export const URL_RULE_NAMES = [
  'Redact connection strings with username and password',
  'Redact database connection strings that contain username and password',
  'Redact database connection strings that contain username and password',
] as const;

/** Rules 8 to 10, in order. All of them need an `@`. Source: troubleshoot v0.133.0, pkg/redact/redact.go. */
export function hidesUrls(folding: Folding): (line: string, hiding: Hiding) => string {
  const web: Rule = { name: URL_RULE_NAMES[0], masksPerMatch: 2, find: webUrlFinder(folding) };
  return (line, hiding) => {
    if (!line.includes('@')) return line;
    const { tcp, database } = hiding.keepsMarks ? IN_STRINGS : AS_UPSTREAM;
    let text = line;
    if (text.includes('://')) text = hide(text, web, hiding);
    if (text.includes(TCP)) text = hide(text, tcp, hiding);
    return text.includes('://') ? hide(text, database, hiding) : text;
  };
}

type PathEnd = (line: string, start: number) => number;

function databaseRules(pathEnd: PathEnd): Readonly<Record<'tcp' | 'database', Rule>> {
  return {
    tcp: {
      name: URL_RULE_NAMES[1],
      masksPerMatch: 4,
      find: (line) => findTcpStrings(line, pathEnd),
      isMarked: isTcpMarked,
    },
    database: {
      name: URL_RULE_NAMES[2],
      masksPerMatch: 4,
      find: (line) => findDatabaseUrls(line, pathEnd),
    },
  };
}

/**
 * `http://user:password@host`: `(?i)(https?|ftp)(:\/\/)(?P<mask>[^:\"\/]+)(:)(?P<mask>[^@\"\/]+)(?P<host>@[^:\/\s\"]+)…`.
 * Linear: neither user nor password has a `/`, so the tries from two schemes never look at the same text.
 */
function webUrlFinder(folding: Folding): Rule['find'] {
  const pattern = foldedPattern('(?:https?|ftp)://[^:"/]+:[^@"/]+@[^:/\t\n\f\r "]+', folding, 'g');
  return (line) => {
    const places: number[] = [];
    pattern.lastIndex = 0;
    for (let match = pattern.exec(line); match !== null; match = pattern.exec(line)) {
      const user = line.indexOf('://', match.index) + 3;
      const password = line.indexOf(':', user) + 1;
      places.push(user, password - 1, password, line.indexOf('@', password));
    }
    return places;
  };
}

/**
 * `user:password@tcp(host:port)/database`:
 * `\b(?P<mask>[^:\"\/]*)(:)(?P<mask>[^:\"\/]*)(@tcp\()(?P<mask>[^:\"\/]*)(?P<port>:[\d]*)?(\)\/)(?P<mask>\S+)\b`.
 * V8 tries each start again; here each `@tcp(` is looked at once, with the parts of the line around it. Of several in one part
 * upstream takes the last for the one before the host: what is masked on both sides comes to the same.
 */
function findTcpStrings(line: string, pathEnd: PathEnd): readonly number[] {
  const places: number[] = [];
  let from = 0;
  let tcp = line.indexOf(TCP);
  while (tcp !== -1) {
    const partEnd = delimiterFrom(line, tcp);
    const isMatch = addTcpString({ line, places, from, pathEnd }, tcp, partEnd);
    if (isMatch) from = places.at(-1) ?? 0;
    tcp = line.indexOf(TCP, isMatch ? from : partEnd);
  }
  return places;
}

/**
 * Two such strings on a line lose what parts them, and the second is then the first one's database: with its marks and what
 * was kept between them.
 */
const isTcpMarked = marksJoinedBy(String.raw`:|@tcp\(|(?::[0-9]*)?\)\/`);

interface Search {
  readonly line: string;
  readonly places: number[];
  /** End of the match before; of a URL, where its user begins. */
  readonly from: number;
  readonly pathEnd: PathEnd;
}

function addTcpString(search: Search, tcp: number, partEnd: number): boolean {
  const { line, places, from } = search;
  const hostEnd = line[partEnd] === '/' ? partEnd - 1 : partEnd;
  const closing = line[partEnd] === ':' ? endOfDigits(line, partEnd + 1) : hostEnd;
  if (!line.startsWith(')/', closing)) return false;
  const colon = delimiterBefore(line, tcp, from);
  if (line[colon] !== ':') return false;
  const user = wordBoundary(line, delimiterBefore(line, colon, from) + 1, colon);
  if (user === -1) return false;
  // Last: where it finds nothing there is no other `@tcp(` either, so no text is looked at for many of them.
  const pathEnd = search.pathEnd(line, closing + 2);
  if (pathEnd === -1) return false;

  places.push(user, colon, colon + 1, tcp);
  places.push(tcp + TCP.length, hostEnd, closing + 2, pathEnd);
  return true;
}

/**
 * `scheme://user:password@host:port/path`:
 * `\b(\w*:\/\/)(?P<mask>[^:\"\/]*)(:)(?P<mask>[^:\"\/]*)(@)(?P<mask>[^:\"\/]*)(?P<port>:[\d]*)?(\/)(?P<mask>\S+)\b`.
 * Here each `://` is looked at once, with the two parts of the line behind it. Any `@` will do for the one before the host, too.
 */
function findDatabaseUrls(line: string, pathEnd: PathEnd): readonly number[] {
  const places: number[] = [];
  let scheme = line.indexOf('://');
  while (scheme !== -1) {
    const search = { line, places, from: scheme + 3, pathEnd };
    const isMatch = isWord(line, scheme - 1) && addDatabaseUrl(search);
    scheme = line.indexOf('://', isMatch ? places.at(-1) : scheme + 1);
  }
  return places;
}

function addDatabaseUrl({ line, places, from: user, pathEnd: findPathEnd }: Search): boolean {
  const colon = delimiterFrom(line, user);
  if (line[colon] !== ':') return false;
  const hostEnd = delimiterFrom(line, colon + 1);
  const slash = line[hostEnd] === ':' ? endOfDigits(line, hostEnd + 1) : hostEnd;
  if (line[slash] !== '/') return false;
  const at = line.slice(colon + 1, hostEnd).indexOf('@');
  if (at === -1) return false;
  const pathEnd = findPathEnd(line, slash + 1);
  if (pathEnd === -1) return false;

  const passwordEnd = colon + 1 + at;
  places.push(user, colon, colon + 1, passwordEnd, passwordEnd + 1, hostEnd, slash + 1, pathEnd);
  return true;
}

/** A path ends with the string that it stands in. Upstream takes what follows for a part of it, a secret's name for one, whose value then stays. */
function endOfPathInString(line: string, start: number): number {
  const end = endOfPath(line, start);
  const inString = end === -1 ? -1 : line.slice(start, end).search(/["'\\]/);
  return inString === -1 ? end : start + inString;
}

const AS_UPSTREAM = databaseRules(endOfPath);
const IN_STRINGS = databaseRules(endOfPathInString);
