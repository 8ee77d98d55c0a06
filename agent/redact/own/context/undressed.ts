/** Lines whose quotes and equals signs are written otherwise: for HTML, in URLs, in hexadecimal, and with colours between. */

import type { Edit } from './edits.ts';

/** What a line says without that. */
export interface Undressed {
  readonly text: string;
  /** The same edits in the line itself. */
  readonly dress: (edits: readonly Edit[]) => readonly Edit[];
}

const MARKS: Readonly<Record<string, string>> = {
  '&quot;': '"',
  '&#34;': '"',
  '&#39;': "'",
  '&apos;': "'",
  '&lt;': '<',
  '&gt;': '>',
  '%22': '"',
  '%27': "'",
  '%3a': ':',
  '%3d': '=',
  '%26': '&',
  '%2c': ',',
  '%20': ' ',
  '%7b': '{',
  '%7d': '}',
  x22: '"',
  x27: "'",
  u0022: '"',
  u0027: "'",
  u003d: '=',
  u003c: '<',
  u003e: '>',
};

const COLOUR = String.raw`(?:\x1b|\\{1,7}(?:u001b|x1b|033|e))\[[0-9;]{0,16}m`;
const DRESS = new RegExp(
  String.raw`${COLOUR}|&(?:quot|apos|lt|gt|#3[49]);|%(?:2[267c0]|3[ad]|7[bd])|\\{1,7}(?:x2[27]|u00(?:2[27]|3[dce]))`,
  'gi',
);
/** A line with one of these is worth the work. */
const DRESSED = new RegExp(
  String.raw`${COLOUR}|&(?:quot|lt|#34);|%(?:22|3d)|\\(?:x22|u00(?:22|3[dc]))`,
  'i',
);

/** @returns Undefined: the line is not so. */
export function undressed(line: string): Undressed | undefined {
  if (!DRESSED.test(line)) return undefined;
  const parts: string[] = [];
  const places: Place[] = [];
  let length = 0;
  let copiedTo = 0;
  for (const { 0: dress, index } of line.matchAll(DRESS)) {
    const before = line.slice(copiedTo, index);
    const mark = markOf(dress);
    length += before.length + mark.length;
    parts.push(before, mark);
    copiedTo = index + dress.length;
    places.push({ at: length, original: copiedTo, start: index, hasMark: mark !== '' });
  }
  parts.push(line.slice(copiedTo));
  return { text: parts.join(''), dress: (edits) => dressed(edits, places) };
}

/** Behind something that was written otherwise. */
interface Place {
  readonly at: number;
  readonly original: number;
  /** Where that begins in the line. */
  readonly start: number;
  readonly hasMark: boolean;
}

function markOf(dress: string): string {
  return MARKS[dress.replace(/^\\+/, '').toLowerCase()] ?? '';
}

function dressed(edits: readonly Edit[], places: readonly Place[]): readonly Edit[] {
  let next = 0;
  /** @param isEnd Colours there are not inside. */
  function original(at: number, isEnd: boolean): number {
    while (next < places.length && (places[next]?.at ?? 0) <= at) {
      const place = places[next];
      if (isEnd && place?.at === at && !place.hasMark) break;
      next += 1;
    }
    const place = places[next - 1];
    return place === undefined ? at : place.original + at - place.at;
  }
  return edits.map(({ start, end, text }) => {
    const from = original(start, false);
    return { start: from, end: Math.max(from, original(end, true)), text };
  });
}
