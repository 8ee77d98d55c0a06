/** Puts other text into places of a text. */

import { Parts } from './parts.ts';

export interface Place {
  readonly start: number;
  readonly end: number;
}

/** Any number of places: an array, or what makes them as they are asked for. */
export interface Places<One extends Place> extends Iterable<One> {
  readonly length: number;
}

/** Fewer are put together as they come, in half the time: most lines have one or two. */
const MANY = 512;

/**
 * @param places In their order, none inside another.
 * @param textFor What takes a place; asked once for each, in order.
 * @returns The same string where there are no places.
 */
export function replacePlaces<One extends Place>(
  text: string,
  places: Places<One>,
  textFor: (place: One) => string,
): string {
  if (places.length > MANY) return replaceMany(text, places, textFor);
  let replaced = '';
  let copiedTo = 0;
  for (const place of places) {
    replaced += text.slice(copiedTo, place.start) + textFor(place);
    copiedTo = place.end;
  }
  return copiedTo === 0 ? text : replaced + text.slice(copiedTo);
}

function replaceMany<One extends Place>(
  text: string,
  places: Iterable<One>,
  textFor: (place: One) => string,
): string {
  const parts = new Parts();
  let copiedTo = 0;
  for (const place of places) {
    parts.add(text.slice(copiedTo, place.start), textFor(place));
    copiedTo = place.end;
  }
  return parts.with(text.slice(copiedTo));
}
