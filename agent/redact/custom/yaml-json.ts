/** Finds what a path leads to in JSON, without making a tree of it. */

import type { Place } from '../places.ts';
import { MASK } from '../rules.ts';

/** What masks a JSON value. */
export const JSON_MASK = `"${MASK}"`;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;

/** Each takes one token, or a key with its colon, and says which is next. `undefined`: this is no JSON. */
type Expectation = 'value' | 'first entry' | 'first key' | 'key' | 'comma or end';

interface Scan {
  readonly text: string;
  readonly steps: readonly string[];
  /** The steps as the bytes of the text hold them. */
  readonly encodedSteps: readonly string[];
  at: number;
  /** Maps and lists that are open. */
  depth: number;
  /** The closing bracket of each of them. A plain array would take eight times the room, and nesting may be as deep as the text is long. */
  closers: Uint8Array;
  /** So many of them, from the outermost, lie on the path; what is below a masked value lies on none. */
  depthOnPath: number;
  /** Of the entry under way, for each list that lies on the path. */
  readonly indexes: number[];
  /** Whether the step of the map or list under way leads to the value that comes next. */
  isStepTaken: boolean;
  /** Where the value begins that is to be masked and is not yet over; -1: none. */
  maskStart: number;
  maskDepth: number;
  readonly places: Place[];
}

/**
 * The values at the end of the path, in order, that are not masked already. Several JSON texts in a row (JSON lines) are each
 * looked into. Linear time; nesting costs no stack.
 *
 * @param text Bytes, one character each.
 * @param steps The path, at least one.
 * @returns Undefined where the text is not JSON from end to end.
 */
export function findInJson(text: string, steps: readonly string[]): readonly Place[] | undefined {
  const scan: Scan = {
    text,
    steps,
    encodedSteps: steps.map((step) => Buffer.from(step).toString('latin1')),
    at: text.startsWith('\xef\xbb\xbf') ? 3 : 0,
    depth: 0,
    closers: new Uint8Array(64),
    depthOnPath: 0,
    indexes: [],
    isStepTaken: true,
    maskStart: -1,
    maskDepth: 0,
    places: [],
  };
  let expected: Expectation | undefined = 'value';
  skipSpace(scan);
  if (!/[[{]/.test(text.charAt(scan.at))) return undefined;
  while (scan.at < text.length) {
    expected = EXPECTATIONS[expected](scan);
    if (expected === undefined) return undefined;
    skipSpace(scan);
  }
  return scan.depth === 0 ? scan.places : undefined;
}

const EXPECTATIONS: Record<Expectation, (scan: Scan) => Expectation | undefined> = {
  value: takeValue,
  'first entry': (scan) => (here(scan) === CLOSE_LIST ? close(scan) : takeValue(scan)),
  'first key': (scan) => (here(scan) === CLOSE_MAP ? close(scan) : takeKey(scan)),
  key: takeKey,
  'comma or end': takeCommaOrEnd,
};

function here({ text, at }: Scan): number {
  return text.charCodeAt(at);
}

function skipSpace(scan: Scan): void {
  for (;;) {
    const code = here(scan);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    scan.at += 1;
  }
}

function takeValue(scan: Scan): Expectation | undefined {
  const isOnPath = scan.isStepTaken && scan.depthOnPath === scan.depth && scan.maskStart === -1;
  const isPathEnd = isOnPath && scan.depth === scan.steps.length;
  if (isPathEnd) {
    scan.maskStart = scan.at;
    scan.maskDepth = scan.depth;
  }
  const code = here(scan);
  if (code === OPEN_MAP || code === OPEN_LIST) return open(scan, code, isOnPath && !isPathEnd);
  const end = code === QUOTE ? endOfString(scan.text, scan.at) : endOfWord(scan.text, scan.at);
  if (end === -1) return undefined;
  scan.at = end;
  return endValue(scan);
}

function open(scan: Scan, bracket: number, isOnPath: boolean): Expectation {
  if (scan.depth === scan.closers.length) {
    const closers = new Uint8Array(2 * scan.depth);
    closers.set(scan.closers);
    scan.closers = closers;
  }
  scan.closers[scan.depth] = bracket === OPEN_MAP ? CLOSE_MAP : CLOSE_LIST;
  scan.depth += 1;
  scan.at += 1;
  if (isOnPath) {
    scan.depthOnPath = scan.depth;
    if (bracket === OPEN_LIST) takeIndex(scan, 0);
  }
  return bracket === OPEN_MAP ? 'first key' : 'first entry';
}

function takeIndex(scan: Scan, index: number): void {
  scan.indexes[scan.depth] = index;
  const step = scan.steps[scan.depth - 1];
  scan.isStepTaken = step === '*' || parseIndex(step) === index;
}

/** A step as Go's strconv.Atoi reads it; undefined where it is no number. */
export function parseIndex(step: string | undefined): number | undefined {
  return step !== undefined && /^[-+]?[0-9]+$/.test(step) ? Number(step) : undefined;
}

function close(scan: Scan): Expectation {
  scan.depth -= 1;
  scan.at += 1;
  scan.depthOnPath = Math.min(scan.depthOnPath, scan.depth);
  return endValue(scan);
}

function endValue(scan: Scan): Expectation {
  if (scan.maskStart !== -1 && scan.maskDepth === scan.depth) {
    const place = { start: scan.maskStart, end: scan.at };
    if (scan.text.slice(place.start, place.end) !== JSON_MASK) scan.places.push(place);
    scan.maskStart = -1;
  }
  if (scan.depth > 0) return 'comma or end';
  scan.isStepTaken = true;
  return 'value';
}

function takeCommaOrEnd(scan: Scan): Expectation | undefined {
  const code = here(scan);
  const closer = scan.closers[scan.depth - 1];
  if (code === closer) return close(scan);
  if (code !== COMMA) return undefined;
  if (closer === CLOSE_MAP) {
    scan.at += 1;
    return 'key';
  }
  if (scan.depthOnPath === scan.depth) takeIndex(scan, (scan.indexes[scan.depth] ?? 0) + 1);
  scan.at += 1;
  return 'value';
}

function takeKey(scan: Scan): Expectation | undefined {
  if (here(scan) !== QUOTE) return undefined;
  const start = scan.at + 1;
  const end = endOfString(scan.text, scan.at);
  if (end === -1) return undefined;
  scan.at = end;
  skipSpace(scan);
  if (here(scan) !== COLON) return undefined;
  scan.at += 1;
  if (scan.depthOnPath === scan.depth) scan.isStepTaken = isStep(scan, start, end - 1);
  return 'value';
}

function isStep({ text, steps, encodedSteps, depth }: Scan, start: number, end: number): boolean {
  const step = steps[depth - 1];
  if (step === '*') return true;
  const key = text.slice(start, end);
  if (!key.includes('\\')) return key === encodedSteps[depth - 1];
  return JSON.parse(Buffer.from(`"${key}"`, 'latin1').toString()) === step;
}

/** The index behind the closing quote; -1 where none comes or JSON does not allow a character. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) {
      at = endOfEscape(text, at);
      if (at === -1) return -1;
    } else if (code >= 0x20) {
      at += 1;
    } else {
      // A control character, or NaN at the text's end.
      return -1;
    }
  }
}

function endOfEscape(text: string, start: number): number {
  const kind = text.charAt(start + 1);
  const isHex = kind === 'u' && /^[0-9a-fA-F]{4}$/.test(text.slice(start + 2, start + 6));
  if (isHex) return start + 6;
  return kind !== '' && '"\\/bfnrt'.includes(kind) ? start + 2 : -1;
}

const WORD = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;

/** The index behind a number, `true`, `false` or `null`, or -1. */
function endOfWord(text: string, start: number): number {
  WORD.lastIndex = start;
  return WORD.test(text) ? WORD.lastIndex : -1;
}
