/** Texts with the colours that a terminal is told to show them in: those of a diff, or of YAML and JSON that is printed to be read. */

import { GONE, SecretEdits } from './secret-edits.ts';
import { OuterPlaces } from './shortened.ts';

/** What changes the colour, and what clears the rest of a line; the escape also as a text has it that is a string. */
export const COLOUR = String.raw`(?:\x1b|\\{1,7}(?:u001[bB]|x1[bB]|033|e))\[[0-9;]{0,16}[mK]`;
const COLOURS = new RegExp(COLOUR, 'g');

/** @returns The same string if it has none. */
export function withoutColours(text: string): string {
  return text.replaceAll(COLOURS, '');
}

/** @param edits In the text without its colours. */
export function colouredEdits(text: string, edits: SecretEdits): SecretEdits {
  const all = new SecretEdits();
  const places = new OuterPlaces(text, COLOURS, 0);
  for (let index = 0; index < edits.length; index++) {
    const start = edits.startAt(index);
    const kind = edits.textAt(index);
    // A mask has the colour of its value; a line that is gone takes its own with it.
    const from = kind === GONE ? places.before(start) : places.behind(start);
    all.add(from, places.before(edits.endAt(index)), kind);
  }
  return all;
}
