/** Goes through the words of a command on one line, and finds its secrets. */

import { addEdit, type Edit, maskedPlain } from '../edits.ts';
import type { PlainPlace } from '../plain-value.ts';
import { isAt } from '../sticky.ts';
import { secretFrom } from './command-words.ts';
import { wordAt } from './words.ts';

/** Where a command goes on. */
export interface CommandPlace {
  readonly command: string;
  /** The word before. */
  readonly flag: string;
  readonly at: number;
  /** Its words are a list in YAML that is a string. */
  readonly isList: boolean;
  readonly place: (at: number) => PlainPlace;
}

export interface Walked {
  readonly edits: readonly Edit[];
  readonly flag: string;
  readonly after: number;
  /** A backslash ends the line. */
  readonly goesOn: boolean;
}

/** Between two words, in a shell, where a backslash may end a line, or in JSON. */
const GAP =
  /(?:\\{0,7}["'])?[ \t]{0,16},?[ \t]{1,16}(?:\\{3,15}n[ \t]{0,64})?|\\{0,7}["'][ \t]{0,16},(?:\\{1,15}n)?[ \t]{0,64}/y;
/** In a list whose lines are those of a string. */
const LIST_GAP = /(?:\\{0,7}["'])?\\{1,15}n[ \t]{0,64}-[ \t]{1,16}/y;
const COMMAND_END = /[|;&\n]|\\+n/;
/** Further behind nothing is looked at. */
const MAX_WORDS = 32;

export function walkCommand(
  line: string,
  { command, isList, place, ...from }: CommandPlace,
): Walked {
  const edits: Edit[] = [];
  let { flag, at } = from;
  for (let words = 0; words < MAX_WORDS; words += 1) {
    const wordFrom = wordStart(line, at, isList);
    if (wordFrom === undefined) break;
    const [start, end] = wordAt(line, wordFrom, place(wordFrom));
    const word = line.slice(start, end);
    if (isLineEnd(line, word, end)) return { edits, flag, after: at, goesOn: true };
    if (end <= start || COMMAND_END.test(word.slice(0, 2))) break;
    const secret = secretFrom(command, { flag, word });
    const isWhole = isList && secret === 0 && start === wordFrom;
    if (secret !== undefined) addEdit(edits, maskedPlain(start + secret, end, isWhole));
    flag = word;
    at = end;
  }
  return { edits, flag, after: at, goesOn: false };
}

function isLineEnd(line: string, word: string, end: number): boolean {
  return word === '\\' && line.slice(end).trim() === '';
}

function wordStart(line: string, at: number, isList: boolean): number | undefined {
  const gap = isList ? LIST_GAP : GAP;
  return isAt(gap, line, at) ? gap.lastIndex : undefined;
}
