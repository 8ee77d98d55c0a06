/** Values in sentences and calls: `password is x`, `with password "x"`, `put("password", "x")`, `setPassword("x")`. */

import { closingQuote, quoteAt } from '../quotes.ts';
import { isAt } from '../sticky.ts';
import type { FieldLine, FieldName } from './field-name.ts';
import { placeOf } from './field-place.ts';
import { readValue, type Value } from './field-value.ts';

export function spokenValue(line: FieldLine, name: FieldName): Value | undefined {
  return callValue(line, name) ?? (isPassword(line.text, name) ? saidValue(line, name) : undefined);
}

const COMMA = /[ \t]{0,8},[ \t]{0,8}(?=\\{0,7}["'])/y;
const CALL = /\w[ \t]?\([ \t]{0,8}\\{0,7}["']$/;
const SETTER = /\([ \t]{0,8}(?=\\{0,7}["'])/y;

/** A call with the name and the value, or a function that sets what it is named after. */
function callValue(line: FieldLine, name: FieldName): Value | undefined {
  const { text } = line;
  const before = text.slice(Math.max(0, name.start - 24), name.start);
  const isCall = name.quote !== undefined && CALL.test(before) && isAt(COMMA, text, name.after);
  if (isCall) return quotedAt(line, name, COMMA.lastIndex);
  const isSetter = /(?:^|[.\w-])(?:set|with)[A-Z]\w*$/.test(text.slice(name.start, name.end));
  return isSetter && isAt(SETTER, text, name.end)
    ? quotedAt(line, name, SETTER.lastIndex)
    : undefined;
}

function quotedAt(line: FieldLine, name: FieldName, at: number): Value | undefined {
  const quote = quoteAt(line.text, at);
  const closing = quote === undefined ? undefined : closingQuote(line.text, quote.end, quote);
  if (closing === undefined) return undefined;
  return readValue(line.text, { ...placeOf(line, name, at), keyQuote: undefined });
}

function isPassword(text: string, { start, end, quote }: FieldName): boolean {
  return quote === undefined && /pass(?:word|wd|phrase|code)$/i.test(text.slice(start, end));
}

const SAID =
  /[ \t](?:(?:is|was|(?:re)?set to|changed to|->)[ \t]?:?|(?:generated|created|reset|set)[ \t]?[:=])[ \t]{1,8}/iy;
const BLANKS = /[ \t]{1,8}(?=\\{0,7}["'][^\s"',;:)}\]\\])/y;

function saidValue(line: FieldLine, name: FieldName): Value | undefined {
  const { text } = line;
  if (isAt(SAID, text, name.after)) {
    const at = SAID.lastIndex;
    if (quoteAt(text, at) !== undefined) return inString(line, name, at);
    const value = readValue(text, placeOf(line, name, at));
    const { start = 0, end = 0 } = value?.edit ?? {};
    return isNoWord(text.slice(start, end)) ? value : undefined;
  }
  return isAt(BLANKS, text, name.after) ? inString(line, name, BLANKS.lastIndex) : undefined;
}

/** Quotes inside a string have a backslash; without one they may end it, but for where a sentence goes on. */
function inString(line: FieldLine, name: FieldName, at: number): Value | undefined {
  const quote = quoteAt(line.text, at);
  const before = line.text.slice(Math.max(0, name.start - 12), name.start);
  const isSentence = /(?:with|using|and|the) $/i.test(before);
  const mayOpen = !placeOf(line, name, at).isInDouble || (quote?.run ?? 0) > 0 || isSentence;
  return mayOpen ? quotedAt(line, name, at) : undefined;
}

/** `is required` tells no password. */
function isNoWord(value: string): boolean {
  return /[0-9!@#$%^&*+=~]/.test(value) || /[a-z][A-Z]/.test(value);
}
