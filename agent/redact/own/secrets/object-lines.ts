/** Lines of JSON and YAML as they are printed for reading: one key a line, and what it belongs to told by its indentation. */

/** A line that begins with a key. */
export interface KeyLine {
  /** Column of the key; a list's dashes and an object's brace before it count. */
  readonly indent: number;
  readonly key: string;
  /** Where the value begins: at the line's end, if there is none. */
  readonly valueAt: number;
  /** A dash or a brace stands before the key: it is the first of its object. */
  readonly isElement: boolean;
  /** Such a brace. */
  readonly isInBrace: boolean;
}

const KEY_LINE =
  /^([ \t]*)((?:-[ \t]+|\{[ \t]*)*)(["']?)([^"'\s:{}[\],][^"'\s]*?|)\3[ \t]*:(?:[ \t]+|(?=["'{[]|\r?$))/;
const MAX_KEY_LENGTH = 512;

/** @param line Without its `\n`. */
export function keyLine(line: string): KeyLine | undefined {
  const match = KEY_LINE.exec(line.length > MAX_KEY_LENGTH ? line.slice(0, MAX_KEY_LENGTH) : line);
  if (match === null) return undefined;
  const [opening = '', blanks = '', dashes = '', , key = ''] = match;
  return {
    indent: blanks.length + dashes.length,
    key,
    valueAt: opening.length,
    isElement: dashes !== '',
    isInBrace: dashes.includes('{'),
  };
}

/** A key behind `#`. */
export function commentedKeyLine(line: string): Pick<KeyLine, 'valueAt'> | undefined {
  const mark = /^[ \t]*#+/.exec(line)?.[0];
  const key = mark === undefined ? undefined : keyLine(line.slice(mark.length));
  return mark === undefined || key === undefined
    ? undefined
    : { valueAt: mark.length + key.valueAt };
}

/** Column of the first character that is no blank; undefined: there is none, or it begins a comment. */
export function indentAt(text: string, lineStart: number): number | undefined {
  let at = lineStart;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  const first = text[at];
  const isNone = first === undefined || first === '\n' || first === '\r' || first === '#';
  return isNone ? undefined : at - lineStart;
}

/** A plain or quoted word, such as the value of `kind`. */
export function wordAt(line: string, at: number): string {
  return /^["']?([\w./-]*)/.exec(line.slice(at, at + 128))?.[1] ?? '';
}
