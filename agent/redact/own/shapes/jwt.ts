/** JSON Web Tokens: signed ones of three parts, and encrypted ones of five (RFC 7515, 7516). */

import { isWordBorder } from './border.ts';
import { BASE64URL, runEnd } from './characters.ts';
import type { Found } from './line-shape.ts';

/** `{"` in base64. */
export const JWT_SEED = String.raw`eyJ[\w\-]`;

/** So many beginnings in one run of base64 are tried: `ghs_1234_eyJ…` has its second word there. */
const MAX_TRIES = 4;

/** As `FindSecrets`. */
export function findJwts(text: string): readonly Found[] {
  const found: Found[] = [];
  let headerEnd = 0;
  let tries = 0;
  for (let at = text.indexOf('eyJ'); at !== -1; at = text.indexOf('eyJ', at + 3)) {
    if (at >= headerEnd) {
      headerEnd = runEnd(text, at, BASE64URL);
      tries = 0;
    }
    if (tries === MAX_TRIES || text[headerEnd] !== '.' || !isWordBorder(text, at)) continue;
    tries++;
    const end = tokenEnd(text, at, headerEnd);
    if (end === undefined) continue;
    found.push({ rule: 'jwt', start: at, end });
    headerEnd = end;
    tries = MAX_TRIES;
    at = end - 3;
  }
  return found;
}

/** @returns Undefined: it is none. */
function tokenEnd(text: string, start: number, headerEnd: number): number | undefined {
  const header = Buffer.from(text.slice(start, headerEnd), 'base64url').toString();
  if (!/"(?:alg|typ|enc)"/.test(header) || !isJson(header)) return undefined;
  const second = runEnd(text, headerEnd + 1, BASE64URL);
  if (text[second] !== '.') return undefined;
  const third = runEnd(text, second + 1, BASE64URL);
  // Without a payload (RFC 7515, appendix F) or without a key (RFC 7516, 5.1) there is at least a third part.
  if (second === headerEnd + 1 && third === second + 1) return undefined;
  if (!header.includes('"enc"')) return third;
  let end = third;
  for (let part = 4; part <= 5 && text[end] === '.'; part++) end = runEnd(text, end + 1, BASE64URL);
  return end;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // base64 that only begins like it
  }
}
