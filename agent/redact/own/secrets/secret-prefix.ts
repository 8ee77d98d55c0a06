/** What stands before each line of a manifest: a log's time, the mark of a comment, of a quotation or of a diff, the begin of a record. */

import { isAt } from '../context/sticky.ts';
import { recordPrefix, recordTextEnd, unescaped } from './secret-record.ts';

export interface Prefix {
  /** How long it is at the start of a line; undefined: it does not stand there. */
  lengthAt(text: string, lineStart: number): number | undefined;
  /** It begins a record, of which the manifest's line is a text: where that ends. Undefined: the line has nothing else. */
  readonly textEnd?: (line: string, from: number) => number;
}

/** Blanks behind belong to the manifest, which they only indent. */
const BEFORE_LINE = new RegExp(
  [
    String.raw`\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?(?: std(?:out|err) [FP])?(?=\s|$)`,
    // journald and syslog.
    String.raw`[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [\w.-]{1,64} [\w./@-]{1,64}(?:\[\d{1,8}\])?:(?=\s|$)`,
    // klog.
    String.raw`[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6} {1,8}\d{1,8} [\w./-]{1,128}:\d{1,6}\]`,
    // `kubectl logs --prefix`.
    String.raw`\[[\w./-]{1,256}\](?=\s|$)`,
    String.raw`[ \t]{0,32}(?:#{1,4}|\/\/|>{1,4}|\||\*)`,
  ].join('|'),
  'y',
);

const LOG_PREFIX: Prefix = {
  lengthAt(text, lineStart) {
    return isAt(BEFORE_LINE, text, lineStart) ? BEFORE_LINE.lastIndex - lineStart : undefined;
  },
};

const RECORD_PREFIX: Prefix = { lengthAt: recordPrefix, textEnd: recordTextEnd };

/** A line of a diff, also one that is the same in both; an editor may have taken the blank of an empty one. */
const DIFF_LINE = /[+ ]|-(?!--)|(?=\r?(?:\n|$))/y;

export const DIFF_PREFIX: Prefix = {
  lengthAt(text, lineStart) {
    return isAt(DIFF_LINE, text, lineStart) ? DIFF_LINE.lastIndex - lineStart : undefined;
  },
};

const LONGEST = 512;
const ENDS: ReadonlySet<string> = new Set('0123456789ZFP]:=#/>|*+');

/** Tells most lines apart by the character before a key: whether a prefix may end there. */
export function mayEndPrefix(text: string, lineStart: number, at: number): boolean {
  return at - lineStart < LONGEST && (at < lineStart || ENDS.has(text[at] ?? ''));
}

export interface FoundPrefix {
  readonly prefix: Prefix;
  readonly length: number;
}

export function prefixOf(line: string): FoundPrefix | undefined {
  for (const prefix of [LOG_PREFIX, RECORD_PREFIX]) {
    const length = prefix.lengthAt(line, 0);
    if (length !== undefined) return { prefix, length };
  }
  return line.startsWith('+') || line.startsWith('-')
    ? { prefix: DIFF_PREFIX, length: 1 }
    : undefined;
}

/** What the line is without its prefix. */
export function textBehind(line: string, { prefix, length }: FoundPrefix): string {
  const { textEnd } = prefix;
  return textEnd === undefined
    ? line.slice(length)
    : unescaped(line.slice(length, textEnd(line, length)));
}

/** A list's element has one blank behind its dash. */
const CHANGED_LINE = /\+|-(?:[ \t]{2}|[^ \t\r\n-])/y;

/** Whether a line is one of a diff, and of nothing else. */
export function isChangedLine(text: string, lineStart: number): boolean {
  return isAt(CHANGED_LINE, text, lineStart);
}
