/** Finds e-mail addresses. */

import type { Pseudonyms } from './pseudonyms.ts';
import { codesOf, type Finder, isEscapeLetter, runEnd, runStart } from './replace.ts';

const LETTERS_AND_DIGITS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
/** RFC 5321, 4.5.3.1; of its characters those that occur. */
const LOCAL_PART = { of: codesOf(`${LETTERS_AND_DIGITS}._%+-`), most: 64 };
const DOMAIN = { of: codesOf(`${LETTERS_AND_DIGITS}.-`), most: 255 };

/** With a top-level domain of letters, so no package's `name@1.2.3`. Units of systemd look like one and are none. */
const DOMAIN_NAME =
  /^(?:[A-Za-z0-9-]+\.)+(?!(?:service|socket|timer|slice|mount|target|scope|swap|path|device)$)[A-Za-z]{2,24}$/;

/** E-mail addresses; the host is the same pseudonym as that of the host's name. A URL's user is taken for one. */
export function emailFinder(pseudonyms: Pseudonyms): Finder {
  return {
    candidates: /@(?=[A-Za-z0-9])/g,
    find({ index, input }) {
      let start = runStart(input, index, LOCAL_PART);
      if (isEscapeLetter(input, start)) start++;
      const domain = domainAt(input, index + 1);
      if (start === index || domain === undefined) return undefined;
      const user = pseudonyms.of('user', `${input.slice(start, index)}@${domain.toLowerCase()}`);
      const host = pseudonyms.of('host', domain.toLowerCase());
      return { start, end: index + 1 + domain.length, pseudonym: `${user}@${host}` };
    },
  };
}

function domainAt(text: string, start: number): string | undefined {
  let end = runEnd(text, start, DOMAIN);
  // The end of a sentence.
  while (end > start && '.-'.includes(text.charAt(end - 1))) end--;
  const domain = text.slice(start, end);
  return DOMAIN_NAME.test(domain) ? domain : undefined;
}
