/** Redacts text: pieces of whole lines through all sets of rules, in their order. */

import { ContentError } from './content-error.ts';
import { lineStartBefore, linesOf } from './lines.ts';
import { LONG_LINE } from './names.ts';
import type { OnHidden, RuleSet, TextRedactor } from './rules.ts';

/** A file that a rule must see whole, `yamlPath` for one, is held in memory. */
const MAX_WHOLE_BYTES = 32 * 1024 * 1024;

/** Of the lines that wait for the next piece: more of them in a row are no pairs. */
const MAX_HELD_LENGTH = 64 * 1024;

/**
 * The bytes of one file with everything hidden that one of the sets hides.
 *
 * @yields Some hundred KiB at a time; nothing for an empty file.
 * @throws {ContentError} A rule must see the file whole, and it is too large for that.
 */
export async function* redactText(
  sets: readonly RuleSet[],
  { path, onHidden }: { readonly path: string; readonly onHidden: OnHidden },
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const redactors = openSets(sets, path, onHidden);
  const lines = linesOf(source, { onCut: () => onHidden(LONG_LINE) });
  const [reason] = sets.flatMap((set) => set.reasonForWhole?.(path) ?? []);
  const pieces = reason === undefined ? endedWell(lines, sets) : whole(lines, reason);
  for await (const piece of pieces) {
    const text = redactPiece(piece, redactors);
    if (text !== '') yield Buffer.from(text, 'latin1');
  }
}

/** A short text of its own, a path for example. */
export function redactShortText(
  sets: readonly RuleSet[],
  text: string,
  onHidden: OnHidden,
): string {
  const redactors = openSets(sets, '', onHidden);
  const bytes = Buffer.from(text).toString('latin1');
  return Buffer.from(redactPiece(bytes, redactors), 'latin1').toString();
}

interface OpenSet {
  readonly set: RuleSet;
  readonly redactor: TextRedactor;
}

function openSets(sets: readonly RuleSet[], path: string, onHidden: OnHidden): readonly OpenSet[] {
  return sets.flatMap((set) => {
    const redactor = set.open(path, onHidden);
    return redactor === undefined ? [] : { set, redactor };
  });
}

function redactPiece(piece: string, redactors: readonly OpenSet[]): string {
  let text = piece;
  const left = new Map<RuleSet, string>();
  for (const { set, redactor } of redactors) {
    if (text === '') break;
    // Whatever came between has changed nothing, as in most pieces.
    if (redactor.pass !== undefined && left.get(set) === text) redactor.pass(text);
    else text = redactor.redact(text);
    left.set(set, text);
  }
  return text;
}

/** @yields The pieces, none ending behind a line that the next one tells about: cut elsewhere, a file gives the same. */
async function* endedWell(
  pieces: AsyncIterable<string>,
  sets: readonly RuleSet[],
): AsyncGenerator<string> {
  function isOpen(line: string): boolean {
    return sets.some((set) => set.endsOpen?.(line) === true);
  }
  let held = '';
  for await (const piece of pieces) {
    const text = held + piece;
    const end = endOf(text, isOpen);
    held = text.slice(end);
    if (end > 0) yield text.slice(0, end);
  }
  if (held !== '') yield held;
}

/** @returns Where the last lines begin that are open; the text's end where there are none, or too many. */
function endOf(text: string, isOpen: (line: string) => boolean): number {
  let end = text.length;
  // Without its line feed it is the file's last line.
  while (text[end - 1] === '\n' && text.length - end < MAX_HELD_LENGTH) {
    const start = lineStartBefore(text, end);
    if (end - start > MAX_HELD_LENGTH || !isOpen(text.slice(start, end - 1))) return end;
    end = start;
  }
  return end === 0 && text.length < MAX_HELD_LENGTH ? 0 : text.length;
}

async function* whole(pieces: AsyncIterable<string>, reason: string): AsyncGenerator<string> {
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    if (text.length > MAX_WHOLE_BYTES) {
      throw new ContentError(`${reason}, and it is larger than ${MAX_WHOLE_BYTES / 2 ** 20} MiB`);
    }
  }
  if (text !== '') yield text;
}
