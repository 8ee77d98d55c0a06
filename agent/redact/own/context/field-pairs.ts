/** Values whose names are values or words themselves: `"name": "X", "value": "y"`, `--token x`, `IDENTIFIED BY 'x'`. */

import { masked } from './edits.ts';
import type { FieldLine, FieldName } from './field-name.ts';
import { placeOf } from './field-place.ts';
import { readValue, type Value } from './field-value.ts';
import { isKept } from './kept-values.ts';
import { closingQuote, quoteAt } from './quotes.ts';

/** @param from Nothing before that is looked at again. */
export function pairedValue(line: FieldLine, name: FieldName, from: number): Value | undefined {
  return pairValue(line, name, from) ?? argumentValue(line, name) ?? sqlValue(line, name);
}

/** `"name":` or `name:` before a name that is a value. */
const NAME_KEY = /(?:^|[^\w])(?:name|key)\\*["']?[ \t]*:[ \t]*\\*["']?$/i;
const NAME_KEY_LENGTH = 24;
const VALUE_KEY =
  /(?:[ \t]|\\+[nrt]|,|$){0,64}\\{0,7}["']?value\\{0,7}["']?[ \t]{0,8}:[ \t]{0,8}/iy;
const PAIR_END = /[ \t]*,?[ \t\r]*$/y;

/** `"name":"X","value":"y"`, in either order, and `name: X` where the value is on the next line. */
function pairValue(line: FieldLine, name: FieldName, from: number): Value | undefined {
  const { text } = line;
  const before = text.slice(Math.max(0, name.start - NAME_KEY_LENGTH), name.start);
  if (!NAME_KEY.test(before)) return undefined;
  VALUE_KEY.lastIndex = name.after;
  if (VALUE_KEY.test(text)) {
    const at = VALUE_KEY.lastIndex;
    return readValue(text, placeOf(line, name, at)) ?? { after: at };
  }
  const early = earlyValue(text, name, from);
  if (early !== undefined) return early;
  return isAt(PAIR_END, text, name.after)
    ? { after: text.length, pending: { kind: 'pair' } }
    : { after: name.after };
}

const EARLY_KEY = /value\\{0,7}["']?[ \t]{0,8}:[ \t]{0,8}/iy;
const TO_NAME =
  /^(?:[ \t,]|\\+[nrt]){0,64}\\{0,7}["']?(?:name|key)\\{0,7}["']?[ \t]{0,8}:[ \t]{0,8}\\{0,7}["']?$/i;
/** From the value's end to its name. */
const MAX_TO_NAME = 160;
/** The word may also stand in a value. */
const MAX_EARLY_KEYS = 16;

/** `"value":"y","name":"X"`. */
function earlyValue(text: string, name: FieldName, from: number): Value | undefined {
  const head = text.slice(from, name.start);
  let keyAt = head.length;
  for (let tries = 0; tries < MAX_EARLY_KEYS && keyAt > 0; tries += 1) {
    keyAt = Math.max(head.lastIndexOf('value', keyAt - 1), head.lastIndexOf('Value', keyAt - 1));
    if (keyAt === -1) return undefined;
    const found = earlyValueAt(text, from + keyAt, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function earlyValueAt(text: string, keyAt: number, name: FieldName): Value | undefined {
  EARLY_KEY.lastIndex = keyAt;
  const quote = EARLY_KEY.test(text) ? quoteAt(text, EARLY_KEY.lastIndex) : undefined;
  const closing = quote === undefined ? undefined : closingQuote(text, quote.end, quote);
  if (quote === undefined || closing === undefined || closing.after > name.start) return undefined;
  if (name.start - closing.after > MAX_TO_NAME) return undefined;
  if (!TO_NAME.test(text.slice(closing.after, name.start))) return undefined;
  const value = text.slice(quote.end, closing.end);
  return isKept(value)
    ? { after: name.after }
    : { after: name.after, edit: masked(quote.end, closing.end) };
}

const BLANKS = /[ \t]+/y;
const COMMA = /[ \t]*,[ \t]*/y;

/** `--token x`, `"--token", "x"`. */
function argumentValue(line: FieldLine, name: FieldName): Value | undefined {
  const { text } = line;
  if (text[name.start] !== '-') return undefined;
  if (isAt(PAIR_END, text, name.after)) {
    return { after: text.length, pending: { kind: 'argument' } };
  }
  const separator = name.quote === undefined ? BLANKS : COMMA;
  if (!isAt(separator, text, name.after)) return undefined;
  const at = separator.lastIndex;
  const value = text.slice(at, at + 16);
  // Another argument, or the help's word for one.
  if (/^\\*["']?-/.test(value) || /^string(?:\s|$)/.test(value)) return undefined;
  if (name.quote !== undefined && quoteAt(text, at) === undefined) return undefined;
  return readValue(text, placeOf(line, name, at));
}

const SQL_BLANKS = /[ \t]+(?:password[ \t]+)?/iy;

/** `IDENTIFIED BY 'x'`, `PASSWORD 'x'`. */
function sqlValue(line: FieldLine, name: FieldName): Value | undefined {
  const { text } = line;
  const word = text.slice(name.start, name.end);
  const isBy = /by$/i.test(word);
  if (name.quote !== undefined || !(isBy || /^password$/i.test(word))) return undefined;
  if (!isAt(SQL_BLANKS, text, name.end)) return undefined;
  const at = SQL_BLANKS.lastIndex;
  const quote = quoteAt(text, at);
  if (quote === undefined || (quote.mark !== "'" && !isBy)) return undefined;
  return readValue(text, placeOf(line, name, at));
}

function isAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}
