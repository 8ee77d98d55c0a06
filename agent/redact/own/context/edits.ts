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
  /** Cells of a row, one a line. */
  | PendingRecord
  /** What is between an INSERT's table and its values. */
  | PendingInsert
  /** Values of an INSERT, in as many brackets as are open. */
  | { readonly kind: 'values'; readonly depth: number }
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
      /** Of the first line below; undefined: not known yet. */
      readonly child?: number;
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
  /** `lines`: an element a line. `flow`: up to a `]`. `shell`: its last line ended in a backslash. */
  readonly form: 'lines' | 'flow' | 'shell';
  /** Of the elements in `lines`; undefined: the next is the first. */
  readonly column?: number | undefined;
}

/** A container whose `command` is known, and whose `args` may follow; or another section, by what stands for its command. */
export interface PendingContainer {
  readonly command: string;
  /** Of the command: its keys are indented no deeper. */
  readonly column: number;
  /** Of the container's keys; undefined: not known yet. */
  readonly key: number | undefined;
  /** How many have been looked at. */
  readonly lines: number;
}

export interface PendingRows {
  readonly kind: 'rows';
  /** Between the cells. */
  readonly separator: string;
  readonly cells: number;
  /** The columns of secrets, from 0. */
  readonly secret: readonly number[];
  /** How many rows there have been; of an aligned table the line below the names counts. */
  readonly rows: number;
  /** As psql prints it, with blanks around the cells. */
  readonly isAligned?: true;
}

export interface PendingInsert {
  readonly kind: 'insert';
  /** `table`: its name stands last. `columns`: their brackets are open. `values`: these come next. */
  readonly part: 'table' | 'columns' | 'values';
  /** Whether the name of the table, or of a column, has said so. */
  readonly isSecret: boolean;
  /** How many have been looked at. */
  readonly lines: number;
}

export interface PendingRecord {
  readonly kind: 'record';
  /** Whether the last name said so: its cell may go on. */
  readonly isSecret: boolean;
  /** How many have been looked at. */
  readonly lines: number;
}

/** What a rule finds in a line. */
export interface Findings {
  /** In their order, none inside another. */
  readonly edits: readonly Edit[];
  readonly pending?: Pending | undefined;
  /** Waited for beside all else. */
  readonly container?: PendingContainer | undefined;
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
