/** Where a field's value stands. */

import { digitsOf } from '../env-names.ts';
import { type FieldLine, type FieldName, indentOf, keyAt, keyStart, nameOf } from './field-name.ts';
import type { ValuePlace } from './field-value.ts';

/** As in the middle of a line of other things. */
export function placeOf(line: FieldLine, name: FieldName, at: number): ValuePlace {
  const start = keyStart(name);
  return {
    at,
    keyQuote: name.quote,
    isLineStart: false,
    isYaml: false,
    indent: indentOf(line.text, keyAt(name)),
    isInDouble: line.firstDouble !== -1 && line.firstDouble < start,
    isInSingle: line.firstSingle !== -1 && line.firstSingle < start,
    stringRun: undefined,
    lineEnd: line.end,
    digits: digitsOf(nameOf(line, name)),
  };
}
