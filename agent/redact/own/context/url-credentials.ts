/** User and password in a URL, secrets among its parameters, and among the fields of a form. */

import type { ContextRule } from './context-rule.ts';
import { findDataSources, NEEDED_ODBC } from './data-sources.ts';
import { addEdit, addEdits, apart, type Edit, masked } from './edits.ts';
import { isWords } from './env-names.ts';
import { continuePart, findParts, opensPart } from './headers/form-parts.ts';
import { isKept } from './kept-values.ts';
import { SECRET_SEEDS } from './secret-names.ts';
import { isSecretColumn } from './tables/columns.ts';

const PARAMETERS = [
  'x-(?:amz|goog)-(?:signature|credential|security-token)',
  'signature',
  'sig',
  '(?:access_|refresh_|id_)?token',
  'api_?key',
  'key',
  'subscription-key',
  'ocp-apim-subscription-key',
  'sid',
  '(?:php)?sess(?:ion)?_?id',
  'jwt',
  'password',
  'passwd',
  '(?:client_)?secret',
  'code',
  'auth',
].join('|');

/** Of Azure's shared access signatures, which are also given without a URL. */
const SIGNATURE = String.raw`(?:[&;]|\\+u0026)sig(?:=|\\+u003d)`;

/** Before the user, in a URL that is a parameter of another: once or several times percent-encoded. */
const ENCODED_SCHEME = '%(25){0,3}3a%(?:25){0,3}2f';

export const URL_CREDENTIALS: ContextRule = {
  name: 'url-credentials',
  needed: [
    String.raw`@(?!sha256:)|\?[\w.-]+=|[&;6]sig[=\\]`,
    ENCODED_SCHEME,
    String.raw`(?:\]|%5d)(?:=|%3d)|form-data;`,
    NEEDED_ODBC,
  ].join('|'),
  // Of the fields of a form each has one of a secret's name.
  seeds: ['@', '?', String.raw`[&;6]sig[=\\]`, '3a%2', ...SECRET_SEEDS],
  find(line) {
    return {
      edits: apart([
        ...findUsers(line),
        ...findEncodedUsers(line),
        ...findDataSources(line),
        ...findParameters(line),
        ...findSignatures(line),
        ...findFormFields(line),
        ...findParts(line),
      ]),
      pending: opensPart(line) ? { kind: 'array' } : undefined,
    };
  },
  continueArray: continuePart,
};

const SCHEME_END = /:(?:\/\/|\\+\/\\+\/)/g;

function findUsers(line: string): readonly Edit[] {
  const edits: Edit[] = [];
  if (!line.includes('@')) return edits;
  const tokens = tokensOf(line);
  SCHEME_END.lastIndex = 0;
  for (let hit = SCHEME_END.exec(line); hit !== null; hit = SCHEME_END.exec(line)) {
    const start = SCHEME_END.lastIndex;
    if (!/\w/.test(line[hit.index - 1] ?? '')) continue;
    const at = userEnd(line, start, tokens);
    if (at === -1) continue;
    addEdits(edits, hideUser(line, start, at));
    SCHEME_END.lastIndex = at;
  }
  return edits;
}

/** Of the text up to the next blank or quote, computed once for each. */
interface Tokens {
  /** The end of the token. */
  readonly end: (at: number) => number;
  /** The last `@` of the token, or -1. */
  readonly lastAt: (at: number) => number;
}

function tokensOf(line: string): Tokens {
  let knownFrom = -1;
  let knownEnd = -1;
  let knownLastAt = -1;
  function know(at: number): void {
    if (at >= knownFrom && at < knownEnd) return;
    knownFrom = at;
    knownEnd = tokenEnd(line, at);
    knownLastAt = line.slice(at, knownEnd).lastIndexOf('@') + at;
    if (knownLastAt < at) knownLastAt = -1;
  }
  return {
    end(at) {
      know(at);
      return knownEnd;
    },
    lastAt(at) {
      know(at);
      return knownLastAt;
    },
  };
}

const TOKEN_END = /[\s"'<>`\\]/g;
const ESCAPED = /\\+(?:\/|u0026|u003d)/iy;

function tokenEnd(line: string, from: number): number {
  TOKEN_END.lastIndex = from;
  for (let hit = TOKEN_END.exec(line); hit !== null; hit = TOKEN_END.exec(line)) {
    ESCAPED.lastIndex = hit.index;
    if (!ESCAPED.test(line)) return hit.index;
    TOKEN_END.lastIndex = ESCAPED.lastIndex;
  }
  return line.length;
}

/** An image by its digest: `docker-pullable://nginx@sha256:…`. */
const DIGEST = /@sha(?:256|512):/y;

/** @returns The `@` behind the user, or -1. */
function userEnd(line: string, start: number, tokens: Tokens): number {
  const lastAt = tokens.lastAt(start);
  if (lastAt < start) return -1;
  DIGEST.lastIndex = lastAt;
  if (DIGEST.test(line)) return -1;
  const authority = authorityEnd(line, start, lastAt + 1);
  const at = line.lastIndexOf('@', authority - 1);
  if (at >= start) return at;
  // A password with a slash; what stands behind the colon is no port.
  const before = line.slice(start, authority);
  const colon = before.indexOf(':');
  return colon === -1 || /^\d*$/.test(before.slice(colon + 1)) ? -1 : lastAt;
}

const AUTHORITY_END = /[/?#\\]/g;

function authorityEnd(line: string, start: number, limit: number): number {
  AUTHORITY_END.lastIndex = start;
  const end = AUTHORITY_END.exec(line)?.index ?? line.length;
  return Math.min(end, limit);
}

function hideUser(line: string, start: number, end: number): readonly Edit[] {
  const colon = line.indexOf(':', start);
  const places =
    colon === -1 || colon > end
      ? [[start, end] as const]
      : [[start, colon] as const, [colon + 1, end] as const];
  return places
    .filter(([from, to]) => !isKept(line.slice(from, to)))
    .map((place) => masked(...place));
}

const ENCODED_SCHEME_END = new RegExp(`${ENCODED_SCHEME}%(?:25){0,3}2f`, 'gi');
/** Longer than any user with a password. */
const MAX_USER_LENGTH = 1024;

function findEncodedUsers(line: string): readonly Edit[] {
  const edits: Edit[] = [];
  ENCODED_SCHEME_END.lastIndex = 0;
  for (let hit = ENCODED_SCHEME_END.exec(line); hit !== null; hit = ENCODED_SCHEME_END.exec(line)) {
    const start = ENCODED_SCHEME_END.lastIndex;
    const escape = hit[0].slice(0, hit[0].toLowerCase().indexOf('3a'));
    const end = encodedUserEnd(line, start, escape);
    if (end === -1) continue;
    addEdits(edits, hideEncodedUser(line, { start, end, escape }));
    ENCODED_SCHEME_END.lastIndex = end;
  }
  return edits;
}

/** @returns The `%40` behind the user, or -1. What is encoded once more is a character of its own. */
function encodedUserEnd(line: string, start: number, escape: string): number {
  const rest = line.slice(start, start + MAX_USER_LENGTH);
  const token = rest.slice(0, rest.search(/[\s"'<>`\\&]|$/)).toLowerCase();
  const ends = ['2f', '3f', '23'].map((code) => token.indexOf(escape + code));
  const authority = token.slice(
    0,
    Math.min(...ends.map((end) => (end === -1 ? token.length : end))),
  );
  const at = authority.lastIndexOf(`${escape}40`);
  return at === -1 ? -1 : start + at;
}

interface EncodedUser {
  readonly start: number;
  readonly end: number;
  /** `%`, or `%25` where it is encoded twice. */
  readonly escape: string;
}

function hideEncodedUser(line: string, { start, end, escape }: EncodedUser): readonly Edit[] {
  const mark = `${escape}3a`;
  const colon = line.slice(start, end).toLowerCase().indexOf(mark);
  const password = colon === -1 ? end : start + colon + mark.length;
  const places = [[start, colon === -1 ? end : start + colon] as const, [password, end] as const];
  return places
    .filter(([from, to]) => !isKept(line.slice(from, to)))
    .map((place) => masked(...place));
}

const PARAMETER = new RegExp(
  String.raw`(?:[?&;]|&amp;|\\+u0026)(${PARAMETERS})(?:=|\\+u003d)`,
  'gi',
);
const VALUE_END = /[&#;]|\\+u0026/g;
const QUERY = /[\w/%~.)\]*-]\?/g;

function findParameters(line: string): readonly Edit[] {
  const edits: Edit[] = [];
  QUERY.lastIndex = 0;
  for (let hit = QUERY.exec(line); hit !== null; hit = QUERY.exec(line)) {
    const start = hit.index + 1;
    const end = tokenEnd(line, start);
    const query = line.slice(start, end);
    PARAMETER.lastIndex = 0;
    for (let one = PARAMETER.exec(query); one !== null; one = PARAMETER.exec(query)) {
      const from = PARAMETER.lastIndex;
      VALUE_END.lastIndex = from;
      const to = VALUE_END.exec(query)?.index ?? query.length;
      if (isSecret(one[1] ?? '', query.slice(from, to))) {
        addEdit(edits, masked(start + from, start + to));
      }
      PARAMETER.lastIndex = to;
    }
    QUERY.lastIndex = end;
  }
  return edits;
}

/** Codes and keys are often words: of an error, of a currency, of a column to sort by. */
function isSecret(name: string, value: string): boolean {
  if (isKept(value)) return false;
  return !/^(?:code|key)$/i.test(name) || !isWords(value.replaceAll(/%20|\+/g, ' '));
}

const LOOSE_SIGNATURE = new RegExp(SIGNATURE, 'gi');
const SIGNATURE_END = /[&#;\s"'<>`\\]/g;

function findSignatures(line: string): readonly Edit[] {
  const edits: Edit[] = [];
  LOOSE_SIGNATURE.lastIndex = 0;
  while (LOOSE_SIGNATURE.test(line)) {
    const from = LOOSE_SIGNATURE.lastIndex;
    SIGNATURE_END.lastIndex = from;
    const to = SIGNATURE_END.exec(line)?.index ?? line.length;
    if (!isKept(line.slice(from, to))) addEdit(edits, masked(from, to));
  }
  return edits;
}

/** The last part of a field's name: `user[password]=`, also percent-encoded. */
const FORM_FIELD = /(?<=[\w\])])(?:\[|%5b)([\w-]{1,64})(?:\]|%5d)(?:=|%3d)/gi;
const FIELD_END = /[&;\s"'<>`\\]|%26|$/g;

function findFormFields(line: string): readonly Edit[] {
  const edits: Edit[] = [];
  FORM_FIELD.lastIndex = 0;
  for (let hit = FORM_FIELD.exec(line); hit !== null; hit = FORM_FIELD.exec(line)) {
    if (!isSecretColumn(hit[1] ?? '')) continue;
    const from = FORM_FIELD.lastIndex;
    FIELD_END.lastIndex = from;
    const to = FIELD_END.exec(line)?.index ?? line.length;
    if (!isKept(line.slice(from, to))) addEdit(edits, masked(from, to));
    FORM_FIELD.lastIndex = to;
  }
  return edits;
}
