/** The rules of shape for one line, and whether a text holds something that one of them hides. */

import { findGoogleKeys, GOOGLE_KEY_SEED } from './google-key.ts';
import { findJwts, JWT_SEED } from './jwt.ts';
import { type FindSecrets, type Seeded, type ShapeRule, seededIn } from './line-shape.ts';
import { PEM_CLEAR } from './pem-body.ts';
import { findPemKeys, PEM_SEED } from './pem-line.ts';
import { seedOf } from './seed.ts';
import { TOKEN_ROWS } from './token-rows.ts';
import { tokenFinder, tokenSeeds } from './tokens.ts';

export interface Shape extends Seeded {
  readonly find: FindSecrets;
}

/** In the order in which they work, those of the names only. */
export function shapesOf(names: ReadonlySet<string>): readonly Shape[] {
  const rows = TOKEN_ROWS.filter(({ rule }) => names.has(rule));
  const tokens = { seeds: tokenSeeds(rows), find: tokenFinder(rows) };
  return [...SINGLE.filter(({ rule }) => names.has(rule)), ...(rows.length === 0 ? [] : [tokens])];
}

const SINGLE: readonly (Shape & { readonly rule: ShapeRule })[] = [
  { rule: 'gcp-key', seeds: [seedOf(GOOGLE_KEY_SEED)], find: findGoogleKeys },
  { rule: 'pem-private-key', seeds: [seedOf(PEM_SEED)], find: findPemKeys },
  { rule: 'jwt', seeds: [seedOf(JWT_SEED)], find: findJwts },
];

const ALL = shapesOf(new Set([...SINGLE, ...TOKEN_ROWS].map(({ rule }) => rule)));

/** One of them is in each text that has a shape. */
export const SHAPE_SEEDS = ALL.flatMap(({ seeds }) => seeds);

const present = seededIn(ALL);

/** @param text May have several lines. @returns The name of a rule that would hide something in it. */
export function findShape(text: string): string | undefined {
  for (const { find } of present(text)) {
    // A key goes on in the next line, which `findPemKeys` does not see.
    if (find === findPemKeys && PEM_CLEAR.test(text)) return 'pem-private-key';
    const [first] = find === findPemKeys ? [] : find(text);
    if (first !== undefined) return first.rule;
  }
  return undefined;
}
