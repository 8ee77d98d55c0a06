/** Patterns for keywords, as Go's `(?i)` and its lower-casing see them in UTF-8 that is held as latin1. */

import { FOLDED, KELVIN_SIGN, LONG_S } from '../folded.ts';

/** Which characters beside ASCII a pattern must know: none, if the text has none of them. */
export type Folding = 'ascii' | 'unicode';

/** The two letters outside ASCII whose lower case is an ASCII letter: K (Kelvin) and İ. Source: Go's unicode.ToLower. */
const LOWERED = new Map([
  ['k', KELVIN_SIGN],
  ['i', '\xc4\xb0'],
]);

/** What the text needs. It has to be right only where the two differ, so a whole piece may be asked at once. */
export function foldingOf(text: string): Folding {
  return text.includes(LONG_S) || text.includes(KELVIN_SIGN) ? 'unicode' : 'ascii';
}

/**
 * @param source A pattern in lower case, without any escape that has a letter in it.
 * @param flags Without `i`: on latin1 it would also fold the bytes of a UTF-8 sequence, such as \xe2 and \xc2.
 */
export function foldedPattern(source: string, folding: Folding, flags = ''): RegExp {
  return folding === 'ascii' ? new RegExp(source, `i${flags}`) : spelledOut(source, FOLDED, flags);
}

/**
 * What upstream asks before it matches: does the line in lower case hold the keyword? It differs from `foldedPattern`
 * for ſ, which is in lower case already, and for İ. Source: pkg/redact/single_line.go, `scan`.
 */
export function scanPattern(source: string, folding: Folding): RegExp {
  return folding === 'ascii' ? new RegExp(source, 'i') : spelledOut(source, LOWERED, '');
}

function spelledOut(source: string, others: ReadonlyMap<string, string>, flags: string): RegExp {
  const spelled = source.replaceAll(/[a-z]/g, (letter) => {
    const other = others.get(letter);
    const ascii = `[${letter}${letter.toUpperCase()}]`;
    return other === undefined ? ascii : `(?:${ascii}|${other})`;
  });
  return new RegExp(spelled, flags);
}
