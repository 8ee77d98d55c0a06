/** Troubleshoot's 30 default rules: what they hide, in the bytes that troubleshoot leaves. */

import { lineEndAt, lineStartBefore } from '../lines.ts';
import type { OnHidden, RuleSet, TextRedactor } from '../rules.ts';
import { isKurlPath, KURL_KEYS, KURL_RULE_NAMES } from './kurl.ts';
import { type Lines, openLines } from './line.ts';
import { SETTING_RULE_NAMES, VARIABLE_RULE_NAMES } from './pairs.ts';
import { CEPH_BIT, TWO_LINE_RULE_NAMES } from './two-lines.ts';
import { URL_RULE_NAMES } from './urls.ts';

/** The rules' names in their order, as upstream reports them. Two of them have one name. */
export const TROUBLESHOOT_RULE_NAMES: readonly string[] = [
  ...VARIABLE_RULE_NAMES,
  ...URL_RULE_NAMES,
  ...SETTING_RULE_NAMES,
  ...TWO_LINE_RULE_NAMES,
  ...KURL_RULE_NAMES,
];

/** What a line must have for any rule to change it, but for the line behind an `"entity"`. */
const NEEDED = new RegExp(
  String.raw`[@;]|\\"[vV][aA][lL][uU][eE]\\":\\"|"(?:[vV][aA][lL][uU][eE]|[eE][nN][tT][iI][tT][yY])":`,
  'g',
);
const NEEDED_BY_KURL = new RegExp(`${NEEDED.source}|${KURL_KEYS}`, 'g');

/**
 * All rules, in upstream's order.
 *
 * @param keepsMarks Leaves alone what was masked before, and goes on until nothing is left to hide, so that the result of a
 *   second pass is that of the first. Upstream does neither: each of its passes adds asterisks. False: exactly as upstream.
 */
export function troubleshootRules({ keepsMarks }: { readonly keepsMarks: boolean }): RuleSet {
  return {
    open(path: string, onHidden: OnHidden): TextRedactor {
      const isKurl = isKurlPath(path);
      const lines = openLines({ keepsMarks, onHidden }, isKurl);
      const needed = isKurl ? NEEDED_BY_KURL : NEEDED;
      return {
        redact: (piece) => redactPiece(piece, lines, needed),
        // Only then is what these rules leave at rest.
        ...(keepsMarks && { pass: (piece: string) => passLines(piece, lines) }),
      };
    },
  };
}

function redactPiece(piece: string, lines: Lines, needed: RegExp): string {
  lines.beginPiece(piece);
  let redacted = '';
  let copiedTo = 0;
  let knownTo = 0;
  for (;;) {
    const at = nextPlace(piece, knownTo, { lines, needed });
    if (at === -1) break;
    const start = at === knownTo ? at : piece.lastIndexOf('\n', at - 1) + 1;
    const end = lineEndAt(piece, at);
    passLines(piece.slice(knownTo, start), lines);
    const line = piece.slice(start, end);
    const text = lines.redact(line);
    if (text !== line) {
      redacted += piece.slice(copiedTo, start) + text;
      copiedTo = end;
    }
    knownTo = Math.min(end + 1, piece.length);
  }
  passLines(piece.slice(knownTo), lines);
  return copiedTo === 0 ? piece : redacted + piece.slice(copiedTo);
}

/** Somewhere in the next line that a rule may change, or -1. */
function nextPlace(
  piece: string,
  from: number,
  { lines, needed }: { readonly lines: Lines; readonly needed: RegExp },
): number {
  if (from >= piece.length) return -1;
  if ((lines.waiting & CEPH_BIT) !== 0) return from;
  needed.lastIndex = from;
  return needed.exec(piece)?.index ?? -1;
}

/**
 * Goes on over lines that no rule changes. What they leave is told by those at their end that may be a first line, and by how
 * many these are.
 */
function passLines(text: string, lines: Lines): void {
  const run: number[] = [];
  let end = text.length;
  while (end > 0) {
    const start = lineStartBefore(text, end);
    const selection = lines.selected(text.slice(start, end));
    run.push(selection);
    if (selection === 0) break;
    end = start;
  }
  for (const selection of run.toReversed()) lines.pass(selection);
}
