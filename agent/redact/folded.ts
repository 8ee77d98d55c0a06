/** Letters outside ASCII that Go takes for letters of ASCII, in UTF-8 that is held as latin1. */

export const KELVIN_SIGN = '\xe2\x84\xaa';
export const LONG_S = '\xc5\xbf';

/** The two that `(?i)` takes for an ASCII letter, by that letter. Source: Unicode's CaseFolding.txt, regexp/syntax. */
export const FOLDED: ReadonlyMap<string, string> = new Map([
  ['k', KELVIN_SIGN],
  ['s', LONG_S],
]);
