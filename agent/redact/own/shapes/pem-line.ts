/** Private keys that stand in one line: in a string with escaped line ends, in concatenated strings, or bare. */

import type { Found } from './line-shape.ts';
import {
  type Body,
  isClear,
  keyLikeWords,
  PEM_BEGIN_SOURCE,
  PEM_END,
  readEndedBody,
  readOpenBody,
} from './pem-body.ts';

/** Certificates, which are far more common, have no such word. */
export const PEM_SEED = 'PRIVATE';

const DASHES = '-----';

/** A first line of a private key, in a line. */
export interface PemBegin {
  readonly start: number;
  readonly end: number;
  /** What is known of the key in the same line. */
  readonly body: Body;
  /** Where the next line of dashes begins, or the line ends. */
  readonly to: number;
}

/** As `FindSecrets`; a key's first and last lines stay, with what parts them from the rest. */
export function findPemKeys(text: string): readonly Found[] {
  return pemBegins(text).flatMap(({ body, to }) => [
    ...(isClear(text, body)
      ? [{ rule: 'pem-private-key' as const, start: body.start, end: body.end }]
      : []),
    ...keyLikeWords(text, body.stop, to),
  ]);
}

export function pemBegins(text: string): readonly PemBegin[] {
  return Array.from(text.matchAll(PEM_BEGIN), (match) => {
    const end = match.index + match[0].length;
    const dashes = text.indexOf(DASHES, end);
    const isEnded = dashes !== -1 && text.startsWith(PEM_END, dashes);
    const to = dashes === -1 ? text.length : dashes;
    const whole = isEnded ? readEndedBody(text, end, to) : undefined;
    // Between the two is something else, too.
    const body = whole?.stop === to ? whole : readOpenBody(text, { from: end, to, isLine: false });
    return { start: match.index, end, body, to };
  });
}

const PEM_BEGIN = new RegExp(PEM_BEGIN_SOURCE, 'g');
