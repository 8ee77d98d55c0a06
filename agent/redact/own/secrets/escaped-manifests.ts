/** Manifests in YAML that are strings of JSON: `"secret.yaml": "kind: Secret\ndata:\n  a: b\n"`. */

import { closingQuote } from '../context/quotes.ts';

export interface EscapedManifest {
  /** Of the text in the line. */
  readonly start: number;
  /** As YAML has it: newlines for their escapes, with blanks before them so that each character stays at its place. */
  readonly text: string;
}

const SAYS_SECRET = /kind:[ \t]{1,8}\\{0,7}["']?Secret|stringData:|\\n *type:[ \t]{1,8}Opaque/;
/** Backslashes before the quotes of a string, of one in a string, and of one in that. */
const RUNS = [0, 1, 3];

/** @returns For each depth, one by one in their order: two depths may have the same text. */
export function escapedManifests(line: string): readonly Iterable<EscapedManifest>[] {
  if (!line.includes('\\n') || !SAYS_SECRET.test(line)) return [];
  return RUNS.map((run) => manifestsOf(line, run));
}

function* manifestsOf(line: string, run: number): Generator<EscapedManifest> {
  const opening = `${'\\'.repeat(run)}"`;
  let at = line.indexOf(opening);
  while (at !== -1) {
    const start = at + opening.length;
    const closing =
      line[at - 1] === '\\' ? undefined : closingQuote(line, start, { run, mark: '"' });
    if (closing !== undefined && closing.after > closing.end) {
      const text = line.slice(start, closing.end);
      if (SAYS_SECRET.test(text)) yield { start, text: unescaped(text, run) };
    }
    at = line.indexOf(opening, closing?.after ?? start);
  }
}

function unescaped(text: string, run: number): string {
  const newline = `${'\\'.repeat(run + 1)}n`;
  return text.replaceAll(newline, `${' '.repeat(run + 1)}\n`);
}
