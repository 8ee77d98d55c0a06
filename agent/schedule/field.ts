/** One of the five fields of an expression: checked character by character, for node-cron takes much that is nonsense. */

import { cutText } from '../bundle.ts';

/** What a field may hold. */
export interface FieldRule {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Where `N/step` ends: 6 in the day of week, whose `max` is 7 because both 0 and 7 are Sunday. */
  readonly last: number;
  /** Three letters each, in order from `min`. */
  readonly names: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** In the order of an expression. */
export const FIELD_RULES = {
  minute: { name: 'minute', min: 0, max: 59, last: 59, names: [] },
  hour: { name: 'hour', min: 0, max: 23, last: 23, names: [] },
  dayOfMonth: { name: 'day of month', min: 1, max: 31, last: 31, names: [] },
  month: { name: 'month', min: 1, max: 12, last: 12, names: MONTHS },
  dayOfWeek: { name: 'day of week', min: 0, max: 7, last: 6, names: WEEKDAYS },
} as const satisfies Record<string, FieldRule>;

/** A field that is right, in the words of node-cron, or what is wrong with it. */
export type CheckedField =
  | ({ readonly kind: 'valid' } & FieldText)
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

interface FieldText {
  /** Numbers, ranges and steps; `?` as `*`, and `N/step` as `N-max/step`: node-cron knows neither in every field. */
  readonly text: string;
  /** As in Kubernetes: `*`, `?` or one of them with step 1, also inside a list. Decides how the two day fields combine. */
  readonly isStar: boolean;
}

/**
 * The field checked whole, every wrong part of its list named.
 *
 * Grammar of Kubernetes (robfig/cron 3.0.1, ParseStandard), with 7 as a second Sunday, and without its leniency
 * towards empty values in a list and signs before numbers.
 */
export function checkField(raw: string, rule: FieldRule): CheckedField {
  const parts: FieldText[] = [];
  const problems = new Set<string>();
  for (const part of raw.split(',')) {
    try {
      parts.push(parsePart(part, rule));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const isOfWhole = error.message.startsWith(`${quote(raw)} `);
      problems.add(`${rule.name} ${isOfWhole ? '' : `${quote(raw)}: `}${error.message}`);
    }
  }
  if (problems.size > 0) return { kind: 'invalid', problems: [...problems] };
  return {
    kind: 'valid',
    text: parts.map((part) => part.text).join(','),
    isStar: parts.some((part) => part.isStar),
  };
}

function parsePart(part: string, rule: FieldRule): FieldText {
  if (part === '') throw new RangeError('there is a comma too many');
  const [, range, stepText] = /^([^/]+)(?:\/([^/]+))?$/.exec(part) ?? [];
  if (range === undefined) {
    throw new RangeError(`${quote(part)} is not a range and a step, such as */5`);
  }
  const step = stepText === undefined ? undefined : parseStep(stepText);
  const suffix = step === undefined ? '' : `/${step}`;
  if (range === '*' || range === '?') return { text: `*${suffix}`, isStar: (step ?? 1) === 1 };
  return { text: `${parseRange(range, step, rule)}${suffix}`, isStar: false };
}

function parseRange(text: string, step: number | undefined, rule: FieldRule): string {
  const [, fromText, endText] = /^([^-]+)(?:-([^-]+))?$/.exec(text) ?? [];
  if (fromText === undefined) {
    throw new RangeError(`${quote(text)} is not a range such as ${rule.min}-${rule.last}`);
  }
  const from = parseValue(fromText, rule);
  const end = endText === undefined ? impliedEnd(from, step, rule) : parseValue(endText, rule);
  if (end === undefined) return `${from}`;
  if (from > end) throw new RangeError(wrapAround(from, end, rule));
  return `${from}-${end}`;
}

/** `5/15` goes on to the end of the field; a lone value has no end. */
function impliedEnd(from: number, step: number | undefined, rule: FieldRule): number | undefined {
  if (step === undefined) return undefined;
  if (from > rule.last) throw new RangeError(`a step cannot start at ${from}; write 0/${step}`);
  return rule.last;
}

function wrapAround(from: number, to: number, rule: FieldRule): string {
  if (from === 7) return `7-${to} runs backwards; write 0-${to}`;
  if (to === 0 && rule.max === 7) return `${from}-0 runs backwards; write ${from}-7`;
  const head = from === rule.last ? `${from}` : `${from}-${rule.last}`;
  const tail = to === rule.min ? `${to}` : `${rule.min}-${to}`;
  return `${from}-${to} runs backwards; write ${head},${tail} if it is meant to go round`;
}

function parseStep(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new RangeError(`the step ${quote(text)} is not a number`);
  if (Number(text) === 0) throw new RangeError('a step must be at least 1');
  return Number(text);
}

function parseValue(text: string, rule: FieldRule): number {
  const { min, max, names } = rule;
  const nameIndex = names.indexOf(text.toUpperCase());
  if (nameIndex !== -1) return min + nameIndex;
  if (!/^\d{1,9}$/.test(text)) throw new RangeError(`${quote(text)} ${adviceFor(text, names)}`);
  const value = Number(text);
  if (value < min || value > max) {
    const midnight = value === 24 && max === 23 ? '; write 0 for midnight' : '';
    throw new RangeError(`${value} is not within ${min}-${max}${midnight}`);
  }
  return value;
}

/** Completes a sentence that begins with the text. */
function adviceFor(text: string, names: readonly string[]): string {
  const upper = text.toUpperCase();
  if (/^(?:L|LW|W|\d+[LW]|.*#.*)$/.test(upper)) {
    return 'uses L, W or #, which CronJobs do not know; write plain days, e.g. 28 or MON';
  }
  const [, digits] = /^\*?(\d+)\*?$/.exec(text) ?? [];
  if (digits !== undefined) return `is not a number; write ${digits}, or */${digits} for a step`;
  const meant = namesIn(upper, names);
  if (meant.length > 0) return `is not a name; write ${meant.join(',')}`;
  return names.length === 0 ? 'is not a number' : `is not a number or one of ${names.join(' ')}`;
}

/** `MONDAY` begins with a name, `JANFEB` consists of two. */
function namesIn(upper: string, names: readonly string[]): readonly string[] {
  const triples = upper.match(/.{1,3}/g) ?? [];
  const known = triples.filter((triple) => names.includes(triple));
  return known.length === triples.length
    ? known
    : known.slice(0, names.includes(triples[0] ?? '') ? 1 : 0);
}

/** Quoted, on one line, not longer than it helps: the text may come from a license. */
function quote(text: string): string {
  return JSON.stringify(cutText(text, 60));
}
