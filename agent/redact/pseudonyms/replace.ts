/** Puts pseudonyms into a text, wherever a finder finds a name. */

export interface Found {
  readonly start: number;
  readonly end: number;
  readonly pseudonym: string;
}

export interface Finder {
  /** Global; finds every place where a name may be, in linear time. */
  readonly candidates: RegExp;
  /**
   * The name at a candidate. May begin before it, and end behind it, by a bounded number of characters.
   *
   * @returns Undefined: there is none. Where it ends before the candidate does, the rest is looked through.
   */
  find(candidate: RegExpExecArray): Found | undefined;
}

/** The text itself where nothing is found. */
export function replaceFound(text: string, finder: Finder, onFound: () => void): string {
  const { candidates } = finder;
  let replaced = '';
  let done = 0;
  candidates.lastIndex = 0;
  for (;;) {
    const candidate = candidates.exec(text);
    if (candidate === null) break;
    const found = finder.find(candidate);
    if (found === undefined || found.start < done) continue;
    onFound();
    replaced += text.slice(done, found.start) + found.pseudonym;
    done = found.end;
    candidates.lastIndex = done;
  }
  return done === 0 ? text : replaced + text.slice(done);
}

/** Where a run of characters of a class begins that ends at `end`; looks at `most` of them. */
export function runStart(text: string, end: number, { of, most }: RunOptions): number {
  let start = end;
  while (start > 0 && end - start < most && of.has(text.charCodeAt(start - 1))) start--;
  return start;
}

/** Where a run of characters of a class ends that begins at `start`; looks at `most` of them. */
export function runEnd(text: string, start: number, { of, most }: RunOptions): number {
  let end = start;
  while (end < text.length && end - start < most && of.has(text.charCodeAt(end))) end++;
  return end;
}

export interface RunOptions {
  /** Codes of characters. */
  readonly of: ReadonlySet<number>;
  readonly most: number;
}

export function codesOf(characters: string): ReadonlySet<number> {
  return new Set(Array.from(characters, (character) => character.charCodeAt(0)));
}

/** The `n` of an escaped line break belongs to no name: `\n10.0.0.1`. */
export function isEscapeLetter(text: string, index: number): boolean {
  return text.charAt(index - 1) === '\\' && 'nrt'.includes(text.charAt(index));
}
