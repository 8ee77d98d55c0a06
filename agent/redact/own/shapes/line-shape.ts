/** What rules of shape have in common. */

import type { RULES_ON } from '../../names.ts';
import { type Place, replacePlaces } from '../../places.ts';
import { MASK, type OnHidden } from '../../rules.ts';
import type { Seed } from './seed.ts';
import { NOWHERE, seedFinder } from './seed-finder.ts';

export type ShapeRule = (typeof RULES_ON)[number];

/** A secret's place in a text. */
export interface Found extends Place {
  readonly rule: ShapeRule;
}

/**
 * Finds a kind of secret in time that grows with the text's length only.
 *
 * @returns Places in order that do not overlap, without those that hold nothing but a mask.
 */
export type FindSecrets = (text: string) => readonly Found[];

/** @returns The text with masks in the places: the same string where there are none. */
export function hide(text: string, places: readonly Found[], onHidden: OnHidden): string {
  return replacePlaces(text, places, ({ rule }) => {
    onHidden(rule);
    return MASK;
  });
}

/** Something that a text without its seeds has nothing of. */
export interface Seeded {
  readonly seeds: readonly Seed[];
}

/**
 * @param finder For the seeds of all, in their order; it is given other texts.
 * @returns What finds, in one pass, which of them a text may have something of; in their order.
 */
export function seededIn<One extends Seeded>(
  all: readonly One[],
  finder = seedFinder(all.flatMap(({ seeds }) => seeds)),
): (text: string) => readonly One[] {
  const owners = all.flatMap(({ seeds }, owner) => seeds.map(() => owner));
  return (text) => {
    finder.load(text);
    const present = new Set<number>();
    for (let at = finder.next(0); at !== NOWHERE; at = finder.next(at + 1)) {
      for (const { seed } of finder.placesAt(at)) present.add(owners[seed] ?? 0);
      if (present.size === all.length) break;
    }
    return present.size === 0 ? [] : all.filter((_one, index) => present.has(index));
  };
}
