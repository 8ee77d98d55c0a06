/** Which headers have secrets, what these are, and what is found at a name. */

import type { Edit, Findings } from '../edits.ts';
import type { PlainPlace } from '../plain-value.ts';

export interface HeaderPlace extends PlainPlace {
  /** The end of the text that the header is in. */
  readonly textEnd: () => number;
}

export interface Headers {
  /** The headers' names; the `source` of a pattern. */
  readonly names: string;
  /** What is a secret in a value. */
  readonly hide: (line: string, start: number, end: number) => readonly Edit[];
  /** Where a value ends that is neither quoted nor the last on its line. */
  readonly plainEnd: (line: string, at: number, place: HeaderPlace) => number;
}

/** What stands at one name. */
export interface Found extends Findings {
  readonly after: number;
}

/** Before a name: the `n` of an escape is none of a word's. */
export const BEFORE_NAME = String.raw`(?:(?<![\w-])|(?<=\\[nrt]))`;
