/** Where words, runs without white space, and the parts of a connection string end. */

const WORD = Uint8Array.from({ length: 256 }, (_, code) =>
  /[0-9A-Za-z_]/.test(String.fromCharCode(code)) ? 1 : 0,
);

const DELIMITER = /[:"/]/g;
/** Go's `\s`: without \v and \xa0. */
const WHITE_SPACE = /[\t\n\f\r ]/g;

/** Whether Go's `\w` takes the character: ASCII only. None stands before the line's start or after its end. */
export function isWord(line: string, at: number): boolean {
  return WORD[line.charCodeAt(at)] === 1;
}

/** Place of the first `:`, `"` or `/` from there on, or the line's end. */
export function delimiterFrom(line: string, at: number): number {
  return indexFrom(DELIMITER, line, at);
}

/** Place of the last `:`, `"` or `/` before `at` and not before `from`, or `from - 1`. */
export function delimiterBefore(line: string, at: number, from: number): number {
  let place = at - 1;
  while (place >= from && !isDelimiter(line.charCodeAt(place))) place -= 1;
  return place;
}

/** The first place, from `from` to `to`, with a word character on one side only. -1: there is none. */
export function wordBoundary(line: string, from: number, to: number): number {
  for (let place = from; place <= to; place += 1) {
    if (isWord(line, place - 1) !== isWord(line, place)) return place;
  }
  return -1;
}

/** End of what `\S+\b` takes: behind the last word character before the next white space. -1: there is none. */
export function endOfPath(line: string, start: number): number {
  let end = indexFrom(WHITE_SPACE, line, start);
  while (end > start && !isWord(line, end - 1)) end -= 1;
  return end > start ? end : -1;
}

/** Place behind the digits that start there. */
export function endOfDigits(line: string, start: number): number {
  let end = start;
  while (line.charCodeAt(end) >= 0x30 && line.charCodeAt(end) <= 0x39) end += 1;
  return end;
}

function isDelimiter(code: number): boolean {
  return code === 0x3a || code === 0x22 || code === 0x2f;
}

function indexFrom(pattern: RegExp, line: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(line)?.index ?? line.length;
}
