/** Reads agent/collect/differences.md: where a native bundle may differ from troubleshoot's, and how. */

import { readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';

const FILE = join(import.meta.dirname, '../../../agent/collect/differences.md');

/** What a row allows on its paths. */
export type Allowance =
  /** Anything. */
  | { readonly kind: 'any' }
  /** The file is in one of the bundles alone. */
  | { readonly kind: 'only'; readonly side: 'upstream' | 'ours' }
  /** JSON whose lists may be in another order. */
  | { readonly kind: 'order' }
  /** JSON without these fields: `items[].spec.name`. */
  | { readonly kind: 'without'; readonly fields: readonly string[] };

export interface Difference {
  readonly glob: string;
  readonly allowance: Allowance;
  /** It may happen that nothing needs it. */
  readonly isSometimes: boolean;
  /** As it stands in the table, for messages. */
  readonly row: string;
}

/** The rows of the table below the heading with this beginning. Throws for a row that it does not understand. */
export function readDifferences(heading: string): readonly Difference[] {
  const text = readFileSync(FILE, 'utf8');
  const section = text.split(/^#+ /m).find((part) => part.startsWith(heading));
  if (section === undefined) throw new Error(`differences.md has no section ${heading}`);
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map(parseRow);
}

function parseRow(row: string): Difference {
  const [path = '', how = ''] = row
    .split('|')
    .slice(1)
    .map((cell) => cell.trim());
  const allowance = parseAllowance(how.replace(/^sometimes /, ''), row);
  const isSometimes = how.startsWith('sometimes ');
  return { glob: path.replaceAll('`', ''), allowance, isSometimes, row };
}

function parseAllowance(how: string, row: string): Allowance {
  if (how === 'any') return { kind: 'any' };
  if (how === 'order') return { kind: 'order' };
  if (how === 'only upstream' || how === 'only ours') {
    return { kind: 'only', side: how === 'only ours' ? 'ours' : 'upstream' };
  }
  const fields = /^without (`[^`]+`(?:, `[^`]+`)*)$/.exec(how)?.[1];
  if (fields === undefined) throw new Error(`differences.md: what does this row allow? ${row}`);
  return { kind: 'without', fields: fields.replaceAll('`', '').split(', ') };
}

export function appliesTo({ glob }: Difference, path: string): boolean {
  return matchesGlob(path, glob);
}
