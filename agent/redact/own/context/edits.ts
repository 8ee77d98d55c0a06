/** What a rule changes in a line, and what it waits for on the lines that follow. */

import { type Place, replacePlaces } from '../../places.ts';
import { MASK } from '../../rules.ts';

/** A place in a line, and the text that takes it. */
export interface Edit extends Place {
  readonly text: string;
}

/** A secret that goes on, or begins, on a line that follows. */
export type Pending =
  /** `"value": …`, or `value: …`, on the next line, or behind a few others of the same object. */
  | {
      readonly kind: 'pair';
      /** Of the name's key. */
      readonly column: number;
      /** How many lines have stood between. */
      readonly lines: number;
      /** Undefined: not known yet. */
      readonly name?: string | undefined;
    }
  /** The next element of a list. */
  | {
      readonly kind: 'argument';
      readonly name: string;
      /** The command that both are arguments of. */
      readonly within?: PendingCommand;
    }
  /** The second of two texts in a list, the first of which is its name. */
  | { readonly kind: 'element'; readonly name: string }
  /** Words of a command, one a line. */
  | PendingCommand
  /** Rows of a table. */
  | PendingRows
  /** Values of an INSERT, in brackets. */
  | { readonly kind: 'values' }
  /** All elements of a list up to its `]`. */
  | { readonly kind: 'array' }
  /** Texts of a list, or a `value`, on lines that are indented deeper. */
  | {
      readonly kind: 'nested';
      /** Of the name's line. */
      readonly column: number;
      /** The next line may be the value itself. */
      readonly isFirst: boolean;
      readonly name: string;
    }
  /** Lines that are indented deeper, one mask in the place of all of them. */
  | { readonly kind: 'block'; readonly indent: number; readonly isHidden: boolean }
  /** Lines that are indented deeper, up to the first that has a name of its own. */
  | { readonly kind: 'plain'; readonly indent: number }
  /** Lines that are indented deeper, up to the closing quote. */
  | {
      readonly kind: 'quoted';
      readonly indent: number;
      readonly mark: string;
      readonly run: number;
    };

export interface PendingCommand {
  readonly kind: 'command';
  readonly command: string;
  /** The word before. */
  readonly flag: string;
  /** How many lines have been looked at. */
  readonly words: number;
  /** Of the elements of its list; undefined: it is a shell's, and its last line ended in a backslash. */
  readonly column: number | undefined;
}

export interface PendingRows {
  readonly kind: 'rows';
  /** Between the cells. */
  readonly separator: string;
  readonly cells: number;
  /** The columns of secrets, from 0. */
  readonly secret: readonly number[];
  /** How many rows there have been. */
  readonly rows: number;
}

/** What a rule finds in a line. */
export interface Findings {
  /** In their order, none inside another. */
  readonly edits: readonly Edit[];
  readonly pending?: Pending | undefined;
}

export const NO_FINDINGS: Findings = { edits: [] };

/** @param edits In their order, none inside another. */
export function applyEdits(line: string, edits: readonly Edit[]): string {
  return replacePlaces(line, edits, ({ text }) => text);
}

/** A line may have a million secrets: what they take in memory is bounded. */
const MAX_EDITS = 50_000;

/** To the end of a list; of too many the last is one with all that stands between them. */
export function addEdit(edits: Edit[], edit: Edit): void {
  const last = edits.at(-1);
  if (last === undefined || edits.length < MAX_EDITS) edits.push(edit);
  else edits[edits.length - 1] = { ...last, end: Math.max(last.end, edit.end) };
}

export function addEdits(edits: Edit[], more: Iterable<Edit>): void {
  for (const edit of more) addEdit(edits, edit);
}

export function masked(start: number, end: number): Edit {
  return { start, end, text: MASK };
}

/** @param isYaml It is a plain text of YAML: a plain mask would be an alias. */
export function maskedPlain(start: number, end: number, isYaml: boolean): Edit {
  return isYaml ? { start, end, text: `'${MASK}'` } : masked(start, end);
}

/** In their order; those that overlap are one. */
export function apart(edits: readonly Edit[]): readonly Edit[] {
  if (edits.length < 2) return edits;
  const kept: Edit[] = [];
  for (const edit of edits.toSorted((one, other) => one.start - other.start)) {
    const last = kept.at(-1);
    if (last === undefined || edit.start >= last.end) kept.push(edit);
    else if (edit.end > last.end) kept[kept.length - 1] = { ...last, end: edit.end };
  }
  return kept;
}
