/** The `private_key` of a Google service account: the whole value, and not only the key's lines. */

import type { Found } from './line-shape.ts';

export const GOOGLE_KEY_SEED = 'private_key';

const NAME = /private_key\\{0,8}"[ \t]{0,4}:[ \t]{0,4}(?<escapes>\\{0,8})"(?=-----BEGIN)/g;

/** As `FindSecrets`. A value without its end is hidden to the end of the line. */
export function findGoogleKeys(text: string): readonly Found[] {
  const found: Found[] = [];
  NAME.lastIndex = 0;
  for (let match = NAME.exec(text); match !== null; match = NAME.exec(text)) {
    const start = NAME.lastIndex;
    const end = valueEnd(text, start, match.groups?.['escapes']?.length ?? 0);
    found.push({ rule: 'gcp-key', start, end });
    NAME.lastIndex = end;
  }
  return found;
}

/** A quote ends the value that has no more backslashes before it than the value's first one. */
function valueEnd(text: string, from: number, escapes: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 1)) {
    let end = at;
    while (text[end - 1] === '\\') end--;
    if (at - end <= escapes) return end;
  }
  return text.endsWith('\r') ? text.length - 1 : text.length;
}
