/** Finds all tokens of a table in one pass. */

import { type CharacterClass, characterClass, runEnd } from './characters.ts';
import type { FindSecrets, Found } from './line-shape.ts';
import { type Seed, seedOf } from './seed.ts';
import { NOWHERE, seedFinder } from './seed-finder.ts';
import { AFTER_WORD, type TokenRow } from './token-rows.ts';

/** A row, ready to be tried at a place. */
interface Token {
  readonly row: TokenRow;
  /** Sticky, with the secret as its last group. */
  readonly pattern: RegExp;
  readonly goesOn: CharacterClass;
}

export function tokenSeeds(rows: readonly TokenRow[]): readonly Seed[] {
  return rows.map(({ begins, seed }) => seedOf(seed ?? begins));
}

/** As `FindSecrets`, for all rows. */
export function tokenFinder(rows: readonly TokenRow[]): FindSecrets {
  const finder = seedFinder(tokenSeeds(rows));
  const tokens = rows.map(tokenOf);
  return (text) => {
    const found: Found[] = [];
    let end = 0;
    finder.load(text);
    for (let at = finder.next(0); at !== NOWHERE; at = finder.next(at + 1)) {
      for (const { seed, start } of finder.placesAt(at)) {
        const token = tokens[seed];
        const secret = token && start >= end ? secretAt(text, start, token) : undefined;
        if (secret === undefined || secret.start < end) continue;
        found.push(secret);
        end = secret.end;
      }
    }
    return found;
  };
}

function tokenOf(row: TokenRow): Token {
  const { begins, after = AFTER_WORD, keeps, secret, goesOn = '' } = row;
  const border = after === '' ? '' : `(?<=${after})`;
  const source = keeps === undefined ? `(${begins}${secret})` : `${begins}${keeps}(${secret})`;
  return {
    row,
    pattern: new RegExp(border + source, 'y'),
    goesOn: goesOn === '' ? NO_CHARACTER : characterClass(goesOn),
  };
}

const NO_CHARACTER = new Uint8Array(256);

function secretAt(text: string, at: number, { row, pattern, goesOn }: Token): Found | undefined {
  const seedLead = row.seedLead ?? 0;
  pattern.lastIndex = at + seedLead;
  const secret = pattern.exec(text)?.[1];
  if (secret === undefined) return undefined;
  const start = pattern.lastIndex - secret.length + (row.hidesFrom ?? 0);
  return { rule: row.rule, start, end: runEnd(text, pattern.lastIndex, goesOn) };
}
