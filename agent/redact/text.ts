/** Redacts text: pieces of whole lines through all sets of rules, in their order. */

import { ContentError } from './content-error.ts';
import { linesOf } from './lines.ts';
import { LONG_LINE } from './names.ts';
import type { OnHidden, RuleSet, TextRedactor } from './rules.ts';

/** A file that a rule must see whole, `yamlPath` for one, is held in memory. */
const MAX_WHOLE_BYTES = 32 * 1024 * 1024;

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
  const redactors = sets.map((set) => set.open(path, onHidden)).filter((one) => one !== undefined);
  const lines = linesOf(source, { onCut: () => onHidden(LONG_LINE) });
  const [reason] = sets.flatMap((set) => set.reasonForWhole?.(path) ?? []);
  for await (const piece of reason === undefined ? lines : whole(lines, reason)) {
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
  const redactors = sets.map((set) => set.open('', onHidden)).filter((one) => one !== undefined);
  const bytes = Buffer.from(text).toString('latin1');
  return Buffer.from(redactPiece(bytes, redactors), 'latin1').toString();
}

function redactPiece(piece: string, redactors: readonly TextRedactor[]): string {
  let text = piece;
  for (const redactor of redactors) {
    if (text !== '') text = redactor.redact(text);
  }
  return text;
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
