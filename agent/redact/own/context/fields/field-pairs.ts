/** Values whose names are values or words themselves: `"name": "X", "value": "y"`, `--token x`, `IDENTIFIED BY 'x'`. */

import { masked, maskedPlain, type Pending } from '../edits.ts';
import { digitsOf, isPinValue } from '../env-names.ts';
import { isKept } from '../kept-values.ts';
import { closingQuote, quoteAt } from '../quotes.ts';
import { isAt } from '../sticky.ts';
import { elementValue } from './field-elements.ts';
import { type FieldLine, type FieldName, keyStart, nameOf } from './field-name.ts';
import { placeOf } from './field-place.ts';
import { tupleValue } from './field-tuples.ts';
import { readValue, type Value } from './field-value.ts';
import { spokenValue } from './spoken-value.ts';

/** @param from Nothing before that is looked at again. */
export function pairedValue(line: FieldLine, name: FieldName, from: number): Value | undefined {
  return (
    pairValue(line, name, from) ??
    variableValue(line, name) ??
    argumentValue(line, name) ??
    elementValue(line, name) ??
    tupleValue(line, name) ??
    sqlValue(line, name) ??
    spokenValue(line, name)
  );
}

/** `"name":`, `name:` or `name=` before a name that is a value; of a JSON patch, a path that ends in the name. */
const NAME_KEY =
  /(?:^|[^\w]|\\[nrt])(?:(?:parameter)?(?:name|key)\\*["']?[ \t]*[:=][ \t]*\\*["']?(?:\/?(?:[\w.~-]{1,64}[/:]){1,8})?|path\\*["']?[ \t]*:[ \t]*\\*["']?\/(?:[\w.~-]{1,64}\/){0,8})$/i;
const NAME_KEY_LENGTH = 96;
const VALUE_KEY =
  /(?:[ \t]|\\+[nrt]|,|$){0,64}\\{0,7}["']?(?:(?:parameter)?value|default|val|data)\\{0,7}["']?[ \t]{0,8}[:=][ \t]{0,8}/iy;
/** `"optional": true` between the two. */
const BETWEEN =
  /(?:[ \t]|\\+[nrt]|,){0,64}\\{0,7}["']?(?!(?:name|key|value\w{1,8})\b)[\w.]{1,40}\\{0,7}["']?[ \t]{0,8}[:=][ \t]{0,8}(?:\\{0,7}["'][^"'\\{}[\]]{0,80}\\{0,7}["']|[\w.-]{1,40}(?![\w.-]))/iy;
const MAX_BETWEEN = 4;
const PAIR_END = /[ \t]*,?[ \t\r]*$/y;

/** Of what has no name but its kind: `"type":"password","value":"y"`. */
const TYPE_KEY = /(?:^|[^\w])type\\*["']?[ \t]*[:=][ \t]*\\*["']?$/i;

function isNamed(text: string, name: FieldName): boolean {
  const before = text.slice(Math.max(0, name.start - NAME_KEY_LENGTH), name.start);
  if (NAME_KEY.test(before)) return true;
  return TYPE_KEY.test(before) && /^(?:password|secret)$/i.test(text.slice(name.start, name.end));
}

const VARIABLE = /(?:^|\s)variable[ \t]{1,8}"$/;
const VARIABLE_BODY = /[ \t]{0,8}\{[ \t]{0,8}/y;

/** Terraform's `variable "db_password" { default = "x" }`. */
function variableValue(line: FieldLine, name: FieldName): Value | undefined {
  const { text } = line;
  const before = text.slice(Math.max(0, name.start - 24), name.start);
  if (!VARIABLE.test(before) || !isAt(VARIABLE_BODY, text, name.after)) return undefined;
  const at = VARIABLE_BODY.lastIndex;
  if (at >= line.end) {
    const column = text.search(/[^ \t]/);
    return {
      after: text.length,
      pending: { kind: 'nested', column, isFirst: false, name: nameOf(line, name) },
    };
  }
  const valueAt = pairedAt(text, at);
  return valueAt === undefined
    ? undefined
    : readValue(text, { ...placeOf(line, name, valueAt), keyQuote: undefined });
}

/** `"name":"X","value":"y"`, in either order, and `name: X` where the value is on the next line. */
function pairValue(line: FieldLine, name: FieldName, from: number): Value | undefined {
  const { text } = line;
  if (!isNamed(text, name)) return undefined;
  const at = pairedAt(text, afterName(text, name));
  if (at !== undefined) return readValue(text, placeOf(line, name, at)) ?? { after: at };
  const early = earlyValue(text, name, from);
  if (early !== undefined) return early;
  return isAt(PAIR_END, text, afterName(text, name))
    ? { after: text.length, pending: pendingPair(line, name) }
    : { after: name.after };
}

function pendingPair(line: FieldLine, name: FieldName): Pending {
  return { kind: 'pair', column: line.text.search(/[^ \t-]/), lines: 0, name: nameOf(line, name) };
}

/** A path has the name's closing quote behind it, and its opening one further away. */
function afterName(text: string, { start, after, quote }: FieldName): number {
  const isPath = quote === undefined && text[start - 1] === '/';
  return (isPath ? quoteAt(text, after)?.end : undefined) ?? after;
}

/** Where the value begins whose key is the next, or one of the next, behind a name. */
export function pairedAt(text: string, after: number): number | undefined {
  let at = after;
  for (let between = 0; between <= MAX_BETWEEN; between += 1) {
    if (isAt(VALUE_KEY, text, at)) return VALUE_KEY.lastIndex;
    if (!isAt(BETWEEN, text, at)) return undefined;
    at = BETWEEN.lastIndex;
  }
  return undefined;
}

const EARLY_KEY = /value\\{0,7}["']?[ \t]{0,8}[:=][ \t]{0,8}/iy;
const TO_NAME =
  /^(?:[ \t,]|\\+[nrt]){0,64}\\{0,7}["']?(?:name|key)\\{0,7}["']?[ \t]{0,8}[:=][ \t]{0,8}\\{0,7}["']?$/i;
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
  if (!EARLY_KEY.test(text)) return undefined;
  const quote = quoteAt(text, EARLY_KEY.lastIndex);
  if (quote === undefined) return earlyPlain(text, EARLY_KEY.lastIndex, name);
  const closing = closingQuote(text, quote.end, quote);
  if (closing === undefined || closing.after > name.start) return undefined;
  if (name.start - closing.after > MAX_TO_NAME) return undefined;
  if (!TO_NAME.test(text.slice(closing.after, name.start))) return undefined;
  const value = text.slice(quote.end, closing.end);
  return isKeptOf(text, name, value)
    ? { after: name.after }
    : { after: name.after, edit: masked(quote.end, closing.end) };
}

const ESCAPED_NEWLINE = /\\+n/g;

/** `value: y` on a line of a string, its name on the next. */
function earlyPlain(text: string, at: number, name: FieldName): Value | undefined {
  ESCAPED_NEWLINE.lastIndex = at;
  const end = ESCAPED_NEWLINE.exec(text)?.index ?? name.start;
  if (end >= name.start || name.start - end > MAX_TO_NAME) return undefined;
  if (!TO_NAME.test(text.slice(end, name.start))) return undefined;
  if (isKeptOf(text, name, text.slice(at, end).replaceAll("'", ''))) return { after: name.after };
  return { after: name.after, edit: maskedPlain(at, end, true) };
}

function isKeptOf(text: string, { start, end }: FieldName, value: string): boolean {
  return isKept(value) && !(isPinValue(value) && digitsOf(text.slice(start, end)) === 'secret');
}

const BLANKS = /[ \t]+/y;
const COMMA = /[ \t]*,(?:\\{1,15}n)?[ \t]*/y;

/** `--token x`, `"--token", "x"`. */
function argumentValue(line: FieldLine, name: FieldName): Value | undefined {
  const { text } = line;
  if (text[name.start] !== '-' && !isSet(text, name)) return undefined;
  if (isAt(PAIR_END, text, name.after)) {
    return { after: text.length, pending: { kind: 'argument', name: nameOf(line, name) } };
  }
  const separator = name.quote === undefined ? BLANKS : COMMA;
  if (!isAt(separator, text, name.after)) return escapedArgument(line, name);
  const at = separator.lastIndex;
  const value = text.slice(at, at + 16);
  // Another argument, or the help's word for one.
  if (/^\\*["']?-/.test(value) || /^string(?:\s|$)/.test(value)) return undefined;
  if (name.quote !== undefined && quoteAt(text, at) === undefined) return undefined;
  return readValue(text, placeOf(line, name, at));
}

const LIST_DASH = /- {1,8}$/;
const ESCAPED_DASH = /\\{1,15}n {0,64}- {1,8}(?!-|\\{0,7}["']-)/y;

/** `- --token`, and on the next line of the same string `- x`. */
function escapedArgument(line: FieldLine, name: FieldName): Value | undefined {
  const { text } = line;
  const from = keyStart(name);
  if (!LIST_DASH.test(text.slice(Math.max(0, from - 9), from))) return undefined;
  if (!isAt(ESCAPED_DASH, text, name.after)) return undefined;
  const place = placeOf(line, name, ESCAPED_DASH.lastIndex);
  return readValue(text, { ...place, keyQuote: undefined, isLineStart: true, isYaml: true });
}

/** What shells other than sh have: `setenv X y`, `set -x X y`. */
function isSet(text: string, { start, quote }: FieldName): boolean {
  if (quote !== undefined) return false;
  return /(?:^|[^\w-])(?:setenv|set[ \t]-[a-zA-Z]{1,4})[ \t]$/.test(
    text.slice(Math.max(0, start - 16), start),
  );
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
