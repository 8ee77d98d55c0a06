/** Values in a list or an object that a name has: `"password": ["x"]`, `password: {value: x}`, and below it in YAML. */

import { addEdit, type Edit, masked } from '../edits.ts';
import { isKept } from '../kept-values.ts';
import { closingQuote, quoteAt } from '../quotes.ts';
import { isAt } from '../sticky.ts';
import { type FieldLine, type FieldName, nameOf } from './field-name.ts';
import { pairedAt } from './field-pairs.ts';
import { placeOf } from './field-place.ts';
import { readValue, type Value } from './field-value.ts';
import { isOnlyMap, mapValues } from './secret-maps.ts';

/** @param at Behind the name's colon and the blanks behind that. */
export function nestedValue(
  line: FieldLine,
  name: FieldName,
  { at, isLineStart }: { readonly at: number; readonly isLineStart: boolean },
): Value | undefined {
  const { text } = line;
  if (at >= line.end) {
    if (!isLineStart) return undefined;
    const column = text.search(/[^ \t]/);
    return {
      after: text.length,
      pending: { kind: 'nested', column, isFirst: true, name: nameOf(line, name) },
    };
  }
  if (text[at] === '[') return isOnlyMap(nameOf(line, name)) ? undefined : listValue(text, at + 1);
  if (text[at] === '{') return objectValue(line, name, at + 1);
  return text[at] === '\\' ? escapedLines(line, name, at) : undefined;
}

const LIST_GAP = /[ \t\r]*(?:,[ \t\r]*)?/y;
const COLON = /[ \t]{0,8}:/y;
const PLAIN_ELEMENT = /[^\s"'{}[\],:=][^"'{}[\],\n]{0,4096}(?=[,\]])/y;

/** The texts of a list, up to what is none. */
export function listValue(text: string, from: number): Value {
  const edits: Edit[] = [];
  for (let at = from; ; ) {
    LIST_GAP.lastIndex = at;
    LIST_GAP.test(text);
    at = LIST_GAP.lastIndex;
    if (at >= text.length) return { after: at, edits, pending: { kind: 'array' } };
    const element = elementAt(text, at);
    if (element === undefined) return { after: at, edits };
    if (!isKept(text.slice(element.start, element.end))) {
      addEdit(edits, masked(element.start, element.end));
    }
    at = element.after;
  }
}

export interface Element {
  readonly start: number;
  readonly end: number;
  readonly after: number;
}

/** A text of a list in brackets. */
export function elementAt(text: string, at: number): Element | undefined {
  const quote = quoteAt(text, at);
  if (quote === undefined) {
    PLAIN_ELEMENT.lastIndex = at;
    if (!PLAIN_ELEMENT.test(text)) return undefined;
    return { start: at, end: PLAIN_ELEMENT.lastIndex, after: PLAIN_ELEMENT.lastIndex };
  }
  const closing = closingQuote(text, quote.end, quote);
  // A name of an object's is none.
  if (closing === undefined || isAt(COLON, text, closing.after)) return undefined;
  return { start: quote.end, ...closing };
}

function objectValue(line: FieldLine, name: FieldName, from: number): Value | undefined {
  if (from >= line.end) {
    const column = line.text.search(/[^ \t]/);
    return {
      after: from,
      pending: { kind: 'nested', column, isFirst: false, name: nameOf(line, name) },
    };
  }
  const at = isOnlyMap(nameOf(line, name)) ? undefined : pairedAt(line.text, from);
  return at === undefined
    ? mapValue(line, name, from)
    : readValue(line.text, placeOf(line, name, at));
}

/** In YAML the brackets stand behind a blank, and in no string. */
function mapValue(line: FieldLine, name: FieldName, from: number): Value | undefined {
  const { isInDouble, isInSingle } = placeOf(line, name, from);
  const isYaml = name.quote === undefined && line.text.slice(from - 3, from) === ': {';
  return mapValues(line.text, {
    name: nameOf(line, name),
    from,
    isYaml: isYaml && !isInDouble && !isInSingle,
  });
}

const ESCAPED_LINE = /\\+n( *)(- +)?(?=[^ \\"])/y;
const ESCAPED_KEY = /(?!- )[\w./-]{1,128}:(?:[ \\]|$)/y;
const ESCAPED_VALUE_KEY = /(?:value|default|data): +/y;
/** More are not looked at. */
const MAX_ESCAPED_LINES = 64;

/** Lines of a string behind a name that has nothing on its own. */
function escapedLines(line: FieldLine, name: FieldName, from: number): Value | undefined {
  const { text } = line;
  const place = placeOf(line, name, from);
  const edits: Edit[] = [];
  let at = from;
  for (let lines = 0; lines < MAX_ESCAPED_LINES; lines += 1) {
    const { valueAt, isElement } = lineBelow(text, at, place.indent);
    if (valueAt === undefined) break;
    const value = readValue(text, { ...place, at: valueAt, isLineStart: true, isYaml: true });
    if (value === undefined) break;
    if (value.edit !== undefined) addEdit(edits, value.edit);
    at = Math.max(value.after, valueAt);
    if (!isElement) break;
  }
  return edits.length === 0 ? undefined : { after: at, edits };
}

/** The next line, if it is one of the name's. */
function lineBelow(
  text: string,
  at: number,
  indent: number,
): { readonly valueAt: number | undefined; readonly isElement: boolean } {
  ESCAPED_LINE.lastIndex = at;
  const [line, blanks = '', dash] = ESCAPED_LINE.exec(text) ?? [];
  const isElement = dash !== undefined;
  const isBelow = blanks.length > indent || (isElement && blanks.length === indent);
  const valueAt =
    isBelow && line !== undefined ? valueOnLine(text, ESCAPED_LINE.lastIndex) : undefined;
  return { valueAt, isElement };
}

function valueOnLine(text: string, contentAt: number): number | undefined {
  ESCAPED_VALUE_KEY.lastIndex = contentAt;
  if (ESCAPED_VALUE_KEY.test(text)) return ESCAPED_VALUE_KEY.lastIndex;
  ESCAPED_KEY.lastIndex = contentAt;
  return ESCAPED_KEY.test(text) ? undefined : contentAt;
}
