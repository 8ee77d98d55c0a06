/** Words of a command, in a shell or in JSON. */

import { type PlainPlace, plainEnd } from '../plain-value.ts';
import { closingQuote, quoteAt } from '../quotes.ts';

/** What stands before a place of a line. */
export function placeAt(line: string): (at: number) => PlainPlace {
  const double = line.indexOf('"');
  const single = line.indexOf("'");
  return (at) => ({
    isInDouble: double !== -1 && double < at,
    isInSingle: single !== -1 && single < at,
  });
}

export type Span = readonly [start: number, end: number];

/** A word of a command, without its quotes. */
export function wordAt(line: string, at: number, place: PlainPlace): Span {
  const quote = quoteAt(line, at);
  const closing = quote === undefined ? undefined : closingQuote(line, quote.end, quote);
  if (quote !== undefined && closing !== undefined) return [quote.end, closing.end];
  return [at, plainEnd(line, at, place)];
}
