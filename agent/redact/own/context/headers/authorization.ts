/** Credentials in headers of requests: `Authorization` and its like. */

import type { ContextRule } from '../context-rule.ts';
import { addEdit, type Edit, masked } from '../edits.ts';
import { isKept } from '../kept-values.ts';
import { plainEnd } from '../plain-value.ts';
import { type HeaderPlace, headerFinder } from './headers.ts';

/** Keys that are no secrets. */
const NO_SECRET =
  '(?!x-(?:[a-z0-9]{1,32}-){0,5}(?:cache|idempotency|surrogate|routing|partition|public|sort|object|request|trace)-(?:key|token))';
const OF_VENDOR = `${NO_SECRET}x-(?:[a-z0-9]{1,32}-){0,5}(?:token|key|secret|password|apikey)`;
const NAMES = `(?:proxy-)?authorization|${OF_VENDOR}|private-token`;

const headers = headerFinder({ names: NAMES, hide: hideCredentials, plainEnd: credentialsEnd });

/** A token that says so itself. Source: RFC 6750, section 2.1. */
const BEARER = /(?<!\w)(bearer[ \t]{1,8})([\w.~+/-]{16,}=*)/gi;

export const AUTHORIZATION_HEADER: ContextRule = {
  name: 'authorization-header',
  needed: `(?:proxy-)?authorization|(?<![\\w-])${OF_VENDOR}|private-token|bearer`,
  seeds: ['riza', 'earer', 'key', 'ken', 'cre[td]', 'pass'],
  find(line) {
    const found = headers.find(line);
    return found.edits.length > 0 ? found : { ...found, edits: findBearers(line) };
  },
  continueArray: headers.continueArray,
};

function findBearers(line: string): readonly Edit[] {
  const edits: Edit[] = [];
  for (const { 0: whole, 1: scheme = '', index } of line.matchAll(BEARER)) {
    addEdit(edits, masked(index + scheme.length, index + whole.length));
  }
  return edits;
}

const SCHEME = /[A-Za-z][\w-]{0,32}[ \t]+(?=[^ \t])/y;
const SCHEME_ALONE =
  /^(?:basic|bearer|digest|negotiate|ntlm|hawk|hoba|mutual|oauth|token|apikey)$/i;

/** The scheme stays. Source: RFC 9110, section 11.4. */
function hideCredentials(line: string, start: number, end: number): readonly Edit[] {
  SCHEME.lastIndex = start;
  const schemeEnd = SCHEME.test(line) && SCHEME.lastIndex < end ? SCHEME.lastIndex : start;
  const credentials = line.slice(schemeEnd, end);
  if (isKept(credentials) || SCHEME_ALONE.test(credentials)) return [];
  return [masked(schemeEnd, end)];
}

/** Schemes whose credentials are several words. */
const WITH_PARAMETERS =
  /(?:Digest|AWS4-HMAC-SHA\d+|AWS|OAuth|Hawk|Signature|GoogleLogin|MAC)[ \t]/iy;

/** In a line of other things: the scheme, and what stands behind it up to a blank. */
function credentialsEnd(line: string, at: number, place: HeaderPlace): number {
  WITH_PARAMETERS.lastIndex = at;
  if (WITH_PARAMETERS.test(line)) return place.textEnd();
  SCHEME.lastIndex = at;
  return plainEnd(line, SCHEME.test(line) ? SCHEME.lastIndex : at, place);
}
