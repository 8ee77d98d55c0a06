/** Values of cookies. Their names stay, and the attributes of `Set-Cookie`. Source: RFC 6265, sections 4.1.1 and 4.2.1. */

import type { ContextRule } from '../context-rule.ts';
import { addEdit, type Edit, masked } from '../edits.ts';
import { isWords } from '../env-names.ts';
import { isKept } from '../kept-values.ts';
import { headerFinder } from './headers.ts';

const NAMES = '(?:set-)?cookie2?';

const headers = headerFinder({ names: NAMES, hide: hideCookies, plainEnd: cookiesEnd });

export const COOKIE_HEADER: ContextRule = {
  name: 'cookie-header',
  needed: 'cookie',
  seeds: ['kie'],
  find: headers.find,
  continueArray: headers.continueArray,
};

const ATTRIBUTE =
  /^(?:(?:domain|expires|max-age|path|samesite|priority|version)=|(?:secure|httponly|partitioned)$)/i;

function hideCookies(line: string, start: number, end: number): readonly Edit[] {
  const edits: Edit[] = [];
  for (let at = start; at < end; ) {
    const partEnd = semicolonAt(line, at, end);
    const edit = hideCookie(line, at, partEnd);
    if (edit !== undefined) addEdit(edits, edit);
    at = partEnd + 1;
  }
  return edits;
}

/** Or `end`. Not by indexOf: of many headers in a line each would look through all that follow. */
function semicolonAt(line: string, start: number, end: number): number {
  let at = start;
  while (at < end && line[at] !== ';') at += 1;
  return at;
}

function hideCookie(line: string, start: number, end: number): Edit | undefined {
  const part = line.slice(start, end);
  const text = part.trim();
  if (text === '' || ATTRIBUTE.test(text)) return undefined;
  const valueAt = start + part.indexOf('=') + 1;
  const nameAt = start + part.length - part.trimStart().length;
  const from = valueAt > start ? valueAt : nameAt;
  const to = start + part.trimEnd().length;
  // A setting, as in `cookie: enabled`: a cookie has a name.
  if (from === nameAt && isWords(text)) return undefined;
  return isKept(line.slice(from, to)) ? undefined : masked(from, to);
}

const BETWEEN = /;[ \t]{1,8}(?=[^\s=;"']{1,128}(?:=|;|$))/y;
const EXPIRES = /expires=\w{3},[ \t]\d{2}[ -]\w{3}[ -]\d{2,4}[ \t][\d:]{8}[ \t]GMT/iy;

/** In a line of other things cookies go on as long as a semicolon parts them. */
function cookiesEnd(line: string, at: number): number {
  let end = at;
  for (;;) {
    EXPIRES.lastIndex = end;
    if (EXPIRES.test(line)) end = EXPIRES.lastIndex;
    while (end < line.length && COOKIE_CHARACTER.test(line[end] ?? '')) end += 1;
    BETWEEN.lastIndex = end;
    if (!BETWEEN.test(line)) return end;
    end = BETWEEN.lastIndex;
  }
}

const COOKIE_CHARACTER = /[^\s;"'\]}\\]/;
