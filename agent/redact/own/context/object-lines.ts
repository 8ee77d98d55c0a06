/** Lines of JSON and YAML as they are printed for reading: one key a line, and what it belongs to told by its indentation. */

/** A line that begins with a key. */
export interface KeyLine {
  /** Column of the key; a list's dashes count. */
  readonly indent: number;
  readonly key: string;
  readonly isJson: boolean;
  /** Where the value begins: at the line's end, if there is none. */
  readonly valueAt: number;
  /** The line has a dash: it begins an element of a list. */
  readonly isElement: boolean;
}

const KEY_LINE =
  /^([ \t]*)((?:-[ \t]+)*)(["']?)([^"'\s:{}[\],][^"'\s]*?|)\3[ \t]*:(?:[ \t]+|(?=["{[\r])|$)/;
const MAX_KEY_LENGTH = 512;

/** @param line Without its `\n`. */
export function keyLine(line: string): KeyLine | undefined {
  const match = KEY_LINE.exec(line.length > MAX_KEY_LENGTH ? line.slice(0, MAX_KEY_LENGTH) : line);
  if (match === null) return undefined;
  const [opening = '', blanks = '', dashes = '', quote, key = ''] = match;
  return {
    indent: blanks.length + dashes.length,
    key,
    isJson: quote === '"',
    valueAt: opening.length,
    isElement: dashes !== '',
  };
}

/** Column of the first character that is no blank; undefined: there is none, or it begins a comment. */
export function indentAt(text: string, start: number, end: number): number | undefined {
  let at = start;
  while (at < end && (text[at] === ' ' || text[at] === '\t')) at += 1;
  return at === end || text[at] === '\r' || text[at] === '#' ? undefined : at - start;
}

/** A plain or quoted word, such as the value of `kind`. */
export function wordAt(line: string, at: number): string {
  return /^["']?([\w./-]*)/.exec(line.slice(at, at + 128))?.[1] ?? '';
}
