/** Puts other text into places of a text. */

export interface Place {
  readonly start: number;
  readonly end: number;
}

/**
 * @param places In their order, none inside another.
 * @param textFor What takes a place; asked once for each, in order.
 * @returns The same string where there are no places.
 */
export function replacePlaces<One extends Place>(
  text: string,
  places: readonly One[],
  textFor: (place: One) => string,
): string {
  let replaced = '';
  let copiedTo = 0;
  for (const place of places) {
    replaced += text.slice(copiedTo, place.start) + textFor(place);
    copiedTo = place.end;
  }
  return copiedTo === 0 ? text : replaced + text.slice(copiedTo);
}
