/**
 * Private and symmetric keys in JSON (JWK), alone and in sets: the members that only those have. In one line, and over
 * several, where such members may stand before the one that tells what the object is; of those, what went out with an
 * earlier piece of the file than that one is lost.
 *
 * Sources: RFC 7518, section 6; RFC 8037.
 */

import { BASE64, paddedEnd, runEnd } from './characters.ts';
import type { Found } from './line-shape.ts';

export const JWK_SEED = `["']kty`;

const KEY_TYPE =
  /["']kty\\{0,8}["'][ \t]{0,8}:[ \t]{0,8}\\{0,8}["'](?:(?<symmetric>oct)|RSA|EC|OKP|AKP)\\{0,8}["']/g;
/** Those of `oth` too, which are of further primes. */
const PRIVATE = memberPattern('d|p|q|d[pq]|qi|r|t|priv');
const SYMMETRIC = memberPattern('k');

const BRACE = /[{}]/g;
/** In so many lines an object is closed. */
const MAX_LINES = 1000;

function memberPattern(names: string): RegExp {
  return new RegExp(
    String.raw`["'](?:${names})\\{0,8}["'][ \t]{0,8}:[ \t]{0,8}\\{0,8}["'](?=[\w+/\-])`,
    'g',
  );
}

/** A key's place in a text. */
interface Jwk {
  readonly start: number;
  readonly end: number;
  readonly members: RegExp;
  /** It begins before the text. */
  readonly isBegun: boolean;
  /** How many objects inside of it are open at the text's end; undefined: it ends in the text. */
  readonly depth: number | undefined;
}

/** As `FindSecrets`. */
export function findJwkSecrets(text: string): readonly Found[] {
  return jwksIn(text).flatMap((jwk) => secretsIn(text, jwk));
}

function jwksIn(text: string): readonly Jwk[] {
  const jwks: Jwk[] = [];
  let from = 0;
  for (const { index, groups } of text.matchAll(KEY_TYPE)) {
    if (index < from) continue;
    const brace = openingBrace(text, { from, to: index });
    const members = groups?.['symmetric'] === undefined ? PRIVATE : SYMMETRIC;
    const { end, depth } = closingBrace(text, index, 0);
    jwks.push({
      start: brace ?? from,
      end,
      members,
      isBegun: brace === undefined && from === 0,
      depth,
    });
    from = end;
  }
  return jwks;
}

function openingBrace(
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
): number | undefined {
  let depth = 0;
  for (let at = to - 1; at >= from; at--) {
    if (text[at] === '}') depth++;
    if (text[at] === '{' && depth-- === 0) return at;
  }
  return undefined;
}

/** @param open How many objects inside of the one that is to be closed are open at `from`. */
function closingBrace(text: string, from: number, open: number): Pick<Jwk, 'end' | 'depth'> {
  let depth = open;
  BRACE.lastIndex = from;
  for (let brace = BRACE.exec(text); brace !== null; brace = BRACE.exec(text)) {
    if (brace[0] === '}' && depth === 0) return { end: brace.index, depth: undefined };
    depth += brace[0] === '{' ? 1 : -1;
  }
  return { end: text.length, depth };
}

function secretsIn(
  text: string,
  { start, end, members }: Pick<Jwk, 'start' | 'end' | 'members'>,
): readonly Found[] {
  return Array.from(text.slice(start, end).matchAll(members), ({ index, 0: member }) => {
    const valueStart = start + index + member.length;
    const valueEnd = paddedEnd(text, runEnd(text, valueStart, BASE64));
    return { rule: 'pem-private-key', start: valueStart, end: valueEnd };
  });
}

/** Whether a key's object begins before the line. */
export function isJwkBegun(line: string): boolean {
  return jwksIn(line)[0]?.isBegun === true;
}

/** @param before Lines. @param line The one that follows. @returns What of the lines is of a key that is known by the line. */
export function jwkSecretsBefore(before: string, line: string): readonly Found[] {
  const [jwk] = jwksIn(line);
  if (jwk?.isBegun !== true) return [];
  const place = { from: 0, to: before.length };
  const start = openingBrace(before, place) ?? 0;
  return secretsIn(before, { start, end: before.length, members: jwk.members });
}

/** A key that goes on in the lines that follow. */
export class OpenJwk {
  readonly #members: RegExp;
  #depth: number | undefined;
  #linesLeft = MAX_LINES;

  /** @param depth As a `Jwk` has it. */
  constructor({ members, depth }: Pick<Jwk, 'members' | 'depth'>) {
    this.#members = members;
    this.#depth = depth;
  }

  get isOpen(): boolean {
    return this.#depth !== undefined && this.#linesLeft > 0;
  }

  next(line: string): readonly Found[] {
    const { end, depth } = closingBrace(line, 0, this.#depth ?? 0);
    this.#depth = depth;
    this.#linesLeft--;
    return secretsIn(line, { start: 0, end, members: this.#members });
  }
}

/** @returns Undefined: no key goes on behind this line. */
export function openJwk(line: string): OpenJwk | undefined {
  const jwk = jwksIn(line).at(-1);
  return jwk?.depth === undefined ? undefined : new OpenJwk(jwk);
}
