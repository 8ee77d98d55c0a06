/** Random text that the default rules find much in: their own literals, in any order and with what they stumble over. */

import { seededRandom } from '../../support/random.ts';

/**
 * Text of a few hundred bytes to a few KiB, one character a byte; each seed's own, and the same on each call.
 *
 * Some of it is no UTF-8, some lines end in `\r`, some texts lack the newline at their end.
 */
export function randomText(seed: number): string {
  const random = seededRandom(seed);
  const oneOf = <T>(values: readonly [T, ...T[]]): T =>
    values[Math.floor(random() * values.length)] ?? values[0];
  const mood = oneOf(MOODS);
  const lines: string[] = [];
  for (let left = Math.floor(random() * 40) + 1; left > 0; left -= 1) {
    lines.push(oneOf(mood)(random, oneOf) + (random() < 0.1 ? '\r' : ''));
  }
  const text = lines.join('\n') + (random() < 0.3 ? '' : '\n');
  return random() < 0.3 ? withOtherLetters(text, random) : text;
}

type OneOf = <T>(values: readonly [T, ...T[]]) => T;
type MakeLine = (random: () => number, oneOf: OneOf) => string;

const KEYWORDS = [
  'password',
  'token',
  'database',
  'user',
  'SECRET_ACCESS_KEY',
  'secretaccesskey',
  'ACCESS_KEY_ID',
  'accesskeyid',
  'OWNER_ACCOUNT',
  'owneraccount',
  'Data Source',
  'location',
  'User ID',
  'Server',
  'Uid',
  'Pwd',
  'DB_PASSWORD',
  'SuperUser',
  'passwordatabase',
  'owner_accountoken',
  'PLAIN',
  '',
] as const;

const VALUES = [
  'x',
  'hunter2',
  '',
  ' ',
  '  ',
  'a b',
  'ä',
  'x\\',
  '***HIDDEN***',
  '***HIDDEN*** x',
  '******HIDDEN***',
  'u:p@h',
  'a"b',
  'password=a;',
  '-',
  '(',
  ')',
  '\xff',
] as const;

const PIECES = [
  ':',
  '"',
  '/',
  '@',
  ';',
  '=',
  ' ',
  '\t',
  '\v',
  '\xa0',
  '\\',
  '\\"',
  '://',
  '@tcp(',
  ')/',
  '://u:p@h/',
  'http://',
  'HTTPS://',
  'ftp://',
  'a:b@tcp(h:3306)/db',
  'postgres://u:p@h:5432/db',
  '\\"name\\":\\"',
  '\\",\\"value\\":\\"',
  '"name": "',
  '"NAME":  "',
  '"value": "',
  '"Value":"',
  '"value":',
  '"entity": "client.',
  '"entity": "',
  '"key": "',
  '"key":"',
  'osd',
  'mgr.',
  '==',
  '**',
  '*',
  'HIDDEN',
  '***HIDDEN***',
  '_',
  '-',
  ':80',
  ',',
  '.',
  '"certKey": "',
  '"bootstrapToken" : "',
  '"kubeadmToken":\t"',
  '"kubectl.kubernetes.io/last-applied-configuration":"',
  '\xc3\xa9',
  '\xe2',
  '\xf0\x9f\x94\x91',
  '\xed\xa0\x80',
  '\r',
  'x',
] as const;

function soup(random: () => number, oneOf: OneOf): string {
  let line = '';
  for (let left = Math.floor(random() * 16); left > 0; left -= 1) {
    line += random() < 0.6 ? oneOf(PIECES) : oneOf(random() < 0.6 ? KEYWORDS : VALUES);
  }
  return line;
}

function escapedPairs(random: () => number, oneOf: OneOf): string {
  const pair = () =>
    `\\"name\\":\\"${oneOf(VALUES)}${oneOf(KEYWORDS)}${oneOf(['', '', 'S'])}\\",\\"value\\":\\"${oneOf(VALUES)}\\"`;
  return `[{${pair()}}${oneOf(['', ',', '},{'])}${random() < 0.7 ? pair() : ''}]`;
}

function webUrl(_: () => number, oneOf: OneOf): string {
  const scheme = oneOf(['http', 'https', 'ftp', 'postgres', 'xhttp', '', 'a-b']);
  const end = oneOf(['', '/', '/p', '/p?q="', '/-', ' ', '"']);
  return `${oneOf(VALUES)}${scheme}://${oneOf(VALUES)}:${oneOf(VALUES)}@${oneOf(['h', 'h:80', 'h:', ''])}${end}`;
}

function tcpString(_: () => number, oneOf: OneOf): string {
  const host = oneOf(['h', 'h:3306', 'h:', '', 'h@tcp(', 'h x']);
  return `${oneOf(VALUES)}:${oneOf(VALUES)}@tcp(${host})/${oneOf(VALUES)}${oneOf(['', ' ', ', ', '" '])}`;
}

function setting(_: () => number, oneOf: OneOf): string {
  const equals = oneOf(['=', ' = ', '= ', '  =', '=  ', '']);
  return `${oneOf(['', ' ', 'my', '"'])}${oneOf(KEYWORDS)}${equals}${oneOf(VALUES)}${oneOf([';', ';', '', ' ;'])}`;
}

function nameLine(_: () => number, oneOf: OneOf): string {
  const end = oneOf(['",', '"', '', '", "value": "x"', '" "']);
  return `  ${oneOf(['"name": "', '"Name":"', '"name":  "', '"name" : "'])}${oneOf(VALUES)}${oneOf(KEYWORDS)}${oneOf(VALUES)}${end}`;
}

function valueLine(_: () => number, oneOf: OneOf): string {
  const end = oneOf(['"', '",', '', '", "k": "y"', `", "name": "${oneOf(KEYWORDS)}"`]);
  return `  ${oneOf(['"value": "', '"VALUE":"', '"value":  "', '"value": '])}${oneOf(VALUES)}${end}`;
}

function cephLine(random: () => number, oneOf: OneOf): string {
  if (random() < 0.5) {
    const entity = oneOf(['osd.', 'client.admin', 'mgr.x', 'mon.', 'client', 'OSD.']);
    return `"entity": "${entity}${oneOf(['"', '",', '', '", "key": "x"'])}`;
  }
  const length = oneOf([38, 38, 38, 37, 39]);
  const character = oneOf(['A', 'A', '"', '\xc3\xa9', '\xff', '\xed\xa0\x80', '\xf0\x9f\x94\x91']);
  const bytesInCharacters = character === '\xed\xa0\x80' ? 3 : 1;
  const key = character + 'B'.repeat(length - bytesInCharacters);
  return `${oneOf(['"key": "', '"KEY":"', '"key": "key": "'])}${key}==${oneOf(VALUES)}${oneOf(['"', '",', ''])}`;
}

function kurlLine(_: () => number, oneOf: OneOf): string {
  const key = oneOf([
    'bootstrapToken',
    'certKey',
    'kubeadmToken',
    'kubectl.kubernetes.io/last-applied-configuration',
  ]);
  const value = oneOf([...VALUES, '{\\"a\\":\\"b\\"}', '\\\\', '\\']);
  return `"${key}"${oneOf([':', ': ', ' :\t', ':\v', ''])}"${value}${oneOf(['"', '",', '', '" "'])}`;
}

const blank: MakeLine = () => '';

function several(random: () => number, oneOf: OneOf): string {
  let line = '';
  for (let left = Math.floor(random() * 4) + 1; left > 0; left -= 1) {
    line += oneOf([webUrl, tcpString, setting, escapedPairs, soup])(random, oneOf);
    line += oneOf(['', ' ', ';', '"', ', ']);
  }
  return line;
}

/** What a text is made of: of everything, or of few kinds of line that have much to do with one another. */
const MOODS: readonly [
  readonly [MakeLine, ...MakeLine[]],
  ...(readonly [MakeLine, ...MakeLine[]])[],
] = [
  [soup, escapedPairs, webUrl, tcpString, setting, nameLine, valueLine, cephLine, kurlLine, blank],
  [nameLine, nameLine, valueLine],
  [nameLine, valueLine, cephLine, soup, blank],
  [several],
  [several, setting, webUrl, tcpString],
  [soup],
  [cephLine],
  [kurlLine, cephLine, valueLine],
  [escapedPairs, nameLine, valueLine, setting],
];

/** The Kelvin sign, ſ and İ in place of some of the letters that they fold or lower to. */
function withOtherLetters(text: string, random: () => number): string {
  return text.replaceAll(/[ksi]/gi, (letter) => {
    if (random() > 0.15) return letter;
    const other = { k: '\xe2\x84\xaa', s: '\xc5\xbf', i: '\xc4\xb0' }[letter.toLowerCase()];
    return other ?? letter;
  });
}
