/** Credentials in headers of requests: `Authorization` and its like. */

import type { ContextRule } from '../context-rule.ts';
import { addEdit, apart, type Edit, masked } from '../edits.ts';
import { isKept } from '../kept-values.ts';
import { plainEnd } from '../plain-value.ts';
import { BEFORE_NAME, type HeaderPlace } from './header-names.ts';
import { headerFinder } from './headers.ts';

/** Keys that are no secrets. */
const NO_SECRET =
  '(?!x-(?:[a-z0-9]{1,32}-){0,5}(?:cache|idempotency|surrogate|routing|partition|public|sort|object|request|trace)-(?:key|token))';
const OF_VENDOR = `${NO_SECRET}x-(?:[a-z0-9]{1,32}-){0,5}(?:token|key|secret|password|apikey|auth)`;
const NAMES = `(?:proxy-)?authorization|${OF_VENDOR}|private-token`;

const headers = headerFinder({ names: NAMES, hide: hideCredentials, plainEnd: credentialsEnd });

/** A token that says so itself. Source: RFC 6750, section 2.1. */
const BEARER = /(?<!\w)(bearer[ \t]{1,8})([\w.~+/-]{16,}=*)/gi;

/** User and password, which say so themselves once decoded. Source: RFC 7617, section 2. */
const BASIC = /(?<!\w)(basic[ \t]{1,8})([\w+/-]{8,8192}={0,2})(?![\w+/=-])/gi;

export const AUTHORIZATION_HEADER: ContextRule = {
  name: 'authorization-header',
  needed: `(?:proxy-)?authorization|${BEFORE_NAME}${OF_VENDOR}|private-token|bearer|basic[ \\t]`,
  seeds: [
    'riza',
    'earer',
    'key',
    'ken',
    'cre[td]',
    'pass',
    // Of `X-Custom-Auth`.
    String.raw`uth["'\\:]`,
    'auth[=\r\n]',
    '-auth[,}]',
    'basic[ \t]',
  ],
  find(line) {
    const found = headers.find(line);
    return found.edits.length > 0 ? found : { ...found, edits: findSchemes(line) };
  },
  continueArray: headers.continueArray,
};

/** What needs no header's name before it. */
function findSchemes(line: string): readonly Edit[] {
  const edits: Edit[] = [];
  for (const { 0: whole, 1: scheme = '', index } of line.matchAll(BEARER)) {
    addEdit(edits, masked(index + scheme.length, index + whole.length));
  }
  for (const { 0: whole, 1: scheme = '', 2: credentials = '', index } of line.matchAll(BASIC)) {
    if (!isUserAndPassword(credentials)) continue;
    addEdit(edits, masked(index + scheme.length, index + whole.length));
  }
  return apart(edits);
}

function isUserAndPassword(credentials: string): boolean {
  return /^[\x20-\x7e]+:[\x20-\x7e]+$/.test(Buffer.from(credentials, 'base64').toString('latin1'));
}

const SCHEME = /[A-Za-z][\w-]{0,32}[ \t]+(?=[^ \t])/y;
const SCHEME_ALONE =
  /^(?:basic|bearer|digest|negotiate|ntlm|hawk|hoba|mutual|oauth|token|apikey)$/i;

/** What a setting of that name has: whether there is one, and what decides. */
const SETTING =
  /^(?:(?:enabled?|disabled?|required|optional|default|none|on|off|yes|no|allow|deny|simple|anonymous|webhook|rbac|abac|node|alwaysallow|alwaysdeny)(?:,(?=\w)|$)){1,8}$/i;

/** The scheme stays. Source: RFC 9110, section 11.4. */
function hideCredentials(line: string, start: number, end: number): readonly Edit[] {
  SCHEME.lastIndex = start;
  const schemeEnd = SCHEME.test(line) && SCHEME.lastIndex < end ? SCHEME.lastIndex : start;
  const credentials = line.slice(schemeEnd, end);
  if (isKept(credentials) || SCHEME_ALONE.test(credentials)) return [];
  if (schemeEnd === start && SETTING.test(credentials)) return [];
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
