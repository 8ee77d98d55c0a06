/** What stands around each of several lines that belong together: a log's time and stream, `{"log":"…`, quotes. */

/** A longer text before or behind the first line is no pattern for the lines that follow. */
const MAX_LENGTH = 4096;

/** What every line has around it. Numbers in it may differ. */
export interface Frame {
  readonly before: readonly string[];
  readonly behind: readonly string[];
}

/** @param before In the first of the lines. @returns Undefined: it is no pattern for others. */
export function frameOf(before: string, behind: string): Frame | undefined {
  if (before.length + behind.length > MAX_LENGTH) return undefined;
  // What is a part of a word may be anything.
  if (/^[\w+/=-]/.test(behind)) return undefined;
  return { before: before.split(NUMBER), behind: behind.split(NUMBER) };
}

const NUMBER = /[0-9]+/;
const DIGITS = /[0-9]+/y;

/** @returns Where the texts, with numbers between them, end; -1 when they do not stand there. */
export function framedTo(line: string, from: number, texts: readonly string[]): number {
  let at = from;
  for (const [index, text] of texts.entries()) {
    if (index > 0) {
      DIGITS.lastIndex = at;
      if (!DIGITS.test(line)) return -1;
      at = DIGITS.lastIndex;
    }
    if (!line.startsWith(text, at)) return -1;
    at += text.length;
  }
  return at;
}

/** Before a line without a frame, and behind it: what quotes and concatenates strings. */
const LEAD = /[ \t]*(?:\\{0,64}["'\x60])?/y;
const TAIL = /^\\*["'\x60]?[ \t]{0,16}[+,.;)\\]?$/;

/** @returns Where what is quoted begins. */
export function leadEnd(line: string): number {
  LEAD.lastIndex = 0;
  LEAD.test(line);
  return LEAD.lastIndex;
}

export function isTail(text: string): boolean {
  return TAIL.test(text.trimEnd());
}
