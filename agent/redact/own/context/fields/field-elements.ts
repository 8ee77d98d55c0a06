/** Values in lists of two, the first of which is the name: `["DB_PASSWORD","x"]`. */

import { type Findings, masked, NO_FINDINGS } from '../edits.ts';
import { isWords } from '../env-names.ts';
import { isKept } from '../kept-values.ts';
import { closingQuote, quoteAt } from '../quotes.ts';
import { isAt } from '../sticky.ts';
import { type FieldLine, type FieldName, keyStart, nameOf } from './field-name.ts';
import type { Value } from './field-value.ts';

const OPENING = /\[[ \t]{0,8}$/;
const LINE_OPENING = /^[ \t]*(?:\[[ \t]*)?$/;
const COMMA = /[ \t]{0,8},[ \t]{0,8}(?=\\{0,7}")/y;
const CLOSING = /[ \t]{0,8}\]/y;
const LINE_END = /[ \t]*,[ \t\r]*$/y;

export function elementValue(line: FieldLine, name: FieldName): Value | undefined {
  const { text } = line;
  if (name.quote?.mark !== '"') return undefined;
  const start = keyStart(name);
  if (isEnvName(nameOf(line, name)) && isAt(LINE_END, text, name.after)) {
    if (!LINE_OPENING.test(text.slice(Math.max(0, start - 256), start))) return undefined;
    return { after: text.length, pending: { kind: 'element', name: nameOf(line, name) } };
  }
  if (!OPENING.test(text.slice(Math.max(0, start - 9), start))) return undefined;
  return isAt(COMMA, text, name.after) ? secondOf(line, name, COMMA.lastIndex) : undefined;
}

function secondOf({ text }: FieldLine, name: FieldName, at: number): Value | undefined {
  const quote = quoteAt(text, at);
  const closing = quote === undefined ? undefined : closingQuote(text, quote.end, quote);
  if (quote === undefined || closing === undefined) return undefined;
  if (!isAt(CLOSING, text, closing.after)) return undefined;
  const value = text.slice(quote.end, closing.end);
  if (!isValueOf(text.slice(name.start, name.end), value)) return undefined;
  return { after: closing.after, edit: masked(quote.end, closing.end) };
}

/** Of a list of names the second is a name too. */
function isValueOf(name: string, value: string): boolean {
  if (isKept(value) || isEnvName(value)) return false;
  return isEnvName(name) || (!isWords(value) && /[0-9!@#$%^&*+=~]/.test(value));
}

function isEnvName(name: string): boolean {
  return /^[A-Z0-9_]{2,128}$/.test(name) && name.includes('_');
}

const LAST_ELEMENT = /^([ \t]*)"([^"\\]{1,4096})"[ \t]*(?:\][ \t\]},]*)?\r?$/;

/** The line behind a name that has its line to itself, or begins a list. */
export function secondOnLine(line: string, name: string): Findings {
  const [, blanks = '', value = ''] = LAST_ELEMENT.exec(line) ?? [];
  if (value === '' || !isValueOf(name, value) || isWords(value)) return NO_FINDINGS;
  const start = blanks.length + 1;
  return { edits: [masked(start, start + value.length)] };
}
