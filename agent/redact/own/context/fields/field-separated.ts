/** Values that a colon or an equals sign parts from their names. */

import { masked } from '../edits.ts';
import { isKept } from '../kept-values.ts';
import { closingQuote, quoteAt } from '../quotes.ts';
import { isAt } from '../sticky.ts';
import {
  type FieldLine,
  type FieldName,
  hasPrefix,
  keyAt,
  keyStart,
  quoteAround,
  startsLine,
} from './field-name.ts';
import { nestedValue } from './field-nested.ts';
import { placeOf } from './field-place.ts';
import { readValue, type Value } from './field-value.ts';
import { xmlValue } from './field-xml.ts';

/** Java's logs of settings have dots. */
const SEPARATOR = /[ \t]{0,64}(?::=|=>|:|=(?!=)|\.{4,128}(?![.\s]))[ \t]{0,64}/y;
/** Of what stands in square brackets: `ENV['SECRET'] = 'x'`, and PHP's `[password] => x`. */
const QUOTED_INDEX = /\][ \t]{0,8}(?:\|\|)?=[ \t]{0,8}(?=\\{0,7}["'])/y;
const INDEX = /\][ \t]{0,8}=>[ \t]{0,64}/y;
/** What go-spew and Rust print before a text. */
const TYPE = /\([\w.*]{1,32}\)[ \t]\(len=[0-9]{1,9}\)[ \t](?=\\{0,7}")|(?:Some|Ok)\((?=\\{0,7}")/y;
const OPEN_TYPE = /(?:Some|Ok)\([ \t\r]*$/y;

interface Separated {
  readonly line: FieldLine;
  readonly name: FieldName;
  readonly isColon: boolean;
  /** Blanks stand behind the separator. */
  readonly isSpaced: boolean;
  readonly isLineStart: boolean;
  readonly at: number;
}

/** `fields`: only what JSON and YAML have. `maps`: only what is in brackets, or on the lines below. */
export type Forms = 'fields' | 'maps' | 'any';

export function separatedValue(line: FieldLine, name: FieldName, forms: Forms): Value | undefined {
  const separated = separatedAt(line, name);
  if (separated === undefined && forms === 'any') return xmlValue(line, name);
  if (separated === undefined || !isFieldOf(separated, forms)) return undefined;
  if (forms === 'maps') return nestedValue(line, name, separated);
  const own = wholeStringValue(separated) ?? ownValue(separated);
  return own ?? (forms === 'any' ? nestedValue(line, name, separated) : undefined);
}

function separatedAt(line: FieldLine, name: FieldName): Separated | undefined {
  const { text } = line;
  const isIndex = text[keyStart(name) - 1] === '[' && text[name.after] === ']';
  const pattern = isIndex ? indexPattern(name) : SEPARATOR;
  pattern.lastIndex = name.after;
  const separator = pattern.exec(text)?.[0];
  if (separator === undefined) return undefined;
  return {
    line,
    name,
    isColon: separator.trim() === ':',
    isSpaced: /[ \t]$/.test(separator),
    isLineStart: isIndex ? text.search(/[^ \t]/) === keyStart(name) - 1 : startsLine(text, name),
    at: behindType(text, pattern.lastIndex),
  };
}

function indexPattern({ quote }: FieldName): RegExp {
  return quote === undefined ? INDEX : QUOTED_INDEX;
}

function behindType(text: string, at: number): number {
  if (isAt(TYPE, text, at)) return TYPE.lastIndex;
  return isAt(OPEN_TYPE, text, at) ? text.length : at;
}

function isFieldOf(separated: Separated, forms: Forms): boolean {
  const { line, name, isColon, isSpaced } = separated;
  if (!isColon) return forms !== 'fields';
  // The name of a file, or the end of a URL.
  if (line.text[keyAt(name) - 1] === '/') return false;
  if (name.quote !== undefined) return true;
  return isSpaced ? !isProse(separated) : !isImage(separated);
}

const IMAGE_TAG =
  /(?:latest|v?[0-9]{1,4}(?:\.[0-9]{1,6}){1,3}[\w.-]{0,64})(?:@sha256:[0-9a-f]{64})?(?=["'\s\\,)]|$)/y;

/** An image and its tag, in a text or as a value. In what Go prints of a struct a bracket or a comma stands before a name. */
function isImage({ line, name, at }: Separated): boolean {
  const before = line.text[keyStart(name) - 1];
  return before !== undefined && !/[[{(,]/.test(before) && isAt(IMAGE_TAG, line.text, at);
}

/** What an error says about a token or a secret: `get secret: secrets "x" not found`. */
const PROSE = /[A-Z]?[a-z]{1,14}(?=[ :])/y;

function isProse({ line, name, isLineStart, at }: Separated): boolean {
  const { text } = line;
  if (isLineStart || hasPrefix(name) || text[name.start - 1] !== ' ') return false;
  if (/pass|pwd/i.test(text.slice(name.start, name.end))) return false;
  return /[a-z]/.test(text[name.start - 2] ?? '') && isAt(PROSE, text, at);
}

/** The value is the rest of the string that its name begins: `"--password=two words"`. */
function wholeStringValue({ line, name, isColon, isSpaced, at }: Separated): Value | undefined {
  const around = quoteAround(line.text, name);
  const end = around === undefined ? undefined : closingQuote(line.text, at, around)?.end;
  if (around === undefined || end === undefined) return undefined;
  if (line.text[name.start] === '-') return argumentRest(line.text, at, end);
  const place = { ...placeOf(line, name, at), isLineStart: true, isYaml: isColon && isSpaced };
  return readValue(line.text, { ...place, stringRun: around.run, lineEnd: end });
}

/** Another argument in the same string: `"-Dpassword=x -Dy=z"`. */
const NEXT_ARGUMENT = /[ \t]--?[A-Za-z][\w.-]{0,64}(?:[= \t]|$)/;

function argumentRest(text: string, at: number, limit: number): Value | undefined {
  if (quoteAt(text, at) !== undefined) return undefined;
  const next = text.slice(at, limit).search(NEXT_ARGUMENT);
  const end = next === -1 ? limit : at + next;
  return isKept(text.slice(at, end)) ? { after: end } : { after: end, edit: masked(at, end) };
}

function ownValue({
  line,
  name,
  isColon,
  isSpaced,
  isLineStart,
  at,
}: Separated): Value | undefined {
  const isYaml = isColon && isSpaced && (isLineStart || isInFlow(line.text, name));
  return readValue(line.text, { ...placeOf(line, name, at), isLineStart, isYaml });
}

/** A bracket or a comma stands before the name, but for blanks. */
function isInFlow(text: string, name: FieldName): boolean {
  return /[{,][ \t]*$/.test(text.slice(Math.max(0, keyAt(name) - 8), keyAt(name)));
}
