/** Lines of a log that are records, each of which has one line of a manifest as a text: `{"log":"  a: b\n"}`, `level=info msg="  a: b"`. */

import { backslashesBefore, closingQuote } from '../context/quotes.ts';
import { isAt } from '../context/sticky.ts';

/** Each begins otherwise than the one behind it, so that there is one way only to read them; none is a message itself. */
const JSON_FIELD = String.raw`"[\w@./-]{1,64}"[ \t]{0,4}:[ \t]{0,4}(?:"(?:[^"\\\n]|\\.){0,256}"|[\w.+-]{1,40})[ \t]{0,4},[ \t]{0,4}`;
const PLAIN_FIELD = String.raw`[\w.@/-]{1,64}=(?:"(?:[^"\\\n]|\\.){0,256}"|[^\s"=]{0,128})[ \t]{1,4}`;

/** What stands before the text. Of JSON: Docker, zap, slog, pino, journald; of pairs: logrus, slog, logfmt. */
const BEFORE_TEXT = new RegExp(
  [
    String.raw`[ \t]{0,4}\{[ \t]{0,4}(?:${JSON_FIELD}){0,16}?"(?:log|@?message|msg|MESSAGE)"[ \t]{0,4}:[ \t]{0,4}"`,
    String.raw`[ \t]{0,4}(?:${PLAIN_FIELD}){0,16}?(?:msg|message)="?`,
  ].join('|'),
  'y',
);

export function recordPrefix(text: string, lineStart: number): number | undefined {
  return isAt(BEFORE_TEXT, text, lineStart) ? BEFORE_TEXT.lastIndex - lineStart : undefined;
}

/** @returns Where the text ends that begins at `from`: before the newline that may be its last character. */
export function recordTextEnd(line: string, from: number): number {
  if (line[from - 1] !== '"') return blankAt(line, from);
  const end = closingQuote(line, from, { mark: '"', run: 0 })?.end ?? line.length;
  return withoutEscape(line, withoutEscape(line, end, 'n'), 'r');
}

function blankAt(line: string, from: number): number {
  const blanks = /\s|$/g;
  blanks.lastIndex = from;
  return blanks.exec(line)?.index ?? line.length;
}

function withoutEscape(line: string, end: number, letter: string): number {
  const isEscape = line[end - 1] === letter && backslashesBefore(line, end - 1, 0) % 2 === 1;
  return isEscape ? end - 2 : end;
}

/** Of what a manifest has; others stay as they are. */
export const ESCAPE = /\\["\\/t]/g;

export function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(ESCAPE, (escape) => (escape === '\\t' ? '\t' : escape.slice(1)));
}
