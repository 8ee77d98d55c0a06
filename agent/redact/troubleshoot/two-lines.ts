/** The rules for two lines: a name on the first, and on the second the value that is hidden. */

import { type Hiding, hide, NOTHING, type Rule } from './hide.ts';
import { type Folding, foldedPattern, scanPattern } from './keyword.ts';

/** The first seven of the rules, whose second line has a `"value"`. Source: troubleshoot v0.133.0, pkg/redact/redact.go. */
const VALUES = [
  {
    name: 'Redact AWS Secret Access Key values in multiline JSON',
    keyword: 'secret_?access_?key',
    // Of these three the keyword stands within one string; of the others anywhere between two quotes.
    isInOneString: true,
  },
  {
    name: 'Redact AWS Access Key ID values in multiline JSON',
    keyword: 'access_?key_?id',
    isInOneString: true,
  },
  {
    name: 'Redact AWS Owner and Account Numbers in multiline JSON',
    keyword: 'owner_?account',
    isInOneString: true,
  },
  {
    name: 'Redact password environment variables in multiline JSON',
    keyword: 'password',
    isInOneString: false,
  },
  {
    name: 'Redact values that look like API tokens in multiline JSON',
    keyword: 'token',
    isInOneString: false,
  },
  {
    name: 'Redact database connection strings in multiline JSON',
    keyword: 'database',
    isInOneString: false,
  },
  {
    name: 'Redact usernames in multiline JSON',
    keyword: 'user',
    isInOneString: false,
  },
] as const;

const CEPH = "Redact 'key' values found in Ceph auth lists";

export const TWO_LINE_RULE_NAMES = [...VALUES.map(({ name }) => name), CEPH];

/** Bits of the rules in a `Selection`: the lowest is the first rule's. */
const VALUE_BITS = (1 << VALUES.length) - 1;
/** The bit of the rule whose second line need not have what `NEEDED` of `rules.ts` looks for. */
export const CEPH_BIT = 1 << VALUES.length;

/** A set of two-line rules, one bit each. */
export type Selection = number;

export interface TwoLines {
  /** The rules whose first line this may be. */
  selected(line: string): Selection;
  /** Hides the value of a second line as the rules for `"value"` do, all of which hide the same. */
  hideValue(line: string, selection: Selection, hiding: Hiding): string;
  /** Hides what the rule for Ceph does. */
  hideKey(line: string, selection: Selection, hiding: Hiding): string;
}

export function twoLines(folding: Folding): TwoLines {
  const selectors = VALUES.map((rule) => selector(rule, folding));
  const any = foldedPattern(VALUES.map(({ keyword }) => keyword).join('|'), folding);
  const cephEntity = foldedPattern('"entity": *"(?:osd|client|mgr)[.]', folding);
  const cephScan = scanPattern('osd|client|mgr', folding);
  const key = foldedPattern('"key": *"', folding, 'g');
  const ceph: Rule = { name: CEPH, masksPerMatch: 1, find: (line) => findKeys(line, key) };

  function selectedValues(line: string): Selection {
    const opening = NAME.exec(line);
    if (opening === null) return 0;
    const start = opening.index + opening[0].length;
    const lastQuote = line.lastIndexOf('"');
    const between = lastQuote < start ? '' : line.slice(start, lastQuote);
    if (!any.test(between)) return 0;
    return selectors.reduce(
      (bits, isFirst, at) => bits | (isFirst(line, between) ? 1 << at : 0),
      0,
    );
  }

  function isCephEntity(line: string): boolean {
    const opening = line.includes('"') ? cephEntity.exec(line) : null;
    if (opening === null) return false;
    return cephScan.test(line) && line.includes('"', opening.index + opening[0].length);
  }

  return {
    selected: (line) => selectedValues(line) | (isCephEntity(line) ? CEPH_BIT : 0),
    hideValue(line, selection, hiding) {
      const first = VALUE_RULES.find((_, at) => (selection & (1 << at)) !== 0);
      return first === undefined ? line : hide(line, first, hiding);
    },
    hideKey: (line, selection, hiding) =>
      (selection & CEPH_BIT) === 0 ? line : hide(line, ceph, hiding),
  };
}

/** Rules of the selection that come before its first rule for `"value"`: they see the line as it was. */
export function rulesBefore(selection: Selection): Selection {
  const values = selection & VALUE_BITS;
  return values === 0 ? ~0 : (values & -values) - 1;
}

const NAME = /"name": *"/i;
const NAMES = /"name": *"/gi;
const VALUE = /"value": *"/i;

const VALUE_RULES = VALUES.map(({ name }): Rule => ({ name, masksPerMatch: 1, find: findValue }));

/** @param between What stands between the first name's opening quote and the line's last quote. */
type IsFirstLine = (line: string, between: string) => boolean;

/**
 * `(?i)"name": *".*token[^\"]*"`: a keyword, and a quote on both sides of it. Of the first three rules
 * `(?i)"name": *"[^\"]*OWNER_?ACCOUNT[^\"]*"`: with no other quote between.
 */
function selector(rule: (typeof VALUES)[number], folding: Folding): IsFirstLine {
  const keyword = foldedPattern(rule.keyword, folding);
  // The ASCII pattern finds no keyword that this would not find.
  const scan = folding === 'ascii' ? undefined : scanPattern(rule.keyword, folding);
  return (line, between) => {
    if (!keyword.test(between) || (scan !== undefined && !scan.test(line))) return false;
    return !rule.isInOneString || namedStrings(line).some((text) => keyword.test(text));
  };
}

/** The strings behind each `"name":`. Neither has a quote in it, so their lengths add up to the line's at most. */
function namedStrings(line: string): readonly string[] {
  const strings: string[] = [];
  NAMES.lastIndex = 0;
  while (NAMES.test(line)) {
    const start = NAMES.lastIndex;
    const end = line.indexOf('"', start);
    if (end === -1) break;
    strings.push(line.slice(start, end));
    // The quote that opens the string may be the one that opens another `"name"`.
    NAMES.lastIndex = start - 1;
  }
  return strings;
}

/** `(?i)("value": *")(?P<mask>.*[^\"]*)(")`: from the first one's opening quote to the last quote of the line. */
function findValue(line: string): readonly number[] {
  const opening = VALUE.exec(line);
  if (opening === null) return NOTHING;
  const start = opening.index + opening[0].length;
  const lastQuote = line.lastIndexOf('"');
  return lastQuote < start ? NOTHING : [start, lastQuote];
}

/** `(?i)("key": *")(?P<mask>.{38}==[^\"]*)(")`. */
function findKeys(line: string, opening: RegExp): readonly number[] {
  const places: number[] = [];
  opening.lastIndex = 0;
  while (opening.test(line)) {
    const start = opening.lastIndex;
    const padding = endOfCharacters(line, start, CEPH_KEY_CHARACTERS);
    const isKey = padding !== -1 && line.startsWith('==', padding);
    const end = isKey ? line.indexOf('"', padding) : -1;
    if (end !== -1) places.push(start, end);
    opening.lastIndex = end === -1 ? start - 1 : end + 1;
  }
  return places;
}

const CEPH_KEY_CHARACTERS = 38;

/**
 * One character as Go decodes it: a byte that begins no whole, shortest and valid sequence is a character of its own.
 * Source: Unicode 15, table 3-7; Go's unicode/utf8.
 */
const CHARACTER = new RegExp(
  [
    '[\\xc2-\\xdf][\\x80-\\xbf]',
    '\\xe0[\\xa0-\\xbf][\\x80-\\xbf]',
    '[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}',
    '\\xed[\\x80-\\x9f][\\x80-\\xbf]',
    '\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}',
    '[\\xf1-\\xf3][\\x80-\\xbf]{3}',
    '\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}',
    '[^]',
  ].join('|'),
  'y',
);

/** Place behind that many characters, or -1 where the line is too short. */
function endOfCharacters(line: string, start: number, count: number): number {
  CHARACTER.lastIndex = start;
  for (let left = count; left > 0; left -= 1) {
    if (!CHARACTER.test(line)) return -1;
  }
  return CHARACTER.lastIndex;
}
