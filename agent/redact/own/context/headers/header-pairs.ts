/** Headers whose names are values themselves, as in probes of Pods, `"name": "Cookie", "value": "y"`, and in lists. */

import { type Edit, maskedPlain } from '../edits.ts';
import { type FieldLine, type FieldName, fieldLine } from '../fields/field-name.ts';
import { pairedAt, pairedValue } from '../fields/field-pairs.ts';
import { placeOf } from '../fields/field-place.ts';
import { readValue, type Value } from '../fields/field-value.ts';
import { quoteAt } from '../quotes.ts';
import { isAt } from '../sticky.ts';
import type { Found, HeaderPlace, Headers } from './header-names.ts';

/** What stands before such a name. */
const NAME_KEY = /(?:^|[^\w]|\\[nrt])(?:name|key)\\*["']?[ \t]*[:=][ \t]*\\*["']?$/i;
const NAME_KEY_LENGTH = 96;

interface PairPlace {
  readonly place: HeaderPlace;
  /** Nothing before that is looked at again. */
  readonly from: number;
}

/** @returns Undefined: the name is none of a pair's. */
type PairFinder = (name: FieldName, where: PairPlace) => Found | undefined;

export function pairFinder(
  text: string,
  { hide, plainEnd }: Pick<Headers, 'hide' | 'plainEnd'>,
): PairFinder {
  let known: FieldLine | undefined;

  /** Which part of the value is hidden is the headers' own matter: here it is all of it, or nothing. */
  function isSecret({ start, end }: Edit): boolean {
    return hide(text, start, end).length > 0;
  }

  function foundIn({ after, edit, pending }: Value): Found {
    return { edits: edit !== undefined && isSecret(edit) ? [edit] : [], after, pending };
  }

  /** A scheme and what stands behind it are one value, also without quotes. */
  function plainValue(at: number, place: HeaderPlace): Found {
    const end = Math.max(at, plainEnd(text, at, place));
    const isYaml = /:[ \t]$/.test(text.slice(at - 2, at));
    return foundIn({ after: end, edit: maskedPlain(at, end, isYaml) });
  }

  return (name, { place, from }) => {
    const before = text.slice(Math.max(0, name.start - NAME_KEY_LENGTH), name.start);
    if (!NAME_KEY.test(before)) return undefined;
    known ??= fieldLine(text);
    const at = pairedAt(text, name.after);
    const isPlain = name.quote === undefined && at !== undefined && quoteAt(text, at) === undefined;
    if (isPlain) return plainValue(at, place);
    const value =
      at === undefined ? pairedValue(known, name, from) : readValue(text, placeOf(known, name, at));
    return foundIn(value ?? { after: at ?? name.after });
  };
}

const LINE_OPENING = /^[ \t]*(?:\[[ \t]*)?$/;
const MAX_LINE_OPENING = 256;
const LINE_END = /[ \t]*,[ \t\r]*$/y;

/** A line of `rawHeaders`, as Node prints it: the value is on the next. In other quotes, or in other letters, it is often one of a list of names. */
export function elementName(text: string, { start, quote, after }: FieldName): Found | undefined {
  if (quote?.mark !== "'" || !isAt(LINE_END, text, after)) return undefined;
  if (!/^[A-Z][a-z]|^X-/.test(text.slice(start, start + 2))) return undefined;
  const opening = text.slice(Math.max(0, start - MAX_LINE_OPENING), start - 1 - quote.run);
  if (!LINE_OPENING.test(opening)) return undefined;
  const column = text.search(/[^ \t]/) - 1;
  const name = text.slice(start, quote.start);
  return {
    edits: [],
    after: text.length,
    pending: { kind: 'nested', column, isFirst: true, name },
  };
}
