/** Finds the object around a line of JSON or YAML, and what kind of object it is. */

import { lineEndAt, lineStartBefore } from '../../lines.ts';
import { isAt } from '../context/sticky.ts';
import { indentAt, type KeyLine, keyLine, wordAt } from './object-lines.ts';

/** The lines of one object: those that are indented at least as far as its keys. */
export interface Region {
  readonly from: number;
  readonly to: number;
  readonly kind: string | undefined;
  readonly type: string | undefined;
}

export type RegionFinder = (at: number, indent: number) => Region;

/** Finds regions in a text. Each stretch of it is gone over once for each indentation. */
export function regionFinder(text: string): RegionFinder {
  const known = new Map<number, Region>();
  return (at, indent) => {
    const last = known.get(indent);
    if (last !== undefined && at >= last.from && at < last.to) return last;
    const region = readRegion(text, at, indent);
    known.set(indent, region);
    return region;
  };
}

interface Facts {
  kind: string | undefined;
  type: string | undefined;
}

function readRegion(text: string, at: number, indent: number): Region {
  const facts: Facts = { kind: undefined, type: undefined };
  let from = at;
  let isFirst = learn(text, at, { indent, facts }) === 'first';
  while (from > 0 && !isFirst) {
    const start = lineStartBefore(text, from);
    const relation = learn(text, start, { indent, facts });
    if (relation === 'outside') break;
    isFirst = relation === 'first';
    from = start;
  }
  let to = at;
  for (;;) {
    const newline = text.indexOf('\n', to);
    if (newline === -1) return { from, to: text.length + 1, ...facts };
    to = newline + 1;
    const relation = to < text.length ? learn(text, to, { indent, facts }) : 'inside';
    if (relation !== 'inside') return { from, to, ...facts };
  }
}

interface Known {
  readonly indent: number;
  readonly facts: Facts;
}

type Relation = 'inside' | 'first' | 'outside';

/** What a line says about an object: `first` if it is its first one, as YAML has it in a list. */
function learn(text: string, start: number, known: Known): Relation {
  const { indent } = known;
  const column = indentAt(text, start);
  if (column === undefined) return 'inside';
  if (column === indent && text.startsWith('---', start + column)) return 'outside';
  if (column > indent) return 'inside';
  const at = start + column;
  if (!OPENS_OBJECT.has(text[at] ?? '')) {
    if (column < indent) return 'outside';
    if (!isAt(FACT, text, at)) return 'inside';
  }
  const end = Math.min(lineEndAt(text, start), start + MAX_LINE_LENGTH);
  return learnKey(text.slice(start, end), column, known);
}

function learnKey(line: string, column: number, { indent, facts }: Known): Relation {
  const key = keyLine(line);
  if (key?.indent !== indent) return column < indent ? 'outside' : 'inside';
  learnFact(line, key, facts);
  return key.isElement ? 'first' : 'inside';
}

const OPENS_OBJECT: ReadonlySet<string> = new Set('-{');
const FACT = /["']?(?:kind|type)\b/y;

function learnFact(line: string, { key, valueAt }: KeyLine, facts: Facts): void {
  if (key === 'kind') facts.kind ??= wordAt(line, valueAt);
  if (key === 'type') facts.type ??= wordAt(line, valueAt);
}

const MAX_LINE_LENGTH = 640;
