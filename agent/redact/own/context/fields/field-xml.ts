/** Values of elements of XML: `<password>x</password>`, `<name>password</name><value>x</value>`. */

import { masked } from '../edits.ts';
import { isKept } from '../kept-values.ts';
import { isAt } from '../sticky.ts';
import type { FieldLine, FieldName } from './field-name.ts';
import type { Value } from './field-value.ts';

/** Behind the name: its attributes, and the text of the element. */
const ELEMENT = /(?:[ \t][^<>]{0,128})?(?<![/])>/y;
const OPENING = /<(?:[\w.-]{1,30}:)?$/;
const OPENING_LENGTH = 32;
const VALUE_ELEMENT = /<\/[\w:.-]{0,24}(?:name|key)>(?:[ \t]|\\+[nrt]){0,64}<(?:value|string)>/iy;
const NAME_END = /<\/[\w:.-]{0,24}(?:name|key)>[ \t\r]*$/iy;

export function xmlValue({ text }: FieldLine, name: FieldName): Value | undefined {
  if (isAt(NAME_END, text, name.end)) {
    const column = text.search(/[^ \t]/);
    return {
      after: text.length,
      pending: { kind: 'pair', column, lines: 0, name: text.slice(name.start, name.end) },
    };
  }
  if (isAt(VALUE_ELEMENT, text, name.end)) return textAt(text, VALUE_ELEMENT.lastIndex);
  const before = text.slice(Math.max(0, name.start - OPENING_LENGTH), name.start);
  if (!OPENING.test(before)) return undefined;
  return isAt(ELEMENT, text, name.end) ? textAt(text, ELEMENT.lastIndex) : undefined;
}

/** Up to a tag that closes the element. */
function textAt(text: string, at: number): Value | undefined {
  const end = text.indexOf('<', at);
  if (end === -1 || text[end + 1] !== '/') return undefined;
  return isKept(text.slice(at, end)) ? { after: end } : { after: end, edit: masked(at, end) };
}
