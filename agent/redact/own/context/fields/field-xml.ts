/** Values of elements of XML: `<password>x</password>`, `<name>password</name><value>x</value>`. */

import { masked } from '../edits.ts';
import { isKept } from '../kept-values.ts';
import { isAt } from '../sticky.ts';
import { type FieldLine, type FieldName, keyAt } from './field-name.ts';
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
  if (name.quote !== undefined) return attributeValue(text, name);
  if (!OPENING.test(before)) return undefined;
  if (!isAt(ELEMENT, text, name.end)) return undefined;
  const at = ELEMENT.lastIndex;
  return isAt(LINE_END, text, at) ? textBelow(text, name) : textAt(text, at);
}

const ATTRIBUTE = /(?:^|\s)(?:name|key)[ \t]?=[ \t]?\\{0,7}["']$/i;
const TAG_END = /[ \t]{0,8}>(?:[ \t]{0,64}<value>)?/y;
const LINE_END = /[ \t\r]*$/y;

/** `<entry key="password">x</entry>`, `<property name="password"><value>x</value>`. */
function attributeValue(text: string, name: FieldName): Value | undefined {
  const at = keyAt(name);
  if (!ATTRIBUTE.test(text.slice(Math.max(0, at - 16), at))) return undefined;
  if (!isAt(TAG_END, text, name.after)) return undefined;
  const valueAt = TAG_END.lastIndex;
  if (!isAt(LINE_END, text, valueAt)) return textAt(text, valueAt);
  const column = text.search(/[^ \t]/);
  const own = text.slice(name.start, name.end);
  return { after: text.length, pending: { kind: 'pair', column, lines: 0, name: own } };
}

/** In place of a column: the element's text is on the lines below, wherever they begin. Headers have -1. */
export const IN_ELEMENT = -2;
const ALONE = /^[ \t]*<(?:[\w.-]{1,30}:)?$/;

function textBelow(text: string, { start, end }: FieldName): Value | undefined {
  if (!ALONE.test(text.slice(0, start))) return undefined;
  const name = text.slice(start, end);
  return {
    after: text.length,
    pending: { kind: 'nested', column: IN_ELEMENT, isFirst: false, name },
  };
}

const CDATA = '<![CDATA[';

/** Up to a tag that closes the element. */
function textAt(text: string, at: number): Value | undefined {
  if (text.startsWith(CDATA, at)) return cdataAt(text, at + CDATA.length);
  const end = text.indexOf('<', at);
  if (end === -1 || text[end + 1] !== '/') return undefined;
  return isKept(text.slice(at, end)) ? { after: end } : { after: end, edit: masked(at, end) };
}

function cdataAt(text: string, at: number): Value | undefined {
  const end = text.indexOf(']]>', at);
  if (end === -1) return undefined;
  return isKept(text.slice(at, end)) ? { after: end } : { after: end, edit: masked(at, end) };
}
