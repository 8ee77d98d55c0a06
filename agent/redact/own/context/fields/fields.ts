/** Finds the values of fields by the fields' names, in the many ways in which names and values are written. */

import { addEdits, type Edit, type Findings, type Pending } from '../edits.ts';
import { isWords } from '../env-names.ts';
import {
  type FieldLine,
  type FieldName,
  fieldLine,
  fieldNameAt,
  hasPrefix,
  keyAt,
  nameOf,
} from './field-name.ts';
import { pairedValue } from './field-pairs.ts';
import { separatedValue } from './field-separated.ts';
import type { Value } from './field-value.ts';

/** Which fields, and how they may be written. */
export interface FieldNames {
  /** The last words of the names, in any case; the `source` of a pattern. */
  readonly words: string;
  /** What the words alone do not say. */
  readonly isName?: (name: string) => boolean;
  /** Whether it is no more than the name of a map of secrets. */
  readonly isMap?: (name: string) => boolean;
  /** `whole`: the words are the name. `last`: other words may come before. */
  readonly match: 'whole' | 'last';
  /** `fields`: only what JSON and YAML have. `any`: pairs, command lines, logs and SQL too. */
  readonly forms: 'fields' | 'any';
  /** What a value must be. */
  readonly isValue?: (value: string, name: string) => boolean;
}

export type FindFields = (line: string) => Findings;

export function fieldFinder({
  words,
  isName,
  isMap,
  match,
  forms,
  isValue,
}: FieldNames): FindFields {
  // A number may follow: `PASSWORD_2`.
  const pattern = new RegExp(String.raw`(?:${words})(?:[_-]?[0-9]{1,2})?(?![\w-]|\.\w)`, 'gi');

  function isField(text: string, name: FieldName, wordsAt: number): boolean {
    if (match === 'whole' && keyAt(name) !== wordsAt) return false;
    return isName === undefined || isName(text.slice(name.start, name.end));
  }

  function valueOf(line: FieldLine, name: FieldName, from: number): Value | undefined {
    if (isMap?.(nameOf(line, name)) === true) return separatedValue(line, name, 'maps');
    const value = separatedValue(line, name, forms);
    return value !== undefined || forms === 'fields' ? value : pairedValue(line, name, from);
  }

  function isSecret(text: string, { start, end }: Edit, name: FieldName): boolean {
    const value = text.slice(start, end);
    if (hasPrefix(name) && isLabel(text.slice(keyAt(name), name.end), value)) return false;
    return isValue === undefined || isValue(value, text.slice(name.start, name.end));
  }

  return function find(text) {
    const line = fieldLine(text);
    const edits: Edit[] = [];
    let pending: Pending | undefined;
    let from = 0;
    pattern.lastIndex = 0;
    for (let hit = pattern.exec(text); hit !== null; hit = pattern.exec(text)) {
      const name = fieldNameAt(text, hit.index, { end: pattern.lastIndex, from });
      const value = isField(text, name, hit.index) ? valueOf(line, name, from) : undefined;
      if (value === undefined) continue;
      const found = editsOf(value).filter((edit) => isSecret(text, edit, name));
      addEdits(edits, found);
      // No secret goes on if none has begun.
      pending = found.length === 0 && value.edit !== undefined ? undefined : value.pending;
      from = Math.max(value.after, name.end);
      pattern.lastIndex = from;
    }
    return { edits, pending };
  };
}

const CHECKSUM = /^checksum\//;
const OBJECT_NAME = /^[a-z0-9-]{1,63}\/[a-z0-9.-]{1,253}$/;

/** Of a label or an annotation the value is often the name of something: `ingress.example/auth-secret: team/basic-auth`. */
function isLabel(key: string, value: string): boolean {
  if (CHECKSUM.test(key)) return true;
  if (/pass|pwd/i.test(key)) return false;
  return isWords(value) || OBJECT_NAME.test(value);
}

function editsOf({ edit, edits = [] }: Value): readonly Edit[] {
  return edit === undefined ? edits : [edit, ...edits];
}
