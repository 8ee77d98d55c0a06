/** Secrets that have no separator before them, in commands, files of settings and SQL: `requirepass x`, `insecure-password x`. */

import { type Edit, masked } from '../edits.ts';
import { isKept } from '../kept-values.ts';
import { placeAt, wordAt } from './words.ts';

/** Between two words of a file, also one that is a string. */
const GAP = String.raw`(?:[ \t]{1,16}|[ \t]{0,16}\\{1,7}n[ \t]{0,32})`;
const SQL_QUOTE = String.raw`(?=\\{0,7}')`;

/** Before a word: the `n` of an escape is none of its letters. */
const BEFORE = String.raw`(?:\b|(?<=\\[nrt]))`;

/** What stands right before a secret. */
const OPENINGS = [
  String.raw`${BEFORE}(?:requirepass|masterauth|bindpw|rootpw)[ \t]{1,16}(?=[^ \t:=])`,
  String.raw`--from-literal\\{0,7}["']?[= \t,]{1,16}\\{0,7}["']?[\w.-]{1,128}=`,
  String.raw`-pass(?:in|out)?\\{0,7}["']?[ \t,]{1,16}\\{0,7}["']?pass:`,
  String.raw`${BEFORE}login[ \t]{1,16}[^ \t\\]{1,128}${GAP}password[ \t]{1,16}`,
  String.raw`^[ \t]{0,32}password[ \t]{1,16}(?=[^ \t=:,]{1,256}[ \t\r]*$)`,
  String.raw`\\[nr][ \t]{0,32}password[ \t]{1,16}(?=[^\s=:,"\\]{1,256}[ \t]{0,16}(?:\\{1,7}[nr"]|"))`,
  String.raw`jdbc:oracle:\w{1,16}:[^/\s"'@]{1,64}/(?=[^/\s"'@]{1,256}@)`,
  String.raw`${BEFORE}echo[ \t]{1,8}\\{0,7}["']?[\w.-]{1,64}:(?=[^|\n]{1,256}\|[^|\n]{0,64}chpasswd)`,
  // HAProxy's.
  String.raw`${BEFORE}insecure-password[ \t]{1,16}`,
  String.raw`${BEFORE}stats[ \t]{1,16}auth[ \t]{1,16}[^\s:]{1,128}:`,
  // SQL's.
  String.raw`${BEFORE}set[ \t]{1,8}password[ \t]{1,8}for[ \t]{1,8}[^ \t=]{1,128}[ \t]{0,8}(?:=|to)[ \t]{0,8}${SQL_QUOTE}`,
  String.raw`${BEFORE}identified[ \t]{1,8}(?:with|via)[ \t]{1,8}\\{0,7}['"]?\w{1,64}\\{0,7}['"]?[ \t]{1,8}(?:as|using)[ \t]{1,8}${SQL_QUOTE}`,
  String.raw`(?:[=(,]|select)[ \t]{0,8}(?:old_)?password\([ \t]{0,8}${SQL_QUOTE}`,
  // The shell of MongoDB.
  String.raw`\.auth\([ \t]{0,8}\\{0,7}["'][^"'\\]{0,128}\\{0,7}["'][ \t]{0,8},[ \t]{0,8}(?=\\{0,7}["'])`,
  // What Redis shows of its commands.
  String.raw`(?:\][ \t]|"hello\\{0,7}"[ \t]\\{0,7}"[23]\\{0,7}"[ \t])\\{0,7}"auth\\{0,7}"[ \t](?:\\{0,7}"[^"\\]{1,128}\\{0,7}"[ \t])?(?=\\{0,7}")`,
  String.raw`"(?:requirepass|masterauth)\\{0,7}"[ \t](?=\\{0,7}")`,
  // SMTP's. Source: RFC 4954, section 4.
  String.raw`${BEFORE}auth[ \t](?:plain|xoauth2)[ \t](?=[a-z0-9+/]{8,8192}=|[a-z0-9+/]{16})`,
].join('|');

/** What a line with one has at least. */
export const NEEDED_OPENINGS = [
  '[er]pass[ \t]|masterauth|[dt]pw[ \t]|-literal|-pass|login|c:oracle|chpasswd|stats[ \t]',
  String.raw`identified[ \t]|\.auth\(|auth\\{0,7}"[ \t]|[er]pass\\{0,7}"[ \t]|auth[ \t](?:plain|xoauth2)[ \t]`,
  String.raw`(?:^|\\[nr])[ \t]{0,32}password[ \t]|password(?:\(|[ \t]{1,8}for)`,
].join('|');

/** Parts of them. */
export const OPENING_SEEDS = [
  'pass',
  '[r_]auth',
  '[dt]pw[ \t]',
  '-liter',
  'c:orac',
  'login',
  '[ \t]auth[ \t]',
  'fied[ \t]',
  String.raw`uth["'\\:]`,
  String.raw`[.]auth\(`,
  'auth[ \t]plain',
  'auth[ \t]xoauth',
];

const OPENING = new RegExp(OPENINGS, 'gi');

export function* findOpenings(line: string): Generator<Edit> {
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
