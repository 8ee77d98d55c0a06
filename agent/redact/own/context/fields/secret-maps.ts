/** Maps whose names say that their values are secrets: `secrets:`, `"secureJsonData": {`, `credentials = {`. */

import { addEdit, type Edit, masked, maskedPlain } from '../edits.ts';
import { isWords } from '../env-names.ts';
import { isKept } from '../kept-values.ts';
import { closingQuote, quoteAt } from '../quotes.ts';
import { saysSecret } from '../secret-names.ts';
import type { Value } from './field-value.ts';

/** Names of which a value of its own says nothing: `tokens=12`, `secrets: many`. */
const ONLY_MAPS = String.raw`secrets|tokens|secret[_-]?env|secure[_-]?json[_-]?data|(?<![A-Za-z])jwt`;

/** The last words of such names, in any case. */
export const MAP_WORDS = ONLY_MAPS;
export const MAP_SEEDS = ['cure[_-]?js', 'jwt'];

const MAP_NAME = new RegExp(`(?:pass(?:word|wd)s?|secret|credentials?|${ONLY_MAPS})$`, 'i');
const ONLY_MAP = new RegExp(`(?:${ONLY_MAPS})$`, 'i');

/** Whether it is nothing but the name of a map. */
export function isOnlyMap(name: string): boolean {
  return ONLY_MAP.test(name) && !saysSecret(name);
}

/** Keys of what says where a secret is, and how it is made. */
const NO_SECRET = new RegExp(
  `^(?:${[
    'name|key|keys|optional|namespace|enabled?|disabled?|create|type|kind|apiVersion|version|items|image|format|pattern|example',
    'description|title|summary|message|help|label|annotations|labels|audience|issuer|provider|algorithm|alg|mode|source|driver',
    'url|uri|host|hostname|port|database|user|username|login|email|region|id|uid|status|state|expires?|expiration|created|updated',
    String.raw`[\w.-]*(?:Name|_name|Ref|Path|_path|File|_file|Mode|Url|Seconds|At|_at|Key|Id|_id|Type|Namespace|Version|Arn)`,
    '(?:existing|external|pull)_?Secrets?|\\$ref|(?:min|max)Length',
  ].join('|')})$`,
);
/** Also those that end in `Key`. */
const SECRET_KEY = /(?:secret|private|access|api|encryption|signing|account)_?Key(?:Id)?$/i;
/** A number, a version, an instant, a duration, an amount. */
const NUMBER = /^[+-]?v?[0-9][0-9.,:_-]*(?:[a-zA-Z%]{1,2}|[0-9-]T[0-9:.]+(?:Z|[+-][0-9:]+)?)?$/;
const OBJECT_NAME = /^[a-z]+(?:[-.](?:[a-z]+[0-9]?|v?[0-9]{1,3}))+$/;
const PLACE = /^(?:[A-Za-z][\w+.-]{0,32}:\/\/|[.~]{0,2}\/)/;
const MIN_LENGTH = 4;

/** @param name Of the map. */
export function isMapSecret(name: string, key: string, value: string): boolean {
  if (!isSecretKey(name, key) || value.length < MIN_LENGTH || isKept(value)) return false;
  return !NUMBER.test(value) && !isWords(value) && !OBJECT_NAME.test(value) && !PLACE.test(value);
}

/** Whether what the key has may be a secret. */
export function isSecretKey(name: string, key: string): boolean {
  if (/jwt$/i.test(name)) return /^(?:key|secret)$/i.test(key);
  return MAP_NAME.test(name) && (!NO_SECRET.test(key) || SECRET_KEY.test(key));
}

const MEMBER =
  /[ \t\r,]*\\{0,7}["']?([\w./-]{1,128})\\{0,7}["']?[ \t]{0,8}(?::|=>|=)[ \t]{0,8}(?=[^ \t\r{[])/y;
const PLAIN = /[^\s"'{}[\],]{1,4096}(?=[ \t\r]*[,}]|[ \t\r]*$)/y;

export interface MapPlace {
  readonly name: string;
  /** Behind the bracket. */
  readonly from: number;
  /** A plain mask would be an alias. */
  readonly isYaml: boolean;
}

/** Of a map in brackets, up to what is no text. */
export function mapValues(text: string, { name, from, isYaml }: MapPlace): Value | undefined {
  const edits: Edit[] = [];
  let at = from;
  for (MEMBER.lastIndex = at; ; MEMBER.lastIndex = at) {
    const key = MEMBER.exec(text)?.[1];
    const member = key === undefined ? undefined : memberAt(text, MEMBER.lastIndex);
    if (key === undefined || member === undefined) break;
    const { start, end, isQuoted } = member;
    if (isMapSecret(name, key, text.slice(start, end))) {
      addEdit(edits, isQuoted ? masked(start, end) : maskedPlain(start, end, isYaml));
    }
    at = member.after;
  }
  return edits.length === 0 ? undefined : { after: at, edits };
}

interface Member {
  readonly start: number;
  readonly end: number;
  readonly after: number;
  readonly isQuoted: boolean;
}

function memberAt(text: string, at: number): Member | undefined {
  const quote = quoteAt(text, at);
  if (quote !== undefined) {
    const closing = closingQuote(text, quote.end, quote);
    return closing === undefined ? undefined : { start: quote.end, ...closing, isQuoted: true };
  }
  PLAIN.lastIndex = at;
  if (!PLAIN.test(text)) return undefined;
  return { start: at, end: PLAIN.lastIndex, after: PLAIN.lastIndex, isQuoted: false };
}

const MEMBER_LINE =
  /^[ \t]*(\\*["']?)([\w./-]{1,128})\\*["']?[ \t]*(?::(?=[ \t])|=)[ \t]*(?=[^ \t\r[{])/;

/** A line of a map that has a line for each value. */
export function memberOnLine(
  line: string,
): { readonly key: string; readonly quote: string; readonly at: number } | undefined {
  const match = MEMBER_LINE.exec(line);
  const [opening = '', quote = '', key = ''] = match ?? [];
  return match === null ? undefined : { key, quote, at: opening.length };
}
