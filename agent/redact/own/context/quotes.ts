/** Strings in quotes, also inside other strings, where backslashes stand before their quotes. */

/** An opening quote: how many backslashes stand before it, and which mark it is. */
export interface Quote {
  /** Of the first backslash. */
  readonly start: number;
  /** Behind the mark. */
  readonly end: number;
  readonly run: number;
  readonly mark: string;
}

export function quoteAt(line: string, at: number): Quote | undefined {
  let index = at;
  while (line[index] === '\\') index += 1;
  const mark = line[index];
  if (mark !== '"' && mark !== "'" && mark !== '`') return undefined;
  return { start: at, end: index + 1, run: index - at, mark };
}

/** The end of what is quoted, and the place behind the closing quote. */
export interface QuotedEnd {
  readonly end: number;
  readonly after: number;
}

/**
 * Where the string ends. One quote more or less in the text of a string has more backslashes before it; one with fewer ends the
 * string around it, and so this one.
 *
 * @returns Undefined: it does not end on this line.
 */
export function closingQuote(
  line: string,
  from: number,
  { run, mark }: Pick<Quote, 'run' | 'mark'>,
): QuotedEnd | undefined {
  let first: QuotedEnd | undefined;
  for (let at = line.indexOf(mark, from); at !== -1; at = line.indexOf(mark, at + 1)) {
    const backslashes = backslashesBefore(line, at, from);
    if (backslashes < run) return { end: at - backslashes, after: at - backslashes };
    const isClosing = backslashes % (2 * (run + 1)) === run;
    if (mark === "'") first ??= { end: at - backslashes, after: at + 1 };
    // In YAML, SQL and nowhere else a doubled quote is a quote.
    if (isClosing && mark === "'" && at > from && line[at + 1] === "'") at += 1;
    else if (isClosing) return { end: at - run, after: at + 1 };
  }
  // To a shell the backslash before a single quote is none that escapes.
  return first;
}

export function backslashesBefore(line: string, at: number, from: number): number {
  let index = at;
  while (index > from && line[index - 1] === '\\') index -= 1;
  return at - index;
}

const TEXT_END = /(?<!\\)\\+(?:[nr]|"(?=\W|$))|"(?=\W|$)/g;

/** Where a text in double quotes, or a line of it, ends at `at` or behind it; undefined: not on this line. */
export function textEndAt(line: string, at: number): number | undefined {
  TEXT_END.lastIndex = at;
  return TEXT_END.exec(line)?.index;
}
