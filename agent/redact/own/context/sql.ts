/** Secrets that SQL writes into tables: of an INSERT with a secret's column all texts, of COPY those columns. */

import type { ContextRule } from './context-rule.ts';
import {
  addEdit,
  addEdits,
  type Edit,
  type Findings,
  masked,
  NO_FINDINGS,
  type Pending,
} from './edits.ts';
import { isKept } from './kept-values.ts';
import { closingQuote, quoteAt } from './quotes.ts';
import { isAt } from './sticky.ts';
import { isSecretColumn, secretColumns } from './tables.ts';

const TABLE = String.raw`[\w."\`\\[\]-]{1,256}[ \t]{0,16}\(`;
const INTO = String.raw`\b(?:insert|replace)[ \t]{1,8}(?:ignore[ \t]{1,8})?into[ \t]{1,8}${TABLE}`;
const COPY = String.raw`\bcopy[ \t]{1,8}${TABLE}`;

export const SQL_SECRET: ContextRule = {
  name: 'named-secret',
  needed: `${INTO}|${COPY}`,
  // A column says secret.
  seeds: [],
  find(line) {
    const edits: Edit[] = [];
    let pending: Pending | undefined;
    STATEMENT.lastIndex = 0;
    for (let hit = STATEMENT.exec(line); hit !== null; hit = STATEMENT.exec(line)) {
      const found = findIn(line, { isCopy: /^copy/i.test(hit[0]), at: STATEMENT.lastIndex });
      addEdits(edits, found.edits);
      pending = found.pending;
      STATEMENT.lastIndex = found.after;
    }
    return { edits, pending };
  },
};

const STATEMENT = new RegExp(`${INTO}|${COPY}`, 'gi');
const MAX_COLUMNS_LENGTH = 4096;
const VALUES = /\)[ \t]{0,16}(?:\\{1,7}n[ \t]{0,64})?values?[ \t]{0,16}/iy;
const FROM_STDIN = /\)[ \t]{1,16}from[ \t]{1,16}stdin\b/iy;

interface Found extends Findings {
  readonly after: number;
}

function findIn(
  line: string,
  { isCopy, at }: { readonly isCopy: boolean; readonly at: number },
): Found {
  const end = line.slice(at, at + MAX_COLUMNS_LENGTH).indexOf(')') + at;
  const columns = end < at ? [] : columnsIn(line.slice(at, end));
  if (!columns.some(isSecretColumn)) return { edits: [], after: at };
  if (!isAt(isCopy ? FROM_STDIN : VALUES, line, end)) return { edits: [], after: end };
  const secret = secretColumns(columns);
  if (!isCopy) return hideTexts(line, VALUES.lastIndex);
  const pending = {
    kind: 'rows',
    separator: '\t',
    cells: columns.length,
    secret,
    rows: 0,
  } as const;
  return { edits: [], pending, after: end };
}

function columnsIn(text: string): readonly string[] {
  return text.split(',').map((column) => column.replaceAll(/[\s"`\\[\]]/g, ''));
}

/** Brackets, numbers, words, and ends of lines in a string. */
const BETWEEN = /[\s(),\w.:+-]{1,4096}|\\{1,7}[nrt]/y;

/** All texts from there to the end of the statement, or of the string that it is in. */
function hideTexts(line: string, from: number): Found {
  const edits: Edit[] = [];
  let at = from;
  for (;;) {
    at = textFrom(line, at);
    const quote = quoteAt(line, at);
    if (quote?.mark !== "'") break;
    const closing = closingQuote(line, quote.end, quote);
    if (closing === undefined) break;
    if (!isKept(line.slice(quote.end, closing.end))) addEdit(edits, masked(quote.end, closing.end));
    at = Math.max(closing.after, quote.end);
  }
  const isOpen = at >= line.length;
  return isOpen ? { edits, pending: { kind: 'values' }, after: at } : { edits, after: at };
}

/** Where what is no text ends. */
function textFrom(line: string, from: number): number {
  let at = from;
  while (isAt(BETWEEN, line, at)) at = BETWEEN.lastIndex;
  return at;
}

/** The next row of an INSERT. */
export function continueValues(line: string): Findings {
  const at = line.search(/[^ \t]/);
  return at !== -1 && line[at] === '(' ? hideTexts(line, at) : NO_FINDINGS;
}
