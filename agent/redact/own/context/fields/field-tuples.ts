/** Values in pairs of two that Python and Erlang print: `('password', 'x')`, `{password,"x"}`, `{default_pass, <<"x">>}`. */

import { masked } from '../edits.ts';
import { isWords } from '../env-names.ts';
import { isKept } from '../kept-values.ts';
import { closingQuote, quoteAt } from '../quotes.ts';
import { isAt } from '../sticky.ts';
import { type FieldLine, type FieldName, keyStart, nameOf } from './field-name.ts';
import type { Value } from './field-value.ts';

const OPENING = /[({][ \t]{0,2}(?:<<)?$/;
/** An atom has no quotes. */
const ATOM_OPENING = /\{[ \t]{0,2}$/;
const COMMA = /(?:>>)?[ \t]{0,8},[ \t]{0,8}(?:<<)?(?=\\{0,7}["'])/y;
const CLOSING = /(?:\/utf8)?(?:>>)?[ \t]{0,8},?[ \t]{0,8}[)}]/y;

export function tupleValue(line: FieldLine, name: FieldName): Value | undefined {
  const { text } = line;
  const start = keyStart(name);
  const opening = name.quote === undefined ? ATOM_OPENING : OPENING;
  if (!opening.test(text.slice(Math.max(0, start - 6), start))) return undefined;
  if (!isAt(COMMA, text, name.after)) return undefined;
  const quote = quoteAt(text, COMMA.lastIndex);
  const closing = quote === undefined ? undefined : closingQuote(text, quote.end, quote);
  if (quote === undefined || closing === undefined) return undefined;
  if (!isAt(CLOSING, text, closing.after)) return undefined;
  const value = text.slice(quote.end, closing.end);
  return isSecret(nameOf(line, name), value, name.quote === undefined)
    ? { after: closing.after, edit: masked(quote.end, closing.end) }
    : undefined;
}

/** Of a name in quotes the second may be what people read: `('password', 'Password')`. */
function isSecret(name: string, value: string, isAtom: boolean): boolean {
  if (isKept(value)) return false;
  if (isAtom && /pass|pwd/i.test(name)) return true;
  return !isWords(value) && /[0-9!@#$%^&*+=~]/.test(value);
}
