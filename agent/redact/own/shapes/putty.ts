/** PuTTY's private keys (`.ppk`): the lines that the file counts. Encrypted ones too, whose passphrase can be guessed. */

import { PADDED_BASE64, runEnd } from './characters.ts';
import { type KeyRun, keyRun } from './key-run.ts';
import type { Found } from './line-shape.ts';

export const PUTTY_SEED = 'Private-Lines:';

const COUNT = /Private-Lines: {0,4}(?<count>[0-9]{1,4})/;
/** In a string. */
const COUNTS = new RegExp(String.raw`${COUNT.source}(?:\\{1,8}[nr]){1,2}`, 'g');
const LINE_END = /(?:\\{1,8}[nr]){1,2}/y;

/** PuTTY's are of 64. */
const MAX_LINE_LENGTH = 128;

/** As `FindSecrets`, for keys that stand in one line with escaped line ends. */
export function findPuttyKeys(text: string): readonly Found[] {
  return Array.from(text.matchAll(COUNTS), (match) => {
    const start = match.index + match[0].length;
    const end = linesEnd(text, start, Number(match.groups?.['count']));
    return { rule: 'pem-private-key' as const, start, end };
  }).filter(({ start, end }) => end > start);
}

function linesEnd(text: string, start: number, count: number): number {
  let end = start;
  let from = start;
  for (let left = count; left > 0; left--) {
    const lineEnd = runEnd(text, from, PADDED_BASE64);
    if (lineEnd === from) return end;
    end = lineEnd;
    LINE_END.lastIndex = end;
    if (!LINE_END.test(text)) return end;
    from = LINE_END.lastIndex;
  }
  return end;
}

/** @param line Perhaps the one before the key's lines. @returns Undefined: it is not. */
export function openPuttyKey(line: string): KeyRun | undefined {
  const start = line.lastIndexOf(PUTTY_SEED);
  const match = start === -1 ? null : COUNT.exec(line.slice(start));
  if (match === null) return undefined;
  const charactersLeft = Number(match.groups?.['count']) * MAX_LINE_LENGTH;
  const around = [line.slice(0, start), line.slice(start + match[0].length)] as const;
  return charactersLeft === 0 ? undefined : keyRun(around, { charactersLeft, width: 0 });
}
